"""The known attack programs: wrk, h2load and slowhttptest, run and read.

Comes in: an address, what to ask for. Goes out: what they say they did. Never: an installation; what is
missing is said in words, with the package that has it.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from stentor.process import die_with_parent

_END_S = 5.0
PACKAGES = {"wrk": "wrk", "h2load": "nghttp2-client", "slowhttptest": "slowhttptest"}
_WRK_SCRIPT = """
local paths = {{ {paths} }}
local word = function() return string.format("%08x", math.random(0, 2147483647)) end
local chance = function() return word() .. word() .. word() .. word() end
math.randomseed(7)
local turn = 0
request = function()
  turn = turn + 1
  local path = string.gsub(paths[turn % #paths + 1], "%$CHANCE", chance)
  return wrk.format("GET", path)
end
"""
_WRK_LINE = re.compile(r"(\d+) requests in ([\d.]+)(ms|s|m)")
_WRK_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_WRK_ERRORS = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
_H2LOAD = re.compile(r"requests: (\d+) total, (\d+) started, (\d+) done, (\d+) succeeded")
_SLOW = re.compile(r"(initializing|pending|connected|error|closed):\s+(\d+)")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class ToolSeen:
    """What a program says of itself.

    Args:
        offered: requests, or connections of the slow ones.
        answered_well: of these, with 2xx or 3xx; None: it does not say.
    """

    name: str
    offered: int
    answered_well: int | None
    note: str = ""


class Tool:
    """A program for as long as the block runs; at most so long as it was told."""

    def __init__(self, name: str, *arguments: str, nice: int) -> None:
        self.name = name
        self._command = [name, *arguments]
        self._nice = nice

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=self._begin,  # noqa: PLW1509  # this program has no threads
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def ended(self) -> ToolSeen:
        """Asks it to end, if it has not, and reads what it says."""
        if self._process.poll() is None and self.name != "h2load":
            # h2load says nothing when it is stopped; it is told to end before the attack does.
            self._process.send_signal(signal.SIGINT)
        try:
            output, _ = self._process.communicate(timeout=_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            output, _ = self._process.communicate()
        return seen_of(self.name, output.decode("utf-8", "replace"))

    def _begin(self) -> None:
        die_with_parent()
        os.nice(self._nice)


def missing() -> list[str]:
    """What is not installed, in words."""
    return [
        f"{name} is not installed (apt install {package}): its attacks are left out"
        for name, package in PACKAGES.items()
        if shutil.which(name) is None
    ]


def wrk(url: str, paths: Sequence[str], folder: Path, *, connections: int, seconds: int, nice: int) -> Tool:
    """A flood of GETs on connections that are kept."""
    script = folder / "wrk.lua"
    script.write_text(_WRK_SCRIPT.format(paths=", ".join(f'"{path}"' for path in paths)))
    count = ("-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "5s")
    return Tool("wrk", *count, "-s", str(script), url, nice=nice)


def h2load(
    url: str, paths: Sequence[str], folder: Path, *, connections: int, seconds: int, nice: int
) -> Tool:
    """The same by another hand, in HTTP/1.1; ours speaks no other without a proxy before it."""
    urls = folder / "h2load.txt"
    urls.write_text("".join(f"{url}{path}\n" for path in paths))
    lasts = f"-D{max(1, seconds - 2)}"
    return Tool("h2load", "--h1", f"-c{connections}", "-t1", lasts, "-i", str(urls), nice=nice)


def slowhttptest(mode: str, url: str, *, connections: int, per_s: int, seconds: int, nice: int) -> Tool:
    """-H slow heads, -B slow bodies, -X slow reading, -R many ranges."""
    how = {
        "H": ("-i", "2", "-x", "24"),
        # As long as the house takes at all, or it would refuse each at once and the attack would be over.
        "B": ("-i", "1", "-s", "900", "-x", "10", "-t", "POST", "-f", "application/json"),
        "X": ("-w", "1", "-y", "64", "-n", "5", "-z", "32", "-k", "1"),
        "R": ("-a", "10", "-b", "3000", "-t", "HEAD"),
    }[mode]
    size = ("-c", str(connections), "-r", str(per_s), "-l", str(seconds), "-p", "3")
    return Tool("slowhttptest", f"-{mode}", *how, *size, "-u", url, nice=nice)


def seen_of(name: str, output: str) -> ToolSeen:
    """Reads a program's own summary."""
    text = _COLOURS.sub("", output)
    if name == "wrk" and (line := _WRK_LINE.search(text)):
        bad = _WRK_BAD.search(text)
        errors = _WRK_ERRORS.search(text)
        note = f"errors: connect, read, write, timeout {', '.join(errors.groups())}" if errors else ""
        return ToolSeen(name, int(line[1]), int(line[1]) - int(bad[1] if bad else 0), note)
    if name == "h2load" and (line := _H2LOAD.search(text)):
        return ToolSeen(name, int(line[2]), int(line[4]))
    if name == "slowhttptest" and (found := dict(_SLOW.findall(text))):
        counts = {key: int(value) for key, value in found.items()}
        opened = sum(counts.get(key, 0) for key in ("connected", "error", "closed", "pending"))
        return ToolSeen(name, opened, None, f"closed by the house {counts.get('closed', 0)}")
    return ToolSeen(name, 0, None, f"said nothing that can be read: {text[-200:]!r}")
