"""A Space as others show it: the list, the calendar's event, the link's card, the embedded player's address.

Comes in: requests of pages, calendars, link readers. Goes out: small texts and a picture, each the same for
everybody. Never: a private Space in a list, its title in a preview.
"""

import json
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.public.addresses import Addresses
from stentor.edge.public.calendar_event import MIME as ICS_MIME
from stentor.edge.public.calendar_event import event_ics
from stentor.edge.public.card import Words
from stentor.edge.public.cards import Cards
from stentor.edge.public.hosts import Hosts
from stentor.edge.public.listing import Kind, Listing
from stentor.edge.public.oembed import Frame, oembed
from stentor.edge.spaces import Spaces
from stentor.errors import BadInput, NoSuchSpace, NotFound

_MINUTE: Final = "public, max-age=60"
_FIVE_MINUTES: Final = "public, max-age=300"
_LIST_S: Final = 1.0
_SEARCH_LENGTH_MAX: Final = 100
_JSON: Final = "application/json"


class PublicRoutes:
    """Four addresses. The list is made once a second, however many ask."""

    def __init__(
        self, spaces: Spaces, hosts: Hosts, addresses: Addresses, cards: Cards, clock: Clock
    ) -> None:
        self._spaces = spaces
        self._hosts = hosts
        self._addresses = addresses
        self._cards = cards
        self._clock = clock
        self._listed_s = float("-inf")
        self._listing = Listing(())
        self._texts: dict[Kind | None, answers.Text] = {}

    def routes(self) -> list[Route]:
        return [
            Route("/spaces.json", self.found),
            Route("/s/{name}/event.ics", self.event),
            Route("/s/{name}/card.png", self.card),
            Route("/oembed", self.embedded),
        ]

    async def found(self, request: Request) -> Response:
        """What is on the air, comes, or is over; `people` on stage is null while nobody listens here."""
        query = answers.checked_query(request.query_params, {"q", "state"})
        words = query.get("q", "")
        if len(words) > _SEARCH_LENGTH_MAX:
            raise BadInput(f"q has {len(words)} characters; the limit is {_SEARCH_LENGTH_MAX}.")
        try:
            kind = Kind(query["state"]) if "state" in query else None
        except ValueError:
            raise BadInput(f"state must be one of {', '.join(Kind)}.") from None
        self._list_anew()
        headers = answers.open_headers(answers.BRIEF)
        if words.strip():
            return Response(self._listing.encoded(words=words, kind=kind), 200, headers, _JSON)
        if kind not in self._texts:
            self._texts[kind] = answers.Text(self._listing.encoded(kind=kind), _JSON)
        return self._texts[kind].response(request, headers)

    async def event(self, request: Request) -> Response:
        answers.checked_query(request.query_params, ())
        space = self._spaces.record(request.path_params["name"])
        body = event_ics(
            space,
            hosts=self._hosts.names(space.id),
            base=self._addresses.base(request),
            wall_ms=self._clock.wall_ms(),
        )
        headers = {"Content-Type": ICS_MIME, "Content-Disposition": f'attachment; filename="{space.id}.ics"'}
        return Response(body, 200, answers.open_headers(self._kept(_MINUTE)) | headers)

    async def card(self, request: Request) -> Response:
        answers.checked_query(request.query_params, ())
        space = self._spaces.record(request.path_params["name"])
        body, is_asked_for = await self._cards.png(Words.of(space, self._hosts.names(space.id)))
        headers = answers.open_headers(_FIVE_MINUTES if is_asked_for else answers.BRIEF)
        return Response(body, 200, headers, "image/png")

    async def embedded(self, request: Request) -> Response:
        """oEmbed. What it does not know is passed over: readers send more than the standard has."""
        query: Mapping[str, str] = request.query_params
        if query.get("format", "json") != "json":
            return answers.plain_problem(501, "Only format=json is made here")
        if "url" not in query:
            raise BadInput("url is missing: the address of a Space's page.")
        name = self._addresses.name_in(query["url"], request)
        if name is None:
            raise NotFound("url is not the address of a Space of this house.")
        try:
            space = self._spaces.record(name)
        except NoSuchSpace:
            raise NotFound("url is not the address of a Space of this house.") from None
        if space.is_private:
            return answers.plain_problem(401, "This Space is private")
        frame = Frame.fitting(_number(query, "maxwidth"), _number(query, "maxheight"))
        told = oembed(
            space, hosts=self._hosts.names(space.id), base=self._addresses.base(request), frame=frame
        )
        body = json.dumps(told, ensure_ascii=False).encode()
        return Response(body, 200, answers.open_headers(self._kept(_FIVE_MINUTES)), _JSON)

    def _kept(self, cache: str) -> str:
        """Caches of the house go by the path alone: one visitor's Host must not become another's link."""
        return cache if self._addresses.is_fixed else answers.NO_STORE

    def _list_anew(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._listed_s < _LIST_S:
            return
        self._listed_s = now_s
        self._listing = Listing.of(self._spaces.all(), hosts=self._hosts.names, people=self._people)
        self._texts = {}

    def _people(self, space_id: str) -> int | None:
        heard = self._spaces.heard(space_id)
        people = heard.window.known().get("people") if heard else None
        return None if people is None else len(people)


def _number(query: Mapping[str, str], name: str) -> int | None:
    return answers.whole_number(name, query[name]) if name in query else None
