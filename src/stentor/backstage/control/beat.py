"""A beat: what an edge says of itself once a second, as the controller reads it. Pure.

Comes in: a message. Goes out: the beat. Never: a number that cannot be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from stentor.admission.line.counts import LineCounts
from stentor.admission.line.line_clock import Why
from stentor.errors import BadInput
from stentor.read_json import read_json
from stentor.space.reactions import Reaction

SPACES_PER_BEAT_MAX: Final = 10_000
_ID_LENGTH_MAX: Final = 100
_URL_LENGTH_MAX: Final = 300
_ROOM_MAX: Final = 10**9
_HELD: Final = {"seats": Why.SEATS, "line": Why.LINE, "joins": Why.JOINS, "operator": Why.HOST}
"""An edge's words for why it lets fewer people in than it has seats, and the line's."""


@dataclass(frozen=True, slots=True)
class Audience:
    """One Space's listeners at one edge.

    Args:
        arrived, gone: since the edge began.
        admitted: open streams; `hearing`: of these, whose machines acknowledge audio.
        hls: players of HLS, an estimate.
        hands: raised now.
        reactions: since the edge's beat before, by kind.
        line: tickets and whoever came in, of all its gates.
    """

    arrived: int = 0
    admitted: int = 0
    hearing: int = 0
    gone: int = 0
    hls: int = 0
    hands: int = 0
    reactions: Mapping[str, int] = field(default_factory=dict)
    line: LineCounts = field(default_factory=LineCounts)


@dataclass(frozen=True, slots=True)
class Beat:
    """What one edge says of itself.

    Args:
        boot: names this life of the edge; its totals begin with it.
        silent: processes of the edge that do not report; their listeners are in no figure.
        is_extras_off: reactions and questions are refused there, under pressure.
        is_bye: the edge has ended in peace.
        room: newcomers that it has seats for. None: it does not say, or nobody is to come.
        joins_per_s: how many of them its gates can let in.
        held: why it has less room than seats.
        url: what players reach it by; empty: not said.
    """

    edge: str
    spaces: Mapping[str, Audience]
    boot: str = ""
    silent: int = 0
    rung: str = "high"
    cadence: int = 1
    is_extras_off: bool = False
    is_bye: bool = False
    room: int | None = None
    joins_per_s: float = 0.0
    held: Why = Why.NONE
    url: str = ""

    @classmethod
    def parse(cls, data: bytes) -> "Beat":
        """Raises: BadInput: not a beat."""
        try:
            beat = read_json(data)
            edge, spaces = str(beat["edge"]), dict(beat["spaces"])
            if len(spaces) > SPACES_PER_BEAT_MAX or not 1 <= len(edge) <= _ID_LENGTH_MAX:
                raise BadInput(f"A beat names {len(spaces)} Spaces; the limit is {SPACES_PER_BEAT_MAX}.")
            return cls(
                edge,
                {str(id_): _audience(counts) for id_, counts in spaces.items()},
                boot=str(beat.get("boot", ""))[:_ID_LENGTH_MAX],
                silent=max(0, int(beat.get("silent", 0))),
                rung="low" if beat.get("rung") == "low" else "high",
                cadence=min(4, max(1, int(beat.get("cadence", 1)))),
                is_extras_off=beat.get("extras") == "off",
                is_bye=beat.get("bye") is True,
                room=_room(beat.get("room")),
                joins_per_s=_rate(beat.get("joins_per_s", 0)),
                held=_HELD.get(beat.get("held"), Why.NONE),
                url=str(beat.get("url", ""))[:_URL_LENGTH_MAX],
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"A beat cannot be read: {type(error).__name__}.") from None


def _audience(counts: Mapping[str, Any]) -> Audience:
    """Raises: ValueError: a number that cannot be."""
    kinds = ("arrived", "admitted", "hearing", "gone", "hls", "hands")
    numbers = [int(counts.get(kind, 0)) for kind in kinds]
    arrived, admitted, hearing, gone, hls, hands = numbers
    reactions = {Reaction(kind).value: int(count) for kind, count in counts.get("reactions", {}).items()}
    if min(*numbers, *reactions.values(), 0) < 0:
        raise ValueError("negative")
    line = LineCounts.from_json(counts.get("line", {}))
    return Audience(arrived, admitted, hearing, gone, hls, hands, reactions, line)


def _room(told: object) -> int | None:
    return min(told, _ROOM_MAX) if isinstance(told, int) and told >= 0 else None


def _rate(told: Any) -> float:
    """Raises: ValueError: a rate that cannot be."""
    rate = float(told)
    if not 0 <= rate <= _ROOM_MAX:
        raise ValueError("rate")
    return rate
