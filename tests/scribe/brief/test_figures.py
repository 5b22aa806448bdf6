"""Figures and names come out as they were said."""

import pytest

from stentor.scribe.brief.figures import figures, names, value
from stentor.scribe.brief.lexicon import lexicon


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("It costs eighty two million euros a year.", ["eighty two million euros"]),
        ("It costs $4.2 million, or 14%.", ["$4.2 million", "14%"]),
        ("Four point eight million in the quarter.", ["Four point eight million"]),
        ("Tickets pay for almost a third of it.", ["a third"]),
        ("The third quarter was good.", []),
        ("I have two things to say.", []),
        ("It takes two hours.", ["two hours"]),
        ("We counted forty one days above it.", ["forty one days"]),
        ("Four hundred and twelve cars came.", ["Four hundred and twelve cars"]),
        ("Between seven and eight.", []),
        ("In 2013 it worked.", ["2013"]),
    ],
)
def test_a_number_has_its_unit_and_a_way_of_speaking_is_none(said: str, found: list[str]) -> None:
    assert figures(said.split(), lexicon("en")) == found


def test_french_numbers_are_numbers() -> None:
    said = "Le réseau coûte quatre-vingt-deux millions d’euros, un tiers de plus."
    assert figures(said.split(), lexicon("fr")) == ["quatre-vingt-deux millions d’euros", "un tiers"]


def test_a_name_is_not_the_word_that_begins_a_sentence() -> None:
    said = "Buses in Tallinn run for the Harbour Street Trust. Nobody in March said so."
    assert names(said.split(), lexicon("en")) == ["Tallinn", "Harbour Street Trust"]


@pytest.mark.parametrize(
    ("said", "number"),
    [("eighty two million", 82_000_000), ("two hundred and six", 206), ("seven", 7), ("blue", None)],
)
def test_number_words_have_a_value(said: str, number: int | None) -> None:
    assert value(said.split(), lexicon("en")) == number
