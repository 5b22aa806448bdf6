"""All voices of a Space: who speaks is heard, however many there are."""

import pytest

from stentor.errors import BadInput
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.scribe.captions.ears import VOICES_MAX, Ears
from stentor.scribe.speech.activity import loaded
from stentor.scribe.speech.weights import SILERO_VAD, folder_of


@pytest.fixture(scope="module")
def ears(tmp_path_factory: pytest.TempPathFactory) -> Ears:
    return Ears(loaded(folder_of(SILERO_VAD, own=None, made=tmp_path_factory.mktemp("models"))))


def test_silence_of_many_voices_is_heard_and_nothing_comes_of_it(ears: Ears) -> None:
    silence = voice_bytes([VoicePacket(0, b"\xf8\xff\xfe")])
    for number in range(3):
        for person in range(VOICES_MAX + 1):
            assert ears.hear(f"p{person}", number, silence) == []
        assert ears.hear_tick(number) == []
    assert ears.running("p1") is None
    assert ears.running("nobody") is None


def test_a_message_that_is_no_voice_is_an_error_of_ours(ears: Ears) -> None:
    with pytest.raises(BadInput, match="magic"):
        ears.hear("ana", 1, b"nonsense")
