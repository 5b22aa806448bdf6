"""The scribe's two other processes: live captions, and words (transcript, brief, search). They run niced.

Comes in: nothing. Goes out: processes, started again when they die. Never: a child that outlives the scribe;
one that delays the recording: it shares nothing with them but the log, the working folder and the shelf.
"""

import asyncio
import os
import sys

import structlog

from stentor.backoff import Backoff
from stentor.clock import Clock
from stentor.config import Settings
from stentor.process import die_with_parent, end_process

log = structlog.get_logger()

MODULES = ("stentor.scribe.captions.main", "stentor.scribe.words.main")
_STOP_S = 2.0


async def keep(module: str, settings: Settings, *, clock: Clock) -> None:
    """Keeps one alive until cancelled, or until it ends by itself with 0: it has nothing to do here."""
    backoff = Backoff()
    while True:
        born_s = clock.monotonic_s()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module),
            stdin=asyncio.subprocess.DEVNULL,
            env={**os.environ, **settings.as_environment()},
            preexec_fn=die_with_parent,
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await end_process(process, patience_s=_STOP_S)
            raise
        if code == 0:
            return
        wait_s = backoff.after_death(lived_s=clock.monotonic_s() - born_s)
        log.warning("a part of the scribe died", part=module, exit_code=code, again_in_s=wait_s)
        await asyncio.sleep(wait_s)
