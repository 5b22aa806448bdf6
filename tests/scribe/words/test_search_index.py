"""The index: what was said is found, what was taken out is not even in the file."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from kept_record import TRANSCRIPT, turn
from stentor.errors import NotYet
from stentor.scribe.words.search_index import SearchIndex

EVER_S = float("inf")
FRENCH = replace(TRANSCRIPT, turns=(turn("f1", "maya", "L'été, la Cité compte ses deniers.", start_ms=500),))


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    return SearchIndex.open(tmp_path / "search.sqlite")


def found(index: SearchIndex, query: str, *spaces: str) -> list[tuple[str, str]]:
    hits = index.search(query, spaces or ("a", "b"), limit=50, until_s=EVER_S)
    return [(hit.space_id, hit.turn_id) for hit in hits]


def test_what_was_said_is_found_with_its_second(index: SearchIndex) -> None:
    index.put("a", TRANSCRIPT, stamp="1")
    (hit,) = index.search("82 mill", ["a"], limit=5, until_s=EVER_S)
    assert (hit.space_id, hit.turn_id, hit.person_id, hit.name) == ("a", "t1", "maya", "Maya")
    assert hit.text == "Buses cost the city 82 million a year."
    assert [hit.text[begin:end] for begin, end in hit.marks] == ["82", "million"]
    assert hit.start_ms == 1_000 + 4 * 200
    index.close()


def test_accents_and_case_do_not_count_and_nothing_is_found_outside_the_spaces(index: SearchIndex) -> None:
    index.put("a", TRANSCRIPT, stamp="1")
    index.put("b", FRENCH, stamp="1")
    assert found(index, "ete") == [("b", "f1")]
    assert found(index, "ÉTÉ") == [("b", "f1")]
    assert set(found(index, "cit")) == {("a", "t1"), ("b", "f1")}
    assert found(index, "cit", "a") == [("a", "t1")]
    assert found(index, '"cost the city"') == [("a", "t1")]
    assert found(index, '"city the cost"') == []
    assert found(index, "...") == []
    index.close()


def test_a_new_version_takes_the_place_of_the_old_one(index: SearchIndex) -> None:
    index.put("a", TRANSCRIPT, stamp="1")
    index.put("a", FRENCH, stamp="2")
    assert found(index, "buses") == []
    assert found(index, "deniers") == [("a", "f1")]
    assert index.stamps() == {"a": "2"}
    index.close()


def test_what_was_removed_is_not_in_the_file(index: SearchIndex, tmp_path: Path) -> None:
    index.put("a", FRENCH, stamp="1")
    index.put("b", TRANSCRIPT, stamp="1")
    index.remove("a")
    assert (index.stamps(), found(index, "deniers")) == ({"b": "1"}, [])
    index.close()
    assert b"deniers" not in (tmp_path / "search.sqlite").read_bytes()
    assert b"million" in (tmp_path / "search.sqlite").read_bytes()


@pytest.mark.parametrize("damage", [b"not a database at all" * 500, b""])
def test_a_file_that_is_none_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "search.sqlite"
    path.write_bytes(damage)
    index = SearchIndex.open(path)
    index.put("a", TRANSCRIPT, stamp="1")
    index.close()
    again = SearchIndex.open(path)
    assert found(again, "buses") == [("a", "t1")]
    again.close()


def test_a_file_of_another_format_is_made_anew(index: SearchIndex, tmp_path: Path) -> None:
    index.put("a", TRANSCRIPT, stamp="1")
    index._database.execute("PRAGMA user_version = 99")
    index.close()
    again = SearchIndex.open(tmp_path / "search.sqlite")
    assert again.stamps() == {}
    again.close()


def test_a_search_that_takes_too_long_is_given_up(index: SearchIndex) -> None:
    many = tuple(turn(f"t{n}", "maya", "so so so so so so", start_ms=n) for n in range(5_000))
    index.put("a", replace(TRANSCRIPT, turns=many), stamp="1")
    with pytest.raises(NotYet):
        index.search("so", ["a"], limit=50, until_s=time.monotonic() - 1)
    assert len(index.search("so", ["a"], limit=50, until_s=EVER_S)) == 50
    index.close()
