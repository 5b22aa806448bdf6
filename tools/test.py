"""Runs all tests; installs what only tests need where it may (as root: Debian's chromium and ffmpeg).

Usage: python tools/test.py [pytest arguments]

With CI=true a skipped test is a failure: a test that cannot run here has proved nothing.

Tests of a house, a role or a player that claim seconds of real time (marked `alone`) run first, with nothing
beside them. All others wait more than they compute, so their files run two at a time: those of a whole house
and of players, then those that drill one role, some of which take a whole core for a moment, then what has no
clock to keep, three at a time. `make drills` runs the long versions of what is done here in small.

Drills run in real time with many processes, and a machine that does something else at that moment can make
one of them late. At most six that failed are run once more, alone; whatever fails then has failed, and what
passed only then is named. A pure test gets no second run.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"chromium": "chromium", "ffmpeg": "ffmpeg"}
ROLES_NAMES = ("caches", "edge", "rehearsal", "siege", "stage")
DRILLS = tuple(
    f"tests/{name}/" for name in ("house", "players", *ROLES_NAMES, "backstage", "scribe", "bench")
)
AGAIN_MAX = 6
HOUSES = ("tests/house", "tests/players")
ROLES = tuple(f"tests/{name}" for name in ROLES_NAMES)
FILES_AT_ONCE = 2
CALM_FILES_AT_ONCE = 3
LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"


def main() -> int:
    for command, package in PACKAGES.items():
        if shutil.which(command) is None:
            install(command, package)
    npm = subprocess.run([sys.executable, str(ROOT / "tools" / "build_web.py"), "check"], check=False)
    if npm.returncode:
        return npm.returncode
    code = pytest(*sys.argv[1:]) if sys.argv[1:] else everything()
    failed = last_failed()
    if code != 1 or not 1 <= len(failed) <= AGAIN_MAX or not all(map(is_drill, failed)):
        return code
    print("\nstentor: these drills failed; once more, alone:", *failed, sep="\n  ", flush=True)
    code = pytest(*failed)
    if code == 0:
        print("\nstentor: passed only at the second run:", *failed, sep="\n  ")
    return code


def everything() -> int:
    LAST_FAILED.unlink(missing_ok=True)
    slowest = ("--durations", "15")
    by_files = ("--dist", "loadfile", *slowest)
    by_twos = ("-n", str(FILES_AT_ONCE), *by_files)
    by_threes = ("-n", str(CALM_FILES_AT_ONCE), *by_files)
    return max(
        pytest("-m", "alone", *slowest, *HOUSES, *ROLES),
        pytest("-m", "not alone", *by_twos, *HOUSES),
        pytest("-m", "not alone", *by_twos, *ROLES),
        pytest(*by_threes, *(f"--ignore={folder}" for folder in (*HOUSES, *ROLES))),
    )


def pytest(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


def last_failed() -> list[str]:
    try:
        return list(json.loads(LAST_FAILED.read_text()))
    except (OSError, ValueError):
        return []


def is_drill(test: str) -> bool:
    return test.startswith(DRILLS)


def install(command: str, package: str) -> None:
    """As root by apt; else Playwright's own Chromium where the internet has it; else the tests skip."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"stentor: the tests need {command}; as root: apt-get install {package}", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
            subprocess.run(["apt-get", *arguments], env=environment, check=False, stdout=subprocess.DEVNULL)
    elif command == "chromium":
        print("stentor: trying `playwright install chromium`", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if command != "chromium" and shutil.which(command) is None:
        print(f"stentor: {command} is missing; its tests will be skipped. Next step: apt install {package}")


if __name__ == "__main__":
    sys.exit(main())
