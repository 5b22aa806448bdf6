"""Makes the project's own `.venv` from the lock file, and nothing else on the machine.

Usage: python3 tools/setup.py           (the Makefile calls it when requirements.lock is newer than .venv)
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON_MIN = (3, 11)


def main() -> None:
    if sys.version_info < PYTHON_MIN:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"stentor: this is Python {found}, 3.11 or newer is needed. Try: make PYTHON=python3.12")
    if not (VENV / "bin" / "pip").exists():
        make_venv()
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    print("stentor: installing the locked dependencies (hashes checked)…", flush=True)
    run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements.lock")])
    # The web pages have their own make target, so that an edited page does not need an install.
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    (VENV / "installed").touch()


def make_venv() -> None:
    """Uses the standard library's venv; Debian and Ubuntu split it off, so there is a way round."""
    shutil.rmtree(VENV, ignore_errors=True)
    print(f"stentor: making {VENV.name} with Python {sys.version.split()[0]}…", flush=True)
    if attempt([sys.executable, "-m", "venv", str(VENV)]):
        return
    if attempt([sys.executable, "-m", "virtualenv", "--quiet", str(VENV)]):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    package = f"python{version}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"stentor: this Python has no ensurepip; as root: apt-get install {package}", flush=True)
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
        if attempt([sys.executable, "-m", "venv", str(VENV)]):
            return
    sys.exit(f"stentor: this Python cannot make a virtual environment. Next step: sudo apt install {package}")


def attempt(command: list[str]) -> bool:
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode == 0 and (VENV / "bin" / "pip").exists()


def run(command: list[str]) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(f"stentor: this command failed with exit code {done.returncode}: {' '.join(command)}")


if __name__ == "__main__":
    main()
