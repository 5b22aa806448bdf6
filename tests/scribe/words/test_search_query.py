"""A search is words and phrases; whatever else strangers type means nothing."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.scribe.words.search_query import EXCERPT_LENGTH_MAX, excerpt_of, expression_of


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("bus", '"bus"*'),
        ("bus lanes", '"bus" AND "lanes"*'),
        ("bus ", '"bus"'),
        ("a", '"a"'),
        ('"bus lanes" co', '"bus lanes" AND "co"*'),
        ('"bus lanes', '"bus lanes"'),
        ("bus OR 1=1 NEAR(x) text:y*", '"bus" AND "OR" AND "1=1" AND "NEAR(x)" AND "text:y*"'),
        ("- * ^ ()", ""),
        ('""', ""),
        ("", ""),
        (" ".join("abcdefghijklmn"), " AND ".join(f'"{letter}"' for letter in "abcdefghijkl")),
    ],
)
def test_words_and_phrases_are_strings_and_only_the_last_word_may_go_on(typed: str, wanted: str) -> None:
    assert expression_of(typed) == wanted


@given(st.text(max_size=250))
def test_no_text_is_syntax_to_the_index(typed: str) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5 (text)")
    if expression := expression_of(typed):
        database.execute("SELECT * FROM t WHERE t MATCH ?", (expression,)).fetchall()
    database.close()


def test_a_mark_is_where_the_text_has_it_and_its_word_is_counted() -> None:
    found = excerpt_of("Who pays for the \x02buses\x03, the \x02buses\x03?")
    assert found.text == "Who pays for the buses, the buses?"
    assert [found.text[a:b] for a, b in found.marks] == ["buses", "buses"]
    assert found.word == 4


@given(st.lists(st.text("abc", min_size=1, max_size=12), min_size=1, max_size=120), st.data())
def test_a_long_turn_is_cut_around_what_was_found(words: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words) - 1))
    marked = [f"\x02{word}\x03" if n == place else word for n, word in enumerate(words)]
    found = excerpt_of(" ".join(marked))
    assert len(found.text) <= EXCERPT_LENGTH_MAX
    assert found.word == place
    assert found.text.strip("…") in " ".join(words)
    ((a, b),) = found.marks
    assert found.text[a:b] == words[place]
