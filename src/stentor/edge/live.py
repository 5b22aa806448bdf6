"""Live streams, for whoever did not come by the express desk (`express.py`) or has to wait a moment.

Comes in: `GET /s/<id>/live.mp4` and `live.aac`, with a pass, a ticket or nothing. Goes out: the listener's
socket, to a fan-out, with the number of the first chunk and the answer's head; or a place in the line. Never:
a byte of the answer, the fan-out writes it all; a newcomer without a definite answer within a second.
"""

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stentor.admission.forwarded import NOBODY, Trusted
from stentor.edge import answers
from stentor.edge.admission.desk import Knock
from stentor.edge.admission.entry import Way
from stentor.edge.admission.waiting import in_line
from stentor.edge.connection import EXTENSION
from stentor.edge.framing import Format
from stentor.edge.knock import Wish
from stentor.edge.requester import requester_of
from stentor.edge.seating import Seating
from stentor.edge.waits import Waits
from stentor.errors import BadInput, Full, NotYet
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG, Codec

_ADTS_SYNC = b"\xff\xf1"
_PROBE_HEADERS = {**answers.open_headers(answers.LIVE), "Content-Range": "bytes 0-1/*"}
"""Safari's `<audio>` asks for two bytes first and plays only from a server that answers 206; what it asks
then may be answered with an endless 200. Each stream begins with these two bytes. Not tried on a device."""


def wish_of(request: Request, format_: Format) -> Wish:
    """Raises: BadInput."""
    allowed = {"from", "ticket", "pass"} | ({"codec"} if format_ is Format.MP4 else set())
    query = answers.checked_query(request.query_params, allowed)
    try:
        # ADTS carries AAC only; MediaSource everywhere takes AAC, so Opus has to be asked for.
        codec = Codec(query.get("codec", "aac"))
    except ValueError:
        raise BadInput(f"codec is {query['codec'][:20]!r}; it must be opus or aac.") from None
    first = answers.whole_number("from", query["from"]) if "from" in query else None
    return Wish(codec, first, query.get("ticket"), query.get("pass"))


@dataclass(frozen=True, slots=True)
class Live:
    """The ASGI endpoint of one format."""

    format: Format
    seating: Seating
    waits: Waits
    trusted: Trusted = NOBODY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        space = self.seating.spaces.record(request.path_params["name"])
        if request.method == "HEAD":
            wish_of(request, self.format)
            answer = answers.unmeasured(answers.open_headers(answers.LIVE), self.format.mime)
            await answer(scope, receive, send)
        elif self.format is Format.AAC and request.headers.get("range") == "bytes=0-1":
            await Response(_ADTS_SYNC, 206, _PROBE_HEADERS, self.format.mime)(scope, receive, send)
        else:
            await self._answer(request, space)

    async def _answer(self, request: Request, space: Space) -> None:
        """Raises: what `Seating.way` does. BadInput. OutOfRange. LogAway. NotYet."""
        wish = wish_of(request, self.format)
        knock, way = self.seating.way(space, wish, requester_of(request, self.trusted))
        if way is Way.RENEW:
            await self._seat(request, space, wish, knock, way)
            return
        try:
            async with asyncio.timeout(self.waits.join_s):
                await self._seat(request, space, wish, knock, way)
        except Full:
            # The last seat went to somebody else while this one was on its way.
            if self.seating.desk.heard(space) is None:
                raise
            raise in_line(self.seating.desk, space, knock) from None
        except TimeoutError:
            raise NotYet(
                "This edge cannot begin a stream now. Ask again, or another edge.", retry_after_s=1.0
            ) from None

    async def _seat(self, request: Request, space: Space, wish: Wish, knock: Knock, way: Way) -> None:
        """Raises: NotOnAir. OutOfRange. LogAway. Full. NoAnswer."""
        first = await self._first(space, wish)
        seat = self.seating.seat(space, wish, self.format, knock, way, first=first)
        connection = request.scope["extensions"][EXTENSION]
        fd = connection.descriptor()
        if fd is None:
            return
        await self.seating.fanouts.give(fd, seat.handover, comes_back=way is Way.RENEW)
        connection.let_go()
        self.seating.taken(space, seat)

    async def _first(self, space: Space, wish: Wish) -> int:
        """The first chunk to send, waited for. Raises: NotOnAir. OutOfRange. LogAway."""
        programme, rung = self.seating.spaces.programme(space.id), BEST_RUNG[wish.codec]
        first = self.seating.first(space, wish, head=await programme.head(rung))
        if first is not None:
            return first
        assert wish.first is not None, "now is always known once there is a head"
        await programme.check_is_logged(rung, wish.first)
        return wish.first
