"""A translation keeps who, when and the figures, says that it is one, and leads to what was said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.record.brief import Brief, Claim, Line, Section
from stentor.record.proof import proved, quote
from stentor.record.texts.briefs import brief_texts
from stentor.record.texts.transcripts import transcript_texts
from stentor.record.transcript import Transcript, Turn, Word
from stentor.record.translation import (
    Meaning,
    believed,
    keeps_figures,
    texts_of,
    translated_brief,
    translated_transcript,
)


def turn(turn_id: str, who: str, text: str, *, start_ms: int, sentences: tuple[int, ...] = (0,)) -> Turn:
    words = tuple(
        Word(word, start_ms + 300 * at, start_ms + 300 * at + 250, 0.9 - at / 100)
        for at, word in enumerate(text.split())
    )
    return Turn(turn_id, who, words, sentences)


TALK = Transcript(
    2,
    "en",
    "whisper tiny.en",
    {"m": "Maya", "d": "Daniel"},
    (
        turn("t1", "m", "We had 41 days. Tallinn did it.", start_ms=1_000, sentences=(0, 4)),
        turn("t2", "d", "Free is never free.", start_ms=9_000),
        turn("t3", "m", "2013", start_ms=12_000),
    ),
)
FREE = quote(TALK.turns[1], 0, 4)
BRIEF = Brief(
    3,
    2,
    "en",
    "extractive",
    "Buses",
    TALK.names,
    (Line(FREE.text, (FREE,)),),
    (Section("Cost", 0, 9_000, (Line("Daniel doubts it.", (FREE,)),)),),
    (Claim(quote(TALK.turns[0], 0, 4), "figure", ("41 days",), note="True."),),
    (Line("41", (quote(TALK.turns[0], 0, 4),)),),
)
FRENCH = {
    "We had 41 days.": "Nous avons eu 41 jours.",
    "Tallinn did it.": None,
    "Free is never free.": "Le gratuit n’est jamais gratuit.",
    "Cost": "Coût",
    "Daniel doubts it.": "Daniel en doute.",
    "True.": "Vrai.",
}
MEANING = Meaning("fr", "tiny", FRENCH)


def test_everything_that_is_read_is_translated_once_and_a_bare_figure_never() -> None:
    assert sorted(texts_of(TALK, BRIEF)) == sorted(FRENCH)


def test_turns_keep_their_people_and_sentences_their_time() -> None:
    french = translated_transcript(TALK, MEANING)
    first = french.turns[0]
    assert first.text == "Nous avons eu 41 jours. [en] Tallinn did it."
    assert first.sentences == (0, 5)
    assert [(t.id, t.person_id, t.start_ms, t.end_ms) for t in french.turns] == [
        (t.id, t.person_id, t.start_ms, t.end_ms) for t in TALK.turns
    ]
    assert first.words[5].start_ms == TALK.turns[0].words[4].start_ms
    assert first.words[0].confidence == pytest.approx(0.87)
    assert (french.language, french.translated_from, french.engine, french.version) == ("fr", "en", "tiny", 2)


def test_every_quote_has_the_words_that_were_said_and_stands_the_proof() -> None:
    french = translated_brief(BRIEF, MEANING)
    proof = proved(french, TALK)
    assert proof.dropped == ()
    (line,) = proof.brief.summary
    assert line.is_quote
    assert line.text == "Le gratuit n’est jamais gratuit."
    assert line.quotes[0].original == "Free is never free."
    assert french.sections[0].heading == "Coût"
    assert french.claims[0].note == "Vrai."
    assert french.figures[0].text == "41"


def test_every_text_of_a_translation_says_so_in_its_language() -> None:
    transcript, brief = translated_transcript(TALK, MEANING), translated_brief(BRIEF, MEANING)
    texts = {**transcript_texts(transcript, title="Bus"), **brief_texts(brief)}
    for kind, text in texts.items():
        assert "traduction automatique" in text.decode().casefold(), kind
    assert "Free is never free." in brief_texts(brief)["md"].decode()


def test_another_language_has_the_label_in_english() -> None:
    brief = translated_brief(BRIEF, replace(MEANING, language="fi"))
    assert b"Machine translation" in brief_texts(brief)["html"]


@pytest.mark.parametrize(
    ("said", "told", "holds"),
    [
        ("We had 41 days.", "Nous avons eu 41 jours.", True),
        ("We had 41 days.", "Nous avons eu 141 jours.", False),
        ("We had 41 days.", "Nous avons eu des jours.", False),
        ("We had 41 days.", "41 jours, 500 morts.", False),
        ("It costs 82,000.5 euros", "Cela coûte 82 000,5 euros", True),
        ("It costs 82,000 euros", "Cela coûte 82\u202f000 euros", True),
        ("In 2013 400 people", "En 2013, 400 personnes", True),
        ("At 10:30", "À 10 h 30", True),
        ("41 days", "٤١ يوما", True),
        ("eighty two million", "82 millions", True),
    ],
)
def test_figures_in_digits_are_those_of_the_original(said: str, told: str, holds: bool) -> None:
    assert keeps_figures(said, told) is holds


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=4))
def test_a_figure_that_changed_is_never_believed(figures: list[int]) -> None:
    said = " and ".join(map(str, figures))
    assert believed(said, " et ".join(map(str, figures))) is not None
    assert believed(said, " et ".join(str(figure + 1) for figure in figures)) is None


@pytest.mark.parametrize("told", ["", " \n ", "Certainly! " * 40])
def test_nothing_and_far_too_much_are_no_translation(told: str) -> None:
    assert believed("Good evening.", told) is None


def test_a_translation_is_one_line() -> None:
    assert believed("Good evening.", "Bonsoir\n\x00 à tous.") == "Bonsoir à tous."
