"""Live streams: one long answer per listener.

Comes in: `GET /s/<id>/live.mp4` and `live.aac`. Goes out: an init segment, then chunk after chunk. Never: a
buffer of the listener's own beyond the socket's; a listener who cannot follow is moved, not waited for.

`admit` decides, `Seat` streams. The seam for the fan-out process is `Seat`: it is all that touches the
socket after the answer's head, and gets nothing but a programme, a shape and a cursor.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.audience import Audience
from stentor.edge.connection import EXTENSION
from stentor.edge.framing import Format, Shape
from stentor.edge.listener import Listener, Wait, Write, first_live
from stentor.edge.metrics import Metrics
from stentor.edge.programme import Programme
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.errors import BadInput, Full, Gone, LogAway, OutOfRange
from stentor.space.lifecycle import State
from stentor.space.rung import BEST_RUNG, Codec

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

    shape: Shape
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
    return Wish(Shape(BEST_RUNG[codec], format_), first)


class Live:
    """The ASGI endpoint of one format.

    Args:
        listeners_max: open streams of this process.
    """

    def __init__(
        self,
        format_: Format,
        *,
        spaces: Spaces,
        audience: Audience,
        metrics: Metrics,
        clock: Clock,
        listeners_max: int,
        waits: Waits,
    ) -> None:
        self._format = format_
        self._spaces = spaces
        self._audience = audience
        self._metrics = metrics
        self._clock = clock
        self._listeners_max = listeners_max
        self._waits = waits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        space_id = request.path_params["space_id"]
        if request.method == "HEAD":
            self._spaces.record(space_id)
            wish_of(request, self._format)
            answer = Response(headers=answers.open_headers(answers.LIVE), media_type=self._format.mime)
            del answer.headers["content-length"]
            await answer(scope, receive, send)
            return
        if self._format is Format.AAC and request.headers.get("range") == "bytes=0-1":
            self._spaces.record(space_id)
            await Response(_ADTS_SYNC, 206, _PROBE_HEADERS, self._format.mime)(scope, receive, send)
            return
        self._check_room()
        programme, wish, first = await self._admit(request, space_id)
        self._check_room()  # others may have come while this one waited for the log
        self._audience.opened(space_id)
        try:
            seat = Seat(
                programme,
                wish.shape,
                first,
                connection=(scope, receive, send),
                clock=self._clock,
                metrics=self._metrics,
                waits=self._waits,
            )
            await seat.run()
        finally:
            self._audience.closed(space_id)

    def _check_room(self) -> None:
        if self._audience.live_total >= self._listeners_max:
            raise Full("This edge", limit=self._listeners_max)

    async def _admit(self, request: Request, space_id: str) -> tuple[Programme, Wish, int]:
        """Raises: NoSuchSpace. NotOnAir. Gone. BadInput. OutOfRange. LogAway."""
        space = self._spaces.record(space_id)
        wish = wish_of(request, self._format)
        if space.state is State.ENDED:
            raise Gone(f"The Space {space_id!r} has ended.")
        programme = self._spaces.programme(space_id)
        rung = wish.shape.rung
        head = await programme.head(rung)
        oldest = programme.oldest(rung)
        if wish.first is None:
            return programme, wish, first_live(head=head, oldest=oldest)
        if wish.first > head + 1:
            raise OutOfRange("from", wish.first, lowest=oldest, highest=head + 1)
        if wish.first < oldest:
            await programme.check_is_logged(rung, wish.first)
        return programme, wish, wish.first


class Seat:
    """One admitted listener: the answer's head, then chunks until somebody goes.

    Bounds: memory is the socket's buffers and one write; every wait ends (`waits`).
    """

    def __init__(
        self,
        programme: Programme,
        shape: Shape,
        first: int,
        *,
        connection: tuple[Scope, Receive, Send],
        clock: Clock,
        metrics: Metrics,
        waits: Waits,
    ) -> None:
        self._programme = programme
        self._shape = shape
        self._scope, self._receive, self._send = connection
        self._clock = clock
        self._metrics = metrics
        self._waits = waits
        self._listener = Listener(first=first, now_s=clock.monotonic_s())
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Streams until the listener goes or is stuck, the programme ends or falls silent."""
        handle = self._scope.get("extensions", {}).get(EXTENSION)
        if handle is not None:
            handle.be_live()
        await self._send(self._head())
        watching = asyncio.create_task(self._watch())
        try:
            why = await self._stream()
            self._metrics.stream_ended(why)
            if why == "stuck" and handle is not None:
                # A closing handshake would wait behind the very bytes that are stuck.
                handle.abort()
                await self._gone
            elif why != "left":
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watching.cancel()

    def _head(self) -> dict[str, Any]:
        headers = {
            "Content-Type": self._shape.format.mime,
            "Stentor-First": str(self._listener.next),
            "X-Accel-Buffering": "no",
            **answers.open_headers(answers.LIVE),
        }
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        return {"type": "http.response.start", "status": 200, "headers": raw}

    async def _watch(self) -> None:
        """A listener who only reads would otherwise be noticed at the next write."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set_result(None)

    async def _stream(self) -> str:
        """Returns why it ended: left, stuck, over, silent, log_away."""
        preamble = self._shape.preamble
        rung = self._shape.rung
        while not self._gone.done():
            head = self._programme.window.head(rung)
            step = self._listener.plan(-1 if head is None else head, is_over=self._programme.arrivals.is_over)
            if isinstance(step, Wait):
                is_here = await self._programme.arrivals.wait(
                    rung, step.until, timeout_s=self._waits.silent_s, unless=self._gone
                )
                if not is_here and not self._gone.done():
                    return "over" if self._programme.arrivals.is_over else "silent"
                continue
            try:
                data = preamble + await self._bytes_of(step)
            except LogAway:
                return "log_away"
            try:
                async with asyncio.timeout(self._waits.socket_s):
                    await self._send({"type": "http.response.body", "body": data, "more_body": True})
            except TimeoutError:
                return "stuck"
            preamble = b""
            self._metrics.sent(self._shape.format.value, len(data))
            if step.skipped:
                self._metrics.skipped(step.skipped)
            self._listener.took(step, now_s=self._clock.monotonic_s())
        return "left"

    async def _bytes_of(self, write: Write) -> bytes:
        first = await self._programme.chunk(self._shape, write.first, is_joining=write.is_joining)
        rest = [await self._programme.chunk(self._shape, n) for n in range(write.first + 1, write.last + 1)]
        return b"".join((first, *rest)) if rest else first
