"""Writes requirements.lock anew: every version and hash, no address.

Usage: python tools/lock.py      (needs `uv` and the registry)
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("dev", "speech", "llm")
COMMAND = (
    "uv pip compile --universal --python-version 3.11 --generate-hashes "
    "--no-emit-index-url --no-emit-find-links "
    f"{' '.join(f'--extra {extra}' for extra in EXTRAS)} pyproject.toml -o requirements.lock"
)


def main() -> int:
    done = subprocess.run(COMMAND.split(), cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        return done.returncode
    addresses = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if "://" in line]
    if addresses:
        print(f"the lock names addresses: {addresses[:3]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
