"""The list: public Spaces in the order in which people want them, found by any of their words."""

import json
from typing import Any

import pytest

from stentor.edge.public.listing import EACH_MAX, Kind, Listing, excerpt
from stentor.space.lifecycle import State
from stentor.space.record import Space

BEES = Space("bees", "What the bees know", State.ON_AIR, 0, on_air_ms=50, description="Honey, été, ß.")
ZOO = Space("zoo", "Zoo", State.PAUSED, 0, on_air_ms=90)
SOON = Space("soon", "Soon", State.SCHEDULED, 0, starts_ms=1_000)
LATER = Space("later", "Later", State.GREEN_ROOM, 0, starts_ms=2_000)
SOMEDAY = Space("someday", "Someday", State.SCHEDULED, 0)
OVER = Space("over", "Over", State.ENDED, 0, on_air_ms=1, ended_ms=20)
LONG_OVER = Space("long-over", "Long over", State.ENDED, 0, on_air_ms=1, ended_ms=10)
SECRET = Space("secret", "Secret", State.ON_AIR, 0, listen_key="key")
GONE = Space("gone", "Gone", State.DELETED, 0, over_at_ms=5)
ALL = [LONG_OVER, SOMEDAY, GONE, LATER, SECRET, BEES, OVER, SOON, ZOO]


def listing(*spaces: Space) -> Listing:
    hosts = {"bees": ("Zoë Żak",)}
    return Listing.of(
        spaces or ALL, hosts=lambda id_: hosts.get(id_, ()), people=lambda id_: 2 if id_ == "bees" else None
    )


def items(found: bytes) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(found)["items"]
    return told


def ids(found: bytes) -> list[str]:
    return [item["id"] for item in items(found)]


def test_on_the_air_first_then_what_comes_then_what_is_over_and_nothing_private() -> None:
    assert ids(listing().encoded()) == ["zoo", "bees", "soon", "later", "someday", "over", "long-over"]


def test_an_item_says_what_the_protocol_says() -> None:
    assert items(listing().encoded())[1] == {
        "id": "bees",
        "title": "What the bees know",
        "description": "Honey, été, ß.",
        "state": "on_air",
        "starts_ms": None,
        "on_air_ms": 50,
        "ended_ms": None,
        "people": 2,
        "hosts": ["Zoë Żak"],
    }


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (Kind.ON_AIR, ["zoo", "bees"]),
        (Kind.SCHEDULED, ["soon", "later", "someday"]),
        (Kind.ENDED, ["over", "long-over"]),
    ],
)
def test_one_section_can_be_asked_for(kind: Kind, wanted: list[str]) -> None:
    assert ids(listing().encoded(kind=kind)) == wanted


@pytest.mark.parametrize(
    "words", ["bees", "BEE know", "zoe", "zak what", "ete", "honey!", "ss", "  bees  ", '"bees"']
)
def test_a_search_finds_beginnings_of_words_without_accents(words: str) -> None:
    assert ids(listing().encoded(words=words)) == ["bees"]


@pytest.mark.parametrize("words", ["ees", "bees wasps", "secret", "key", "gone"])
def test_a_search_finds_nothing_else(words: str) -> None:
    assert ids(listing().encoded(words=words)) == []


def test_of_each_kind_there_are_the_newest_two_hundred() -> None:
    over = [Space(f"n{n}", "x", State.ENDED, 0, on_air_ms=1, ended_ms=n) for n in range(1, EACH_MAX + 2)]
    found = ids(listing(*over, BEES).encoded())
    assert (found[0], found[1], found[-1], len(found)) == ("bees", f"n{EACH_MAX + 1}", "n2", EACH_MAX + 1)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("one\ntwo   three", "one two three"),
        ("0123456789 123456789", "0123456789 123456789"),
        ("0123456789 1234567890", "0123456789…"),
        ("one, two and three, four", "one, two and three…"),
        ("x" * 30, "x" * 19 + "…"),
    ],
)
def test_an_excerpt_is_one_line_cut_between_words(text: str, wanted: str) -> None:
    assert excerpt(text, 20) == wanted
