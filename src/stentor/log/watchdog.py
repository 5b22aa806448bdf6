"""Restarts the embedded server when it has stopped to keep what it is told.

A nats-server whose disk was full for a moment answers «no space left» for ever after, stream by stream
(measured with 2.15): its store remembers the failed write. It lives, so nobody would start it again. Those
who write say so on `log.stuck` when they have a connection and no acknowledgement for 10 s; when the disk
has room, the server is restarted.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from stentor.log.bus import Bus

log = structlog.get_logger()

SUBJECT = "log.stuck"
STUCK_AFTER_S = 10.0
"""Longer than a leader's election takes."""
ROOM_BYTES_MIN = 16 << 20
_LOOK_AGAIN_S = 3.0
_PATIENCE_S = 30.0
"""A restarted server gets so long before it may be restarted again."""


async def watch_log(bus: Bus, store: Path, *, restart: Callable[[], Awaitable[None]]) -> None:
    """For ever. Calls `restart` when a writer is stuck although the disk has room.

    Args:
        store: a directory on the server's disk.
    """
    stuck = asyncio.Event()
    await bus.subscribe(SUBJECT, lambda _subject, _payload: stuck.set())
    while True:
        await stuck.wait()
        free = shutil.disk_usage(store).free
        if free < ROOM_BYTES_MIN:
            log.error("the log keeps nothing: its disk is full", free_bytes=free)
            stuck.clear()
            await asyncio.sleep(_LOOK_AGAIN_S)
            continue
        log.error("the log keeps nothing though its disk has room: restarting its server", free_bytes=free)
        await restart()
        await asyncio.sleep(_PATIENCE_S)
        stuck.clear()
