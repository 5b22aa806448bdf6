"""How the process of a role begins and ends: settings, log, loop, one sentence for what cannot be.

Every role's `main` is one call of `run_role` or `run_process`.
"""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
import uvloop

from stentor.config import Settings, load
from stentor.errors import StentorError
from stentor.logs import configure

log = structlog.get_logger()


def run_role(name: str, serve: Callable[[Settings], Coroutine[Any, Any, None]]) -> int:
    """Runs `serve` to its end, in a loop.

    Returns: the exit code: 0, or 1 after an error that the log has told in one line.
    """
    return run_process(name, lambda settings: in_loop(serve(settings)))


def run_process(name: str, run: Callable[[Settings], None]) -> int:
    """The same for who has something to do before there is a loop: the edge, which forks.

    Returns: the exit code, as `run_role`.
    """
    try:
        settings = load()
        configure(name, settings.log_level)
        run(settings)
    except StentorError as error:
        log.error("the role cannot run", error=type(error).__name__, detail=error.detail)
        return 1
    return 0


def in_loop(serving: Coroutine[Any, Any, None]) -> None:
    """Runs to the end on uvloop, whose timers are 0.8 ms more exact."""
    uvloop.run(serving)
