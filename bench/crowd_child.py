"""A process of a benchmark's own: what is measured is the server, not who works beside it.

Comes in: what to run, which gets a pipe as its last argument. Goes out: answers to what is asked. It ends
with the block, or with the parent.
"""

import gc
import resource
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from stentor.process import die_with_parent

_PATIENCE_S = 5.0


class Child:
    """Runs `run(*arguments, pipe)` in a process for as long as the block runs."""

    def __init__(self, run: Callable[..., None], *arguments: object) -> None:
        self._run = run
        self._arguments = arguments
        self.pid = 0

    def __enter__(self) -> Self:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._child = context.Process(target=self._run, args=(*self._arguments, theirs), daemon=True)
        self._child.start()
        theirs.close()
        self.pid = self._child.pid or 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()
        self._child.join(_PATIENCE_S)
        if self._child.is_alive():
            self._child.kill()
            self._child.join()

    def ask(self, word: object) -> Any:
        """Raises: EOFError: the process is over."""
        self._pipe.send(word)
        return self._pipe.recv()


def begin_child() -> int:
    """The first thing that a child does: it ends with its parent, and opens as many files as it may.

    Returns: how many.
    """
    die_with_parent()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def live(
    step: Callable[[float], object],
    told: Callable[[Any], object],
    pipe: Connection,
    *,
    seconds_max: float,
    round_s: float = 0.0,
) -> None:
    """A child's life after its beginning: steps, answers whoever asks; ends with its time or its parent.

    Args:
        step: given the monotonic time. told: what is answered to what is asked.
        round_s: from step to step; 0: no rest.
    """
    gc.disable()  # a pause of the collector would be read as lateness
    ends_s = time.monotonic() + seconds_max
    try:
        while (began_s := time.monotonic()) < ends_s:
            step(began_s)
            while pipe.poll():
                pipe.send(told(pipe.recv()))
            if (rest_s := began_s + round_s - time.monotonic()) > 0:
                time.sleep(rest_s)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the parent has what it wanted
