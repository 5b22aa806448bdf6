"""How alike two sentences are: texts in, vectors out, whose products say it (about 0 to 1).

By a small sentence model where it is installed and the language is English, else by counts of words, so that
a brief exists everywhere. The one file that imports tokenizers.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from stentor.errors import NoEngine
from stentor.scribe.brief.lexicon import Lexicon, content_words
from stentor.scribe.speech.onnx import Model

Vectors = npt.NDArray[np.float32]

MODEL_LANGUAGE: Final = "en"
_VOCABULARY: Final = Path(__file__).parents[2] / "data" / "minilm" / "vocab.txt"
_PIECES_MAX: Final = 128
"""What the model was trained with; a longer sentence is judged by its beginning."""
_PLURAL_MIN: Final = 4
_TERMS_MAX: Final = 1024
"""Bounds the vectors of a long Space: 10,000 sentences are 40 MB."""


class Likeness(Protocol):
    """Two implementations: `SentenceModel`, `WordCounts`."""

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text (length 0 where it has no word that counts)."""


class SentenceModel:
    """all-MiniLM-L6-v2 by onnxruntime, on one thread.

    Args:
        folder: with `model.onnx`, as `weights.folder_of(MINILM, …)` gives it.
    Raises: NoEngine: the extra [speech] is not installed. EngineFailed: the file is no model.
    Bounds: 8 ms of a core for each text.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from tokenizers import BertWordPieceTokenizer
        except ImportError:
            raise NoEngine(
                "tokenizers", because="it is not installed", next_step="pip install 'stentor[speech]'"
            ) from None
        self._model = Model(folder / "model.onnx")
        self._pieces = BertWordPieceTokenizer(str(_VOCABULARY), lowercase=True)
        self._pieces.enable_truncation(_PIECES_MAX)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        rows = [self._vector(text) for text in texts]
        return np.concatenate(rows) if rows else np.zeros((0, 1), np.float32)

    def _vector(self, text: str) -> Vectors:
        ids = np.array([self._pieces.encode(text).ids], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        found = self._model.run({name: given[name] for name in self._model.inputs})[0]
        per_piece: Vectors = found.reshape(-1, found.shape[-1])
        return _of_length_1(per_piece.mean(axis=0, keepdims=True))


class WordCounts:
    """Words that carry a topic, weighed by how few sentences have them (TF-IDF), at most _TERMS_MAX."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def vectors(self, texts: Sequence[str]) -> Vectors:
        counted = [Counter(stem(word) for word in content_words(text, self._lexicon)) for text in texts]
        spread = Counter(term for terms in counted for term in terms)
        kept = sorted((term for term in spread if spread[term] > 1), key=lambda term: (-spread[term], term))
        places = {term: place for place, term in enumerate(kept[:_TERMS_MAX])}
        rows = np.zeros((len(texts), max(len(places), 1)), np.float32)
        for row, terms in enumerate(counted):
            for term, count in terms.items():
                if term in places:
                    rows[row, places[term]] = (1 + np.log(count)) * np.log(1 + len(texts) / spread[term])
        return _of_length_1(rows)


def stem(word: str) -> str:
    """A word without its plural: enough to see that «bus» and «buses», «taxe» and «taxes» are one thing."""
    for ending, rest in (("sses", "ss"), ("ies", "y"), ("xes", "x"), ("ses", "s"), ("aux", "al")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending) + rest
    return (
        word.removesuffix("s") if len(word) >= _PLURAL_MIN and not word.endswith(("ss", "us", "is")) else word
    )


def _of_length_1(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
