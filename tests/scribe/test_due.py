"""What is to be done for a record, and when not."""

from dataclasses import replace

import pytest

from stentor.record.recording import FileFormat, Made, Recording, Wishes
from stentor.scribe.recording.due import Work, due, tags_of
from stentor.space.lifecycle import State
from stentor.space.record import Space

LIVE = Space("demo", "A debate", State.SCHEDULED, created_ms=0).moved(State.ON_AIR, wall_ms=1_000)
OVER = LIVE.moved(State.ENDED, wall_ms=9_000)
SEALED = Made(edition=1, chunks=9, has_all=True)
LOG_AGE_MS = 1_000


def recording(made: Made, **wishes: object) -> Recording:
    found = Recording("demo", wishes=replace(Wishes(), **wishes), made=made)  # type: ignore[arg-type]
    return replace(found, made=replace(made, tags_of=tags_of(OVER, found)))


def now(space: Space, record: Recording, *, wall_ms: int = 9_500, has_folder: bool = False) -> Work | None:
    return due(space, record, wall_ms=wall_ms, log_age_ms=LOG_AGE_MS, has_folder=has_folder)


@pytest.mark.parametrize("space", [LIVE, OVER, LIVE.moved(State.PAUSED, wall_ms=2_000)])
def test_what_was_on_the_air_is_recorded_until_the_shelf_has_all(space: Space) -> None:
    assert now(space, recording(Made())) is Work.RECORD
    assert now(space, recording(replace(SEALED, has_all=False))) is Work.RECORD
    assert now(space, recording(SEALED)) is None


def test_nothing_is_due_before_the_air_and_of_an_unwanted_record_nothing_until_its_end() -> None:
    scheduled = Space("demo", "A debate", State.SCHEDULED, created_ms=0)
    assert now(scheduled, recording(Made())) is None
    assert now(replace(LIVE, is_recorded=False), recording(Made())) is None
    assert now(replace(OVER, is_recorded=False), recording(Made())) is Work.FORGET
    assert now(replace(OVER, is_recorded=False), recording(Made(has_all=True))) is None


def test_a_removal_comes_before_a_download_and_the_end_of_its_time_before_both() -> None:
    wishes = {"removed": ("bob",), "formats": (FileFormat.MP3,)}
    assert now(OVER, recording(SEALED, **wishes)) is Work.PEOPLE
    done = replace(SEALED, removed=("bob",))
    assert now(OVER, recording(done, **wishes)) is Work.DOWNLOADS
    assert now(OVER, recording(replace(done, formats=(FileFormat.MP3,)), **wishes)) is None
    assert now(OVER, recording(SEALED, keep_until_ms=9_500, **wishes)) is Work.REMOVE
    assert now(OVER, recording(SEALED, is_unwanted=True)) is Work.REMOVE
    assert now(OVER, recording(replace(SEALED, is_gone=True), is_unwanted=True)) is None


def test_downloads_get_no_chapters_while_these_may_be_words_of_who_goes() -> None:
    heard_no_more = replace(SEALED, removed=("bob",), words_sha256="with bob's words")
    record = recording(heard_no_more, removed=("bob",), formats=(FileFormat.MP3,))
    assert now(OVER, record) is None
    read_no_more = replace(record.made, words_removed=("bob",), words_sha256="without")
    assert now(OVER, replace(record, made=read_no_more)) is Work.DOWNLOADS


def test_new_words_or_another_title_are_new_tags() -> None:
    record = recording(SEALED)
    assert now(replace(OVER, title="Another"), record) is Work.DOWNLOADS
    assert now(OVER, replace(record, made=replace(record.made, words_sha256="a"))) is Work.DOWNLOADS


def test_the_folder_goes_with_the_log() -> None:
    assert now(OVER, recording(SEALED), wall_ms=9_999, has_folder=True) is None
    assert now(OVER, recording(SEALED), wall_ms=10_000, has_folder=True) is Work.TIDY
    assert now(OVER, recording(SEALED), wall_ms=10_000) is None


def test_a_deleted_space_waits_for_the_time_in_which_that_is_undone() -> None:
    deleted = OVER.moved(State.DELETED, wall_ms=9_000, undo_ms=1_000)
    assert now(deleted, recording(SEALED), wall_ms=9_999) is None
    assert now(deleted, recording(SEALED), wall_ms=10_000) is Work.DELETE
    assert now(replace(deleted, is_off_shelf=True), recording(SEALED), wall_ms=10_000) is None
