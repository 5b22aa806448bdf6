"""Where a ticket stands in the line. Pure.

Comes in: a ticket, the seed of the Space's draw. Goes out: its place, comparable with any other and with how
far the line has been called. Never: a place that somebody could choose, or that cannot be checked afterwards.

The order is by bucket, within a bucket by draw. The draw is HMAC-SHA256(seed, ticket id), its first four
bytes: the seed is kept back until the doors open, its SHA-256 (the commitment) is in every clock from the
beginning. So nobody can pick a good id while the lobby fills, and afterwards everybody can check.

Proof of work is a bid: at full effort the draw is halved. Whoever solves ten thousand times faster than a
phone stands in the first half of its bucket and no further: at most twice as many are before the phone as
without bids, whatever the solver.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from stentor.admission.token import EFFORT_MAX, Ticket

DRAWS: Final = 1 << 32
BID_GAIN_MAX: Final = 0.5


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A point of the line: a ticket's own, or how far has been called.

    Args:
        bucket: see `Ticket`.
        draw: 0 ≤ draw < DRAWS, within the bucket.
    """

    bucket: int
    draw: int


FIRST: Final = Place(0, 0)


def commitment_of(seed: bytes) -> str:
    """What is published before the doors open: 64 hexadecimal digits."""
    return hashlib.sha256(seed).hexdigest()


def place_of(ticket: Ticket, seed: bytes) -> Place:
    """The ticket's place, once the seed is known."""
    digest = hmac.digest(seed, ticket.id, "sha256")
    draw = int.from_bytes(digest[:4])
    return Place(ticket.bucket, draw - int(draw * BID_GAIN_MAX * ticket.effort / EFFORT_MAX))
