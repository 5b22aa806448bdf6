"""A finished record on a shelf, as the scribe leaves it: what the tests of the doors need of a scribe.

Comes in: a Space that a synthetic stage has spoken in. Goes out: programme, index, texts and both lists on
the shelf, and the record that says so. The programme is the synthetic stage's own chunks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from stentor.formats.cmaf import init_segment
from stentor.formats.programme_index import ProgrammeIndex
from stentor.log.bus import Bus
from stentor.log.state import RecordingStore
from stentor.record.recording import Made, Recording, Stage
from stentor.shelf import layout
from stentor.shelf.manifest import FileKept, Manifest, PersonKept, Words
from stentor.shelf.store import Shelf
from stentor.space.record import Space
from stentor.space.rung import Codec
from stentor.space.timeline import RECORD_FIRST
from synthetic_stage import programme_chunk

VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Ada>Machine transcript: a tone.</v>\n"
TEXTS = {
    "transcript.vtt": VTT,
    "transcript.fr.vtt": VTT,
    "transcript.html": b"<!doctype html><p>A tone.",
    "transcript.json": json.dumps({"turns": [{"text": "a tone " * 300}]}).encode(),
    "transcript/1.json": b"{}",
    "brief.md": b"# A tone\n",
    "chapters.json": b'{"version":"1.2.0","chapters":[{"startTime":0,"title":"A tone"}]}',
}


@dataclass(slots=True)
class SealedRecord:
    """What was put on the shelf.

    Args:
        programme: the mp4's bytes.
    """

    store: RecordingStore
    shelf: Shelf
    space: Space
    programme: bytes
    manifest: Manifest

    @classmethod
    async def make(
        cls, bus: Bus, shelf_dir: Path, space: Space, *, chunks: int, edition: int = 1
    ) -> "SealedRecord":
        """Seals `chunks` chunks from RECORD_FIRST on."""
        shelf, store = Shelf.open(shelf_dir), await RecordingStore.open(bus)
        init = init_segment(Codec.AAC)
        spoken = [programme_chunk(Codec.AAC, n) for n in range(RECORD_FIRST, RECORD_FIRST + chunks)]
        index = ProgrammeIndex.of_sizes(map(len, spoken), first=RECORD_FIRST, init_bytes=len(init))
        programme = init + b"".join(spoken)
        files = {
            layout.programme("aac64", edition): programme,
            layout.programme_index("aac64", edition): index.as_bytes(),
            layout.RECORDING: programme,
            layout.voice("ada"): b"OggS",
            layout.COUNTS: b"{}\n",
        }
        manifest = Manifest(
            space.id,
            'A "tone" in C\u266f',
            "",
            "en",
            on_air_ms=(space.epoch_ms or 0) + RECORD_FIRST * 640,
            ended_ms=space.ended_ms or 0,
            edition=edition,
            chunks=chunks,
            duration_ms=chunks * 640,
            people=(PersonKept("ada", "Ada", "host"), PersonKept("bo", "Bo", "speaker")),
            files=await _put(shelf, space.id, files),
        )
        kept = await _put(shelf, space.id, TEXTS)
        words = Words(1, 1, "en", languages=("fr",), engine="whisper tiny.en", files=kept)
        await shelf.of(space.id).put(layout.MANIFEST, manifest.as_bytes())
        await shelf.of(space.id).put(layout.WORDS, words.as_bytes())
        made = Made(
            edition, chunks, manifest_sha256=manifest.sha256, words_sha256=words.sha256, transcript=1, brief=1
        )

        def seal(recording: Recording) -> Recording:
            made_now = replace(made, removed=recording.wishes.removed, words_removed=recording.wishes.removed)
            return replace(recording, made=made_now, programme=Stage.MADE, sealed_ms=1)

        await store.change(space.id, seal)
        return cls(store, shelf, space, programme, manifest)

    async def add(self, name: str, data: bytes) -> None:
        """One file more, in the scribe's list too."""
        kept = await _put(self.shelf, self.space.id, {name: data})
        self.manifest = replace(self.manifest, files={**self.manifest.files, **kept})
        await self.shelf.of(self.space.id).put(layout.MANIFEST, self.manifest.as_bytes())
        digest = self.manifest.sha256
        await self.store.change(
            self.space.id, lambda r: replace(r, made=replace(r.made, manifest_sha256=digest))
        )

    async def wish(self, **wishes: object) -> None:
        await self.store.change(self.space.id, lambda recording: recording.wished(**wishes))


async def _put(shelf: Shelf, space_id: str, files: Mapping[str, bytes]) -> dict[str, FileKept]:
    return {name: await shelf.of(space_id).put(name, data) for name, data in files.items()}
