"""A transcript as a file to edit: what is read back is what was changed, and a slip is named by its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.client.record_models import TranscriptTold, TurnTold, WordTold
from stentor.errors import BadInput
from stentor.verbs.transcript_file import changes, version_of, written

WORD = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=8)
TEXTS = st.lists(st.lists(WORD, min_size=1, max_size=5), min_size=1, max_size=6)


def transcript(texts: list[list[str]]) -> TranscriptTold:
    turns = tuple(
        TurnTold(
            id=f"t{n}",
            person_id="maya",
            words=tuple(WordTold(text=word, start_ms=0, end_ms=1, confidence=1.0) for word in words),
            sentences=(0,),
            is_edited=False,
        )
        for n, words in enumerate(texts)
    )
    return TranscriptTold(
        version=7,
        language="en",
        engine="",
        names={},
        turns=turns,
        is_machine=True,
        by="",
        made_ms=0,
        translated_from=None,
    )


@given(TEXTS)
def test_a_file_that_nobody_changed_changes_nothing(texts: list[list[str]]) -> None:
    before = transcript(texts)
    assert version_of(written(before)) == 7
    assert changes(written(before), before) == []


@given(TEXTS, st.data())
def test_exactly_what_was_changed_is_sent(texts: list[list[str]], data: st.DataObject) -> None:
    before = transcript(texts)
    place = data.draw(st.integers(0, len(texts) - 1))
    then = [*texts]
    then[place] = [*data.draw(st.lists(WORD, min_size=1, max_size=5)), "new"]
    if then[place] == texts[place]:
        then[place] = [*then[place], "words"]
    assert changes(written(transcript(then)), before) == [{"id": f"t{place}", "text": " ".join(then[place])}]


def test_a_turn_is_given_to_somebody_else_removed_or_left_alone() -> None:
    before = transcript([["One."], ["Two."], ["Three."]])
    file = "version 7\n[t0 daniel] One.\n\n[t1 maya]\n"
    assert changes(file, before) == [{"id": "t0", "person": "daniel"}, {"id": "t1", "removed": True}]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("version 7\n[t0 maya] One.\nTwo.\n", "Line 3"),
        ("version 7\n[t9 maya] One.\n", "no turn 't9'"),
        ("version 7\n[t0] One.\n", "Line 2"),
    ],
)
def test_a_line_that_is_none_is_named(file: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        changes(file, transcript([["One."]]))


@pytest.mark.parametrize("file", ["", "version x\n", "[t0 maya] One.\n"])
def test_a_file_without_its_version_is_none(file: str) -> None:
    with pytest.raises(BadInput):
        version_of(file)
