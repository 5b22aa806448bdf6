"""What those who wait hear: the low rung as plain HLS, the same objects for everybody.

Comes in: requests of waiting pages. Goes out: a list and its segments, from the window. Never: a count among
the listeners; a byte while extras are off or the line says that there is no room for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stentor.edge import answers, hls
from stentor.edge.egress import Use
from stentor.edge.framing import Format, Shape
from stentor.edge.hls_desk import HlsDesk, number_of
from stentor.edge.ladder import Extras
from stentor.errors import NotFound, SwitchedOff
from stentor.shelf.ranges import sliced, tag_of
from stentor.space.record import Space
from stentor.space.rung import Rung

SHAPE: Final = Shape(Rung.AAC32, Format.MP4)
_AGAIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class LowRoutes:
    """Two routes beside the other HLS ones."""

    desk: HlsDesk
    extras: Callable[[], Extras]

    def routes(self) -> list[Route]:
        base = "/s/{name}/hls"
        return [Route(f"{base}/low.m3u8", self.list), Route(f"{base}/low/seg/{{object}}", self.segment)]

    async def list(self, request: Request) -> Response:
        answers.checked_query(request.query_params, ())
        space = self._space(request)
        programme = self.desk.spaces.programme(space.id)
        await programme.head(SHAPE.rung)
        text = programme.playlists.plain(self.desk.listing(space, programme, hls.LOW, SHAPE.rung))
        return text.response(request, answers.open_headers(answers.BRIEF))

    async def segment(self, request: Request) -> Response:
        """Held while it grows, as the good rung's are."""
        number = number_of(request, ending=".m4s")
        space = self._space(request)
        programme = self.desk.spaces.programme(space.id)
        last = await self.desk.held_segment(space, programme, number, SHAPE.rung)
        body = programme.framer.segment(SHAPE, number, last=last)
        if body is None:
            raise NotFound(f"Segment {number} is not in this edge's window.")
        self.desk.check_line(Use.REPLAY)
        self.desk.sent("low", len(body))
        headers = answers.open_headers(answers.IMMUTABLE)
        return sliced(request, body, tag=tag_of(body), mime=SHAPE.format.mime, headers=headers)

    def _space(self, request: Request) -> Space:
        """Raises: NoSuchSpace. SwitchedOff: the line, or this edge, has no room for it now."""
        space = self.desk.spaces.record(request.path_params["name"])
        if self.extras() is Extras.OFF or not self.desk.door.hears(space):
            raise SwitchedOff("Listening along while you wait", retry_after_s=_AGAIN_S)
        return space
