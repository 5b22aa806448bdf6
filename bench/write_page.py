"""Writes the tables of docs/PERFORMANCE.md from build/bench/*.json, and names the machine.

python bench/write_page.py       (after `make bench`)
"""

import json
import os
import platform
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "PERFORMANCE.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"


def main() -> None:
    head, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(head + BEGIN + machine() + tables() + END + tail)


def machine() -> str:
    """What the figures were measured on."""
    model = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    return (
        f"Measured {time.strftime('%Y-%m-%d')} at {commit}: {os.cpu_count()} × {model}, {memory_gib} GiB, "
        f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}, a virtual machine.\n"
    )


def tables() -> str:
    text = ""
    for path in sorted((ROOT / "build" / "bench").glob("*.json")):
        rows = "".join(
            f"| {row['name']} | {row['value']:.2f} | {row['unit']} | {row['goal']} |\n"
            for row in json.loads(path.read_text())
        )
        text += f"\n### {path.stem}\n| what | value | unit | goal |\n|---|---|---|---|\n{rows}"
    return text


if __name__ == "__main__":
    main()
