"""What every HLS request of a Space on the air needs: its programme, its listing, the wait for what comes.

Comes in: a request's path. Goes out: the Space, what is heard of it, what a list would say now. Never: an
answer that is early; a wait of more than three target durations.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypedDict

from starlette.requests import Request

from stentor.admission.forwarded import NOBODY, Trusted
from stentor.admission.token import TICKET_S
from stentor.clock import Clock
from stentor.edge import answers, hls
from stentor.edge.admission.desk import Desk
from stentor.edge.admission.waiting import in_line
from stentor.edge.audience import Audience
from stentor.edge.egress import Egress, Use
from stentor.edge.framing import Format, Shape
from stentor.edge.metrics import Metrics
from stentor.edge.programme import Programme
from stentor.edge.requester import requester_of
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.errors import Gone, NotFound, NotOnAir, NotYet
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG, Codec, Rung

SHAPE: Final = Shape(BEST_RUNG[Codec.AAC], Format.MP4)
"""AAC: the base rendition that every native player takes."""
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,11}", re.ASCII)
"""One spelling per number, so that a cache cannot be made to ask twice for one object."""

LISTS_S: Final = TICKET_S
"""A native player's list keeps the pass of its beginning: it can be given no fresh one without a gap."""


class Asker(TypedDict):
    """Who asks, as `Audience` takes it."""

    address: str
    agent: str
    now_s: float


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
    door: Desk
    egress: Egress = field(default_factory=Egress)
    trusted: Trusted = NOBODY

    def listed(self, request: Request, query: Mapping[str, str]) -> tuple[Space, Programme]:
        """As `programme`, for a list: while the doors are held it needs a pass.

        Objects never do: caches share them. Who has played here in the last seconds goes on without one: they
        came while the doors were open, and nobody who is in is cut.

        Raises: InLine, with a ticket. TooMany.
        """
        space = self.spaces.record(request.path_params["name"])
        if space.state.has_programme and self.door.is_held(space):
            knock = self.door.read(
                space,
                ticket=None,
                pass_=query.get("pass"),
                address=requester_of(request, self.trusted),
                pass_s=LISTS_S,
            )
            if knock.pass_ is None and not self.audience.is_known(space.id, **self._asker(request)):
                raise in_line(self.door, space, knock)
        return self.programme(request)

    def _asker(self, request: Request) -> Asker:
        return {
            "address": requester_of(request, self.trusted),
            "agent": request.headers.get("user-agent", ""),
            "now_s": self.clock.monotonic_s(),
        }

    def programme(self, request: Request) -> tuple[Space, Programme]:
        """Raises: NoSuchSpace. NotOnAir. Gone."""
        space = self.spaces.record(request.path_params["name"])
        if space.state.is_over and not self.keeps_end(space):
            raise Gone(f"The Space {space.id!r} has ended.")
        return space, self.spaces.programme(space.id)

    def took(self, request: Request, space: Space, chunk: int) -> None:
        """Counts the asker among the Space's players. Args: chunk: the first one of what they were given."""
        self.audience.took(space.id, chunk=chunk, **self._asker(request))

    def check_line(self, use: Use = Use.LIVE) -> None:
        """Before an object is sent. Raises: LineFull."""
        self.egress.check(use, now_s=self.clock.monotonic_s())

    def sent(self, kind: str, size_bytes: int) -> None:
        self.metrics.sent(kind, size_bytes)
        self.egress.took(size_bytes)

    async def hold(self, programme: Programme, until: int, rung: Rung = SHAPE.rung) -> None:
        """Returns when chunk `until` is here or the programme has ended.

        Raises: NotYet: neither within three target durations.
        """
        began_s = self.clock.monotonic_s()
        is_here = await programme.arrivals.wait(rung, until, timeout_s=self.waits.hold_s)
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

    async def held_segment(
        self, space: Space, programme: Programme, number: int, rung: Rung = SHAPE.rung
    ) -> int | None:
        """Until a segment can be answered.

        Returns: the last chunk of a programme that has ended, which may cut the segment short.
        Raises: NotFound: too far ahead. NotYet. NotOnAir.
        """
        head = await programme.head(rung)
        until = hls.segment_wait(number, head=head)
        if until is None:
            raise NotFound(f"Segment {number} is not made yet; the newest chunk is {head}.")
        await self.hold(programme, until, rung)
        has_ended = self.has_ended(self.spaces.known(space.id), programme)
        return await programme.head(rung) if has_ended else None

    def listing(
        self,
        space: Space,
        programme: Programme,
        naming: hls.Naming = hls.SOUND,
        rung: Rung = SHAPE.rung,
    ) -> hls.Listing:
        """Raises: NotOnAir: nothing has been heard."""
        first, head = programme.window.first(rung), programme.window.head(rung)
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
