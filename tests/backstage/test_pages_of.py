"""A list told a page at a time is the whole list, once, in order, also while it changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.backstage.api.pages_of import Cut, Page, cursor_of, key_of, paged
from stentor.errors import BadInput

Row = tuple[int, str]
ROWS = st.lists(st.tuples(st.integers(0, 5), st.text(max_size=5)), unique=True, max_size=30)


def page(rows: list[Row], limit: int, cursor: str | None, *, newest_first: bool = False) -> Page[Row]:
    return paged(
        rows, Cut(limit, cursor), key=lambda row: row, tell=lambda row: row, newest_first=newest_first
    )


@given(ROWS, st.integers(1, 200), st.booleans())
def test_all_pages_together_are_the_list_in_order(rows: list[Row], limit: int, newest_first: bool) -> None:
    told: list[Row] = []
    cursor = None
    while True:
        part = page(rows, limit, cursor, newest_first=newest_first)
        told += part.items
        cursor = part.next
        if cursor is None:
            break
        assert len(part.items) == limit
    assert told == sorted(rows, reverse=newest_first)


@given(ROWS.filter(lambda rows: len(rows) > 2), st.data())
def test_what_goes_between_two_pages_neither_repeats_nor_hides_another(
    rows: list[Row], data: st.DataObject
) -> None:
    limit = data.draw(st.integers(1, len(rows) - 1))
    first = page(rows, limit, None)
    gone = data.draw(st.sampled_from(rows))
    left = [row for row in rows if row != gone]
    second = page(left, 200, first.next)
    assert second.items == [row for row in sorted(left) if row not in first.items]


@given(st.lists(st.integers() | st.text(), min_size=1).map(tuple))
def test_a_cursor_is_read_back_as_the_key_that_it_stands_for(key: tuple[int | str, ...]) -> None:
    assert key_of(cursor_of(key)) == key


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.hex()))
def test_a_text_that_is_no_cursor_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(BadInput):
        page([(1, "a")], 10, text)


@pytest.mark.parametrize("key", [("a",), (1,), ("1", "a"), (1, 2), (1, "a", 2)])
def test_a_cursor_of_another_list_is_refused(key: tuple[int | str, ...]) -> None:
    with pytest.raises(BadInput):
        page([(1, "a")], 10, cursor_of(key))


@pytest.mark.parametrize("text", ["W10", "bnVsbA", "WzEuNV0", "W1sxXV0", "W3RydWVd", "=", "é"])
def test_a_word_that_is_no_list_of_numbers_and_texts_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        key_of(text)
