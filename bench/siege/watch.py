"""The watch: what happens inside the house while it is attacked, second by second.

Comes in: the house's NATS and its processes, read from beside it. Goes out: memory, files, the house's count
of its listeners, when the stage's chunks came. Never: a request to a door; the watch is no visitor.
"""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import psutil

from crowd_child import Child, begin_child
from stentor.limits import CHUNK_MS
from stentor.log.bus import connected
from stentor.log.subjects import chunk_subject
from stentor.space.rung import Rung

_LOOK_EVERY_S = 1.0
_CHUNKS_MAX = 1_000
_ASKED_EVERY_S = 0.02


@dataclass(slots=True)
class Seen:
    """Since it was last asked.

    Args:
        at_s: when it was told, on the machine's monotonic clock.
        memory_bytes: of all processes of the house together, the most of any second.
        files_share: of the process that has most of its own limit open, the most of any second.
        hearing, admitted: the house's own count, the last one; −1: it has said nothing.
        estimated: of the hearing, players of HLS by its guess; there are none here but attackers.
        head: the newest chunk in the log.
        chunk_late_ms: how much more than a chunk's time passed at most between two chunks in the log.
        missing: numbers of chunks that were left out.
        restarts: processes of the house that are not those of a second ago.
        steps: rung, cadence and extras that the edges were at.
        media: the chunks themselves, best AAC.
    """

    at_s: float = 0.0
    memory_bytes: int = 0
    memory_by_part: dict[str, int] = field(default_factory=dict)
    files_share: float = 0.0
    hearing: int = -1
    estimated: int = 0
    admitted: int = -1
    head: int = -1
    chunk_late_ms: float = 0.0
    missing: int = 0
    restarts: int = 0
    steps: set[str] = field(default_factory=set)
    media: bytes = b""


class Watch(Child):
    """Watches for as long as the block runs; to be entered in the house's own place."""

    def __init__(self, nats_url: str, house_pid: int, space_id: str, *, seconds_max: float) -> None:
        super().__init__(_watch, nats_url, house_pid, space_id, seconds_max)

    def since_asked(self) -> Seen:
        found: Seen = self.ask("seen")
        return found


def _watch(nats_url: str, house_pid: int, space_id: str, seconds_max: float, pipe: Connection) -> None:
    begin_child()
    # The parent has what it wanted, or the house is over.
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt, psutil.NoSuchProcess):
        asyncio.run(_Watching(house_pid, space_id).run(nats_url, pipe, seconds_max))


class _Watching:
    def __init__(self, house_pid: int, space_id: str) -> None:
        self._house = psutil.Process(house_pid)
        self._space_id = space_id
        self._seen = Seen()
        self._pids: set[int] = set()
        self._chunk_s: float | None = None
        self._media: list[bytes] = []

    async def run(self, nats_url: str, pipe: Connection, seconds_max: float) -> None:
        subject = chunk_subject(self._space_id, Rung.AAC64, 0).removesuffix("0") + "*"
        ends_s, looked_s = time.monotonic() + seconds_max, 0.0
        async with connected(nats_url, name="watch") as bus:
            await bus.subscribe(subject, self._chunk)
            await bus.subscribe("edge.*.beat", self._beat)
            await bus.subscribe(f"figures.{self._space_id}", self._count)
            await bus.subscribe(f"line.{self._space_id}", self._clock)
            while (now_s := time.monotonic()) < ends_s:
                if now_s - looked_s >= _LOOK_EVERY_S:
                    looked_s = now_s
                    self._look()
                if pipe.poll():
                    pipe.recv()
                    pipe.send(self._told(now_s))
                await asyncio.sleep(_ASKED_EVERY_S)

    def _told(self, now_s: float) -> Seen:
        self._look()
        found = self._seen
        found.at_s = now_s
        found.media, self._media = b"".join(self._media), []
        self._seen = Seen(
            hearing=found.hearing, estimated=found.estimated, admitted=found.admitted, head=found.head
        )
        return found

    def _chunk(self, subject: str, payload: bytes) -> None:
        self._media = [*self._media[-_CHUNKS_MAX:], payload]
        now_s, number = time.monotonic(), int(subject.rpartition(".")[2])
        if self._chunk_s is not None:
            late_ms = 1000 * (now_s - self._chunk_s) - CHUNK_MS
            self._seen.chunk_late_ms = max(self._seen.chunk_late_ms, late_ms)
        if self._seen.head >= 0:
            self._seen.missing += max(0, number - self._seen.head - 1)
        self._chunk_s = now_s
        self._seen.head = max(self._seen.head, number)

    def _beat(self, _subject: str, payload: bytes) -> None:
        facts = json.loads(payload)
        self._seen.steps.add(
            f"{facts.get('rung')} x{facts.get('cadence')}, extras {facts.get('extras', 'on')}"
        )

    def _count(self, _subject: str, payload: bytes) -> None:
        facts = json.loads(payload)
        self._seen.hearing, self._seen.admitted = int(facts["hearing"]), int(facts["admitted"])
        self._seen.estimated = int(facts["estimated"])

    def _clock(self, _subject: str, payload: bytes) -> None:
        facts = json.loads(payload)
        why = facts.get("why")
        self._seen.steps.add(
            f"doors {facts.get('doors')}" + (f" ({why})" if why not in {None, "none"} else "")
        )

    def _look(self) -> None:
        """Every process of the house, once."""
        parts: dict[str, int] = {}
        pids: set[int] = set()
        for process in (self._house, *self._house.children(recursive=True)):
            try:
                with process.oneshot():
                    size_bytes, name = process.memory_info().rss, _part(process)
                files = process.num_fds() / max(1, process.rlimit(psutil.RLIMIT_NOFILE)[0])
            except psutil.Error:
                continue
            pids.add(process.pid)
            parts[name] = parts.get(name, 0) + size_bytes
            self._seen.files_share = max(self._seen.files_share, files)
        self._seen.restarts += len(pids - self._pids) if self._pids else 0
        self._pids = pids
        if sum(parts.values()) > self._seen.memory_bytes:
            self._seen.memory_bytes, self._seen.memory_by_part = sum(parts.values()), parts


def _part(process: psutil.Process) -> str:
    """What a process is in the house: its own name, or the module that it runs."""
    words = process.cmdline()
    return words[words.index("-m") + 1] if "-m" in words[:-1] else process.name()
