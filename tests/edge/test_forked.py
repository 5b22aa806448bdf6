import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from stentor.edge.forked import fork
from stentor.process import end_process, is_alive


def sleeper() -> int:
    """Says its arguments by its exit code, or waits to be ended."""
    if "wait" in sys.argv:
        time.sleep(60)
    return len(sys.argv)


def test_it_runs_with_its_own_arguments_and_its_exit_code_is_told() -> None:
    # Forked before a loop runs, as the edge does; waited for in one.
    process = fork(sleeper, ("a", "b"), name="sleeper")
    assert asyncio.run(process.wait()) == 3


def test_what_is_not_its_own_is_closed_in_it_and_stays_open_here() -> None:
    read, write = os.pipe()

    def tell() -> int:
        try:
            os.fstat(write)
        except OSError:
            return 0
        return 1

    for closes, code in (((), 1), ((write,), 0)):
        process = fork(tell, (), name="teller", closes=closes)
        assert asyncio.run(process.wait()) == code
        os.fstat(write)
    os.close(read)
    os.close(write)


def test_it_is_ended_like_any_other_process() -> None:
    process = fork(sleeper, ("wait",), name="sleeper")
    asyncio.run(end_process(process, patience_s=5))
    assert process.returncode == -signal.SIGTERM
    assert not is_alive(process.pid)


def test_it_dies_with_its_parent() -> None:
    """The parent here is a child of ours that is killed."""
    read, write = os.pipe()

    def parent() -> int:
        child = fork(sleeper, ("wait",), name="sleeper")
        os.write(write, str(child.pid).encode())
        time.sleep(60)
        return 0

    middle = fork(parent, (), name="parent")
    grandchild = int(os.read(read, 20))
    os.close(read)
    os.close(write)
    middle.kill()
    asyncio.run(middle.wait())
    deadline_s = time.monotonic() + 5
    while is_alive(grandchild) and not is_zombie(grandchild):
        assert time.monotonic() < deadline_s, "the grandchild lives on"
        time.sleep(0.01)


def is_zombie(pid: int) -> bool:
    """Dead, and whoever inherited it has not looked yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True
