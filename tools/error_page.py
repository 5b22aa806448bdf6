"""Writes docs/ERRORS.md: every problem type with its HTTP answer, from the error tree.

Usage: python tools/error_page.py      (tests/test_errors.py checks that it is up to date)
"""

from collections.abc import Iterator
from pathlib import Path

from stentor import errors
from stentor.errors import RemoteProblem, StentorError

PAGE = Path(__file__).resolve().parent.parent / "docs" / "ERRORS.md"


def main() -> None:
    PAGE.write_text(the_page())


def the_page() -> str:
    rows = "".join(f"| `{_slug(leaf)}` | {leaf.status} | {leaf.title} |\n" for leaf in leaves(StentorError))
    return (
        "# Errors\n\n"
        "Made by `make docs` from `src/stentor/errors.py`. Every refusal is `application/problem+json`\n"
        "(RFC 9457): `type` is `tag:stentor,2026:` and the word below, `detail` names the thing, the value,\n"
        "the limit and the next step. `retry_after_s` and the header `Retry-After` say when to ask again.\n\n"
        "| type | status | title |\n|---|---|---|\n"
        f"{rows}"
    )


def leaves(kind: type[StentorError]) -> Iterator[type[StentorError]]:
    """The errors that are raised as they are, in the order of the source."""
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__ and child is not RemoteProblem:
            yield child
            yield from leaves(child)


def _slug(kind: type[StentorError]) -> str:
    name = kind.__name__
    return "".join(("-" + c.lower()) if c.isupper() else c for c in name).lstrip("-")


if __name__ == "__main__":
    main()
