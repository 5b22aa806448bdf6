"""Lists, a page at a time: every list of the API is cut by this file and no other.

Comes in: rows with a unique key to sort by, how many are wanted, the cursor that the page before gave. Goes
out: a page and the next cursor. Never: an offset: what is added or removed between two pages neither
repeats nor hides a row, because a cursor names the last row that was told and not how many there were.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from stentor.errors import BadInput
from stentor.read_json import read_json

PAGE_ITEMS_MAX = 200
PAGE_ITEMS_DEFAULT = 50
CURSOR_LENGTH_MAX = 400

Key = tuple[int | str, ...]
"""What rows are sorted by; its last part is unique, such as an id."""

T = TypeVar("T")
R = TypeVar("R")


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(
        default=None, description="Ask with it as `cursor` for the next page; null: this was the last."
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """Which page is asked for. As a route's argument: `cut: PageWanted`."""

    limit: int = PAGE_ITEMS_DEFAULT
    cursor: str | None = None

    @property
    def after(self) -> Key | None:
        """The key of the last row of the page before. Raises: BadInput: no cursor of ours."""
        return None if self.cursor is None else key_of(self.cursor)


def _wanted(
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX, description="Items of one page.")] = (
        PAGE_ITEMS_DEFAULT
    ),
    cursor: Annotated[
        str | None, Query(max_length=CURSOR_LENGTH_MAX, description="`next` of the page before.")
    ] = None,
) -> Cut:
    return Cut(limit, cursor)


PageWanted = Annotated[Cut, Depends(_wanted)]


def paged(
    rows: Iterable[R],
    cut: Cut,
    *,
    key: Callable[[R], Key],
    tell: Callable[[R], T],
    newest_first: bool = False,
) -> Page[T]:
    """The page of `rows` that is asked for, in the order of their keys.

    Args:
        key: parts of the same types for every row.
        tell: a row as it crosses; called for this page's rows only.
        newest_first: the greatest key first.
    Raises: BadInput: the cursor is none of this list's.
    Bounds: O(n log n) for n rows. Whoever reads rows from a log asks it for `cut.limit + 1` instead and
        hands them to `page_of_read`.
    """
    ordered = sorted(((key(row), row) for row in rows), key=lambda pair: pair[0], reverse=newest_first)
    after = cut.after
    if after is not None and ordered:
        _must_be_alike(after, ordered[0][0])
        ordered = [p for p in ordered if (p[0] < after if newest_first else p[0] > after)]
    return page_of_read([row for _, row in ordered[: cut.limit + 1]], cut, key=key, tell=tell)


def page_of_read(rows: Sequence[R], cut: Cut, *, key: Callable[[R], Key], tell: Callable[[R], T]) -> Page[T]:
    """A page of rows that were read behind `cut.after`, in order: up to one more than its limit."""
    shown = rows[: cut.limit]
    return Page[T](
        items=[tell(row) for row in shown],
        next=cursor_of(key(shown[-1])) if len(rows) > len(shown) else None,
    )


def cursor_of(key: Key) -> str:
    """A key as an opaque word: nothing secret, nothing that callers should build themselves."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_of(cursor: str) -> Key:
    """The key that a cursor stands for. Raises: BadInput: it is none of ours."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = read_json(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeError, binascii.Error, ValueError):
        raise _bad_cursor() from None
    is_key = isinstance(parts, list) and parts and all(type(part) in {int, str} for part in parts)
    if not is_key:
        raise _bad_cursor()
    return tuple(parts)


def _must_be_alike(cursor: Key, key: Key) -> None:
    if [type(part) for part in cursor] != [type(part) for part in key]:
        raise _bad_cursor()


def _bad_cursor() -> BadInput:
    return BadInput(
        "The cursor is none of this list's. Begin without one, then send back each page's `next`."
    )
