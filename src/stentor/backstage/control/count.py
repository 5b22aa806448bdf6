"""The count: what the edges say of themselves, added up into one honest figure per Space. Pure.

Comes in: beats with their time. Goes out: figures. Never: a guess. An edge that has been silent for 5 s is no
longer in the sum but counted as unknown, and forgotten after a minute.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from stentor.admission.line.line_clock import Why
from stentor.admission.line.second import Second
from stentor.backstage.control.beat import SPACES_PER_BEAT_MAX, Audience, Beat
from stentor.backstage.control.line_news import LineNews, News
from stentor.limits import BEAT_UNKNOWN_AFTER_S

EDGE_FORGOTTEN_AFTER_S = 60.0
EDGES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Figures:
    """One Space's audience.

    Args:
        hearing: listeners whose machines acknowledge audio, and players of HLS.
        estimated: the latter, of whom only the requests are known.
        admitted: open streams on edges that report.
        waiting: in the line, as its clock says.
        arrived: tickets, and people who came straight in; turned_away: how often a place was refused because
            a network had asked for too many; gone: streams that ended. All since the controller began to
            count.
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
    waiting: int = 0
    turned_away: int = 0

    def as_bytes(self, reactions: Mapping[str, int] | None = None) -> bytes:
        """The message.

        Args:
            reactions: since the message before.
        """
        return json.dumps({**asdict(self), "reactions": dict(reactions or {})}).encode()


@dataclass(slots=True)
class _Totals:
    """What no longer stands in a beat: of earlier lives of edges."""

    arrived: int = 0
    turned_away: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """What the edges that speak can still take together.

    Args:
        seats: newcomers who would be seated. joins_per_s: how fast.
        held: why there are so few; while no edge has room without a reason, that of the most.
        edges: how many say it; 0: nothing is known.
    """

    seats: int = 0
    joins_per_s: float = 0.0
    held: Why = Why.NONE
    edges: int = 0


class Count:
    """The sum. Pure: time is an argument."""

    def __init__(self) -> None:
        self._beats: dict[str, tuple[float, Beat]] = {}
        self._before: dict[str, _Totals] = {}
        self._reactions: dict[str, Counter[str]] = {}
        self._news = LineNews()

    def heard(self, beat: Beat, *, now_s: float) -> bool:
        """Takes a beat in place of the same edge's last. False: there are too many edges."""
        known = self._beats.get(beat.edge)
        if known is None and len(self._beats) >= EDGES_MAX:
            return False
        self._news.heard(beat, before=known[1] if known else None)
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

    def seconds(self, space_ids: Iterable[str], *, now_s: float) -> dict[str, Second]:
        """What has happened since this was last asked, to these Spaces and to every other that has news.

        It is told once, so whoever does not lead asks too and throws it away. `room` and `joins_per_s` are
        the whole house's: Spaces that share its edges share them. No order is in it.
        """
        news, room = self._news.taken(), self.room(now_s=now_s)
        wanted = [*dict.fromkeys([*space_ids, *news])]
        figures = self.figures(wanted, now_s=now_s)
        found = {}
        for space_id in wanted:
            told, now = news.get(space_id, News()), figures[space_id]
            found[space_id] = Second(
                tickets=told.line.tickets,
                joined=told.line.joined,
                came=told.line.came,
                left=told.left,
                here=told.line.here,
                admitted=now.admitted + now.estimated,
                room=room.seats,
                joins_per_s=room.joins_per_s,
                held=room.held,
                standing=told.line.standing,
            )
        return found

    def room(self, *, now_s: float) -> Room:
        """The sum over edges that speak and say it."""
        speaking = [beat for at_s, beat in self._beats.values() if now_s - at_s <= BEAT_UNKNOWN_AFTER_S]
        told = [beat for beat in speaking if beat.room is not None]
        seats = sum(beat.room or 0 for beat in told)
        reasons = Counter(beat.held for beat in told if beat.held is not Why.NONE)
        is_free = any(beat.room and beat.held is Why.NONE for beat in told)
        held = reasons.most_common(1)[0][0] if reasons and not is_free else Why.NONE
        return Room(seats, sum(beat.joins_per_s for beat in told), held, len(told))

    def figures(
        self, space_ids: Iterable[str], *, now_s: float, waiting: Mapping[str, int] | None = None
    ) -> dict[str, Figures]:
        """The figures of these Spaces and of every other that an edge reports.

        Args:
            waiting: by Space, as the lines say.
        """
        for edge in [e for e, (at_s, _) in self._beats.items() if now_s - at_s > EDGE_FORGOTTEN_AFTER_S]:
            self._close(edge)
        sums = {space_id: self._start(space_id) for space_id in space_ids}
        for at_s, beat in self._beats.values():
            is_silent = now_s - at_s > BEAT_UNKNOWN_AFTER_S
            for space_id, told in beat.spaces.items():
                before = sums.get(space_id) or self._start(space_id)
                sums[space_id] = _added(before, beat, told, is_silent=is_silent)
        for space_id, count in (waiting or {}).items():
            if space_id in sums:
                sums[space_id] = replace(sums[space_id], waiting=count)
        return sums

    def hearing(self, space_id: str, *, now_s: float) -> int:
        """How many hear a Space, as far as its edges report."""
        return self.figures([space_id], now_s=now_s)[space_id].hearing

    def _start(self, space_id: str) -> Figures:
        before = self._before.get(space_id, _Totals())
        return Figures(arrived=before.arrived, turned_away=before.turned_away, gone=before.gone)

    def _close(self, edge: str) -> None:
        """An edge's life is over: its listeners are gone, its totals stay.

        Bounds: as many Spaces as a beat may name; the totals of others begin anew.
        """
        _, beat = self._beats.pop(edge)
        for space_id, told in beat.spaces.items():
            if space_id in self._before or len(self._before) < SPACES_PER_BEAT_MAX:
                before = self._before.setdefault(space_id, _Totals())
                before.arrived += told.line.arrived
                before.turned_away += told.line.refused
                before.gone += told.gone + told.admitted


def _added(before: Figures, beat: Beat, told: Audience, *, is_silent: bool) -> Figures:
    """Totals of a silent edge stay as they were; of its listeners nothing is known."""
    before = replace(
        before,
        arrived=before.arrived + told.line.arrived,
        turned_away=before.turned_away + told.line.refused,
        gone=before.gone + told.gone,
    )
    if is_silent:
        return replace(before, unknown=before.unknown + 1)
    return replace(
        before,
        hearing=before.hearing + told.hearing + told.hls,
        estimated=before.estimated + told.hls,
        admitted=before.admitted + told.admitted,
        edges=before.edges + 1,
        unknown=before.unknown + (beat.silent > 0),
        rung="low" if "low" in {before.rung, beat.rung} else "high",
        cadence=max(before.cadence, beat.cadence),
        hands=before.hands + told.hands,
        extras="off" if beat.is_extras_off and (not before.edges or before.extras == "off") else "on",
    )
