"""What has happened to each Space's line since the controller last asked. Pure.

Comes in: an edge's beat beside the one before. Goes out: what is new, once. Never: somebody who is counted
twice because a message was lost or an edge began anew: totals are compared, not added.

A player comes back every twenty minutes, and its stream's end is nobody's leaving: streams that were opened
beyond tickets and newcomers are such returns, and as many ends are not told as leaving.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stentor.admission.line.counts import LineCounts
from stentor.backstage.control.beat import SPACES_PER_BEAT_MAX, Audience, Beat


@dataclass(frozen=True, slots=True)
class News:
    """One Space's.

    Args:
        line: all of it new.
        left: who has gone and has not come back.
    """

    line: LineCounts = field(default_factory=LineCounts)
    left: int = 0


class LineNews:
    """Bounds: SPACES_PER_BEAT_MAX Spaces; of others nothing is told."""

    def __init__(self) -> None:
        self._news: dict[str, News] = {}

    def heard(self, beat: Beat, *, before: Beat | None) -> None:
        """Takes a beat.

        Args:
            before: the same edge's last; None: nobody knows what of its totals is old.
        """
        known: Mapping[str, Audience] = {}
        if before is not None and before.boot == beat.boot:
            known = before.spaces
        for space_id, told in beat.spaces.items():
            base = told if before is None else known.get(space_id, Audience())
            news = _since(base, told)
            if news != News() and (space_id in self._news or len(self._news) < SPACES_PER_BEAT_MAX):
                sum_ = self._news.get(space_id, News())
                self._news[space_id] = News(sum_.line.plus(news.line), sum_.left + news.left)

    def taken(self) -> dict[str, News]:
        """By Space; Spaces where nothing has happened are left out."""
        taken, self._news = self._news, {}
        return taken


def _since(before: Audience, now: Audience) -> News:
    line = now.line.since(before.line)
    opened = max(0, now.arrived - before.arrived)
    returned = max(0, opened - line.joined - line.came)
    return News(line, max(0, now.gone - before.gone - returned))
