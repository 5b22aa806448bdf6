"""A listener: `async for chunk in Listening(url)`, from the first second to the end of the talk.

    async with aclosing(aiter(Listening("https://example.org/s/town-hall"))) as chunks:
        async for chunk in chunks:
            play(chunk.media)

Comes in: a listeners' link. Goes out: chunks, each once and in order; where one stands in the line meanwhile.
Never: an end because of a lost line, a dead edge or a full house; a request that the house's own pace
forbids.

It knocks; the answer is sound or a place. In the line it reads the clock that everybody reads, and comes back
with its ticket when its place is called. With sound comes a pass: after a break it goes on, here or at
another edge, with the very chunk that was next, before everybody who waits.
"""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.client.front_door import FrontDoor
from stentor.client.in_line import IN_LINE, Held, Standing, clock_of
from stentor.client.manners import End, Knocks
from stentor.errors import BadInput, Broken, RemoteProblem
from stentor.formats.chunk_reader import Chunk, ChunkReader

EDGES_MAX: Final = 32
_GONE: Final = 410
_BAD: Final = 400
_FINAL: Final = frozenset({401, 403, 404})
_SPREAD: Final = 1 / 3
_POLL_S: Final = 5.0
_PATIENCE_S: Final = 15.0
_PATIENCE_SPREAD_S: Final = 30.0


@dataclass(slots=True)
class _Own:
    """What this listener holds. Args: next: the first chunk not heard yet."""

    pass_: str | None = None
    held: Held | None = None
    next: int | None = None

    def query(self, codec: str) -> str:
        shown = {"pass": self.pass_} if self.pass_ else {"ticket": self.held.token} if self.held else {}
        first = {} if self.next is None else {"from": str(self.next)}
        return urlencode({"codec": codec} | first | shown)


