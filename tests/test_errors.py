import pytest
from tools.error_page import PAGE, leaves, the_page

from stentor.errors import (
    BadInvitation,
    CannotStart,
    NoSuchSpace,
    NotOnAir,
    OutOfRange,
    RemoteProblem,
    StentorError,
    TooLarge,
)


def test_every_error_stands_in_the_docs() -> None:
    assert PAGE.read_text() == the_page(), "make docs"


def test_every_leaf_knows_its_answer_and_title() -> None:
    for leaf in leaves(StentorError):
        assert 400 <= leaf.status <= 599
        assert leaf.title != StentorError.title, leaf


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TooLarge("The offer", size_bytes=40_000, limit_bytes=32_768), ["The offer", "40000", "32768"]),
        (OutOfRange("from", 9, lowest=10, highest=20), ["from", "9", "10", "20"]),
        (NoSuchSpace("x" * 500), ["xxx"]),
        (CannotStart("Port 1", because="taken", next_step="set another"), ["Port 1", "taken", "set another"]),
    ],
)
def test_a_message_names_the_thing_the_value_and_the_limit(error: StentorError, words: list[str]) -> None:
    assert all(word in error.detail for word in words)
    assert len(error.detail) < 300


def test_a_problem_says_when_to_come_back() -> None:
    error = NotOnAir("demo", retry_after_s=2)
    assert error.problem()["type"] == "tag:stentor,2026:not-on-air"
    assert error.problem()["retry_after_s"] == 2
    assert error.headers() == {"Retry-After": "2"}
    assert "WWW-Authenticate" in BadInvitation().headers()


def test_a_problem_that_crossed_a_border_keeps_its_words_and_status() -> None:
    remote = RemoteProblem(NotOnAir("demo", retry_after_s=3).problem())
    assert remote.answer_status == 503
    assert remote.headers() == {"Retry-After": "3"}
    assert RemoteProblem({"status": "evil"}).answer_status == 500
    assert RemoteProblem({"status": 200}).answer_status == 500
