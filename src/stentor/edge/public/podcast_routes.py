"""The feeds: `/feed.xml` of the house, `/hosts/<account>/feed.xml` of each host, and their covers.

Comes in: requests of podcast players, directories, hubs. Goes out: a feed that is made when something in it
has changed, however many ask. Never: a host's name who has nothing public.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stentor.clock import Clock
from stentor.config import Settings
from stentor.edge import answers
from stentor.edge.ladder import Extras
from stentor.edge.public.addresses import Addresses
from stentor.edge.public.card import COVER, Words
from stentor.edge.public.cards import Cards
from stentor.edge.public.podcast import MIME, Show, rss
from stentor.edge.public.podcast_shows import Selection, Shelves
from stentor.edge.replay.past import check_extras
from stentor.edge.replay.recordings import Recordings
from stentor.edge.replay.shared import Shared
from stentor.edge.spaces import Spaces
from stentor.errors import BadInput, NotFound
from stentor.space.record import Space

_CACHE: Final = "public, max-age=60, s-maxage=5"
"""Hubs fetch it a few seconds after they were told, through whatever cache the house has."""
_COVER: Final = "public, max-age=300"
_FEEDS_KEPT: Final = 64
_LOOK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Publisher:
    """What the operator has said of the feeds. The settings `podcast_*` and `websub_hub`."""

    title: str = ""
    email: str = ""
    category: str = "Society & Culture"
    is_explicit: bool = False
    hub_url: str = ""

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        return cls(
            settings.podcast_title,
            settings.podcast_email,
            settings.podcast_category,
            settings.podcast_explicit,
            settings.websub_hub,
        )


def _feeds() -> Shared[tuple[Show, Selection], answers.Text]:
    return Shared("The making of feeds", cost_max=_FEEDS_KEPT)


@dataclass(slots=True)
class PodcastRoutes:
    """Five addresses. Close it.

    Args:
        extras: while they are off there are no feeds: players come back by themselves.

    Bounds: the Spaces are looked through once a second; _FEEDS_KEPT feeds are kept as they were last made.
    """

    spaces: Spaces
    recordings: Recordings
    shelves: Shelves
    addresses: Addresses
    cards: Cards
    publisher: Publisher
    clock: Clock
    extras: Callable[[], Extras]
    feeds: Shared[tuple[Show, Selection], answers.Text] = field(default_factory=_feeds)
    _looked_s: float = float("-inf")
    _of_account: Mapping[str | None, list[Space]] = field(default_factory=dict)
    _selections: dict[str | None, Selection] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        return [
            Route("/feed.xml", self.feed),
            Route("/hosts/{account}/feed.xml", self.feed),
            Route("/cover.png", self.cover),
            Route("/hosts/{account}/cover.png", self.cover),
            Route("/s/{name}/cover.png", self.space_cover),
        ]

    async def close(self) -> None:
        await self.feeds.close()
        await self.shelves.quoted.close()

    async def feed(self, request: Request) -> Response:
        """RSS. A record whose lists are away makes all of it wait: an episode that is left out is deleted."""
        answers.checked_query(request.query_params, ())
        check_extras(self.extras())
        show, selection = self._shown(request)
        base = self._base(request)
        text = await self.feeds.get((show, selection), lambda: self._made(show, selection, base))
        cache = _CACHE if self.addresses.is_fixed else answers.NO_STORE
        return text.response(request, answers.open_headers(cache))

    async def cover(self, request: Request) -> Response:
        """The show's picture."""
        answers.checked_query(request.query_params, ())
        show, _ = self._shown(request)
        house = self._house(self._base(request))
        return await self._drawn(Words(show.title, house if house != show.title else ""))

    async def space_cover(self, request: Request) -> Response:
        """An episode's picture; of a private Space the mark alone."""
        answers.checked_query(request.query_params, ())
        space = self.spaces.record(request.path_params["name"])
        return await self._drawn(Words.of(space, self.shelves.hosts(space.id)))

    async def _drawn(self, words: Words) -> Response:
        body, is_asked_for = await self.cards.png(words, COVER)
        cache = _COVER if is_asked_for and self.addresses.is_fixed else answers.BRIEF
        return Response(body, 200, answers.open_headers(cache), "image/png")

    async def _made(self, show: Show, selection: Selection, base: str) -> answers.Text:
        found = await asyncio.gather(
            *(self.shelves.episode(space, record, base=base) for space, record in selection.finished)
        )
        lives = [self.shelves.live(space, base=base) for space in selection.lives]
        episodes = [episode for episode in found if episode is not None]

        def write() -> answers.Text:
            return answers.Text(rss(show, episodes, lives), MIME)

        return await asyncio.to_thread(write)

    def _shown(self, request: Request) -> tuple[Show, Selection]:
        """Raises: NotFound: nobody of that name has something public."""
        account_id: str | None = request.path_params.get("account")
        selection = self._selected(account_id)
        base = self._base(request)
        house = self._house(base)
        path = "" if account_id is None else f"/hosts/{account_id}"
        author = house if account_id is None else self._host_name(selection)
        what = "Live conversations" if account_id is None else f"Live conversations, hosted by {author}"
        return (
            Show(
                title=author,
                description=f"{what}, at {house}." if account_id else f"{what} at {urlsplit(base).netloc}.",
                url=f"{base}/",
                feed_url=f"{base}{path}/feed.xml",
                cover_url=f"{base}{path}/cover.png",
                author=author,
                language=selection.language,
                category=self.publisher.category,
                email=self.publisher.email,
                is_explicit=self.publisher.is_explicit,
                hub_url=self.publisher.hub_url if self.addresses.is_fixed else "",
            ),
            selection,
        )

    def _selected(self, account_id: str | None) -> Selection:
        self._look()
        if account_id is not None and account_id not in self._of_account:
            raise NotFound("There is no such feed.")
        if account_id not in self._selections:
            self._selections[account_id] = Selection.of(self._of_account[account_id], self.recordings)
        return self._selections[account_id]

    def _look(self) -> None:
        """Once a second, whoever asks. The house's own list is under None."""
        now_s = self.clock.monotonic_s()
        if now_s - self._looked_s < _LOOK_S:
            return
        public = [space for space in self.spaces.all() if not space.is_private]
        found: dict[str | None, list[Space]] = {None: public}
        for space in public:
            if space.account_id is not None:
                found.setdefault(space.account_id, []).append(space)
        self._looked_s, self._of_account, self._selections = now_s, found, {}

    def _host_name(self, selection: Selection) -> str:
        """As the newest Space calls them."""
        names = (self.shelves.hosts(space.id) for space in selection.spaces)
        return next((found[0] for found in names if found), "Stentor")

    def _house(self, base: str) -> str:
        return self.publisher.title or urlsplit(base).hostname or "Stentor"

    def _base(self, request: Request) -> str:
        """Raises: BadInput: a feed's addresses are whole, and this request names no host."""
        if base := self.addresses.base(request):
            return base
        raise BadInput("The Host of this request is no name. Ask by the house's own.")
