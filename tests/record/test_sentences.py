"""Where sentences begin."""

import pytest

from stentor.record.sentences import SENTENCE_WORDS_MAX, sentence_starts
from stentor.record.transcript import Word


def row(text: str, *, pause_before: dict[int, int] | None = None) -> list[Word]:
    found, at_ms = [], 0
    for index, word in enumerate(text.split()):
        at_ms += (pause_before or {}).get(index, 0)
        found.append(Word(word, at_ms, at_ms + 200, 1.0))
        at_ms += 250
    return found


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("Free is never free.", (0,)),
        ("My answer is no. Free is never free!", (0, 4)),
        ("He said “no.” Then he left.", (0, 3)),
        ("Dr. Brown met J. Smith at 3.5 percent. Yes?", (0, 8)),
        ("So do I. And you?", (0, 3)),
    ],
)
def test_a_full_stop_ends_a_sentence_and_an_abbreviation_does_not(text: str, starts: tuple[int, ...]) -> None:
    assert sentence_starts(row(text)) == starts


def test_talk_without_full_stops_is_cut_at_its_longest_pause() -> None:
    text = " ".join(["word"] * (SENTENCE_WORDS_MAX + 20))
    assert sentence_starts(row(text, pause_before={25: 900, 30: 600})) == (0, 25)


def test_talk_without_stops_and_pauses_is_one_sentence() -> None:
    assert sentence_starts(row(" ".join(["word"] * 90))) == (0,)
