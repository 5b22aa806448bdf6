"""Moonshine tiny (English) on onnxruntime: the engine of live captions.

Comes in: an utterance. Goes out: its words with the certainty of their tokens; their times are spread over
the utterance by length, since the model names none. Never: its own package's library, whose stream took a
whole core (measured); a sentence that goes round in circles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from stentor.scribe.speech.onnx import Array, Model
from stentor.scribe.speech.port import HEARING_RATE_HZ, Heard, HeardWord, Samples
from stentor.scribe.speech.tokens import Vocabulary, without_circles

_LAYERS: Final = 6
_HEADS: Final = 8
_HEAD_SIZE: Final = 36
_BEGIN: Final = 1
_END: Final = 2
_TOKENS_PER_S: Final = 6.5
"""Nobody speaks faster; the model's authors stop there too, since it is where it starts to invent."""
_TOKENS_MORE: Final = 6
_LENGTH_S_MIN: Final = 0.1
_NAME: Final = "moonshine tiny"


@dataclass(frozen=True, slots=True)
class _Token:
    number: int
    confidence: float


class Moonshine:
    """The engine with its weights loaded: 60 MB of memory, 0.05 of the sound's length.

    Args:
        folder: with its three files.
    Raises: NoEngine, EngineFailed.
    """

    def __init__(self, folder: Path) -> None:
        self._encoder = Model(folder / "encoder_model.ort")
        self._decoder = Model(folder / "decoder_model_merged.ort")
        self._vocabulary = Vocabulary.parse((folder / "tokenizer.bin").read_bytes())

    @property
    def name(self) -> str:
        return _NAME

    def recognise(self, samples: Samples, *, hints: Sequence[str] = ()) -> Heard:  # noqa: ARG002
        """As the port says; it has no use for hints."""
        if len(samples) < _LENGTH_S_MIN * HEARING_RATE_HZ:
            return Heard((), 0.0)
        tokens = self._decoded(samples.astype(np.float32))
        words = self._vocabulary.words([token.number for token in tokens])
        certain = [np.mean([tokens[at].confidence for at in word.places]) for word in words]
        length_ms = 1000 * len(samples) // HEARING_RATE_HZ
        heard = timed([word.text for word in words], [float(value) for value in certain], length_ms)
        return Heard(heard, float(np.mean([token.confidence for token in tokens])) if heard else 0.0)

    def _decoded(self, samples: Samples) -> list[_Token]:
        """Greedy: the likeliest token each time."""
        mask = np.ones((1, len(samples)), np.int64)
        (sound,) = self._encoder.run({"input_values": samples[None], "attention_mask": mask})
        past: dict[str, Array] = {
            f"past_key_values.{layer}.{part}.{kind}": np.zeros((0, _HEADS, 1, _HEAD_SIZE), np.float32)
            for layer in range(_LAYERS)
            for part in ("decoder", "encoder")
            for kind in ("key", "value")
        }
        tokens: list[_Token] = []
        last = _BEGIN
        for step in range(int(len(samples) / HEARING_RATE_HZ * _TOKENS_PER_S) + _TOKENS_MORE):
            logits, *present = self._decoder.run(
                {
                    "input_ids": np.array([[last]], np.int64),
                    "encoder_hidden_states": sound,
                    "encoder_attention_mask": mask,
                    "use_cache_branch": np.array([step > 0]),
                    **past,
                }
            )
            row = logits[0, -1]
            last = int(row.argmax())
            if last == _END:
                break
            tokens.append(_Token(last, float(1 / np.exp(row - row[last]).sum())))
            if (sane := without_circles([token.number for token in tokens])) < len(tokens):
                return tokens[:sane]
            for name, value in zip(past, present, strict=True):
                # What was heard does not change: only the first answer holds its keys.
                if step == 0 or ".decoder." in name:
                    past[name] = value
        return tokens


def timed(texts: Sequence[str], certain: Sequence[float], length_ms: int) -> tuple[HeardWord, ...]:
    """Words one after the other over an utterance, each as long as it has letters. Pure."""
    letters = [len(text) + 1 for text in texts]
    ends = np.cumsum(letters)
    return tuple(
        HeardWord(
            text,
            start_ms=int((end - size) * length_ms // ends[-1]),
            end_ms=int(end * length_ms // ends[-1]),
            confidence=confidence,
        )
        for text, confidence, size, end in zip(texts, certain, letters, ends, strict=True)
    )
