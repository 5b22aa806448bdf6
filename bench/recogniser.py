"""Speech to text for the benchmarks: files in, one JSON list of texts out. Runs in a process of its own.

    recogniser.py a.npy b.npy …       float32, mono, 16 kHz

Not through `scribe/speech`: a benchmark's judge stays the same when the product's engine changes. The weights
are those of the extra `[speech]`, checked by their SHA-256.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np

from stentor.scribe.speech.weights import WHISPER_TINY_EN, folder_of

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"
    # Not before that: the library reads it when it is imported.
    from faster_whisper import WhisperModel

    folder = folder_of(WHISPER_TINY_EN, own=None, made=ROOT / "build" / "models")
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
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
