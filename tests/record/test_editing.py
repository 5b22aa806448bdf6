"""A host's corrections: what stays keeps its time, what is new shares the time of what it replaces."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput
from stentor.record.editing import TurnEdit, edited, retimed
from stentor.record.transcript import Transcript, Turn, Word


def words(text: str, *, start_ms: int = 0, each_ms: int = 300) -> tuple[Word, ...]:
    return tuple(
        Word(word, start_ms + at * each_ms, start_ms + at * each_ms + 250, 0.8)
        for at, word in enumerate(text.split())
    )


TRANSCRIPT = Transcript(
    version=1,
    language="en",
    engine="whisper tiny.en",
    names={"maya": "Maya", "daniel": "Daniel"},
    turns=(
        Turn("t1", "maya", words("But Talon did it in 2013.")),
        Turn("t2", "daniel", words("Bad example. Writership went up.", start_ms=4000)),
    ),
)


def test_a_corrected_word_takes_the_time_of_the_wrong_one() -> None:
    then = edited(TRANSCRIPT, [TurnEdit("t1", "But Tallinn did it in 2013.")], by="Ana", made_ms=7)
    was, now = TRANSCRIPT.turns[0].words, then.turns[0].words
    assert (now[1].text, now[1].start_ms, now[1].end_ms, now[1].confidence) == ("Tallinn", 300, 550, 1.0)
    assert now[:1] == was[:1]
    assert now[2:] == was[2:]
    assert then.turns[1] == TRANSCRIPT.turns[1]
    assert (then.version, then.is_machine, then.by, then.made_ms) == (2, False, "Ana", 7)
    assert then.turns[0].is_edited


def test_a_word_put_in_stands_in_the_pause_at_its_place() -> None:
    now = retimed(words("free is free"), ["free", "is", "never", "free"])
    assert [(word.text, word.start_ms) for word in now][1:3] == [("is", 300), ("never", 550)]
    assert now[2].end_ms == 600


def test_words_that_come_again_and_again_keep_no_core_busy() -> None:
    was = words(" ".join(["well", *("ab"[at % 2] for at in range(2_000)), "so", "then"]))
    texts = ["Well", *("abc"[at % 3] for at in range(1_500)), "so", "then"]
    began_s = process_time()
    now = retimed(was, texts)
    assert process_time() - began_s < 2, "the same words were looked for in a square of a square"
    assert [word.text for word in now] == texts
    assert (now[0].start_ms, now[-2:]) == (0, was[-2:])
    assert all(one.end_ms <= then.start_ms for one, then in pairwise(now[1:-2]))


def test_a_comma_moves_no_word() -> None:
    now = retimed(words("thanks maya"), ["Thanks,", "Maya."])
    assert [(word.text, word.start_ms, word.end_ms) for word in now] == [
        ("Thanks,", 0, 250),
        ("Maya.", 300, 550),
    ]


def test_sentences_are_found_anew() -> None:
    then = edited(TRANSCRIPT, [TurnEdit("t2", "A bad example: ridership went up.")], by="Ana", made_ms=0)
    assert then.turns[1].sentences == (0,)


def test_a_turn_goes_to_who_said_it_or_goes() -> None:
    edits = [TurnEdit("t1", person_id="daniel"), TurnEdit("t2", is_removed=True)]
    then = edited(TRANSCRIPT, edits, by="Ana", made_ms=0)
    assert [(turn.id, turn.person_id, turn.is_edited) for turn in then.turns] == [("t1", "daniel", False)]


def test_an_edit_that_changes_nothing_is_no_version() -> None:
    assert edited(TRANSCRIPT, [TurnEdit("t1", TRANSCRIPT.turns[0].text)], by="Ana", made_ms=1) is TRANSCRIPT


@pytest.mark.parametrize(
    "edits",
    [
        [TurnEdit("t9", "What?")],
        [TurnEdit("t9", "What?"), TurnEdit("t9", "What?")],
        [TurnEdit("t9", person_id="nobody")],
    ],
)
def test_what_cannot_be_edited_is_named(edits: list[TurnEdit]) -> None:
    with pytest.raises(BadInput, match="t9"):
        edited(TRANSCRIPT, edits, by="Ana", made_ms=0)


def test_somebody_without_a_voice_here_gets_no_turn() -> None:
    with pytest.raises(BadInput, match=r"'t1'.*'nobody'"):
        edited(TRANSCRIPT, [TurnEdit("t1", person_id="nobody")], by="Ana", made_ms=0)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"text": "no id"}, "id"),
        ({"id": "t1", "text": " \n "}, "t1"),
        ({"id": "t1", "text": "a" * 20_001}, "20001"),
        ({"id": "t1", "words": []}, "words"),
        ({"id": "t1", "removed": 1}, "removed"),
        ("t1", "object"),
    ],
)
def test_a_body_that_means_nothing_is_refused(data: object, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        TurnEdit.from_json(data)


def test_a_body_is_read() -> None:
    assert TurnEdit.from_json({"id": "t1", "text": "Two\nlines ", "person": "maya"}) == TurnEdit(
        "t1", "Two lines", "maya"
    )
    assert TurnEdit.from_json({"id": "t1", "removed": True}) == TurnEdit("t1", is_removed=True)


TEXTS = st.lists(st.sampled_from(["free", "is", "never", "Free.", "bus,", "—"]), min_size=1, max_size=12)


@given(was=TEXTS, now=TEXTS)
def test_times_never_go_back_and_never_leave_the_turn(was: list[str], now: list[str]) -> None:
    before = words(" ".join(was))
    after = retimed(before, now)
    assert [word.text for word in after] == now
    times = [time for word in after for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert before[0].start_ms <= times[0]
    assert times[-1] <= before[-1].end_ms
