"""Live streams: who may have one, and where it begins.

Comes in: `GET /s/<id>/live.mp4` and `live.aac`, with a pass, a ticket or nothing. Goes out: the listener's
socket, to a fan-out, with the number of the first chunk and the answer's head; or a place in the line. Never:
a byte of the answer, the fan-out writes it all; a newcomer without a definite answer within a second.
"""

import asyncio
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stentor.admission.forwarded import NOBODY, Trusted
from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.admission.desk import Desk, Knock
from stentor.edge.admission.entry import Way
from stentor.edge.admission.waiting import in_line
from stentor.edge.connection import EXTENSION
from stentor.edge.fanouts import Fanouts
from stentor.edge.framing import Format
from stentor.edge.handover import Handover
from stentor.edge.listener import first_live
from stentor.edge.metrics import Metrics
from stentor.edge.requester import requester_of
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.errors import BadInput, Full, Gone, NotOnAir, NotYet, OutOfRange
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG, Codec

AHEAD_MAX = 4
"""Chunks beyond this gate's head that may be asked for: the fan-out or the other edge that a listener comes
from may have read the log a moment earlier (a gate on a busy machine was one chunk behind a fan-out)."""
_ADTS_SYNC = b"\xff\xf1"
_PROBE_HEADERS = {**answers.open_headers(answers.LIVE), "Content-Range": "bytes 0-1/*"}
"""Safari's `<audio>` asks for two bytes first and plays only from a server that answers 206; what it asks
then may be answered with an endless 200. Each stream begins with these two bytes. Not tried on a device."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request asks for.

    Args:
        first: `?from=`; None: now.
        ticket, pass_: as they were shown, unread.
    """

    codec: Codec
    first: int | None
    ticket: str | None = None
    pass_: str | None = None


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


@lru_cache(1)
def _date(second: int) -> str:
    """The `Date` of everybody who joins in this second."""
    return formatdate(second, usegmt=True)


def answer_head(format_: Format, *, first: int, pass_: str, wall_s: float) -> bytes:
    """The head of a live answer.

    It has no length and no chunked coding: the end of the connection is its end (RFC 9112, 6.3, rule 8). The
    bytes are the same for HTTP/1.0 and 1.1, for radios as for `fetch`; chunks have lengths and numbers of
    their own, so a player knows what it has, whatever way the connection ended.

    Args:
        pass_: a fresh one, with which the player comes back before everybody who waits.
    """
    fields = {
        "Content-Type": format_.mime,
        "Stentor-First": str(first),
        "Stentor-Pass": pass_,
        "X-Accel-Buffering": "no",
        **answers.OF_EVERY_ANSWER,
        **answers.open_headers(answers.LIVE),
        "Date": _date(int(wall_s)),
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode()


@dataclass(frozen=True, slots=True)
class Live:
    """The ASGI endpoint of one format."""

    format: Format
    spaces: Spaces
    metrics: Metrics
    clock: Clock
    fanouts: Fanouts
    desk: Desk
    waits: Waits
    trusted: Trusted = NOBODY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        space = self.spaces.record(request.path_params["name"])
        if request.method == "HEAD":
            wish_of(request, self.format)
            answer = answers.unmeasured(answers.open_headers(answers.LIVE), self.format.mime)
            await answer(scope, receive, send)
        elif self.format is Format.AAC and request.headers.get("range") == "bytes=0-1":
            await Response(_ADTS_SYNC, 206, _PROBE_HEADERS, self.format.mime)(scope, receive, send)
        else:
            await self._answer(request, space)

    async def _answer(self, request: Request, space: Space) -> None:
        """Raises: Gone. BadInput. OutOfRange. LogAway. Full. NotYet, InLine among them. TooMany."""
        wish = wish_of(request, self.format)
        if space.state.is_over:
            raise Gone(f"The Space {space.id!r} has ended.")
        knock = self.desk.read(
            space, ticket=wish.ticket, pass_=wish.pass_, address=requester_of(request, self.trusted)
        )
        way = self._way(space, knock)
        if way is Way.RENEW:
            await self._seat(request, space, wish, knock, way)
            return
        try:
            async with asyncio.timeout(self.waits.join_s):
                await self._seat(request, space, wish, knock, way)
        except Full:
            # The last seat went to somebody else while this one was on its way.
            if self.desk.heard(space) is None:
                raise
            raise in_line(self.desk, space, knock) from None
        except TimeoutError:
            raise NotYet(
                "This edge cannot begin a stream now. Ask again, or another edge.", retry_after_s=1.0
            ) from None

    def _way(self, space: Space, knock: Knock) -> Way:
        """To a seat. Raises: InLine. NotOnAir. Full: where no line speaks, there is none to stand in."""
        if not space.state.has_programme:
            if self.desk.is_lobby(space):
                raise in_line(self.desk, space, knock)
            raise NotOnAir(space.id)
        way = self.desk.way(space, knock, has_seat=self.fanouts.has_room())
        if way is Way.WAIT:
            if self.desk.heard(space) is None:
                self.fanouts.check_room()
            raise in_line(self.desk, space, knock)
        return way

    async def _seat(self, request: Request, space: Space, wish: Wish, knock: Knock, way: Way) -> None:
        """Raises: NotOnAir. OutOfRange. LogAway. Full. NoAnswer."""
        first = await self._first(space, wish)
        given = self.desk.pass_for(knock)
        head = answer_head(
            self.format,
            first=first,
            pass_=self.desk.sealed(space, given),
            wall_s=self.clock.wall_ms() / 1000,
        )
        connection = request.scope["extensions"][EXTENSION]
        fd = connection.descriptor()
        if fd is None:
            return
        session = int.from_bytes(given.session)
        handover = Handover(space.id, wish.codec, self.format, first, head, session)
        await self.fanouts.give(fd, handover, comes_back=way is Way.RENEW)
        connection.let_go()
        self.desk.seated(space, way, given.session)
        self.metrics.answered("live", 200)

    async def _first(self, space: Space, wish: Wish) -> int:
        """The first chunk to send. Raises: NotOnAir. OutOfRange. LogAway."""
        programme = self.spaces.programme(space.id)
        rung = BEST_RUNG[wish.codec]
        head = await programme.head(rung)
        oldest = programme.oldest(rung)
        if wish.first is None:
            return first_live(head=head, oldest=oldest)
        if wish.first > head + AHEAD_MAX:
            raise OutOfRange("from", wish.first, lowest=oldest, highest=head + AHEAD_MAX)
        if wish.first < oldest:
            await programme.check_is_logged(rung, wish.first)
        return wish.first
