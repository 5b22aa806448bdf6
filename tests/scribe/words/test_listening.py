"""Voices are heard behind the recording: as they grow, each word once, over deaths of the process."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from debate_voices import chunks_of, put_voice
from stentor.config import Settings
from stentor.scribe.speech import activity, engines
from stentor.scribe.speech.onnx import Model
from stentor.scribe.speech.port import Heard, HeardWord, Samples
from stentor.scribe.speech.weights import SILERO_VAD
from stentor.scribe.words.ear import Ear
from stentor.scribe.words.listening import FOLDER, SETTLED_MS, Listening
from stentor.scribe.words.spoken import FILE, Spoken, spoken_in
from stentor.space.timeline import RECORD_FIRST, Timeline, chunk_at

TIMELINE = Timeline(1_700_000_000_000)


class Lengths:
    """An engine that hears how long each utterance is: what is cut and repeated shows in its words."""

    name = "lengths"

    def recognise(self, samples: Samples, *, hints: Sequence[str] = ()) -> Heard:
        length_ms = len(samples) // 16
        return Heard((HeardWord(f"{length_ms}", 0, length_ms, 0.9),), 0.9)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    return activity.loaded(engines.model_folder(SILERO_VAD, settings))


def listening(folder: Path, model: Model) -> Listening:
    return Listening(folder, TIMELINE, engine=Lengths(), activity=model)


def hear(one: Listening, *, wall_ms: int = 0, is_over: bool = False) -> None:
    while one.step(wall_ms=wall_ms, is_over=is_over):
        pass


def heard(folder: Path) -> list[Spoken]:
    return spoken_in(folder / FOLDER / FILE)


def test_a_voice_is_cut_where_it_pauses(tmp_path: Path, model: Model) -> None:
    put_voice(tmp_path, "maya", end=42)
    one = listening(tmp_path, model)
    hear(one, is_over=True)
    one.close()
    # The script: 0.6 to 7.4 s and 18.4 to 25.5 s.
    first, second = heard(tmp_path)
    assert 0 < first.start_ms < 700
    assert 6_500 < first.end_ms < 8_000
    assert 17_500 < second.start_ms < 18_500
    assert 24_500 < second.end_ms < 26_000


def test_while_the_space_runs_only_what_cannot_come_late_any_more_is_heard(
    tmp_path: Path, model: Model
) -> None:
    put_voice(tmp_path, "maya", end=20)
    one = listening(tmp_path, model)
    end_ms = TIMELINE.wall_ms_of(chunk_at(8_500))
    hear(one, wall_ms=end_ms)
    assert heard(tmp_path) == []
    hear(one, wall_ms=end_ms + SETTLED_MS)
    assert len(heard(tmp_path)) == 1
    one.close()


def test_a_microphone_that_is_closed_in_the_middle_of_a_word_ends_the_utterance(
    tmp_path: Path, model: Model
) -> None:
    put_voice(tmp_path, "maya", end=6)
    one = listening(tmp_path, model)
    hear(one, wall_ms=TIMELINE.wall_ms_of(RECORD_FIRST + 6) + SETTLED_MS)
    assert heard(tmp_path) == []
    hear(one, wall_ms=TIMELINE.wall_ms_of(RECORD_FIRST + 8) + SETTLED_MS)
    assert len(heard(tmp_path)) == 1
    one.close()


def test_a_death_repeats_no_utterance_and_loses_none(tmp_path: Path, model: Model) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    for folder in (whole, torn):
        put_voice(folder, "maya", end=60)
        put_voice(folder, "daniel", end=60)
    one = listening(whole, model)
    hear(one, is_over=True)
    one.close()
    for life in range(1, 50):
        # Each life is a little longer; the file's tail is torn as a kill in the middle of a write leaves it.
        another = listening(torn, model)
        is_busy = all(another.step(wall_ms=0, is_over=True) for _ in range(3 * life))
        another.close()
        if not is_busy:
            break
        with (torn / FOLDER / FILE).open("ab") as file:
            file.write(b'{"log":99,"pers')
    assert life > 2
    places = [(u.person_id, u.start_ms // 500) for u in heard(whole)]
    again = [(u.person_id, u.start_ms // 500) for u in heard(torn)]
    assert len(places) >= 4
    assert sorted(again) == sorted(places)


def test_a_voice_that_is_removed_meanwhile_is_heard_no_more_and_the_others_are(
    tmp_path: Path, model: Model
) -> None:
    put_voice(tmp_path, "maya", end=60)
    put_voice(tmp_path, "daniel", end=60)
    one = listening(tmp_path, model)
    while not any(u.person_id == "maya" for u in heard(tmp_path)):
        assert one.step(wall_ms=0, is_over=True)
    of_maya = sum(u.person_id == "maya" for u in heard(tmp_path))
    (tmp_path / "voice.maya.svf").unlink()
    hear(one, is_over=True)
    one.close()
    said = [u.person_id for u in heard(tmp_path)]
    assert said.count("maya") == of_maya
    assert said.count("daniel") >= 1


def test_an_ear_holds_one_utterance_at_most(model: Model) -> None:
    ear = Ear(model)
    longest = 0
    for number, packets in chunks_of("daniel", end=60):
        sounds = list(ear.take(number, packets))
        longest = max([longest, *(len(sound.samples) for sound in sounds)])
        assert ear.held_samples <= 28 * 16_000 + 2 * 10_240
    assert longest > 5 * 16_000
