"""What can be looked up is a claim; a greeting, a question, an idiom and an opinion are none."""

import pytest

from brief_claims import found
from stentor.scribe.brief.claims import judge
from stentor.scribe.brief.lexicon import lexicon


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The tunnel cost 4.2 billion francs.", "figure"),
        ("Roughly a fifth of the trees are sick.", "figure"),
        ("It is the oldest theatre in Europe.", "superlative"),
        ("Trams are quieter than buses.", "comparison"),
        ("I will publish the contract by Friday, I promise.", "promise"),
        ("By 2040 the lake will be dry.", "projection"),
        ("The flood was caused by the new dam.", "cause"),
        ("The mayor never answered that letter.", "denial"),
        ("The bridge was opened in nineteen thirty two.", "date"),
    ],
)
def test_each_kind_is_known_by_its_signs(text: str, kind: str) -> None:
    assert judge(text, lexicon("en")).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "Good evening and welcome to the third edition.",
        "How many of these 200 houses are empty?",
        "I agree with you one hundred percent.",
        "Could you give me two minutes, please?",
        "I think that is a beautiful idea.",
        "Yes.",
    ],
)
def test_what_says_nothing_of_the_world_is_no_claim(text: str) -> None:
    assert judge(text, lexicon("en")).kind is None


def test_french_has_its_own_signs() -> None:
    french = lexicon("fr-CA")
    assert judge("Le réseau coûte quatre-vingt-deux millions d’euros.", french).kind == "figure"
    assert judge("Notre rue est la plus polluée du pays.", french).kind == "superlative"
    assert judge("Je voterai contre le budget, je vous le promets.", french).kind == "promise"
    assert judge("Je suis d’accord à cent pour cent.", french).kind is None
    assert judge("Bonsoir à tous et bienvenue.", french).kind is None


def test_a_language_without_a_table_still_has_its_figures() -> None:
    assert judge("Die Brücke hat 82 Millionen gekostet.", lexicon("de")).kind == "figure"
    assert judge("Das ist eine schöne Brücke.", lexicon("de")).kind is None


@pytest.mark.parametrize("parity", [0, 1])
def test_the_planted_claims_are_found_in_both_halves(parity: int) -> None:
    result = found("claims.json", parity=parity)
    assert result.recall >= 0.85, result.misses
    assert result.precision >= 0.6, result.invented
