"""HLS at the gate: playlists and immutable objects, held until they exist.

Comes in: requests of players and caches. Goes out: one answer per object for everybody. Never: an answer
that is early (a playlist without the asked part, a 404 for a hinted part): players then hammer the edge.
"""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stentor.admission.forwarded import NOBODY, Trusted
from stentor.clock import Clock
from stentor.edge import answers, hls
from stentor.edge.audience import Audience
from stentor.edge.framing import Format, Shape
from stentor.edge.metrics import Metrics
from stentor.edge.playlists import MIME
from stentor.edge.programme import Programme
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.errors import NotFound, NotOnAir, NotYet
from stentor.shelf.ranges import sliced, tag_of
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG, Codec

_SHAPE = Shape(BEST_RUNG[Codec.AAC], Format.MP4)
"""AAC: the base rendition that every native player takes."""
_OBJECT = re.compile(r"(0|[1-9][0-9]{0,11})\.m4s", re.ASCII)
"""One spelling per number, so that a cache cannot be made to ask twice for one object."""
_DIRECTIVES = ("_HLS_msn", "_HLS_part", "_HLS_skip")
_MEDIA_MIME = "audio/mp4"
_MASTER = answers.Text(hls.multivariant().encode(), MIME)


@dataclass(frozen=True, slots=True)
class HlsRoutes:
    """The HLS part of the front door."""

    spaces: Spaces
    audience: Audience
    metrics: Metrics
    clock: Clock
    waits: Waits
    trusted: Trusted = NOBODY

    def routes(self) -> list[Route]:
        base = "/s/{name}/hls"
        return [
            Route(f"{base}/master.m3u8", self.master),
            Route(f"{base}/index.m3u8", self.index),
            Route(f"{base}/plain.m3u8", self.plain),
            Route(f"{base}/init.mp4", self.init),
            Route(f"{base}/part/{{object}}", self.part),
            Route(f"{base}/seg/{{object}}", self.segment),
        ]

    async def master(self, request: Request) -> Response:
        """Names the LL-HLS list and its codec; the same for all Spaces."""
        answers.checked_query(request.query_params, ())
        self.spaces.record(request.path_params["name"])
        return _MASTER.response(request, answers.open_headers(answers.DIRECTED_PLAYLIST))

    async def index(self, request: Request) -> Response:
        """The LL-HLS playlist; with `_HLS_msn` it is held until it shows what was asked for."""
        query = answers.checked_query(request.query_params, _DIRECTIVES)
        space, programme = self._programme(request)
        await programme.head(_SHAPE.rung)
        wish = hls.reload_of(query, _listing(space, programme))
        if wish.until is not None:
            await self._hold(programme, wish.until)
        # Read anew: the Space may have ended while the request was held; then the end is the answer.
        space = self.spaces.known(space.id)
        text = programme.playlists.low_latency(_listing(space, programme), is_delta=wish.is_delta)
        cache = answers.DIRECTED_PLAYLIST if wish.is_directed else answers.BRIEF
        return text.response(request, answers.open_headers(cache))

    async def plain(self, request: Request) -> Response:
        answers.checked_query(request.query_params, ())
        space, programme = self._programme(request)
        await programme.head(_SHAPE.rung)
        text = programme.playlists.plain(_listing(space, programme))
        return text.response(request, answers.open_headers(answers.BRIEF))

    async def init(self, request: Request) -> Response:
        answers.checked_query(request.query_params, ())
        self.spaces.record(request.path_params["name"])
        return _media(request, _SHAPE.preamble)

    async def part(self, request: Request) -> Response:
        """A part; the next nine are held until they exist."""
        number = _number(request)
        _, programme = self._programme(request)
        head = await programme.head(_SHAPE.rung)
        until = hls.part_wait(number, head=head)
        if until is None:
            raise NotFound(f"Part {number} is not made yet; the newest is {head}.")
        await self._hold(programme, until)
        return self._found(request, programme.framer.chunk(_SHAPE, number), f"Part {number}")

    async def segment(self, request: Request) -> Response:
        """A segment; held while it grows."""
        number = _number(request)
        space, programme = self._programme(request)
        head = await programme.head(_SHAPE.rung)
        until = hls.segment_wait(number, head=head)
        if until is None:
            raise NotFound(f"Segment {number} is not made yet; the newest chunk is {head}.")
        await self._hold(programme, until)
        has_ended = _has_ended(self.spaces.known(space.id), programme)
        last = await programme.head(_SHAPE.rung) if has_ended else None
        body = programme.framer.segment(_SHAPE, number, last=last)
        return self._found(request, body, f"Segment {number}")

    def _programme(self, request: Request) -> tuple[Space, Programme]:
        """Raises: NoSuchSpace. NotOnAir. Gone."""
        space = self.spaces.record(request.path_params["name"])
        programme = self.spaces.programme(space.id)
        self.audience.asked_hls(
            space.id,
            address=self.trusted.requester(
                request.client.host if request.client else "", request.headers.get("x-forwarded-for", "")
            ),
            agent=request.headers.get("user-agent", ""),
            now_s=self.clock.monotonic_s(),
        )
        return space, programme

    async def _hold(self, programme: Programme, until: int) -> None:
        """Returns when chunk `until` is here or the programme has ended.

        Raises: NotYet: neither within three target durations.
        """
        began_s = self.clock.monotonic_s()
        is_here = await programme.arrivals.wait(_SHAPE.rung, until, timeout_s=self.waits.hold_s)
        waited_s = self.clock.monotonic_s() - began_s
        self.metrics.held(waited_s)
        if is_here:
            return
        if not _has_ended(self.spaces.known(programme.space_id), programme):
            raise NotYet(
                f"Chunk {until} has not come within {waited_s:.0f} s; the stage may be away.",
                retry_after_s=1.0,
            )

    def _found(self, request: Request, body: bytes | None, what: str) -> Response:
        if body is None:
            raise NotFound(f"{what} is not in this edge's window.")
        self.metrics.sent("hls", len(body))
        return _media(request, body)


def _listing(space: Space, programme: Programme) -> hls.Listing:
    """Raises: NotOnAir: nothing has been heard."""
    first, head = programme.window.first(_SHAPE.rung), programme.window.head(_SHAPE.rung)
    if space.timeline is None or first is None or head is None:
        raise NotOnAir(space.id)
    return hls.Listing(space.timeline, first, head, is_ended=_has_ended(space, programme))


def _has_ended(space: Space, programme: Programme) -> bool:
    """The last chunks have had their time to arrive."""
    return space.state.is_over and programme.arrivals.is_over


def _number(request: Request) -> int:
    answers.checked_query(request.query_params, ())
    found = _OBJECT.fullmatch(request.path_params["object"])
    if found is None:
        raise NotFound("Parts and segments are called <number>.m4s.")
    return int(found.group(1))


def _media(request: Request, body: bytes) -> Response:
    headers = answers.open_headers(answers.IMMUTABLE)
    return sliced(request, body, tag=tag_of(body), mime=_MEDIA_MIME, headers=headers)
