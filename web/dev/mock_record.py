"""A record of cardboard: the debate's own voices and words, once as it is and once for three hours.

Development only, see mock.py. No machine has heard it: words have even times and made-up doubts."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from stentor.formats.cmaf import chunk
from stentor.limits import CHUNK_MS, CHUNK_SAMPLES, CHUNKS_PER_SEGMENT
from stentor.space.rung import Codec
from stentor.space.timeline import RECORD_FIRST

DEBATE = Path(__file__).parents[2] / "src" / "stentor" / "data" / "debate"
IDS = {"Maya": "maya", "Daniel": "daniel"}
NAMES = {"maya": "Maya Okafor", "daniel": "Daniel Reyes"}
HOST, SPEAKER = "host", "speaker"
CHAPTERS = [
    (0, "Should buses be free?"),
    (18_350, "What Tallinn shows"),
    (36_180, "The air on our main street"),
    (55_830, "Who pays: the parking charge"),
    (70_700, "The last bus at night"),
]
LOOP_MS = 93_000
FRENCH = "Bonsoir à toutes et à tous. La question est simple"


@cache
def truth() -> list[tuple[str, int, int, str]]:
    lines = json.loads((DEBATE / "truth.json").read_text())
    return [(IDS[who], round(start * 1000), round(end * 1000), text) for who, start, end, text in lines]


def turn(number: int, person: str, start_ms: int, end_ms: int, text: str) -> dict[str, Any]:
    words, step_ms = text.split(), (end_ms - start_ms) / len(text.split())
    sentences = [0, *(at + 1 for at, word in enumerate(words[:-1]) if word.endswith((".", "?")))]
    return {
        "id": f"t{number}",
        "person_id": person,
        "words": [
            {
                "text": word,
                "start_ms": round(start_ms + at * step_ms),
                "end_ms": round(start_ms + (at + 0.9) * step_ms),
                "confidence": 0.31 if word.startswith(("Tallinn", "nurses")) else 0.93,
            }
            for at, word in enumerate(words)
        ],
        "sentences": sentences,
        "is_edited": False,
    }


def turns(loops: int) -> list[dict[str, Any]]:
    said = [
        (person, start + loop * LOOP_MS, end + loop * LOOP_MS, text)
        for loop in range(loops)
        for person, start, end, text in truth()
    ]
    return [turn(number, *one) for number, one in enumerate(said)]


def transcript(loops: int, language: str | None) -> dict[str, Any]:
    made = turns(loops)
    if language == "fr":
        person, start, end, _ = truth()[0]
        made[0] = turn(0, person, start, end, FRENCH)
    return {
        "version": 1,
        "language": language or "en",
        "engine": "whisper tiny.en",
        "names": NAMES,
        "turns": made,
        "is_machine": True,
        "by": "machine",
        "made_ms": 0,
        "translated_from": "en" if language else None,
    }


def quote(number: int, start: int = 0, count: int = 99, language: str | None = None) -> dict[str, Any]:
    found = turns(1)[number]
    words = found["words"][start : start + count]
    text = " ".join(word["text"] for word in words)
    return {
        "turn_id": found["id"],
        "person_id": found["person_id"],
        "text": FRENCH if language else text,
        "start_ms": words[0]["start_ms"],
        "end_ms": words[-1]["end_ms"],
        "confidence": min(word["confidence"] for word in words),
        "original": text if language else None,
    }


def line(number: int, start: int = 0, count: int = 99, language: str | None = None) -> dict[str, Any]:
    found = quote(number, start, count, language)
    return {"text": found["text"], "quotes": [found]}


def claim(number: int, kind: str, figures: list[str], note: str = "", source: str = "") -> dict[str, Any]:
    return {"quote": quote(number), "kind": kind, "figures": figures, "note": note, "source": source}


def brief(language: str | None) -> dict[str, Any]:
    sections = [
        (heading, start, [line(2 * at + 1), line(2 * at + 2)])
        for at, (start, heading) in enumerate(CHAPTERS[:4])
    ]
    return {
        "version": 1,
        "transcript": 1,
        "language": language or "en",
        "engine": "extractive",
        "title": "Should our city make its buses free?",
        "names": NAMES,
        "summary": [
            {
                "text": "Daniel says that tickets pay for almost a third of the network.",
                "quotes": [quote(1, 10)],
            },
            line(2, 0, 10, language),
            line(5, 8),
            line(7),
        ],
        "sections": [
            {"heading": heading, "start_ms": start, "end_ms": start + 18_000, "lines": lines}
            for heading, start, lines in sections
        ],
        "claims": [
            claim(1, "figure", ["eighty two million euros", "a third"]),
            claim(
                3,
                "figure",
                ["fourteen percent"],
                note="The city’s own count says 13.9 %, for the first year.",
                source="https://example.org/tallinn/ridership",
            ),
            claim(5, "superlative", ["the most polluted in the country"]),
            claim(7, "projection", ["twenty five million"]),
        ],
        "figures": [line(6, 12)],
        "is_machine": True,
        "by": "machine",
        "made_ms": 0,
        "translated_from": "en" if language else None,
    }


def activity(loops: int) -> dict[str, Any]:
    speaking: dict[str, list[list[int]]] = {person: [] for person in NAMES}
    for loop in range(loops):
        for person, start, end, _ in truth():
            first, last = ((at + loop * LOOP_MS) // CHUNK_MS for at in (start, end))
            speaking[person].append([first, last])
    return {"step_ms": CHUNK_MS, "chunks": chunks(loops), "speaking": speaking, "names": NAMES}


def chunks(loops: int) -> int:
    return loops * LOOP_MS // CHUNK_MS


def record(loops: int) -> dict[str, Any]:
    names = ["recording.m4a", "recording.mp3", "transcript.vtt", "transcript.srt", "transcript.txt"]
    names += ["transcript.fr.vtt", "brief.md", "brief.html"]
    return {
        "title": "Should our city make its buses free?",
        "on_air_ms": 0,
        "duration_ms": chunks(loops) * CHUNK_MS,
        "edition": 1,
        "people": [
            {"id": "maya", "name": NAMES["maya"], "role": HOST},
            {"id": "daniel", "name": NAMES["daniel"], "role": SPEAKER},
        ],
        "chapters": [
            {"start_ms": start + loop * LOOP_MS, "title": title, "is_machine": True}
            for loop in range(0, loops, 8)
            for start, title in CHAPTERS
        ],
        "language": "en",
        "languages": ["fr"],
        "transcript": {"version": 1, "is_machine": True, "engine": "whisper tiny.en"},
        "brief": {"version": 1, "is_machine": True, "engine": "extractive"},
        "files": [
            {"name": name, "size_bytes": 740_000 * loops if "recording" in name else 9_000, "mime": ""}
            for name in names
        ],
    }


@cache
def packets() -> list[bytes]:
    """The debate's mix, once round, as AAC."""
    size = LOOP_MS * 48
    mixed = np.zeros(size, np.float32)
    for name in ("maya", "daniel"):
        with av.open(str(DEBATE / f"{name}.opus")) as file:
            resampler = av.AudioResampler("fltp", "mono", 48_000)
            parts = [f.to_ndarray()[0] for frame in file.decode(audio=0) for f in resampler.resample(frame)]
        voice = np.concatenate(parts)[:size]
        mixed[: len(voice)] += voice * 0.7
    encoder = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.bit_rate, encoder.format = 48_000, "mono", 64_000, "fltp"
    found: list[bytes] = []
    for at in range(0, size - 1023, 1024):
        frame = av.AudioFrame.from_ndarray(mixed[None, at : at + 1024], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48_000, at
        found += [bytes(p) for p in encoder.encode(frame)]
    return found


def segment(k: int, *, ticks: Callable[[int], bytes] | None = None) -> bytes:
    """Of the debate's mix. `ticks`: the box that goes before each chunk."""
    per_chunk, all_of_it = CHUNK_SAMPLES // 1024, packets()
    round_chunks = len(all_of_it) // per_chunk
    numbers = range(k * CHUNKS_PER_SEGMENT, (k + 1) * CHUNKS_PER_SEGMENT)
    starts = [(n, (n - RECORD_FIRST) % round_chunks * per_chunk) for n in numbers]
    before = ticks or (lambda _: b"")
    return b"".join(before(n) + chunk(n, Codec.AAC, all_of_it[at : at + per_chunk]) for n, at in starts)


def playlist(count: int, *, is_over: bool) -> str:
    """Of so many chunks from the record's first on."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:9", "#EXT-X-TARGETDURATION:6", "#EXT-X-MEDIA-SEQUENCE:4"]
    lines += [f"#EXT-X-PLAYLIST-TYPE:{'VOD' if is_over else 'EVENT'}", '#EXT-X-MAP:URI="init.mp4"']
    first = RECORD_FIRST // CHUNKS_PER_SEGMENT
    for k in range(first, first + count // CHUNKS_PER_SEGMENT):
        lines += ["#EXTINF:5.76000,", f"seg/{k}.m4s"]
    return "\n".join([*lines, "#EXT-X-ENDLIST"] if is_over else lines) + "\n"
