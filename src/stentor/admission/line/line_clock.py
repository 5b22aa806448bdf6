"""The clock: one public object per Space and second, from which everybody works out their own place. Pure.

Comes in: what the controller decided. Goes out: the document that gates serve to everybody as it is, signed;
the same read back. Never: anything that differs by asker; more than about 2 KB.

The signature (Ed25519, by the house) is over the document's own bytes without it: the last member is
`"sig":"<base64>"`, and what is signed is everything before the comma in front of it, closed by `}`. So no
canonical form is needed, and a cache, a page or a friend with the key checks the same bytes.
"""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from stentor.admission.line.place import FIRST, Place
from stentor.errors import BadInput
from stentor.read_json import read_json

CLOCK_BYTES_MAX: Final = 8 * 1024
BUCKETS_TOLD_MAX: Final = 48
_SIG: Final = b',"sig":"'


class Doors(StrEnum):
    """Whether somebody who comes now gets in."""

    LOBBY = "lobby"
    """Not open yet: everybody who comes is in the draw."""
    OPEN = "open"
    """There is room for all: no ticket is needed."""
    HELD = "held"
    """By ticket, up to the place that has been called."""
    OVER = "over"


class Why(StrEnum):
    """Why the doors are held, as the page says it."""

    NONE = "none"
    SEATS = "seats"
    """Every seat is taken; places become free as people leave."""
    LINE = "line"
    """The crowd's line (its bits) is full."""
    JOINS = "joins"
    """More come per second than can be let in; nobody waits for a seat."""
    HOST = "host"
    """A host or an operator holds the doors."""


@dataclass(frozen=True, slots=True)
class LineClock:
    """One second of a Space's line.

    Args:
        number: counts up with each clock of this Space, over leaders too.
        at_ms: wall time.
        doors_ms: when the doors opened; None: not yet.
        called: everybody before this place may come in; means nothing while the doors are open.
        arrivals: tickets by bucket from the called one on, as (first bucket, tickets up to the next entry's
            first bucket); coarser further back, at most BUCKETS_TOLD_MAX entries.
        show: share of called tickets whose holders come, 0…1, as measured.
        admits_per_s: tickets with holders that are let in per second now.
        room: seats that are free now, in all edges.
        coming: people who are called and have no seat yet, under way or at the door: they are before
        everybody.
        joins_per_s: what the doors could let in per second, were there room.
        leaves_per_s: seats that become free per second.
        gives_up_per_s: share of those who wait that gives up in a second, as measured.
        waiting: people who wait, by estimate: tickets not called, less those who no longer ask.
        admitted: open streams.
        poll_s: ask for the next clock after so long, spread.
        here_s: say that you are still here each so many seconds; 0: nobody asks.
        heat: 0: calm; 1 to 3: proof of work of this effort is worth while.
        hears: who waits may hear the low rung (`hls/low.m3u8`).
        commitment: SHA-256 of the seed. seed: hexadecimal once the doors have opened.
    """

    space_id: str
    number: int
    at_ms: int
    doors: Doors
    why: Why = Why.NONE
    doors_ms: int | None = None
    called: Place = FIRST
    arrivals: tuple[tuple[int, int], ...] = ()
    show: float = 1.0
    admits_per_s: float = 0.0
    room: int = 0
    coming: int = 0
    joins_per_s: float = 0.0
    leaves_per_s: float = 0.0
    gives_up_per_s: float = 0.0
    waiting: int = 0
    admitted: int = 0
    poll_s: float = 5.0
    here_s: float = 0.0
    heat: int = 0
    hears: bool = False
    commitment: str = ""
    seed: str | None = None

    def encoded(self, sign: Callable[[bytes], bytes]) -> bytes:
        """The document. Args: sign: 64 bytes for whatever it is given."""
        # Not `asdict`, which copies in depth: a third of what a clock costs its controller.
        facts = {name: getattr(self, name) for name in self.__slots__}
        facts["called"] = [self.called.bucket, self.called.draw]
        body = json.dumps(facts, separators=(",", ":")).encode()
        return body[:-1] + _SIG + base64.b64encode(sign(body)) + b'"}'

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Reads a document; its signature is `signed_part`'s caller's business. Raises: BadInput."""
        if len(data) > CLOCK_BYTES_MAX:
            raise BadInput(f"A line's clock has {len(data)} bytes; the limit is {CLOCK_BYTES_MAX}.")
        try:
            facts = read_json(data)
            del facts["sig"]
            facts["called"] = Place(*facts["called"])
            facts["arrivals"] = tuple((int(first), int(count)) for first, count in facts["arrivals"])
            facts["doors"], facts["why"] = Doors(facts["doors"]), Why(facts["why"])
            # A newer house may tell more.
            return cls(**{name: facts[name] for name in cls.__slots__ if name in facts})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadInput(f"A line's clock cannot be read: {type(error).__name__}.") from None

    def calls(self, place: Place) -> bool:
        """Whether somebody at this place may come in."""
        return self.doors is Doors.OPEN or (self.doors is Doors.HELD and place < self.called)


def signed_part(data: bytes) -> tuple[bytes, bytes]:
    """What was signed, and the signature. Raises: BadInput: there is none."""
    body, mark, sig = data.rpartition(_SIG)
    try:
        signature = base64.b64decode(sig.removesuffix(b'"}'), validate=True)
    except binascii.Error:
        signature = b""
    if not mark or len(signature) != 64:  # noqa: PLR2004  # Ed25519's own
        raise BadInput("This clock carries no signature.")
    return body + b"}", signature
