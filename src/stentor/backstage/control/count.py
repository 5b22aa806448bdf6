"""The count: what the edges say of themselves, added up into one honest figure per Space. Pure.

Comes in: beats with their time. Goes out: figures. Never: a guess. An edge that has been silent for 5 s is no
longer in the sum but counted as unknown, and forgotten after a minute.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from stentor.errors import BadInput
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.space.reactions import Reaction

EDGE_FORGOTTEN_AFTER_S = 60.0
EDGES_MAX = 10_000
SPACES_PER_BEAT_MAX = 10_000
_ID_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class Audience:
    """One Space's listeners at one edge.

    Args:
        arrived, gone: since the edge began.
        admitted: open streams; `hearing`: of these, whose machines acknowledge audio.
        hls: players of HLS, an estimate.
        hands: raised now.
        reactions: since the edge's beat before, by kind.
    """

    arrived: int = 0
    admitted: int = 0
    hearing: int = 0
    gone: int = 0
    hls: int = 0
    hands: int = 0
    reactions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beat:
    """What one edge says of itself.

    Args:
        boot: names this life of the edge; its totals begin with it.
        silent: processes of the edge that do not report; their listeners are in no figure.
        is_extras_off: reactions and questions are refused there, under pressure.
        is_bye: the edge has ended in peace.
    """

    edge: str
    spaces: Mapping[str, Audience]
    boot: str = ""
    silent: int = 0
    rung: str = "high"
    cadence: int = 1
    is_extras_off: bool = False
    is_bye: bool = False

    @classmethod
    def parse(cls, data: bytes) -> "Beat":
        """Raises: BadInput: not a beat."""
        try:
            beat = json.loads(data)
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
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"A beat cannot be read: {type(error).__name__}.") from None


@dataclass(frozen=True, slots=True)
class Figures:
    """One Space's audience.

    Args:
        hearing: listeners whose machines acknowledge audio, and players of HLS.
        estimated: the latter, of whom only the requests are known.
        admitted: open streams on edges that report.
        arrived, gone: since the controller began to count.
        edges: how many report this Space.
        unknown: edges that reported it and have fallen silent, wholly or in part.
        rung, cadence: the lowest and the slowest that any of them is at.
        hands: raised on edges that report.
        extras: «off» when they are off on every edge that reports; a page at a single one is told by it.
    """

    hearing: int = 0
    estimated: int = 0
    admitted: int = 0
    arrived: int = 0
    gone: int = 0
    edges: int = 0
    unknown: int = 0
    rung: str = "high"
    cadence: int = 1
    hands: int = 0
    extras: str = "on"

    def as_bytes(self, reactions: Mapping[str, int] | None = None) -> bytes:
        """The message.

        Args:
            reactions: since the message before.
        """
        return json.dumps({**asdict(self), "reactions": dict(reactions or {})}).encode()


@dataclass(slots=True)
class _Totals:
    """Arrivals and departures that no longer stand in a beat: of earlier lives of edges."""

    arrived: int = 0
    gone: int = 0


class Count:
    """The sum. Pure: time is an argument."""

    def __init__(self) -> None:
        self._beats: dict[str, tuple[float, Beat]] = {}
        self._before: dict[str, _Totals] = {}
        self._reactions: dict[str, Counter[str]] = {}

    def heard(self, beat: Beat, *, now_s: float) -> bool:
        """Takes a beat in place of the same edge's last. False: there are too many edges."""
        known = self._beats.get(beat.edge)
        if known is None and len(self._beats) >= EDGES_MAX:
            return False
        if known is not None and (beat.is_bye or known[1].boot != beat.boot):
            self._close(beat.edge)
        if not beat.is_bye:
            self._beats[beat.edge] = (now_s, beat)
        for space_id, told in beat.spaces.items():
            if told.reactions and (space_id in self._reactions or len(self._reactions) < SPACES_PER_BEAT_MAX):
                self._reactions.setdefault(space_id, Counter()).update(told.reactions)
        return True

    def reactions_taken(self) -> dict[str, Mapping[str, int]]:
        """What was shown since this was last asked, by Space and kind; it is told once."""
        taken, self._reactions = self._reactions, {}
        return {space_id: dict(counts) for space_id, counts in taken.items()}

    def figures(self, space_ids: Iterable[str], *, now_s: float) -> dict[str, Figures]:
        """The figures of these Spaces and of every other that an edge reports."""
        for edge in [e for e, (at_s, _) in self._beats.items() if now_s - at_s > EDGE_FORGOTTEN_AFTER_S]:
            self._close(edge)
        sums = {space_id: self._start(space_id) for space_id in space_ids}
        for at_s, beat in self._beats.values():
            is_silent = now_s - at_s > BEAT_UNKNOWN_AFTER_S
            for space_id, told in beat.spaces.items():
                before = sums.get(space_id) or self._start(space_id)
                sums[space_id] = _added(before, beat, told, is_silent=is_silent)
        return sums

    def hearing(self, space_id: str, *, now_s: float) -> int:
        """How many hear a Space, as far as its edges report."""
        return self.figures([space_id], now_s=now_s)[space_id].hearing

    def _start(self, space_id: str) -> Figures:
        before = self._before.get(space_id, _Totals())
        return Figures(arrived=before.arrived, gone=before.gone)

    def _close(self, edge: str) -> None:
        """An edge's life is over: its listeners are gone, its totals stay.

        Bounds: as many Spaces as a beat may name; the totals of others begin anew.
        """
        _, beat = self._beats.pop(edge)
        for space_id, told in beat.spaces.items():
            if space_id in self._before or len(self._before) < SPACES_PER_BEAT_MAX:
                before = self._before.setdefault(space_id, _Totals())
                before.arrived += told.arrived
                before.gone += told.gone + told.admitted


def _added(before: Figures, beat: Beat, told: Audience, *, is_silent: bool) -> Figures:
    """Totals of a silent edge stay as they were; of its listeners nothing is known."""
    arrived, gone = before.arrived + told.arrived, before.gone + told.gone
    if is_silent:
        return replace(before, arrived=arrived, gone=gone, unknown=before.unknown + 1)
    return Figures(
        hearing=before.hearing + told.hearing + told.hls,
        estimated=before.estimated + told.hls,
        admitted=before.admitted + told.admitted,
        arrived=arrived,
        gone=gone,
        edges=before.edges + 1,
        unknown=before.unknown + (beat.silent > 0),
        rung="low" if "low" in {before.rung, beat.rung} else "high",
        cadence=max(before.cadence, beat.cadence),
        hands=before.hands + told.hands,
        extras="off" if beat.is_extras_off and (not before.edges or before.extras == "off") else "on",
    )


def _audience(counts: Mapping[str, Any]) -> Audience:
    """Raises: ValueError: a number that cannot be."""
    kinds = ("arrived", "admitted", "hearing", "gone", "hls", "hands")
    numbers = [int(counts.get(kind, 0)) for kind in kinds]
    arrived, admitted, hearing, gone, hls, hands = numbers
    reactions = {Reaction(kind).value: int(count) for kind, count in counts.get("reactions", {}).items()}
    if min(*numbers, *reactions.values(), 0) < 0:
        raise ValueError("negative")
    return Audience(arrived, admitted, hearing, gone, hls, hands, reactions)
