"""What happens on a stage right now, for those who are on it: ticks and changes of state, to many pages.

Comes in: one core subscription per Space that somebody looks at, one watch of all Spaces. Goes out: to each
page its own bounded feed, first all that is known, then the news. Never: a subscription per page, a feed
that grows: a page that does not keep up is cut and comes back to a fresh snapshot.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import structlog

from stentor.errors import BadInput, Full
from stentor.log.bus import Bus, Subscription
from stentor.log.state import SpaceStore
from stentor.space.record import Space
from stentor.space.tick import as_full, decoded, merged

log = structlog.get_logger()

FEED_EVENTS_MAX = 32
"""20 s of ticks."""
FEEDS_MAX = 1_000
FEEDS_PER_PERSON_MAX = 8
"""Tabs and devices of one invitation."""


class Kind(StrEnum):
    TICK = "tick"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class News:
    kind: Kind
    data: dict[str, Any]


class Feed:
    """One page's queue of news."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[News | None] = asyncio.Queue(FEED_EVENTS_MAX + 1)
        self.is_cut = False

    def put(self, news: News) -> None:
        """Never blocks. A full feed is cut: its page hears the end, not a selection of the news."""
        if self.is_cut:
            return
        if self._queue.qsize() >= FEED_EVENTS_MAX:
            self.cut()
        else:
            self._queue.put_nowait(news)

    def cut(self) -> None:
        """Ends the feed; what still waits in it is dropped."""
        self.is_cut = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self) -> News | None:
        """The next news; None once the feed is cut."""
        return await self._queue.get()


@dataclass(slots=True)
class _Looked:
    """A Space that somebody looks at."""

    subscription: Subscription
    feeds: dict[Feed, str] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)


class LiveHub:
    """All feeds of this process. `run` must be running for changes of state to come through."""

    def __init__(self, bus: Bus, spaces: SpaceStore, *, on_cut: Callable[[], None] = lambda: None) -> None:
        self._bus = bus
        self._store = spaces
        self._on_cut = on_cut
        self._spaces: dict[str, Space] = {}
        self._looked: dict[str, _Looked] = {}
        self._changing = asyncio.Lock()
        self._is_closed = False

    @property
    def feed_count(self) -> int:
        return sum(len(looked.feeds) for looked in self._looked.values())

    @property
    def space_ids_on_stage(self) -> frozenset[str]:
        return frozenset(space.id for space in self._spaces.values() if space.state.has_stage)

    async def run(self) -> None:
        """Follows the Spaces' states, for ever."""
        async for space in self._store.watch():
            self._spaces[space.id] = space
            self._tell(space.id, News(Kind.STATE, space.as_json()))

    @asynccontextmanager
    async def feed(self, space: Space, *, person_id: str) -> AsyncIterator[Feed]:
        """A feed that begins with the Space's state and all that its ticks have said.

        Raises: Full: too many pages are open, in all or by this person.
        """
        feed = Feed()
        async with self._changing:
            looked = self._looked.get(space.id)
            if self._is_closed or self.feed_count >= FEEDS_MAX:
                raise Full("The stage door's live feed", limit=FEEDS_MAX)
            if looked and list(looked.feeds.values()).count(person_id) >= FEEDS_PER_PERSON_MAX:
                raise Full("This invitation's list of open pages", limit=FEEDS_PER_PERSON_MAX)
            if looked is None:
                ticks = await self._bus.subscribe(f"space.{space.id}.tick.*", self._on_tick)
                looked = self._looked[space.id] = _Looked(ticks)
            feed.put(News(Kind.STATE, self._spaces.get(space.id, space).as_json()))
            if looked.known:
                feed.put(News(Kind.TICK, as_full(looked.known)))
            looked.feeds[feed] = person_id
        try:
            yield feed
        finally:
            async with self._changing:
                del looked.feeds[feed]
                if not looked.feeds:
                    del self._looked[space.id]
                    await looked.subscription.close()

    def close(self) -> None:
        """Ends every feed, so that the server can stop without waiting for pages to leave."""
        self._is_closed = True
        for looked in self._looked.values():
            for feed in looked.feeds:
                feed.cut()

    def _on_tick(self, subject: str, payload: bytes) -> None:
        looked = self._looked.get(subject.split(".")[1])
        if looked is None:
            return
        try:
            tick = decoded(payload)
        except BadInput as error:
            log.warning("tick not read", detail=error.detail)
            return
        if tick["n"] <= looked.known.get("n", -1):
            # A stage that was killed sends its whole spool again: the log drops what it has, a plain
            # subscription hears it. Pages must not see the clock go back.
            return
        looked.known = merged(looked.known, tick)
        self._tell(subject.split(".")[1], News(Kind.TICK, tick))

    def _tell(self, space_id: str, news: News) -> None:
        looked = self._looked.get(space_id)
        for feed in looked.feeds if looked else ():
            was_cut = feed.is_cut
            feed.put(news)
            if feed.is_cut and not was_cut:
                self._on_cut()
