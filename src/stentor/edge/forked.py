"""A child forked from a warm process: it begins where its imports would have ended.

An edge that was killed is back when its gate answers. Started one after the other, parent and gate each
import for half a second and more; forked, the gate is there with the parent. Only before the parent has a
loop, a thread or a connection: later children are started by exec.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence

from stentor.process import die_with_parent


class ForkedProcess:
    """Looks like asyncio's `Process` to whoever waits for it or ends it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()
        self._watched: int | None = None

    async def wait(self) -> int:
        """The exit code; −N for a signal N."""
        if self.returncode is None and self._watched is None:
            self._watched = os.pidfd_open(self.pid)
            asyncio.get_running_loop().add_reader(self._watched, self._reap)
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Raises: ProcessLookupError: it has ended."""
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _reap(self) -> None:
        assert self._watched is not None
        asyncio.get_running_loop().remove_reader(self._watched)
        os.close(self._watched)
        _, status = os.waitpid(self.pid, 0)
        self.returncode = os.waitstatus_to_exitcode(status)
        self._ended.set()


def fork(
    main: Callable[[], int], arguments: Sequence[str], *, name: str, closes: Iterable[int] = ()
) -> ForkedProcess:
    """Runs `main` in a child with these arguments, as `python -m` would. Call before any loop runs.

    Args:
        closes: descriptors that are not the child's: a listening socket stays open for as long as anybody
            has a copy of it, and whoever knocks there waits for an answer that nobody will give.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return ForkedProcess(pid)
    code = 1
    try:
        die_with_parent()
        for fd in closes:
            os.close(fd)
        sys.argv = [name, *arguments]
        code = main()
    finally:
        # Nothing of the parent's is unwound here: not its files, not its doors.
        os._exit(code)
