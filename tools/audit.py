"""Asks what is known against every locked dependency, Python's (requirements.lock) and the pages' (npm).

Usage: python tools/audit.py [--build DIRECTORY]     (`make audit`; needs PyPI's and npm's own services)

A database that does not answer, or does not know a package, is no good news: pip-audit itself ends with 0
when it could ask nobody. Ends with 0: nothing is known against any dependency; 1: something is; 3: somebody
could not be asked, and who.
"""

import argparse
import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PIP_AUDIT: Final = "pip-audit==2.10.1"
"""Not in the lock: it and what it needs are no part of Stentor."""
OURS: Final = frozenset({"stentor"})
KNOWN_BAD, NOT_ASKED = 1, 3
_WAIT_S: Final = 300
_SHOWN_MAX: Final = 8
_GRAVE: Final = ("moderate", "high", "critical")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one database.

    Args:
        known: what is wrong with which version. not_asked: who was not looked up, or why nobody was.
    """

    what: str
    asked: int
    known: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        if self.known:
            return KNOWN_BAD
        return NOT_ASKED if self.not_asked or not self.asked else 0

    @property
    def words(self) -> str:
        if self.known:
            return f"{self.what}: known to be vulnerable:\n  " + "\n  ".join(self.known)
        if self.code:
            some = ", ".join(self.not_asked[:_SHOWN_MAX]) or "nothing was listed"
            more = f" and {len(self.not_asked) - _SHOWN_MAX} more" if len(self.not_asked) > _SHOWN_MAX else ""
            return (
                f"{self.what}: NOT AUDITED ({some}{more}). "
                "Next step: run `make audit` where PyPI and npm's registry themselves can be reached."
            )
        return f"{self.what}: nothing is known against any of {self.asked} dependencies"


def of_python(text: str) -> Verdict:
    """Reads pip-audit's JSON."""
    try:
        found: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Verdict("Python", 0, not_asked=(f"pip-audit said {_line(text)}",))
    others = [each for each in found if each["name"] not in OURS]
    known = tuple(
        f"{each['name']} {each['version']}: {bad['id']}"
        + (f", mended in {', '.join(bad['fix_versions'])}" if bad.get("fix_versions") else "")
        for each in others
        for bad in each.get("vulns", ())
    )
    skipped = tuple(each["name"] for each in others if "skip_reason" in each)
    return Verdict("Python", len(others) - len(skipped), known, skipped)


def of_npm(text: str) -> Verdict:
    """Reads `npm audit --json`."""
    try:
        found = json.loads(text)
        asked = int(found["metadata"]["dependencies"]["total"])
        bad: dict[str, dict[str, Any]] = found["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return Verdict("npm", 0, not_asked=(f"npm said {_line(text)}",))
    grave = [each for each in bad.values() if each["severity"] in _GRAVE]
    return Verdict("npm", asked, tuple(f"{each['name']}: {each['severity']}" for each in grave))


def main() -> int:
    reads = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reads.add_argument("--build", type=Path, default=ROOT / "build" / "audit", help="where pip-audit is put")
    verdicts = (of_python(_ask_python(reads.parse_args().build)), of_npm(_ask_npm()))
    for verdict in verdicts:
        print(f"audit: {verdict.words}", file=sys.stderr if verdict.code else sys.stdout)
    codes = {verdict.code for verdict in verdicts}
    return KNOWN_BAD if KNOWN_BAD in codes else max(codes)


def _ask_python(directory: Path) -> str:
    program = directory / "bin" / "pip-audit"
    if not program.exists():
        venv.create(directory, with_pip=True, clear=True)
        made = _run(directory / "bin" / "pip", "install", "--quiet", PIP_AUDIT)
        if not program.exists():
            return made
    lock = ("--requirement", str(ROOT / "requirements.lock"), "--require-hashes", "--disable-pip")
    return _run(program, *lock, "--format", "json", "--progress-spinner", "off")


def _ask_npm() -> str:
    program = ROOT / ".venv" / "bin" / "npm"
    return _run(program if program.exists() else Path("npm"), "audit", "--package-lock-only", "--json")


def _run(program: Path, *arguments: str) -> str:
    """Standard output; if there is none, what it complained about."""
    try:
        done = subprocess.run(
            [str(program), *arguments],
            cwd=ROOT / "web",
            capture_output=True,
            text=True,
            check=False,
            timeout=_WAIT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stdout.strip() or done.stderr


def _line(text: str) -> str:
    """The end of what a program said, in one line."""
    return repr(" ".join(text.split())[-120:])


if __name__ == "__main__":
    sys.exit(main())
