"""One page's news: a bounded queue, written by the hub, read by the page's answer.

Comes in: news, in order. Goes out: the same, then the end. Never: a queue that grows: a page that does not
keep up is cut and comes back to a fresh snapshot.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from stentor.space.crew import Member

FEED_EVENTS_MAX = 64
"""About 20 s of ticks and figures, with room for a line that moves."""


class Kind(StrEnum):
    """What a feed tells; `docs/PROTOCOL.md` section 4 has the shapes."""

    STATE = "state"
    TICK = "tick"
    ME = "me"
    CREW = "crew"
    QUESTIONS = "questions"
    FIGURES = "figures"
    NOTICE = "notice"
    REMOVED = "removed"


LATEST_COUNTS = frozenset({Kind.STATE, Kind.ME, Kind.CREW, Kind.QUESTIONS})
"""News that say how things are; saying the same twice says nothing."""


@dataclass(frozen=True, slots=True)
class News:
    kind: Kind
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose page it is.

    Args:
        id: of an account or a person: how many pages one may open.
        person_id: who they are in the Space; None: an account.
        invitation_id: by which link; with another one for the same person this page's is over.
    """

    id: str
    person_id: str | None = None
    invitation_id: str | None = None

    def is_of(self, member: Member) -> bool:
        """Whether this is still that person's page."""
        return not member.is_out and self.invitation_id in {None, member.invitation_id}


@dataclass(eq=False, slots=True)
class Feed:
    """One page's queue of news."""

    viewer: Viewer
    leads: bool = False
    """Told what only those who lead are told; follows the person's role."""
    is_cut: bool = False
    _said: dict[Kind, dict[str, Any]] = field(default_factory=dict)
    _queue: asyncio.Queue[News | None] = field(default_factory=lambda: asyncio.Queue(FEED_EVENTS_MAX + 1))

    def put(self, news: News) -> None:
        """Never blocks. A full feed is cut: its page hears the end, not a selection of the news."""
        if self.is_cut or self._said.get(news.kind) == news.data:
            return
        if self._queue.qsize() >= FEED_EVENTS_MAX:
            self.cut()
            return
        if news.kind in LATEST_COUNTS:
            self._said[news.kind] = news.data
        self._queue.put_nowait(news)

    def finish(self, news: News) -> None:
        """The last word; what waits before it is still told."""
        self.put(news)
        if not self.is_cut:
            self.is_cut = True
            self._queue.put_nowait(None)

    def cut(self) -> None:
        """Ends the feed; what still waits in it is dropped."""
        self.is_cut = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self) -> News | None:
        """The next news; None once the feed is cut."""
        return await self._queue.get()
