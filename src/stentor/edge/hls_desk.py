"""What every HLS request of a Space on the air needs: its programme, its listing, the wait for what comes.

Comes in: a request's path. Goes out: the Space, what is heard of it, what a list would say now. Never: an
answer that is early; a wait of more than three target durations.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from stentor.admission.forwarded import NOBODY, Trusted
from stentor.clock import Clock
from stentor.edge import answers, hls
from stentor.edge.audience import Audience
from stentor.edge.framing import Format, Shape
from stentor.edge.metrics import Metrics
from stentor.edge.programme import Programme
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.errors import Gone, NotFound, NotOnAir, NotYet
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG, Codec

SHAPE: Final = Shape(BEST_RUNG[Codec.AAC], Format.MP4)
"""AAC: the base rendition that every native player takes."""
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,11}", re.ASCII)
"""One spelling per number, so that a cache cannot be made to ask twice for one object."""


@dataclass(frozen=True, slots=True)
class HlsDesk:
    """Shared by the routes of sound, captions and time-shift.

    Args:
        keeps_end: whether what is still in memory of a Space that is over may be given out.
    """

    spaces: Spaces
    audience: Audience
    metrics: Metrics
    clock: Clock
    waits: Waits
    keeps_end: Callable[[Space], bool]
    trusted: Trusted = NOBODY

    def programme(self, request: Request) -> tuple[Space, Programme]:
        """Counts the asker among the Space's players. Raises: NoSuchSpace. NotOnAir. Gone."""
        space = self.spaces.record(request.path_params["name"])
        if space.state.is_over and not self.keeps_end(space):
            raise Gone(f"The Space {space.id!r} has ended.")
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

    async def hold(self, programme: Programme, until: int) -> None:
        """Returns when chunk `until` is here or the programme has ended.

        Raises: NotYet: neither within three target durations.
        """
        began_s = self.clock.monotonic_s()
        is_here = await programme.arrivals.wait(SHAPE.rung, until, timeout_s=self.waits.hold_s)
        waited_s = self.clock.monotonic_s() - began_s
        self.metrics.held(waited_s)
        if is_here:
            return
        if not self.has_ended(self.spaces.known(programme.space_id), programme):
            raise NotYet(
                f"Chunk {until} has not come within {waited_s:.0f} s; the stage may be away.",
                retry_after_s=1.0,
            )

    async def held_part(self, programme: Programme, number: int) -> None:
        """Until a part can be answered. Raises: NotFound: too far ahead. NotYet. NotOnAir."""
        head = await programme.head(SHAPE.rung)
        until = hls.part_wait(number, head=head)
        if until is None:
            raise NotFound(f"Part {number} is not made yet; the newest is {head}.")
        await self.hold(programme, until)

    async def held_segment(self, space: Space, programme: Programme, number: int) -> int | None:
        """Until a segment can be answered.

        Returns: the last chunk of a programme that has ended, which may cut the segment short.
        Raises: NotFound: too far ahead. NotYet. NotOnAir.
        """
        head = await programme.head(SHAPE.rung)
        until = hls.segment_wait(number, head=head)
        if until is None:
            raise NotFound(f"Segment {number} is not made yet; the newest chunk is {head}.")
        await self.hold(programme, until)
        has_ended = self.has_ended(self.spaces.known(space.id), programme)
        return await programme.head(SHAPE.rung) if has_ended else None

    def listing(self, space: Space, programme: Programme, naming: hls.Naming = hls.SOUND) -> hls.Listing:
        """Raises: NotOnAir: nothing has been heard."""
        first, head = programme.window.first(SHAPE.rung), programme.window.head(SHAPE.rung)
        if space.timeline is None or first is None or head is None:
            raise NotOnAir(space.id)
        is_ended = self.has_ended(space, programme)
        return hls.Listing(space.timeline, first, head, is_ended=is_ended, naming=naming)

    @staticmethod
    def has_ended(space: Space, programme: Programme) -> bool:
        """The last chunks have had their time to arrive."""
        return space.state.is_over and programme.arrivals.is_over


def number_of(request: Request, *, ending: str) -> int:
    """The number of an object's path. Raises: NotFound. BadInput: a query, which no object has."""
    answers.checked_query(request.query_params, ())
    name = request.path_params["object"]
    number = name.removesuffix(ending)
    if not name.endswith(ending) or _NUMBER.fullmatch(number) is None:
        raise NotFound(f"Parts and segments are called <number>{ending}.")
    return int(number)
