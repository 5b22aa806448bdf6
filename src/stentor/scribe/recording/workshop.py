"""Work on sound that takes a core for a while: a process of its own, so that nothing waits for it.

    python -m stentor.scribe.recording.workshop copy|encode|remix  < job.json

Comes in: a job, on standard input. Goes out: files, and 0. Never: NATS, the shelf, a second thread. It runs
niced and in batches: neither the recording nor the stage feels it, and it ends with its parent.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from stentor.errors import EngineFailed
from stentor.process import die_with_parent, give_way
from stentor.record.chapters import Chapter
from stentor.scribe.recording.downloads import Tags, copy, encode
from stentor.scribe.recording.remix import Remix, remix

_NICE = 10
_MODULE = "stentor.scribe.recording.workshop"
_JOB_S = 3 * 3600.0
"""An encode of a whole day takes half an hour; whatever takes longer hangs."""
_TOLD_BYTES = 500


async def copied(source: Path, target: Path, tags: Tags) -> None:
    """Raises: EngineFailed."""
    await _done("copy", {"source": str(source), "target": str(target), **_as_json(tags)})


async def encoded(source: Path, target: Path, tags: Tags) -> None:
    """Raises: EngineFailed."""
    await _done("encode", {"source": str(source), "target": str(target), **_as_json(tags)})


async def remixed(job: Remix) -> None:
    """Raises: EngineFailed."""
    await _done("remix", job.as_json())


async def _done(work: str, job: Mapping[str, Any]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", _MODULE, work),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=die_with_parent,
    )
    try:
        async with asyncio.timeout(_JOB_S):
            _, told = await process.communicate(json.dumps(job).encode())
    except TimeoutError:
        raise EngineFailed(f"The workshop's {work} took more than {_JOB_S:.0f} s.") from None
    finally:
        await _ended(process)
    if process.returncode != 0:
        last = told.decode(errors="replace").strip().rpartition("\n")[2][-_TOLD_BYTES:]
        raise EngineFailed(f"The workshop's {work} ended with {process.returncode}: {last}")


async def _ended(process: asyncio.subprocess.Process) -> None:
    """It has ended, and the loop knows; also for who is cancelled a second time while waiting for it."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    while process.returncode is None:
        with suppress(asyncio.CancelledError):
            await process.wait()


def _as_json(tags: Tags) -> dict[str, Any]:
    chapters = [[chapter.start_ms, chapter.title] for chapter in tags.chapters]
    return {"title": tags.title, "duration_ms": tags.duration_ms, "chapters": chapters}


def _tags(job: Mapping[str, Any]) -> Tags:
    chapters = tuple(Chapter(start_ms, title) for start_ms, title in job["chapters"])
    return Tags(job["title"], job["duration_ms"], chapters)


def main() -> int:
    """Returns the exit code; what is wrong is on standard error."""
    give_way(nice=_NICE)
    work, job = sys.argv[1], json.load(sys.stdin)
    match work:
        case "copy":
            copy(Path(job["source"]), Path(job["target"]), _tags(job))
        case "encode":
            encode(Path(job["source"]), Path(job["target"]), _tags(job))
        case "remix":
            remix(Remix.from_json(job))
        case _:
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
