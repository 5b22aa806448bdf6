"""Writes the map in docs/ARCHITECTURE.md: one line per file, from the first sentence of its docstring.

Usage: python tools/map.py            (tests/test_architecture.py checks that it is up to date)
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "stentor"
PAGE = ROOT / "docs" / "ARCHITECTURE.md"
BEGIN, END = "<!-- map -->\n", "<!-- /map -->\n"
FOLDERS = (
    "space",
    "record",
    "record/texts",
    "formats",
    "sound",
    "log",
    "shelf",
    "stage",
    "edge",
    "edge/admission",
    "edge/extras",
    "edge/public",
    "edge/replay",
    "admission",
    "admission/line",
    "backstage",
    "backstage/api",
    "backstage/access",
    "backstage/control",
    "scribe",
    "scribe/recording",
    "scribe/speech",
    "scribe/captions",
    "scribe/words",
    "scribe/brief",
    "scribe/endpoint",
    "rehearsal",
    "rehearsal/line",
    "deployment",
    "client",
    "verbs",
)
"""In the order in which a newcomer meets them, from the nouns outwards; none may be left out."""


def main() -> None:
    PAGE.write_text(with_map(PAGE.read_text()))


def with_map(page: str) -> str:
    """The page with a fresh map between its marks."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return head + BEGIN + the_map() + END + tail


def the_map() -> str:
    missing = {path.parent for path in SOURCE.rglob("*.py")} - {SOURCE, *(SOURCE / name for name in FOLDERS)}
    if missing:
        raise SystemExit(f"FOLDERS leaves out {', '.join(sorted(str(path) for path in missing))}.")
    parts = [_section(SOURCE, "stentor/", "the house itself")]
    for name in FOLDERS:
        parts.append(_section(SOURCE / name, f"stentor/{name}/", _first(SOURCE / name / "__init__.py")))
    return "\n".join(parts)


def _section(folder: Path, title: str, says: str) -> str:
    files = [path for path in sorted(folder.glob("*.py")) if not path.name.startswith("__")]
    rows = "".join(f"| `{path.name}` | {_first(path)} |\n" for path in files)
    table = f"| file | what it is |\n|---|---|\n{rows}" if rows else "Nothing yet.\n"
    return f"### `{title}`\n{says}\n\n{table}"


def _first(path: Path) -> str:
    """The first sentence of a module's docstring, on one line."""
    text = " ".join((ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0].split())
    found = re.match(r".*?[.!](?=\s|$)", text)
    return (found.group() if found else text).replace("|", "\\|")


if __name__ == "__main__":
    main()
