"""What engines invented in noise, silence and back-channels is told from what was said."""

import pytest

from stentor.scribe.speech.plausible import is_plausible
from stentor.scribe.speech.port import Heard, HeardWord


def heard(text: str, confidence: float) -> Heard:
    words = tuple(HeardWord(word, 0, 1, confidence) for word in text.split())
    return Heard(words, confidence)


@pytest.mark.parametrize(
    ("text", "confidence", "length_ms"),
    [
        (" you", 0.92, 30_000),
        ("You", 0.92, 800),
        ("Mm -m -hums.", 0.34, 1_340),
        ("Amen, hymns,", 0.62, 1_380),
        ("Amen, Thames.", 0.6, 1_400),
        ("Yeah", 0.7, 750),
        ("Thank you.", 0.8, 1_000),
        ("Thanks for watching!", 0.97, 2_000),
        ("[Music]", 0.9, 5_000),
        ("♪ la la ♪", 0.9, 5_000),
        ("", 0.0, 5_000),
        ("...", 0.9, 2_000),
        ("no no no no no no no no no no no no", 0.9, 1_000),
        ("something about a bus", 0.3, 4_000),
    ],
)
def test_an_invention_is_dropped(text: str, confidence: float, length_ms: int) -> None:
    assert not is_plausible(heard(text, confidence), length_ms=length_ms)


@pytest.mark.parametrize(
    ("text", "confidence", "length_ms"),
    [
        ("Free is never free.", 0.83, 1_600),
        ("Why not both?", 0.7, 1_200),
        ("Yes!", 0.8, 700),
        ("Thank you.", 0.95, 900),
        ("We'll vote for night buses in March, and I promise to say so in the council.", 0.95, 4_800),
        ("Что?", 0.8, 700),
        ("Talon did it in twenty thirteen", 0.5, 3_000),
    ],
)
def test_what_was_said_stays(text: str, confidence: float, length_ms: int) -> None:
    assert is_plausible(heard(text, confidence), length_ms=length_ms)
