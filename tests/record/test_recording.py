"""A recording's record: wishes, what is made of them, and who may take one back."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput, Conflict, OutOfRange
from stentor.limits import REMOVED_PEOPLE_MAX
from stentor.record.chapters import Chapter
from stentor.record.recording import FileFormat, Made, Recording, Stage, Wishes

FULL = Recording(
    "demo",
    Wishes(
        formats=(FileFormat.MP3,),
        languages=("fr",),
        removed=("maya",),
        withdrawn=("maya",),
        chapters=(Chapter(0, "Opening"), Chapter(5_000, "Buses")),
        transcript=3,
        brief=2,
        keep_until_ms=1_900_000_000_000,
    ),
    Made(edition=2, chunks=9, formats=(FileFormat.MP3,), removed=("maya",), manifest_sha256="a" * 64),
    programme=Stage.MADE,
    transcript=Stage.RUNNING,
    problem="The brief's engine did not answer.",
    sealed_ms=1_800_000_000_000,
)


@pytest.mark.parametrize("recording", [Recording("demo"), FULL])
def test_a_record_is_read_as_it_was_written(recording: Recording) -> None:
    assert Recording.from_json(json.loads(json.dumps(recording.as_json()))) == recording


def test_while_somebody_waits_to_be_removed_it_says_so() -> None:
    wished = Recording("demo").without(["maya"])
    assert wished.waits_for_removal
    assert not FULL.waits_for_removal
    assert not wished.with_again("maya").waits_for_removal


def test_what_is_done_is_not_taken_back() -> None:
    with pytest.raises(Conflict):
        FULL.with_again("maya", is_own_wish=True)


def test_a_wish_that_is_taken_back_too_late_stands() -> None:
    wished = Recording("demo").without(["maya"])
    mixed_anew = replace(wished.made, edition=2, removed=wished.wishes.removed)
    then = wished.with_again("maya").with_facts(mixed_anew)
    assert (then.wishes.removed, then.waits_for_removal) == (("maya",), False)
    assert then.with_facts(mixed_anew) == then


def test_somebody_is_out_when_they_are_neither_heard_nor_read() -> None:
    made = Made(edition=2, removed=("maya",), words_sha256="a" * 64)
    waiting = replace(Recording("demo").without(["maya"]), made=made)
    assert (waiting.are_out, waiting.waits_for_removal) == (frozenset(), True)
    done = replace(waiting, made=replace(made, words_removed=("maya",)))
    assert (done.are_out, done.waits_for_removal) == (frozenset({"maya"}), False)


def test_nobody_takes_back_what_somebody_asked_for_themselves() -> None:
    own = Recording("demo").without(["maya"], is_own_wish=True)
    again_by_a_host = own.without(["maya"])
    with pytest.raises(Conflict):
        again_by_a_host.with_again("maya")
    assert again_by_a_host.with_again("maya", is_own_wish=True) == Recording("demo")


def test_nobody_puts_themselves_back_whom_a_host_has_taken_out() -> None:
    with pytest.raises(Conflict):
        Recording("demo").without(["maya"]).with_again("maya", is_own_wish=True)


@given(st.lists(st.sampled_from(["ana", "ben", "eva"])), st.lists(st.sampled_from(["ana", "ben", "eva"])))
def test_removals_and_undos_in_any_order_leave_who_was_wished_last(gone: list[str], back: list[str]) -> None:
    recording = Recording("demo")
    for person in gone:
        recording = recording.without([person])
    for person in back:
        recording = recording.with_again(person)
    assert recording.wishes.removed == tuple(sorted(set(gone) - set(back)))


@pytest.mark.parametrize("count", [REMOVED_PEOPLE_MAX - 1, REMOVED_PEOPLE_MAX, REMOVED_PEOPLE_MAX + 1])
def test_as_many_can_be_removed_as_a_space_can_have(count: int) -> None:
    people = [str(number) for number in range(count)]
    if count <= REMOVED_PEOPLE_MAX:
        assert len(Recording("demo").without(people).wishes.removed) == count
    else:
        with pytest.raises(OutOfRange):
            Recording("demo").without(people)


def test_a_time_before_1970_is_no_time() -> None:
    with pytest.raises(BadInput):
        Recording("demo").wished(keep_until_ms=-1)
    assert Recording("demo").wished(keep_until_ms=None).wishes.keep_until_ms is None
