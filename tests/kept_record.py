"""A record on the shelf as the scribe leaves it, for tests of those who read it: real files, small ones."""

import json
from dataclasses import replace

from stentor.log.state import RecordingStore
from stentor.record.brief import Brief, Claim, Line, Quote, Section
from stentor.record.chapters import Chapter, chapters_json
from stentor.record.recording import Made, Recording, Stage
from stentor.record.transcript import Transcript, Turn, Word
from stentor.shelf import layout
from stentor.shelf.manifest import FileKept, Manifest, PersonKept, Words
from stentor.shelf.store import SpaceShelf

NAMES = {"maya": "Maya", "daniel": "Daniel"}
SOUND = bytes(range(256)) * 40


def turn(turn_id: str, person_id: str, text: str, *, start_ms: int) -> Turn:
    """Words of 200 ms each."""
    words = tuple(
        Word(word, start_ms + 200 * n, start_ms + 200 * (n + 1), 0.9) for n, word in enumerate(text.split())
    )
    return Turn(turn_id, person_id, words)


TRANSCRIPT = Transcript(
    version=1,
    language="en",
    engine="whisper tiny.en",
    names=NAMES,
    turns=(
        turn("t1", "maya", "Buses cost the city 82 million a year.", start_ms=1_000),
        turn("t2", "daniel", "And who pays for that?", start_ms=4_000),
        turn("t3", "maya", "Everybody does, already.", start_ms=6_000),
    ),
    made_ms=1_800_000_000_000,
)
QUOTE = Quote("t1", "maya", "cost the city 82 million", 1_200, 2_200, 0.9)
BRIEF = Brief(
    version=1,
    transcript=1,
    language="en",
    engine="extractive",
    title="A debate",
    names=NAMES,
    summary=(Line("cost the city 82 million", (QUOTE,)),),
    sections=(Section("Who pays", 1_000, 8_000, (Line("cost the city 82 million", (QUOTE,)),)),),
    claims=(Claim(QUOTE, "figure", ("82 million",)),),
    made_ms=1_800_000_000_000,
)


async def put_record(
    shelf: SpaceShelf, recordings: RecordingStore, space_id: str, *, sound: bytes = SOUND
) -> Recording:
    """A sealed record with voices, a transcript and a brief. Returns: its record, as it stands then.

    Args:
        sound: of the programme.
    """
    found = {
        layout.RECORDING: sound,
        layout.voice("maya"): b"OggS maya",
        layout.EVENTS: b"",
        layout.COUNTS: b'{"hearing":1}\n',
    }
    manifest = Manifest(
        space_id=space_id,
        title="A debate",
        description="",
        language="en",
        on_air_ms=1_800_000_000_000,
        ended_ms=1_800_000_009_600,
        edition=1,
        chunks=15,
        duration_ms=9_600,
        people=tuple(PersonKept(person, name, "speaker", 0, 9_600) for person, name in NAMES.items()),
        files=await _put(shelf, found),
    )
    words = Words(
        transcript=1,
        brief=1,
        language="en",
        engine=TRANSCRIPT.engine,
        files=await _put(
            shelf,
            {
                layout.transcript_text("html"): b"<!doctype html><p>Maya: Buses cost",
                layout.CHAPTERS: chapters_json([Chapter(0, "Opening"), Chapter(4_000, "Who pays")]),
            },
        ),
    )
    await shelf.put(layout.transcript_version(1), _json(TRANSCRIPT))
    await shelf.put(layout.brief_version(1), _json(BRIEF))
    await shelf.put(layout.MANIFEST, manifest.as_bytes())
    await shelf.put(layout.WORDS, words.as_bytes())

    def made(recording: Recording) -> Recording:
        return replace(
            recording,
            made=Made(
                edition=1,
                chunks=manifest.chunks,
                transcript=1,
                brief=1,
                manifest_sha256=manifest.sha256,
                words_sha256=words.sha256,
            ),
            programme=Stage.MADE,
            transcript=Stage.MADE,
            brief=Stage.MADE,
            sealed_ms=1_800_000_010_000,
        )

    return await recordings.change(space_id, made)


async def _put(shelf: SpaceShelf, files: dict[str, bytes]) -> dict[str, FileKept]:
    return {name: await shelf.put(name, content) for name, content in files.items()}


def _json(text: Transcript | Brief) -> bytes:
    return json.dumps(text.as_json(), ensure_ascii=False).encode()
