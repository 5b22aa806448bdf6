"""All voices of one Space: packets of the log in, utterances out. No I/O.

Comes in: what the log says of each chunk. Goes out: utterances that have ended or go on. Never: the model of
voice activity for a voice that sends nothing.
"""

from typing import Final

from stentor.formats.voice import voice_packets
from stentor.scribe.captions.utterances import Ear, Utterance
from stentor.scribe.speech.activity import VoiceActivity
from stentor.scribe.speech.decoding import VoiceDecoder
from stentor.scribe.speech.onnx import Model

VOICES_MAX: Final = 64
"""More than a stage has places for people and programmes."""


class Ears:
    """One Space's. Bounds: VOICES_MAX voices, whoever was silent for longest is forgotten; 4 ms per chunk."""

    def __init__(self, activity: Model) -> None:
        self._activity = activity
        self._voices: dict[str, _Voice] = {}

    def hear(self, person_id: str, number: int, data: bytes) -> list[Utterance]:
        """One voice's chunk. Returns: the utterances that it ends. Raises: BadInput: it is no voice."""
        voice = self._voices.pop(person_id, None) or _Voice(person_id, self._activity)
        self._voices[person_id] = voice
        if len(self._voices) > VOICES_MAX:
            del self._voices[next(iter(self._voices))]
        return voice.hear(number, data)

    def hear_tick(self, number: int) -> list[Utterance]:
        """The stage has ended a chunk: whoever sent nothing into the one before was silent."""
        return [ended for voice in self._voices.values() for ended in voice.ear.hear_nothing(number - 1)]

    def running(self, person_id: str) -> Utterance | None:
        """What this person is saying now."""
        voice = self._voices.get(person_id)
        return None if voice is None else voice.ear.running()


class _Voice:
    def __init__(self, person_id: str, activity: Model) -> None:
        self.ear = Ear(person_id)
        self._decoder = VoiceDecoder()
        self._activity = VoiceActivity(activity)
        self._last: int | None = None

    def hear(self, number: int, data: bytes) -> list[Utterance]:
        if not self.ear.is_new(number):
            return []
        packets = voice_packets(data)
        if self._last != number - 1:
            self._activity.reset()
        self._last = number
        samples = self._decoder.take(number, packets)
        return self.ear.hear(number, samples, self._activity.feed(samples))
