"""The line's routes at the front door: clock, ticket, pass, presence, bid.

Comes in: requests of those who wait. Goes out: small documents. Never: a wait; a reason why a token is not
good; an answer that gets better by asking again: another ticket is a later place.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stentor.admission.forwarded import NOBODY, Trusted
from stentor.admission.line.line_clock import Doors
from stentor.admission.line.signing import ALGORITHM
from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.admission.bids import Bids
from stentor.edge.admission.desk import Desk, Knock, Place
from stentor.edge.admission.entry import Way
from stentor.edge.admission.waiting import in_line, ticket_document
from stentor.edge.extras.bodies import LINE_BODY_BYTES_MAX, small_json
from stentor.edge.requester import requester_of
from stentor.edge.spaces import Spaces
from stentor.errors import BadInput, Conflict, NotYet, SwitchedOff
from stentor.space.record import Space

_HEADERS: Final = answers.open_headers(answers.NO_STORE)
_CLOCK_S: Final = 1.0
_BIDS_OFF_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class LineRoutes:
    """The routes.

    Args:
        clock_key: the public half of what signs the clocks.
        bids: None: no proof of work in this house.
        has_seat: whether this edge can take one more newcomer. came: one came, who will take no seat: a
            player of HLS uses the line all the same.
    """

    spaces: Spaces
    desk: Desk
    clock: Clock
    clock_key: bytes
    bids: Bids | None
    has_seat: Callable[[], bool]
    came: Callable[[], None]
    trusted: Trusted = NOBODY

    def routes(self) -> list[Route]:
        return [
            Route("/s/{name}/line.json", self.line),
            Route("/s/{name}/ticket", self.ticket, methods=["POST"]),
            Route("/s/{name}/pass", self.admit, methods=["POST"]),
            Route("/s/{name}/here", self.here, methods=["POST"]),
            Route("/s/{name}/bid", self.bid, methods=["POST"]),
            Route("/.well-known/stentor.json", self.house),
        ]

    async def line(self, request: Request) -> Response:
        """The clock as the controller signed it: the same bytes for everybody."""
        answers.checked_query(request.query_params, ())
        heard = self.desk.heard(self.spaces.record(request.path_params["name"]))
        if heard is None:
            raise NotYet("This Space's line has no clock yet.", retry_after_s=_CLOCK_S)
        return heard.text.response(request, answers.open_headers(answers.BRIEF))

    async def ticket(self, request: Request) -> Response:
        answers.checked_query(request.query_params, ())
        space = self.spaces.record(request.path_params["name"])
        place = self.desk.place(space, self._address(request))
        body = ticket_document(self.desk, space, place, challenge=self._challenge(space, place))
        return Response(body, 201, _HEADERS, media_type="application/json")

    async def admit(self, request: Request) -> Response:
        """A pass for players that cannot read the head of a stream (native HLS). Raises: InLine."""
        space = self.spaces.record(request.path_params["name"])
        self.spaces.programme(space.id)
        fields = await small_json(request, {}, {"ticket": str, "pass": str}, bytes_max=LINE_BODY_BYTES_MAX)
        knock = self._knock(request, space, ticket=fields.get("ticket"), pass_=fields.get("pass"))
        way = self.desk.way(space, knock, has_seat=self.has_seat())
        if way is Way.WAIT:
            raise in_line(self.desk, space, knock)
        given = self.desk.pass_for(knock)
        if way is not Way.RENEW:
            self.came()
        self.desk.seated(space, way, given.session)
        return _json({"pass": self.desk.sealed(space, given)})

    async def here(self, request: Request) -> Response:
        """Counted at most once per half `here_s`; a ticket that is not good is not counted, nor told so."""
        space = self.spaces.record(request.path_params["name"])
        fields = await small_json(request, {"ticket": str}, bytes_max=LINE_BODY_BYTES_MAX)
        knock = self._knock(request, space, ticket=fields["ticket"])
        if knock.place is not None:
            self.desk.present(space, knock.place)
        return Response(status_code=204, headers=_HEADERS)

    async def bid(self, request: Request) -> Response:
        """With a proof: the same ticket with its effort. Without: what there is to be solved.

        The answer is a function of ticket and proof, so a proof that is shown again gains nothing.
        """
        space = self.spaces.record(request.path_params["name"])
        if self.bids is None:
            raise SwitchedOff("Bids", retry_after_s=_BIDS_OFF_S)
        fields = await small_json(request, {"ticket": str}, {"proof": str}, bytes_max=LINE_BODY_BYTES_MAX)
        self.desk.check_bid(self._address(request))
        knock = self._knock(request, space, ticket=fields["ticket"])
        if knock.place is None:
            raise BadInput("This ticket is not good here. Ask for one: POST /s/<space>/ticket.")
        if "proof" not in fields:
            challenge = self._challenge(space, knock.place)
            if challenge is None:
                raise Conflict("The line is calm: nobody is asked for a proof of work.")
            return _json({"challenge": challenge})
        ticket = knock.place.ticket
        effort = self.bids.effort(
            ticket, fields["proof"], space_id=space.id, now_s=self.clock.wall_ms() / 1000
        )
        return _json({"ticket": self.desk.with_effort(space, ticket, effort)})

    async def house(self, request: Request) -> Response:
        """With which key this house signs its clocks."""
        answers.checked_query(request.query_params, ())
        told = {"clock_key": base64.b64encode(self.clock_key).decode(), "alg": ALGORITHM}
        return _json(told, cache=answers.RECORD)

    def _challenge(self, space: Space, place: Place) -> dict[str, Any] | None:
        """Nothing is to be solved for a ticket that was dated: its network does not gain by bidding."""
        heard = self.desk.heard(space)
        if self.bids is None or heard is None or place.behind_s or not heard.clock.heat:
            return None
        if heard.clock.doors is Doors.OPEN or place.ticket.effort >= heard.clock.heat:
            return None
        return self.bids.challenge(
            place.ticket, space_id=space.id, effort=heard.clock.heat, now_s=self.clock.wall_ms() / 1000
        )

    def _knock(
        self, request: Request, space: Space, *, ticket: str | None, pass_: str | None = None
    ) -> Knock:
        answers.checked_query(request.query_params, ())
        return self.desk.read(space, ticket=ticket, pass_=pass_, address=self._address(request))

    def _address(self, request: Request) -> str:
        return requester_of(request, self.trusted)


def _json(told: object, *, cache: str = answers.NO_STORE) -> Response:
    body = json.dumps(told, separators=(",", ":")).encode()
    return Response(body, headers=answers.open_headers(cache), media_type="application/json")
