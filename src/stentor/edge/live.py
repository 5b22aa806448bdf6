"""Live streams: who may have one, and where it begins.

Comes in: `GET /s/<id>/live.mp4` and `live.aac`. Goes out: the listener's socket, to a fan-out, with
the number of the first chunk and the answer's head. Never: a byte of the answer; the fan-out writes it all.
"""

from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.connection import EXTENSION
from stentor.edge.fanouts import Fanouts
from stentor.edge.framing import Format
from stentor.edge.handover import Handover
from stentor.edge.listener import first_live
from stentor.edge.metrics import Metrics
from stentor.edge.spaces import Spaces
from stentor.errors import BadInput, Gone, OutOfRange
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
    """

    codec: Codec
    first: int | None


def wish_of(request: Request, format_: Format) -> Wish:
    """Raises: BadInput."""
    allowed = {"codec", "from"} if format_ is Format.MP4 else {"from"}
    query = answers.checked_query(request.query_params, allowed)
    try:
        # ADTS carries AAC only; MediaSource everywhere takes AAC, so Opus has to be asked for.
        codec = Codec(query.get("codec", "aac"))
    except ValueError:
        raise BadInput(f"codec is {query['codec'][:20]!r}; it must be opus or aac.") from None
    first = answers.whole_number("from", query["from"]) if "from" in query else None
    return Wish(codec, first)


@lru_cache(1)
def _date(second: int) -> str:
    """The `Date` of everybody who joins in this second."""
    return formatdate(second, usegmt=True)


def answer_head(format_: Format, *, first: int, wall_s: float) -> bytes:
    """The head of a live answer.

    It has no length and no chunked coding: the end of the connection is its end (RFC 9112, 6.3, rule 8). The
    bytes are the same for HTTP/1.0 and 1.1, for radios as for `fetch`; chunks have lengths and numbers of
    their own, so a player knows what it has, whatever way the connection ended.
    """
    fields = {
        "Content-Type": format_.mime,
        "Stentor-First": str(first),
        "X-Accel-Buffering": "no",
        "X-Content-Type-Options": "nosniff",
        **answers.open_headers(answers.LIVE),
        "Date": _date(int(wall_s)),
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode()


class Live:
    """The ASGI endpoint of one format."""

    def __init__(
        self, format_: Format, *, spaces: Spaces, metrics: Metrics, clock: Clock, fanouts: Fanouts
    ) -> None:
        self._format = format_
        self._spaces = spaces
        self._metrics = metrics
        self._clock = clock
        self._fanouts = fanouts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        name = request.path_params["name"]
        if request.method == "HEAD":
            self._spaces.record(name)
            wish_of(request, self._format)
            answer = answers.unmeasured(answers.open_headers(answers.LIVE), self._format.mime)
            await answer(scope, receive, send)
            return
        if self._format is Format.AAC and request.headers.get("range") == "bytes=0-1":
            self._spaces.record(name)
            await Response(_ADTS_SYNC, 206, _PROBE_HEADERS, self._format.mime)(scope, receive, send)
            return
        await self._seat(scope, await self._admit(request, name))

    async def _admit(self, request: Request, name: str) -> Handover:
        """The place where a pass will be looked at; today there is room or there is not.

        Raises: NoSuchSpace. NotOnAir. Gone. BadInput. OutOfRange. LogAway. Full.
        """
        space = self._spaces.record(name)
        wish = wish_of(request, self._format)
        if space.state.is_over:
            raise Gone(f"The Space {space.id!r} has ended.")
        self._fanouts.check_room()
        programme = self._spaces.programme(space.id)
        rung = BEST_RUNG[wish.codec]
        head = await programme.head(rung)
        oldest = programme.oldest(rung)
        first = wish.first
        if first is None:
            first = first_live(head=head, oldest=oldest)
        elif first > head + AHEAD_MAX:
            raise OutOfRange("from", first, lowest=oldest, highest=head + AHEAD_MAX)
        elif first < oldest:
            await programme.check_is_logged(rung, first)
        head_bytes = answer_head(self._format, first=first, wall_s=self._clock.wall_ms() / 1000)
        return Handover(space.id, wish.codec, self._format, first, head_bytes)

    async def _seat(self, scope: Scope, wish: Handover) -> None:
        """Raises: Full. NoAnswer."""
        connection = scope["extensions"][EXTENSION]
        fd = connection.descriptor()
        if fd is None:
            return
        await self._fanouts.give(fd, wish)
        connection.let_go()
        self._metrics.answered("live", 200)
