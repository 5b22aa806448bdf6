"""From Opus packets to words: decoding, voice activity and moonshine on the real debate."""

from pathlib import Path

import numpy as np
import pytest

import stentor
from stentor.formats.voice import VoicePacket
from stentor.limits import OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.rehearsal.opus_file import speech_of
from stentor.scribe.speech.activity import FRAME_SAMPLES, VoiceActivity, loaded
from stentor.scribe.speech.cutting import Span, spans_of
from stentor.scribe.speech.decoding import CHUNK_HEARD_SAMPLES, VoiceDecoder, heard
from stentor.scribe.speech.moonshine import Moonshine, timed
from stentor.scribe.speech.onnx import Model
from stentor.scribe.speech.port import Samples
from stentor.scribe.speech.weights import MOONSHINE_TINY_EN, SILERO_VAD, folder_of

DEBATE = Path(stentor.__file__).parent / "data" / "debate"
Chunks = list[tuple[int, list[VoicePacket]]]


@pytest.fixture(scope="module")
def chunks() -> Chunks:
    """Maya's first 7.7 s, 12 chunks, as the stage logs them."""
    packets = speech_of(DEBATE / "maya.opus").packets
    numbered = [packets[number * OPUS_FRAMES_PER_CHUNK :][:OPUS_FRAMES_PER_CHUNK] for number in range(12)]
    return [
        (number, [VoicePacket(at * OPUS_FRAME_SAMPLES, payload) for at, payload in enumerate(chunk)])
        for number, chunk in enumerate(numbered)
    ]


@pytest.fixture(scope="module")
def sound(chunks: Chunks) -> Samples:
    return np.concatenate([samples for _, samples in heard(chunks)])


@pytest.fixture(scope="module")
def activity(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return loaded(folder_of(SILERO_VAD, own=None, made=tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def moonshine(tmp_path_factory: pytest.TempPathFactory) -> Moonshine:
    return Moonshine(folder_of(MOONSHINE_TINY_EN, own=None, made=tmp_path_factory.mktemp("models")))


def test_a_chunk_is_ten_thousand_samples_however_many_packets_came(chunks: Chunks) -> None:
    decoder = VoiceDecoder()
    for number, packets in [(0, chunks[0][1]), (1, chunks[1][1][::2]), (2, []), (7, chunks[7][1])]:
        assert len(decoder.take(number, packets)) == CHUNK_HEARD_SAMPLES


def test_a_lost_packet_is_mended_and_a_long_hole_is_silence(chunks: Chunks, sound: Samples) -> None:
    packets = chunks[2][1]
    lossy = [chunks[0], chunks[1], (2, [*packets[:8], *packets[9:20], *packets[26:]])]
    found = np.concatenate([samples for _, samples in heard(lossy)])[2 * CHUNK_HEARD_SAMPLES :]
    whole = sound[2 * CHUNK_HEARD_SAMPLES :][:CHUNK_HEARD_SAMPLES]
    lost = slice(8 * 320, 9 * 320)
    assert np.abs(found[lost]).max() > 0.2 * np.abs(whole[lost]).max() > 0
    assert np.abs(found[20 * 320 : 26 * 320]).max() == 0


def test_a_packet_that_is_no_opus_is_silence() -> None:
    samples = VoiceDecoder().take(0, [VoicePacket(0, b"\xff" * 40)])
    assert np.abs(samples).max() < 0.01


def test_activity_is_the_same_in_pieces_as_in_one(activity: Model, sound: Samples) -> None:
    voice, pieces = sound[CHUNK_HEARD_SAMPLES : 10 * CHUNK_HEARD_SAMPLES], VoiceActivity(activity)
    found = [pieces.feed(part) for part in np.split(voice, 9)]
    assert np.allclose(np.concatenate(found), VoiceActivity(activity).feed(voice), atol=1e-4)


def test_silence_and_a_hum_are_no_voice(activity: Model) -> None:
    hum = 0.1 * np.sin(np.arange(CHUNK_HEARD_SAMPLES) * 2 * np.pi * 100 / 16_000).astype(np.float32)
    for samples in (np.zeros(CHUNK_HEARD_SAMPLES, np.float32), hum):
        assert VoiceActivity(activity).feed(samples).max() < 0.35


def test_moonshine_understands_what_maya_says_first(
    activity: Model, moonshine: Moonshine, sound: Samples
) -> None:
    (span,) = spans_of(VoiceActivity(activity).feed(sound))
    # By truth.json she speaks from 0.6 to 7.38 s; the text ends at 6.8.
    assert 10 <= span.first <= 20
    found = moonshine.recognise(of(sound, span))
    assert found.text.startswith("Good evening, everyone, and welcome to tonight's space.")
    assert found.text.endswith("Should our city make its buses free?")
    assert 0.8 <= found.confidence <= 1
    assert [word.start_ms for word in found.words] == sorted(word.start_ms for word in found.words)
    assert found.words[-1].end_ms == span.length_ms


def test_what_is_too_short_to_hold_a_word_holds_none(moonshine: Moonshine) -> None:
    assert moonshine.recognise(np.zeros(800, np.float32)).words == ()


def test_words_share_the_time_by_their_letters() -> None:
    words = timed(["I", "agree"], [0.5, 1.0], 800)
    assert [(w.start_ms, w.end_ms, w.confidence) for w in words] == [(0, 200, 0.5), (200, 800, 1.0)]


def of(sound: Samples, span: Span) -> Samples:
    return sound[span.first * FRAME_SAMPLES : (span.last + 1) * FRAME_SAMPLES]
