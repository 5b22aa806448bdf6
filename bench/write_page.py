"""Writes the figures of docs/PERFORMANCE.md from build/bench/*.json: tables, plots, the machine's name.

python bench/write_page.py [name …]       (after `make bench`; without names: all that have run)

What was not named, or has not run in this tree, stays on the page as it is: it was measured elsewhere.
"""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import plots

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "PERFORMANCE.md"
IMAGES = ROOT / "docs" / "images"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"
ROWS_OPEN_MAX = 24
"""A longer table is folded, and its plots stay open."""


def main() -> None:
    wanted = sys.argv[1:]
    benches = {path.stem: path for path in sorted((ROOT / "build" / "bench").glob("*.json"))}
    if unknown := set(wanted) - set(benches):
        sys.exit(f"no figures of {', '.join(sorted(unknown))}; there are: {', '.join(benches)}")
    benches = {name: path for name, path in benches.items() if not wanted or name in wanted}
    rows = {name: json.loads(path.read_text()) for name, path in benches.items()}
    figures = {name: {row["name"]: row["value"] for row in found} for name, found in rows.items()}
    drawn = plots.write(IMAGES, figures)
    head, _, rest = PAGE.read_text().partition(BEGIN)
    figures_before, _, tail = rest.partition(END)
    sections = sections_of(figures_before)
    for name, found in rows.items():
        sections[name] = section(name, found, drawn.get(name, []), measured(benches[name]))
    PAGE.write_text(
        head + BEGIN + machine() + "".join(sections[name] for name in sorted(sections)) + END + tail
    )


def sections_of(figures: str) -> dict[str, str]:
    """The page's sections by benchmark; what stands before the first is made anew."""
    _, *parts = figures.split("\n### ")
    return {part.partition("\n")[0]: f"\n### {part}" for part in parts}


def machine() -> str:
    """What the figures were measured on."""
    model = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return (
        f"Measured on {os.cpu_count()} × {model}, {memory_gib} GiB, "
        f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}, a virtual machine.\n"
    )


def measured(path: Path) -> str:
    """When a benchmark has reported, and the last commit before it."""
    at_s = path.stat().st_mtime
    command = ["git", "log", "-1", f"--before={int(at_s)}", "--format=%h"]
    commit = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    return f"{time.strftime('%Y-%m-%d %H:%M', time.localtime(at_s))}, after {commit}.\n\n"


def section(name: str, rows: list[dict[str, object]], pictures: list[plots.Plot], when: str) -> str:
    """One benchmark: when, its plots, then its table."""
    shown = "".join(
        f"![{plot.alt}]({plots.path_of(Path('images'), plot).as_posix()})\n\n" for plot in pictures
    )
    lines = "".join(
        f"| {row['name']} | {row['value']:.2f} | {row['unit']} | {row['goal'] or '–'} |\n" for row in rows
    )
    table = f"| what | value | unit | goal |\n|---|---|---|---|\n{lines}"
    if len(rows) > ROWS_OPEN_MAX:
        table = f"<details><summary>All {len(rows)} figures</summary>\n\n{table}\n</details>\n"
    return f"\n### {name}\n{when}{shown}{table}"


if __name__ == "__main__":
    main()
