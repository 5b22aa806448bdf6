"""Reactions, hands, questions, wishes to speak: the four addresses of the front door that take a body.

Comes in: small JSON bodies of anybody, without an account. Goes out: counts; a question or a wish to the
stage door, few at a time. Never: a message per sign; a word of the crowd's on anybody's screen; an address.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stentor.admission.forwarded import NOBODY, Trusted
from stentor.admission.pace import Pace, client_key
from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.extras.bodies import small_json
from stentor.edge.extras.relay import Relay
from stentor.edge.extras.signs import SignTable
from stentor.edge.ladder import Extras
from stentor.edge.metrics import Metrics
from stentor.edge.requester import requester_of
from stentor.edge.spaces import Spaces
from stentor.errors import BadInput, Conflict, Gone, StentorError, TooMany
from stentor.space.crew import checked_note
from stentor.space.people import checked_name
from stentor.space.questions import checked_author, checked_question
from stentor.space.reactions import Reaction
from stentor.space.record import Space

PACED_COST: Final = 4
"""While extras are paced each one counts for four."""
_HAND_ID: Final = re.compile(r"[A-Za-z0-9-]{8,40}", re.ASCII)
_HEADERS: Final = answers.open_headers(answers.NO_STORE)


@dataclass(frozen=True, slots=True)
class Paces:
    """How often one client may do what."""

    react: Pace = field(default_factory=lambda: Pace(burst=8, interval_s=0.5))
    """As fast as a person taps with joy."""
    hand: Pace = field(default_factory=lambda: Pace(burst=6, interval_s=10.0))
    """One page keeps one hand up once a minute; an address can hold up some fifteen at most."""
    question: Pace = field(default_factory=lambda: Pace(burst=1, interval_s=20.0))
    ask: Pace = field(default_factory=lambda: Pace(burst=1, interval_s=20.0))


@dataclass(frozen=True, slots=True)
class ExtrasRoutes:
    """The four routes.

    Args:
        network_of: an address's network as the house's word for it, for bans.
        extras: whether they are on, paced or off; off is answered before it comes here (`app.py`).
    """

    spaces: Spaces
    signs: SignTable
    relay: Relay
    metrics: Metrics
    clock: Clock
    network_of: Callable[[str], str]
    extras: Callable[[], Extras]
    trusted: Trusted = NOBODY
    paces: Paces = field(default_factory=Paces)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def routes(self) -> list[Route]:
        return [
            Route("/s/{name}/react", self.react, methods=["POST"]),
            Route("/s/{name}/hand", self.hand, methods=["POST"]),
            Route("/s/{name}/question", self.question, methods=["POST"]),
            Route("/s/{name}/ask", self.ask, methods=["POST"]),
        ]

    async def react(self, request: Request) -> Response:
        space = self._space(request, is_heard=True)
        self._take(self.paces.react, request, "Reactions")
        fields = await small_json(request, {"kind": str})
        try:
            reaction = Reaction(fields["kind"])
        except ValueError:
            raise BadInput(f"kind must be one of {', '.join(Reaction)}.") from None
        self.signs.react(space.id, reaction)
        self.metrics.reacted(reaction)
        return Response(status_code=204, headers=_HEADERS)

    async def hand(self, request: Request) -> Response:
        """`id` is whatever the page made up: it moves its own hand and nobody else's."""
        space = self._space(request, is_heard=True)
        self._take(self.paces.hand, request, "Hands")
        fields = await small_json(request, {"id": str, "is_up": bool})
        if _HAND_ID.fullmatch(fields["id"]) is None:
            raise BadInput("id must be 8 to 40 letters, digits and hyphens, made up by the page.")
        self.signs.hand(space.id, fields["id"], is_up=fields["is_up"], now_s=self.clock.monotonic_s())
        return Response(status_code=204, headers=_HEADERS)

    async def question(self, request: Request) -> Response:
        space = self._space(request)
        client = self._take(self.paces.question, request, "Questions")
        with _GivenBack(self.paces.question, client):
            fields = await small_json(request, {"text": str}, {"name": str})
            wish = {
                "text": checked_question(fields["text"]),
                "name": checked_author(fields.get("name", "")),
                "network": self._network(request),
            }
            await self.relay.ask("door.question", space.id, wish)
        return Response(status_code=202, headers=_HEADERS)

    async def ask(self, request: Request) -> Response:
        """Answers with a link to the stage door that is this listener's own."""
        space = self._space(request)
        client = self._take(self.paces.ask, request, "Wishes to speak")
        with _GivenBack(self.paces.ask, client):
            fields = await small_json(request, {"name": str}, {"note": str})
            wish = {
                "name": checked_name(fields["name"]),
                "note": checked_note(fields.get("note", "")),
                "network": self._network(request),
            }
            told = await self.relay.ask("door.ask", space.id, wish)
        return JSONResponse({"link": told["link"]}, 201, _HEADERS)

    def _space(self, request: Request, *, is_heard: bool = False) -> Space:
        """Raises: NoSuchSpace. Gone: it is over. Conflict: nothing is heard that one could react to."""
        space = self.spaces.record(request.path_params["name"])
        if space.state.is_over:
            raise Gone(f"The Space {space.id!r} has ended.")
        if is_heard and not space.state.has_programme:
            raise Conflict("This Space is not on the air yet.")
        return space

    def _take(self, pace: Pace, request: Request, what: str) -> bytes:
        """Raises: TooMany."""
        client = client_key(self._address(request), secret=self.secret)
        cost = PACED_COST if self.extras() is Extras.PACED else 1
        wait_s = pace.wait_s(client, now_s=self.clock.monotonic_s(), cost=cost)
        if wait_s:
            raise TooMany(what, retry_after_s=wait_s)
        return client

    def _address(self, request: Request) -> str:
        return requester_of(request, self.trusted)

    def _network(self, request: Request) -> str:
        return self.network_of(self._address(request))


class _GivenBack:
    """Whoever was refused by no fault of theirs need not wait for the next try."""

    def __init__(self, pace: Pace, client: bytes) -> None:
        self._pace = pace
        self._client = client

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, StentorError) and error.answer_status >= 500:  # noqa: PLR2004  # ours, not theirs
            self._pace.give_back(self._client)
