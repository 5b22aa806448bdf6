"""What happens in a Space right now, for those who are on its stage, wait for it or lead it: to many pages.

Comes in: for each Space that somebody looks at one core subscription each to its ticks, its figures and its
events, and who is connected to its stage; one watch each of all Spaces, crews and questions. Goes out: to
each page its own bounded feed, first all that is known, then the news. Never: a subscription per page; to a
speaker what only hosts are to know (the line, the questions, the bans).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from stentor.backstage.api.crew_told import CrewTold, MyselfTold
from stentor.backstage.api.questions_told import QuestionsTold
from stentor.backstage.feed import Feed, Kind, News, Viewer
from stentor.backstage.presence import NOBODY, Presence, presence_of
from stentor.errors import BadInput, Full
from stentor.log.bus import Bus, Subscription
from stentor.log.state import CrewStore, QuestionStore, SpaceStore
from stentor.read_json import read_json
from stentor.space.crew import Crew
from stentor.space.questions import Questions
from stentor.space.record import Space
from stentor.space.tick import as_full, decoded, merged

log = structlog.get_logger()

FEEDS_MAX = 1_000
FEEDS_OF_LISTENERS_MAX = 600
"""Anybody can ask to speak and gets a link: above this the feeds are for who is on stage or leads."""
FEEDS_PER_VIEWER_MAX = 8
"""Tabs and devices of one invitation or one account."""
_LOOK_EVERY_S = 1.0
_NEWS_BYTES_MAX = 8 * 1024
_PRIVATE = frozenset({"listen_key", "account_id", "is_off_shelf"})


@dataclass(slots=True)
class _Looked:
    """A Space that somebody looks at."""

    subscriptions: list[Subscription]
    presence: Presence = NOBODY
    feeds: list[Feed] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] | None = None


class LiveHub:
    """All feeds of this process. Its `work` must be running for changes to come through."""

    def __init__(
        self,
        bus: Bus,
        *,
        spaces: SpaceStore,
        crews: CrewStore,
        questions: QuestionStore,
        on_cut: Callable[[], None] = lambda: None,
    ) -> None:
        self._bus = bus
        self._stores = (spaces, crews, questions)
        self._on_cut = on_cut
        self._spaces: dict[str, Space] = {}
        self._crews: dict[str, Crew] = {}
        self._questions: dict[str, Questions] = {}
        self._looked: dict[str, _Looked] = {}
        self._changing = asyncio.Lock()
        self._is_closed = False

    @property
    def feed_count(self) -> int:
        return sum(len(looked.feeds) for looked in self._looked.values())

    @property
    def space_ids_on_stage(self) -> frozenset[str]:
        return frozenset(space.id for space in self._spaces.values() if space.state.has_stage)

    @property
    def spaces(self) -> list[Space]:
        """Every Space as it was told last."""
        return list(self._spaces.values())

    def space(self, space_id: str) -> Space | None:
        return self._spaces.get(space_id)

    def forget(self, space_id: str) -> None:
        """A Space whose record is gone."""
        for known in (self._spaces, self._crews, self._questions):
            known.pop(space_id, None)

    def work(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What must run beside it, each as a task of its own, for ever.

        Not a group of their own: a cancellation that is lost (see `end_tasks`) is repeated only to tasks that
        whoever cancels can see.
        """
        return (
            self._follow_spaces(),
            self._follow_crews(),
            self._follow_questions(),
            self._look_who_is_there(),
        )

    @asynccontextmanager
    async def feed(self, space: Space, viewer: Viewer) -> AsyncIterator[Feed]:
        """A feed that begins with all that is known and that this viewer may know.

        Raises: Full: too many pages are open, in all or by this viewer. LogAway.
        """
        _, crews, questions = self._stores
        # Read now: who was invited a moment ago is perhaps not yet in what the watch has told.
        self._crews[space.id] = crew = await crews.get(space.id)
        self._questions[space.id] = await questions.get(space.id)
        feed = Feed(viewer)
        async with self._changing:
            looked = self._looked.get(space.id)
            feeds_max = FEEDS_MAX if _has_a_part(viewer, crew) else FEEDS_OF_LISTENERS_MAX
            if self._is_closed or self.feed_count >= feeds_max:
                raise Full("The stage door's live feed", limit=feeds_max)
            if looked and sum(f.viewer.id == viewer.id for f in looked.feeds) >= FEEDS_PER_VIEWER_MAX:
                raise Full("This invitation's list of open pages", limit=FEEDS_PER_VIEWER_MAX)
            if looked is None:
                looked = self._looked[space.id] = _Looked(await self._subscribed(space.id))
            feed.put(News(Kind.STATE, _told(self._spaces.get(space.id, space))))
            if looked.known:
                feed.put(News(Kind.TICK, as_full(looked.known)))
            self._tell_crew_to(feed, looked, crew)
            looked.feeds.append(feed)
        try:
            yield feed
        finally:
            async with self._changing:
                looked.feeds.remove(feed)
                if not looked.feeds:
                    del self._looked[space.id]
                    for subscription in looked.subscriptions:
                        await subscription.close()

    def close(self) -> None:
        """Ends every feed, so that the server can stop without waiting for pages to leave."""
        self._is_closed = True
        for looked in self._looked.values():
            for feed in looked.feeds:
                feed.cut()

    # ── what comes in ────────────────────────────────────────────────────────────────────────────────

    async def _subscribed(self, space_id: str) -> list[Subscription]:
        return [
            await self._bus.subscribe(subject, handle)
            for subject, handle in (
                (f"space.{space_id}.tick.*", self._on_tick),
                (f"space.{space_id}.event", self._on_event),
                (f"figures.{space_id}", self._on_figures),
            )
        ]

    async def _follow_spaces(self) -> None:
        async for space in self._stores[0].watch():
            self._spaces[space.id] = space
            self._tell(space.id, News(Kind.STATE, _told(space)))

    async def _follow_crews(self) -> None:
        async for crew in self._stores[1].watch():
            self._crews[crew.space_id] = crew
            self._tell_crew(crew.space_id)

    async def _follow_questions(self) -> None:
        async for questions in self._stores[2].watch():
            self._questions[questions.space_id] = questions
            told = QuestionsTold.of(questions).model_dump(mode="json")
            self._tell(questions.space_id, News(Kind.QUESTIONS, told), to_leaders=True)

    async def _look_who_is_there(self) -> None:
        """The stage tells presence when it is asked; asked for is only what a host looks at.

        Bounds: one question per second and such Space.
        """
        while True:
            wanted = [s for s, looked in self._looked.items() if any(f.leads for f in looked.feeds)]
            found = await asyncio.gather(*(presence_of(self._bus, space_id) for space_id in wanted))
            for space_id, presence in zip(wanted, found, strict=True):
                looked = self._looked.get(space_id)
                if looked is not None and looked.presence != presence:
                    looked.presence = presence
                    self._tell_crew(space_id)
            await asyncio.sleep(_LOOK_EVERY_S)

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

    def _on_event(self, subject: str, payload: bytes) -> None:
        event = _object(payload)
        if event is not None:
            self._tell(subject.split(".")[1], News(Kind.NOTICE, event), to_leaders=True)

    def _on_figures(self, subject: str, payload: bytes) -> None:
        space_id = subject.partition(".")[2]
        looked, figures = self._looked.get(space_id), _object(payload)
        if looked is not None and figures is not None:
            looked.figures = figures
            self._tell(space_id, News(Kind.FIGURES, figures), to_leaders=True)

    # ── what goes out ────────────────────────────────────────────────────────────────────────────────

    def _tell(self, space_id: str, news: News, *, to_leaders: bool = False) -> None:
        looked = self._looked.get(space_id)
        for feed in looked.feeds if looked else ():
            if feed.leads or not to_leaders:
                self._put(feed, news)

    def _tell_crew(self, space_id: str) -> None:
        looked, crew = self._looked.get(space_id), self._crews.get(space_id)
        if looked is not None and crew is not None:
            for feed in looked.feeds:
                self._tell_crew_to(feed, looked, crew)

    def _tell_crew_to(self, feed: Feed, looked: _Looked, crew: Crew) -> None:
        """A person is told of themselves; who leads of everybody, from the moment in which they lead."""
        leads = feed.viewer.person_id is None
        if feed.viewer.person_id is not None:
            member = crew.find(feed.viewer.person_id)
            if member is None or not feed.viewer.is_of(member):
                feed.finish(News(Kind.REMOVED, {}))
                return
            leads = member.role.may_lead
            self._put(feed, News(Kind.ME, MyselfTold.of(member, crew).model_dump(mode="json")))
        if not leads:
            feed.leads = False
            return
        is_new, feed.leads = not feed.leads, True
        self._put(feed, News(Kind.CREW, CrewTold.of(crew, looked.presence).model_dump(mode="json")))
        if is_new:
            questions = self._questions.get(crew.space_id, Questions(crew.space_id))
            self._put(feed, News(Kind.QUESTIONS, QuestionsTold.of(questions).model_dump(mode="json")))
            if looked.figures is not None:
                self._put(feed, News(Kind.FIGURES, looked.figures))

    def _put(self, feed: Feed, news: News) -> None:
        was_cut = feed.is_cut
        feed.put(news)
        if feed.is_cut and not was_cut:
            self._on_cut()


def _has_a_part(viewer: Viewer, crew: Crew) -> bool:
    """On stage, leading, or an account: not one of the crowd's many."""
    member = crew.find(viewer.person_id) if viewer.person_id is not None else None
    return viewer.person_id is None or (member is not None and member.may_be_on_stage)


def _told(space: Space) -> dict[str, Any]:
    """A Space for everybody who has an invitation: without what opens doors."""
    known = {name: value for name, value in space.as_json().items() if name not in _PRIVATE}
    return known | {"is_private": space.is_private}


def _object(payload: bytes) -> dict[str, Any] | None:
    if len(payload) > _NEWS_BYTES_MAX:
        return None
    try:
        found = read_json(payload)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
