"""Of a brief only what the transcript carries is left, in the transcript's words and times."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stentor.errors import BadInput
from stentor.record.brief import Brief, Claim, Line, Quote, Section
from stentor.record.proof import found_in, proved, required
from stentor.record.transcript import Transcript, Turn, Word


def turn(turn_id: str, who: str, text: str, *, start_ms: int = 0) -> Turn:
    words = tuple(
        Word(word, start_ms + 100 * at, start_ms + 100 * at + 90, 0.9 - 0.01 * at)
        for at, word in enumerate(text.split())
    )
    return Turn(turn_id, who, words)


TALK = Transcript(
    3,
    "en",
    "written",
    {"m": "Maya", "d": "Daniel"},
    (
        turn("t1", "d", "Free is never free. The bus costs eighty two million, and I say it: it’s a lot."),
        turn("t2", "m", "No no no. But Tallinn did it in 2013, no doubt.", start_ms=5_000),
    ),
)


def cited(text: str, turn_id: str = "t1", person_id: str = "d", *, start_ms: int = 0) -> Quote:
    return Quote(turn_id, person_id, text, start_ms, start_ms, 1.0)


def brief(*lines: Line, claims: tuple[Claim, ...] = (), translated_from: str | None = None) -> Brief:
    sections = (Section("Buses", 0, 9_000, lines),)
    return Brief(
        1, 1, "en", "test", "Free?", {}, lines, sections, claims, lines, translated_from=translated_from
    )


def line(text: str, turn_id: str = "t1", person_id: str = "d") -> Line:
    return Line(text, (cited(text, turn_id, person_id),))


def test_a_true_quote_gets_the_transcripts_times_and_confidence() -> None:
    proof = proved(brief(line("The bus costs eighty two million,")), TALK)
    (kept,) = proof.brief.summary
    assert kept.quotes[0].start_ms == 400
    assert kept.quotes[0].end_ms == 990
    assert kept.quotes[0].confidence == pytest.approx(0.81)
    assert proof.dropped == ()
    assert proof.brief.transcript == 3
    assert proof.brief.names == {"m": "Maya", "d": "Daniel"}


def test_case_and_punctuation_around_words_come_out_as_they_were_said() -> None:
    proof = proved(brief(line("the BUS costs eighty two million. And i say it it's a lot")), TALK)
    assert proof.brief.summary[0].text == "The bus costs eighty two million, and I say it: it’s a lot."


@pytest.mark.parametrize(
    "invented",
    [
        "The bus costs ninety two million",
        "The bus costs two million",
        "The bus never costs eighty two million",
        "The bus … million",
        "he bus costs",
        "",
        "lot. No no no.",
    ],
)
def test_words_that_were_not_said_in_this_order_are_in_no_part_of_the_brief(invented: str) -> None:
    claim = Claim(cited(invented), "figure")
    left = proved(brief(line(invented), claims=(claim,)), TALK)
    brief_left = left.brief
    parts = [brief_left.summary, brief_left.sections, brief_left.claims, brief_left.figures]
    assert parts == [(), (), (), ()]
    assert any(dropped.turn_id == "t1" for dropped in left.dropped)


def test_what_somebody_else_said_or_an_unknown_turn_is_no_proof() -> None:
    others = brief(line("Free is never free.", "t1", "m"), line("Free is never free.", "t9", "d"))
    assert proved(others, TALK).brief.summary == ()


def test_of_words_said_twice_the_nearest_are_quoted() -> None:
    found = found_in(TALK.turns[1], "no", near_ms=5_900)
    assert found is not None
    assert found.start_ms == 5_900


def test_a_reported_line_stands_on_the_quotes_that_are_left() -> None:
    reported = Line("Daniel is against it.", (cited("Free is never free."), cited("I hate buses.")))
    (kept,) = proved(brief(reported), TALK).brief.summary
    assert kept.text == "Daniel is against it."
    assert [quote.text for quote in kept.quotes] == ["Free is never free."]


def test_words_in_quotation_marks_inside_of_a_reported_line_are_proved_too() -> None:
    true = Line("Daniel calls it “eighty two million”.", (cited("Free is never free."),))
    false = Line("Daniel calls it “a waste of money”.", (cited("Free is never free."),))
    proof = proved(brief(true, false), TALK)
    assert proof.brief.summary == (replace(true, quotes=proof.brief.summary[0].quotes),)
    assert "a waste of money" in proof.dropped[0].reason


def test_a_reported_line_has_no_figure_that_was_not_said() -> None:
    tallinn = (cited("But Tallinn did it in 2013", "t2", "m"),)
    true, false = Line("Maya: Tallinn in 2013.", tallinn), Line("Maya: Tallinn in 2003.", tallinn)
    in_words = Line("Daniel: 82 million.", (cited("eighty two million"),))
    proof = proved(brief(true, false, in_words), TALK)
    assert [kept.text for kept in proof.brief.summary] == [true.text, in_words.text]


def test_a_claim_keeps_only_figures_that_are_in_its_quote() -> None:
    claim = Claim(cited("The bus costs eighty two million"), "figure", ("eighty two million", "ninety"))
    assert proved(brief(claims=(claim,)), TALK).brief.claims[0].figures == ("eighty two million",)


def test_of_a_translation_the_original_words_are_proved() -> None:
    true = replace(cited("Gratuit n'est jamais gratuit."), original="Free is never free.")
    false = replace(cited("Le bus coûte cher."), original="The bus is dear.")
    proof = proved(brief(Line(true.text, (true,)), Line(false.text, (false,)), translated_from="en"), TALK)
    assert [kept.text for kept in proof.brief.summary] == ["Gratuit n'est jamais gratuit."]
    assert proof.brief.summary[0].quotes[0].end_ms == 390


def test_an_untranslated_brief_cannot_hide_behind_an_original() -> None:
    hidden = replace(cited("Buses are evil."), original="Free is never free.")
    assert proved(brief(Line("Buses are evil.", (hidden,))), TALK).brief.summary == ()


def test_an_eighth_line_of_a_summary_is_left_out_and_told() -> None:
    eight = brief(*[line("Free is never free.")] * 8)
    proof = proved(eight, TALK)
    assert len(proof.brief.summary) == 7
    assert len(proof.dropped) == 1


def test_an_editors_brief_with_an_invented_quote_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match=r"I hate buses.*t1"):
        required(brief(line("I hate buses.")), TALK)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_every_run_of_whole_words_is_proved_and_comes_out_verbatim(data: st.DataObject) -> None:
    said = data.draw(st.sampled_from(TALK.turns))
    first = data.draw(st.integers(0, len(said.words) - 1))
    end = data.draw(st.integers(first + 1, len(said.words)))
    text = " ".join(word.text for word in said.words[first:end])
    found = found_in(said, text.upper(), near_ms=said.words[first].start_ms)
    assert found is not None
    assert (found.text, found.start_ms) == (text, said.words[first].start_ms)


@given(st.text(max_size=60))
@settings(max_examples=50, deadline=None)
def test_whatever_is_found_was_said(text: str) -> None:
    found = found_in(TALK.turns[0], text, near_ms=0)
    assert found is None or found.text in TALK.turns[0].text
