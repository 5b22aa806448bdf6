"""Whisper's pieces become words of ours, and the real model hears the real debate."""

from types import SimpleNamespace

import pytest

from stentor.scribe.speech.whisper import heard_of


def piece(word: str, start: float, end: float, probability: float = 0.9) -> SimpleNamespace:
    return SimpleNamespace(word=word, start=start, end=end, probability=probability)


def test_pieces_without_a_blank_belong_to_the_word_before() -> None:
    heard = heard_of([piece(" Mm", 0, 0.2, 0.4), piece("-hmm.", 0.2, 0.5, 0.3)], length_ms=800)
    assert [(word.text, word.start_ms, word.end_ms, word.confidence) for word in heard.words] == [
        ("Mm-hmm.", 0, 500, 0.3)
    ]


def test_a_language_without_blanks_keeps_its_pieces() -> None:
    heard = heard_of([piece("你", 0, 0.2), piece("好", 0.2, 0.4)], length_ms=800, is_spaced=False)
    assert len(heard.words) == 2


def test_times_stay_in_the_utterance_and_never_go_back() -> None:
    pieces = [piece(" a", -0.1, 0.5), piece(" b", 0.3, 0.4), piece(" c", 0.9, 2.0), piece(" ", 2, 2)]
    heard = heard_of(pieces, length_ms=1000)
    assert [(word.start_ms, word.end_ms) for word in heard.words] == [(0, 500), (500, 500), (900, 1000)]


def test_nothing_heard_is_no_word() -> None:
    assert heard_of([], length_ms=500).words == ()
    assert heard_of([], length_ms=500).confidence == pytest.approx(0)
