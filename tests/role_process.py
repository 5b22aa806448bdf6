"""A process of the scribe's as tests start it: told to stop at the end, and gone whatever happens."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stentor.config import Settings


@asynccontextmanager
async def running(
    module: str, settings: Settings, *arguments: str, patience_s: float, keeps_log: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process for as long as the block runs; then it must end by itself, in good order.

    Args:
        patience_s: from SIGTERM to its end.
        keeps_log: its log can be read from its `stderr`.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        env={**os.environ, **settings.as_environment()},
        stderr=asyncio.subprocess.PIPE if keeps_log else None,
    )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(patience_s):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
