"""One voice's sound is kept until its utterance ends, through late chunks, repeats and holes."""

import numpy as np

from stentor.scribe.captions.utterances import CHUNK_FRAMES, Ear, Utterance
from stentor.scribe.speech.activity import FRAME_SAMPLES
from stentor.scribe.speech.decoding import CHUNK_HEARD_SAMPLES

SPEECH, QUIET = np.full(CHUNK_FRAMES, 0.9, np.float32), np.zeros(CHUNK_FRAMES, np.float32)


def hear(ear: Ear, number: int, probabilities: np.typing.NDArray[np.float32] = SPEECH) -> list[Utterance]:
    """A chunk whose samples all have its number as their value."""
    return ear.hear(number, np.full(CHUNK_HEARD_SAMPLES, number, np.float32), probabilities)


def test_an_utterance_is_the_sound_of_its_chunks_with_lead_and_tail() -> None:
    ear = Ear("maya")
    assert hear(ear, 10, QUIET) + hear(ear, 11) + hear(ear, 12) == []
    (ended,) = hear(ear, 13, QUIET)
    values, counts = np.unique(ended.samples, return_counts=True)
    assert list(values) == [10, 11, 12, 13]
    assert list(counts) == [9 * FRAME_SAMPLES, CHUNK_HEARD_SAMPLES, CHUNK_HEARD_SAMPLES, 6 * FRAME_SAMPLES]
    assert (ended.is_final, ended.until_chunk, ended.person_id) == (True, 13, "maya")


def test_a_running_utterance_has_the_id_of_its_final_one() -> None:
    ear = Ear("maya")
    hear(ear, 10)
    hear(ear, 11)
    running = ear.running()
    assert running is not None
    assert not running.is_final
    (ended,) = hear(ear, 12, QUIET)
    assert ended.id == running.id
    assert ear.running() is None
    hear(ear, 13)
    second = ear.running()
    assert second is not None
    assert second.id != ended.id


def test_who_sends_nothing_any_more_has_ended() -> None:
    """A browser that is muted, or gone, sends no packet of silence."""
    ear = Ear("maya")
    hear(ear, 10)
    (ended,) = ear.hear_nothing(through=11)
    assert ended.is_final
    assert hear(ear, 11) == []
    assert not ear.is_new(11)


def test_a_long_hole_ends_what_was_said_and_time_goes_on_right() -> None:
    ear = Ear("maya")
    hear(ear, 10)
    (ended,) = hear(ear, 500)
    assert ended.until_chunk == 10
    (second,) = hear(ear, 501, QUIET)
    assert second.id == f"maya.{500 * CHUNK_FRAMES}"
    assert second.until_chunk == 501


def test_a_repeated_chunk_is_passed_over() -> None:
    ear = Ear("maya")
    hear(ear, 10)
    hear(ear, 10)
    (ended,) = hear(ear, 11, QUIET)
    assert ended.length_ms == 640 + 6 * 32


def test_an_hour_of_silence_is_not_kept() -> None:
    ear = Ear("maya")
    for number in range(5_000):
        hear(ear, number, QUIET)
    hear(ear, 5_000)
    (ended,) = hear(ear, 5_001, QUIET)
    assert ended.length_ms < 1_200
