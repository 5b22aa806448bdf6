"""A listener: `async for chunk in Listening(url)`, from the first second to the end of the talk.

    async with aclosing(aiter(Listening("https://example.org/s/town-hall"))) as chunks:
        async for chunk in chunks:
            play(chunk.media)

Comes in: a listeners' link. Goes out: chunks, each once and in order; where one stands in the line meanwhile.
Never: an end because of a lost line, a dead edge or a full house; a request that the house's own pace
forbids.

It knocks; the answer is sound or a place. In the line it reads the clock that everybody reads, and comes back
with its ticket when its place is called (`waiting.py`). With sound comes a pass: after a break it goes on,
here or at another edge, with the very chunk that was next, before everybody who waits.
"""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from stentor.client.edges import Edges
from stentor.client.front_door import FrontDoor
from stentor.client.in_line import IN_LINE, Held, Standing
from stentor.client.manners import End, Knocks
from stentor.client.waiting import Waiting
from stentor.errors import BadInput, Broken, RemoteProblem
from stentor.formats.chunk_reader import Chunk, ChunkReader

_GONE: Final = 410
_BAD: Final = 400
_FINAL: Final = frozenset({401, 403, 404})


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
        self._edges = Edges(url, edges)
        self._waiting = Waiting(self._edges, on_wait=on_wait, chance=chance)
        self._codec = codec
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
                    self._edges.next()
                self._knocks.ended(end, now_s=loop.time(), chance=self._chance())

    async def _heard(self, http: FrontDoor, reader: ChunkReader) -> AsyncGenerator[Chunk, None]:
        """One answer's chunks that were not heard before."""
        async with http.stream(self._edges.url(f"live.mp4?{self._own.query(self._codec)}")) as answer:
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
        had, held = self._own.held, Held.of(told)
        is_known = had is not None and had.id == held.id
        # The same ticket: what it was worth before it is still.
        self._own.held = held = had if is_known and had is not None else held
        standing = await self._waiting.standing(http, told.get("clock"), held)
        if is_known and standing is not None and standing.is_called:
            # Called, and this edge has no seat: another one may have.
            self._edges.next()
            return End(retry_after_s=problem.retry_after_s)
        is_called, self._own.held = await self._waiting.until_called(http, standing, held)
        return End(is_called=is_called)

    async def _learn_edges(self, http: FrontDoor) -> None:
        with suppress(Broken, ValueError, KeyError, TypeError, AttributeError):
            self._edges.learn(json.loads(await http.read(self._edges.url("space.json")))["edges"])
