"""Tokens become words; a sentence that goes round in circles is told once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import EngineFailed
from stentor.scribe.speech.tokens import Vocabulary, without_circles

SPACE = "▁".encode()


def test_pieces_are_joined_and_marks_are_passed_over() -> None:
    vocabulary = Vocabulary((b"<s>", SPACE + b"Tal", b"linn", SPACE + b"did", b".", b"\xc3", b"\xa9"))
    words = vocabulary.words([0, 1, 2, 3, 5, 6, 4])
    assert [(word.text, word.places) for word in words] == [("Tallinn", (1, 2)), ("didé.", (3, 4, 5, 6))]


@given(st.lists(st.binary(min_size=0, max_size=200), max_size=20))
def test_a_vocabulary_is_read_back_from_its_file(tokens: list[bytes]) -> None:
    data = b"".join(
        (bytes([len(t)]) if len(t) < 128 else bytes([len(t) % 128 + 128, len(t) // 128])) + t for t in tokens
    )
    assert Vocabulary.parse(data).tokens == tuple(tokens)


def test_a_torn_vocabulary_is_refused() -> None:
    with pytest.raises(EngineFailed, match="torn"):
        Vocabulary.parse(b"\x05abc")


@pytest.mark.parametrize(
    ("numbers", "kept"),
    [
        ([1, 2, 3], 3),
        ([7, 7, 7], 3),
        ([7, 7, 7, 7], 1),
        ([5, 1, 2, 1, 2, 1, 2, 1, 2], 3),
        ([5, 1, 2, 1, 2, 1, 2, 9], 8),
    ],
)
def test_what_comes_a_fourth_time_in_a_row_is_kept_once(numbers: list[int], kept: int) -> None:
    assert without_circles(numbers) == kept
