"""The ingest workers of this door: one child process per programme that comes in by HTTP or from a file.

Comes in: bytes of a body, or a file's name; who it is on stage. Goes out: when the worker has ended. Never: a
decoder in this process: what strangers send is decoded by a child that may fail alone.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from stentor.config import Settings
from stentor.errors import Full
from stentor.process import end_process
from stentor.space.names import new_id

log = structlog.get_logger()

MODULE: Final = "stentor.stage.ingest"
"""Started by its name: roles do not import each other."""
WORKERS_MAX: Final = 16
"""Each decodes and encodes: a few per cent of a core and some 60 MB."""
_END_PATIENCE_S: Final = 3.0
_LAST_WORDS_S: Final = 15.0
"""What a worker still has in hand when its input ends: two seconds of sound, and a stage that is slow."""


@dataclass(eq=False, slots=True)
class Worker:
    """One child.

    Args:
        key: what it plays: another worker with the same key takes its place.
        ended: done with the exit code once it has ended.
    """

    key: str
    ended: asyncio.Task[int]
    _process: asyncio.subprocess.Process

    async def take(self, data: bytes) -> None:
        """Hands bytes on, at the pace at which the worker plays them. Bounds: 64 KiB wait. Lost: a worker
        that has ended takes nothing; `ended` says so."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError, ConnectionResetError):
            self._process.stdin.write(data)
            await self._process.stdin.drain()

    async def finish(self) -> int:
        """No more bytes come: it plays what it has. Returns: its exit code; it has ended."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                return await asyncio.shield(self.ended)
        await self.stop()
        return await self.ended

    async def stop(self, *, patience_s: float = _END_PATIENCE_S) -> None:
        """It has ended when this returns."""
        await end_process(self._process, patience_s=patience_s)


class Ingests:
    """All workers of this process.

    Bounds: 16 at once.
    """

    def __init__(self, settings: Settings, *, on_count: Callable[[int], None] = lambda _count: None) -> None:
        """Args: on_count: told how many run, whenever that changes."""
        self._on_count = on_count
        self._environment = {**os.environ, **settings.as_environment()}
        self._workers: dict[str, Worker] = {}
        self._starting = asyncio.Lock()

    def is_running(self, key: str) -> bool:
        return key in self._workers

    def count(self, prefix: str) -> int:
        """How many run whose key begins so."""
        return sum(key.startswith(prefix) for key in self._workers)

    async def start(
        self,
        key: str,
        *,
        space_id: str,
        person_id: str,
        form: str | None = None,
        file: Path | None = None,
        on_end: Callable[[], Awaitable[None]] | None = None,
    ) -> Worker:
        """Starts a worker in place of one with the same key.

        Args:
            form: how a stream's bytes are packed: ogg, mp3, aac; None: found out.
            file: what to play; None: what `Worker.take` hands on.
        Raises: Full.
        """
        words = ["--space", space_id, "--person", person_id, "--session", new_id(16)]
        words += ["--format", form] if form else []
        words += [str(file)] if file else ["-"]
        async with self._starting:
            if (old := self._workers.get(key)) is not None:
                await old.stop()
                await old.ended
            if len(self._workers) >= WORKERS_MAX:
                raise Full("The stage door's list of programmes that come in", limit=WORKERS_MAX)
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                MODULE,
                *words,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL if file else asyncio.subprocess.PIPE,
            )
            ended = asyncio.create_task(self._watch(key, process, on_end), name=f"ingest-{key}")
            worker = self._workers[key] = Worker(key, ended, process)
            self._on_count(len(self._workers))
        return worker

    async def cut(self, key: str) -> None:
        """Ends a worker without a last word, for who is off the stage already; it has ended afterwards."""
        if (worker := self._workers.get(key)) is not None:
            await worker.stop(patience_s=0)
            await worker.ended

    async def stop(self, key: str) -> None:
        """Whether or not it runs: it does not when this returns."""
        if (worker := self._workers.get(key)) is not None:
            await worker.stop()
            await worker.ended

    async def close(self) -> None:
        """Ends them all."""
        await asyncio.gather(*(self.stop(key) for key in list(self._workers)))

    async def _watch(
        self,
        key: str,
        process: asyncio.subprocess.Process,
        on_end: Callable[[], Awaitable[None]] | None,
    ) -> int:
        code = await process.wait()
        del self._workers[key]
        self._on_count(len(self._workers))
        log.info("a programme has ended", code=code)
        if on_end is not None:
            await on_end()
        return code