class Listening:
    """One listener of one Space.

    Args:
        url: what people are sent, such as https://example.org/s/town-hall.
        codec: `aac` or `opus`.
        on_wait: told each clock while one waits.
        edges: other edges' origins, if `space.json` is not to be believed alone.
        chance: 0…1, for everything that is spread.

    Iterating raises RemoteProblem: there is no such Space, or it is not for us; BadInput: no front door.
    """

    def __init__(
        self,
        url: str,
        *,
        codec: str = "aac",
        on_wait: Callable[[Standing], None] = lambda _standing: None,
        edges: tuple[str, ...] = (),
        chance: Callable[[], float] = random.random,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.path.startswith("/s/"):
            raise BadInput(f"{url[:100]!r} is no listeners' link; it looks like https://example.org/s/name.")
        self._path = parts.path.rstrip("/")
        self._edges = list(dict.fromkeys([f"{parts.scheme}://{parts.netloc}", *edges]))
        self._codec = codec
        self._on_wait = on_wait
        self._chance = chance
        self._knocks = Knocks()
        self._own = _Own()
        self.init = b""
        """The init segment, once the first chunk has come; with the chunks' media it makes a file."""

    def __aiter__(self) -> AsyncGenerator[Chunk, None]:
        return self._chunks()

    async def _chunks(self) -> AsyncGenerator[Chunk, None]:
        loop = asyncio.get_running_loop()
        async with FrontDoor() as http:
            await self._learn_edges(http)
            while True:
                await asyncio.sleep(self._knocks.next(now_s=loop.time(), chance=self._chance()))
                began_s, reader, end = loop.time(), ChunkReader(), End()
                try:
                    async with aclosing(self._heard(http, reader)) as heard:
                        async for chunk in heard:
                            yield chunk
                    end = End(loop.time() - began_s, is_in_order=reader.is_whole)
                except RemoteProblem as problem:
                    if problem.answer_status == _GONE:
                        return
                    end = await self._refused(http, problem)
                except (Broken, BadInput):
                    end = End(loop.time() - began_s if reader.init else 0.0)
                    self._next_edge()
                self._knocks.ended(end, now_s=loop.time(), chance=self._chance())

    async def _heard(self, http: FrontDoor, reader: ChunkReader) -> AsyncGenerator[Chunk, None]:
        """One answer's chunks that were not heard before."""
        async with http.stream(self._url(f"live.mp4?{self._own.query(self._codec)}")) as answer:
            self._own.pass_ = answer.head.get("Stentor-Pass") or self._own.pass_
            async for data in answer.parts():
                for chunk in reader.feed(data):
                    self.init = self.init or reader.init
                    if self._own.next is None or chunk.number >= self._own.next:
                        self._own.next = chunk.number + 1
                        yield chunk

    async def _refused(self, http: FrontDoor, problem: RemoteProblem) -> End:
        """What a refusal means for the next knock. Raises: RemoteProblem: no knock will help."""
        told = problem.problem()
        if problem.answer_status in _FINAL:
            raise problem
        if problem.answer_status == _BAD:
            # The chunk that was next is older than the log, or of an earlier life: from now on, then.
            if self._own.next is None:
                raise problem
            self._own.next = None
        if told.get("type") != IN_LINE:
            return End(retry_after_s=problem.retry_after_s)
        # A pass that is taken no more has become a place.
        self._own.pass_ = None
        had, self._own.held = self._own.held, Held.of(told)
        clock = clock_of(told.get("clock"))
        if had == self._own.held and clock is not None and Standing.of(clock, had).is_called:
            # Called, and this edge has no seat: another one may have.
            self._next_edge()
            return End(retry_after_s=problem.retry_after_s)
        return End(is_called=await self._wait(http, clock, self._own.held))

    # ── the line ─────────────────────────────────────────────────────────────────────────────────────

    async def _wait(self, http: FrontDoor, clock: LineClock | None, held: Held) -> bool:
        """Until the place is called or it is over. False: no news for so long that one knocks again."""
        loop = asyncio.get_running_loop()
        patience_s = _PATIENCE_S + _PATIENCE_SPREAD_S * self._chance()
        told_s, here_s = loop.time(), loop.time()
        while True:
            poll_s = _POLL_S
            if clock is not None:
                standing = Standing.of(clock, held)
                self._on_wait(standing)
                if standing.is_called or standing.doors is Doors.OVER:
                    return True
                poll_s = standing.poll_s
            await asyncio.sleep(poll_s * (1 + _SPREAD * (2 * self._chance() - 1)))
            if clock is not None and 0 < clock.here_s <= loop.time() - here_s:
                here_s = loop.time()
                await self._say_here(http, held)
            newer = await self._clock(http)
            if newer is not None and (clock is None or newer.number != clock.number):
                clock, told_s = newer, loop.time()
            elif loop.time() - told_s > max(patience_s, 2 * poll_s):
                return False

    async def _clock(self, http: FrontDoor) -> LineClock | None:
        try:
            return LineClock.parse(await http.read(self._url("line.json")))
        except Broken:  # RemoteProblem too; the pace stays the one that the last clock dictated
            self._next_edge()
        except BadInput:
            pass  # an edge of another version
        return None

    async def _say_here(self, http: FrontDoor, held: Held) -> None:
        """Only so that the house knows how many still wait; who does not say it loses nothing."""
        with suppress(Broken):
            await http.post(self._url("here"), {"ticket": held.token})

    # ── the edges ────────────────────────────────────────────────────────────────────────────────────

    async def _learn_edges(self, http: FrontDoor) -> None:
        try:
            told = json.loads(await http.read(self._url("space.json")))
            found = [edge.rstrip("/") for edge in told["edges"] if _is_origin(edge)]
        except (Broken, ValueError, KeyError, TypeError, AttributeError):
            return
        self._edges = list(dict.fromkeys([*self._edges, *found]))[:EDGES_MAX]

    def _next_edge(self) -> None:
        self._edges.append(self._edges.pop(0))

    def _url(self, what: str) -> str:
        return f"{self._edges[0]}{self._path}/{what}"


def _is_origin(edge: object) -> bool:
    return isinstance(edge, str) and urlsplit(edge).scheme in {"http", "https"} and len(edge) <= 300  # noqa: PLR2004
