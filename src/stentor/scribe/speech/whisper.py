"""Whisper on CTranslate2 (faster-whisper): the transcript's engine.

Comes in: one utterance, cut by our own voice activity. Goes out: words with times and probabilities. Never:
the library's own decoding of files (broken with PyAV 19) or its own voice activity (it moves words' starts);
text of the utterance before (one invented sentence would breed others); the network.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from stentor.errors import EngineFailed, NoEngine
from stentor.scribe.speech.port import HEARING_RATE_HZ, Heard, HeardWord, Samples
from stentor.scribe.speech.weights import INSTALL

_BEAM: Final = 5
_TEMPERATURES: Final = (0.0, 0.4)
"""The second only where the first was a loop or nothing that the model itself believes."""
_TOKENS_PER_S_MAX: Final = 10
"""The fastest speakers need 6; a loop runs into this bound, not into the model's 448 (7 s of a core)."""
_LOOP_RATIO: Final = 2.4
"""Text that compresses so well repeats itself: no one said it. Source: the reference implementation."""
_HINT_LETTERS_MAX: Final = 200
_UNSURE: Final = 0.5
"""An utterance with a word below it is heard once more with the hints. Measured on the debate: hints before
every utterance made the base model go round in circles in 5 of 8 tries (305 errors in 259 words), and tiny.en
in a torn half sentence."""
_HINTED_MS_MIN: Final = 2_000
_PER_MS: Final = HEARING_RATE_HZ // 1000
_UNSPACED: Final = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages that write no blanks between words: there each piece stays a word of its own."""


class Whisper:
    """One model, one thread.

    Args:
        folder: a CTranslate2 model.
        language: BCP 47, only its first part.
    """

    def __init__(self, folder: Path, *, model: str, language: str) -> None:
        # Before the import: the library asks its hub for whatever it believes to miss.
        os.environ["HF_HUB_OFFLINE"] = "1"
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise NoEngine("whisper", because=str(error), next_step=INSTALL) from None
        try:
            self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineFailed(f"The model in {folder} cannot be loaded: {error}.") from None
        self._language = language
        self.name = f"whisper {model.removeprefix('whisper-')}"

    def recognise(self, samples: Samples, *, hints: Sequence[str] = ()) -> Heard:
        """See the port. Raises: EngineFailed."""
        heard = self._heard(samples, prompt="", temperatures=_TEMPERATURES)
        is_unsure = any(word.confidence < _UNSURE for word in heard.words)
        if not (hints and is_unsure and len(samples) >= _HINTED_MS_MIN * _PER_MS):
            return heard
        hinted = self._heard(samples, prompt=_joined(hints), temperatures=_TEMPERATURES[:1])
        is_alike = abs(len(hinted.words) - len(heard.words)) <= 1 + len(heard.words) // 10
        return hinted if is_alike and hinted.confidence > heard.confidence else heard

    def _heard(self, samples: Samples, *, prompt: str, temperatures: Sequence[float]) -> Heard:
        length_ms = len(samples) // _PER_MS
        try:
            segments, _ = self._model.transcribe(
                samples,
                language=self._language,
                beam_size=_BEAM,
                best_of=1,
                temperature=temperatures,
                compression_ratio_threshold=_LOOP_RATIO,
                max_new_tokens=20 + length_ms * _TOKENS_PER_S_MAX // 1000,
                condition_on_previous_text=False,
                word_timestamps=True,
                hotwords=prompt or None,
            )
            words = [
                word
                for segment in segments
                if segment.compression_ratio <= _LOOP_RATIO
                for word in segment.words or ()
            ]
        except (RuntimeError, ValueError) as error:
            raise EngineFailed(f"{self.name} gave up: {error}.") from None
        return heard_of(words, length_ms=length_ms, is_spaced=self._language not in _UNSPACED)


def heard_of(words: Sequence[Any], *, length_ms: int, is_spaced: bool = True) -> Heard:
    """The library's words as ours: pieces joined, times inside the utterance and never going back.

    Args:
        words: with `word` (a blank in front where one begins), `start` and `end` in s, `probability`.
    """
    found: list[HeardWord] = []
    for piece in words:
        text, latest_ms = piece.word.strip(), found[-1].end_ms if found else 0
        if not text:
            continue
        end_ms = min(length_ms, max(latest_ms, round(piece.end * 1000)))
        start_ms = min(end_ms, max(latest_ms, round(piece.start * 1000)))
        confidence = round(min(1.0, max(0.0, float(piece.probability))), 3)
        if is_spaced and found and not piece.word.startswith(" "):
            whole = found[-1]
            found[-1] = HeardWord(
                whole.text + text, whole.start_ms, end_ms, min(whole.confidence, confidence)
            )
        else:
            found.append(HeardWord(text, start_ms, end_ms, confidence))
    mean = sum(word.confidence for word in found) / len(found) if found else 0.0
    return Heard(tuple(found), round(mean, 3))


def _joined(hints: Sequence[str]) -> str:
    """As many whole hints as a prompt may hold: a longer one makes the model repeat it."""
    found = ""
    for hint in hints:
        longer = f"{found}, {hint}" if found else hint
        if len(longer) > _HINT_LETTERS_MAX:
            break
        found = longer
    return found
