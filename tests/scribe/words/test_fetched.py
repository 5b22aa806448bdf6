"""Voices from the shelf are the working folder's again: each packet in the chunk in which it was spoken."""

from pathlib import Path

from debate_voices import chunks_of
from stentor.formats.ogg_opus import in_place, ogg_opus
from stentor.formats.voice import voice_packets
from stentor.limits import CHUNK_MS, CHUNK_SAMPLES
from stentor.scribe.recording.voice_file import voices_of
from stentor.scribe.words.fetched import fetch_voices
from stentor.shelf import layout
from stentor.shelf.manifest import Manifest, PersonKept
from stentor.shelf.store import Shelf


async def test_a_voice_comes_back_packet_by_packet(tmp_path: Path, space_id: str) -> None:
    spoken = chunks_of("maya", first=1, end=12)
    packets = [
        (at * CHUNK_SAMPLES + packet.offset_samples, packet.payload)
        for at, (_, chunk) in enumerate(spoken)
        for packet in chunk
    ]
    shelf = Shelf.open(tmp_path / "shelf").of(space_id)
    ogg = b"".join(ogg_opus(in_place(packets), channels=1))
    kept = {layout.voice("maya"): await shelf.put(layout.voice("maya"), ogg)}
    people = (PersonKept("maya", "Maya", "host", CHUNK_MS, 11 * CHUNK_MS), PersonKept("ana", "Ana", "host"))
    manifest = Manifest(space_id, "Buses", "", "en", 0, 0, 1, 12, 12 * CHUNK_MS, people, files=kept)
    folder = tmp_path / "words"
    for _ in range(2):  # again is no error and adds nothing
        await fetch_voices(shelf, manifest, folder)
        found = [(number, voice_packets(body)) for number, body in voices_of(folder / "voice.maya.svf")]
        assert found == spoken
    assert [path.name for path in folder.iterdir()] == ["voice.maya.svf"]
