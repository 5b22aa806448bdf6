"""Writes the table of routes into docs/API.md, from the OpenAPI document; the words around it are by hand.

Usage: python -m tools.api_page      (tests/backstage/test_documented.py checks that it is up to date)
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.contract import contract

PAGE = Path(__file__).resolve().parent.parent / "docs" / "API.md"
_BEGIN, _END = "<!-- routes: made by `make docs` -->", "<!-- end of the routes -->"
_RIGHTS = {
    "keep_house": "owner",
    "operate": "operator",
    "create": "any account",
    "lead": "who leads",
    "end": "who leads now",
    "holder": "invitation",
    "invitation": "invitation",
    "present": "session",
}


def main() -> None:
    PAGE.write_text(with_routes(PAGE.read_text()))


def with_routes(page: str) -> str:
    """The page with the table of today."""
    head, _, rest = page.partition(_BEGIN)
    tail = rest.partition(_END)[2]
    return f"{head}{_BEGIN}\n{''.join(_tables())}{_END}{tail}"


def _tables() -> Iterator[str]:
    for tag in contract()["tags"]:
        rows = list(_rows(tag["name"]))
        if rows:
            yield f"\n### {tag['name'].capitalize()}\n{tag['description']}\n\n"
            yield "| request | who | what |\n|---|---|---|\n"
            yield from rows
    yield "\n"


def _rows(tag: str) -> Iterator[str]:
    for path, methods in contract()["paths"].items():
        for method, operation in methods.items():
            if operation["tags"] == [tag]:
                who = _RIGHTS.get(operation.get("x-stentor-right", ""), "anyone")
                yield f"| `{method.upper()} {path}` | {who} | {_first_sentence(operation)} |\n"


def _first_sentence(operation: dict[str, Any]) -> str:
    words = " ".join(operation["description"].split("\n\n")[0].split())
    sentence = words.partition(". ")[0].rstrip(".")
    return sentence.replace("|", "\\|") + "."


if __name__ == "__main__":
    main()
