"""HLS at the gate: playlists and immutable objects, held until they exist.

Comes in: requests of players and caches. Goes out: one answer per object for everybody. Never: an answer
that is early (a playlist without the asked part, a 404 for a hinted part): players then hammer the edge.
"""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stentor.edge import answers, hls
from stentor.edge.egress import Use
from stentor.edge.hls_desk import SHAPE, HlsDesk, number_of
from stentor.edge.metrics import REPLAY
from stentor.edge.playlists import MIME, multivariant
from stentor.edge.replay import captions
from stentor.edge.replay.past import Past
from stentor.errors import BadInput, NotFound
from stentor.shelf.ranges import sliced, tag_of
from stentor.space.timeline import first_of_segment, segment_of

_DIRECTIVES = ("_HLS_msn", "_HLS_part", "_HLS_skip", "pass")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_MEDIA_MIME = "audio/mp4"


@dataclass(frozen=True, slots=True)
class HlsRoutes:
    """The HLS part of the front door.

    Args:
        past: what is older than the window.
    """

    desk: HlsDesk
    past: Past

    def routes(self) -> list[Route]:
        base = "/s/{name}/hls"
        return [
            Route(f"{base}/master.m3u8", self.master),
            Route(f"{base}/index.m3u8", self.index),
            Route(f"{base}/plain.m3u8", self.plain),
            Route(f"{base}/init.mp4", self.init),
            Route(f"{base}/part/{{object}}", self.part),
            Route(f"{base}/seg/{{object}}", self.segment),
            Route(f"{base}/captions.m3u8", self.captions_list),
            Route(f"{base}/captions/part/{{object}}", self.captions_part),
            Route(f"{base}/captions/{{object}}", self.captions_segment),
        ]

    async def master(self, request: Request) -> Response:
        """Names the LL-HLS lists, the codec and the captions' language; with a pass, lists that show it."""
        query = answers.checked_query(request.query_params, ("pass",))
        space = self.desk.spaces.record(request.path_params["name"])
        if "pass" not in query:
            text = multivariant(((space.language, "captions.m3u8"),))
            return text.response(request, answers.open_headers(answers.DIRECTED_PLAYLIST))
        if _TOKEN.fullmatch(query["pass"]) is None:
            raise BadInput("pass is not one of this house's.")
        shown = f"?pass={query['pass']}"
        own = hls.multivariant([(space.language, f"captions.m3u8{shown}")], sound=f"index.m3u8{shown}")
        return Response(own, headers=answers.open_headers(answers.NO_STORE), media_type=MIME)

    async def index(self, request: Request) -> Response:
        """The LL-HLS playlist; with `_HLS_msn` it is held until it shows what was asked for."""
        return await self._list(request, hls.SOUND)

    async def captions_list(self, request: Request) -> Response:
        """The captions' LL-HLS playlist: it grows with the sound's."""
        return await self._list(request, hls.CAPTIONS)

    async def plain(self, request: Request) -> Response:
        query = answers.checked_query(request.query_params, ("pass",))
        space, programme = self.desk.listed(request, query)
        await programme.head(SHAPE.rung)
        text = programme.playlists.plain(self.desk.listing(space, programme))
        return text.response(request, answers.open_headers(answers.BRIEF))

    async def init(self, request: Request) -> Response:
        answers.checked_query(request.query_params, ())
        self.desk.spaces.record(request.path_params["name"])
        return _media(request, SHAPE.preamble)

    async def part(self, request: Request) -> Response:
        """A part; the next nine are held until they exist."""
        number = number_of(request, ending=".m4s")
        space, programme = self.desk.programme(request)
        await self.desk.held_part(programme, number)
        body = programme.framer.chunk(SHAPE, number)
        if body is None:
            raise NotFound(f"Part {number} is not in this edge's window.")
        self.desk.check_line()
        self.desk.took(request, space, number)
        self.desk.sent("hls", len(body))
        return _media(request, body)

    async def segment(self, request: Request) -> Response:
        """A segment; held while it grows, read from the log once it has left the window."""
        number = number_of(request, ending=".m4s")
        space, programme = self.desk.programme(request)
        last = await self.desk.held_segment(space, programme, number)
        body = programme.framer.segment(SHAPE, number, last=last)
        kind = "hls"
        self.desk.check_line(Use.REPLAY if body is None else Use.LIVE)
        if body is None:
            body, kind = await self.past.segment(space, programme, number), REPLAY
        else:
            self.desk.took(request, space, first_of_segment(number))
        self.desk.sent(kind, len(body))
        return _media(request, body)

    async def captions_part(self, request: Request) -> Response:
        """What stands on the screen in one chunk; the next nine are held."""
        number = number_of(request, ending=".vtt")
        _, programme = self.desk.programme(request)
        await self.desk.held_part(programme, number)
        first = first_of_segment(segment_of(number))
        if programme.window.chunk(SHAPE.rung, first) is None:
            raise NotFound(f"Part {number} is not in this edge's window.")
        ticks = [programme.window.tick(n) for n in range(first, number + 1)]
        return _captions(request, captions.cues_of(ticks, first=first, shown_from=number))

    async def captions_segment(self, request: Request) -> Response:
        """The captions of a segment; held while it grows."""
        number = number_of(request, ending=".vtt")
        space, programme = self.desk.programme(request)
        last = await self.desk.held_segment(space, programme, number)
        first, end = first_of_segment(number), first_of_segment(number + 1)
        if last is not None:
            end = min(end, last + 1)
        if programme.window.chunk(SHAPE.rung, first) is not None:
            ticks = [programme.window.tick(n) for n in range(first, end)]
        else:
            ticks = await self.past.ticks(space, programme, number)
        return _captions(request, captions.cues_of(ticks, first=first, shown_from=first))

    async def _list(self, request: Request, naming: hls.Naming) -> Response:
        query = answers.checked_query(request.query_params, _DIRECTIVES)
        space, programme = self.desk.listed(request, query)
        await programme.head(SHAPE.rung)
        wish = hls.reload_of(query, self.desk.listing(space, programme))
        if wish.until is not None:
            await self.desk.hold(programme, wish.until)
        # Read anew: the Space may have ended while the request was held; then the end is the answer.
        space = self.desk.spaces.known(space.id)
        listing = self.desk.listing(space, programme, naming)
        text = programme.playlists.low_latency(listing, is_delta=wish.is_delta)
        cache = answers.DIRECTED_PLAYLIST if wish.is_directed else answers.BRIEF
        return text.response(request, answers.open_headers(cache))


def _media(request: Request, body: bytes) -> Response:
    headers = answers.open_headers(answers.IMMUTABLE)
    return sliced(request, body, tag=tag_of(body), mime=_MEDIA_MIME, headers=headers)


def _captions(request: Request, cues: list[captions.Cue]) -> Response:
    body = captions.webvtt(cues).encode()
    headers = answers.open_headers(answers.IMMUTABLE)
    return sliced(request, body, tag=tag_of(body), mime=captions.MIME, headers=headers)
