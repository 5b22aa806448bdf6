"""A sealed record's voices from the shelf as a working folder, where the machine that recorded it is gone.

Comes in: `voices/<person>.opus`. Goes out: `voice.<person>.svf`, as the recorder writes them.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from stentor.formats.ogg_opus import packets_of_ogg
from stentor.formats.opus_packet import opus_duration_samples
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.limits import CHUNK_SAMPLES, SAMPLE_RATE_HZ
from stentor.scribe.recording.voice_file import VoiceFile
from stentor.shelf import layout
from stentor.shelf.manifest import Manifest
from stentor.shelf.store import SpaceShelf
from stentor.space.timeline import RECORD_FIRST


async def fetch_voices(files: SpaceShelf, manifest: Manifest, folder: Path) -> None:
    """All of them; those that are there already go on where they stand. Raises: ShelfAway. OSError.

    Bounds: one voice at a time on the disk twice; memory of some MiB.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for person in manifest.people:
        name = layout.voice(person.id)
        if name not in manifest.files:
            continue
        fetched = folder / f"{person.id}.opus"
        await files.copy_to(name, fetched)
        await asyncio.to_thread(_as_voice_file, fetched, folder, person.id, person.voice_start_ms)
        fetched.unlink()


def _as_voice_file(fetched: Path, folder: Path, person_id: str, start_ms: int) -> None:
    voice = VoiceFile.open(folder, person_id)
    try:
        for number, packets in _chunks(fetched, start_ms=start_ms):
            voice.append(number, voice_bytes(packets))
    finally:
        voice.close()


def _chunks(fetched: Path, *, start_ms: int) -> Iterator[tuple[int, list[VoicePacket]]]:
    """(chunk number, its packets) of a file that begins at this record time."""
    at = start_ms * SAMPLE_RATE_HZ // 1000
    number = RECORD_FIRST + at // CHUNK_SAMPLES
    waiting: list[VoicePacket] = []
    with fetched.open("rb") as file:
        for packet in packets_of_ogg(file):
            its_number, offset = RECORD_FIRST + at // CHUNK_SAMPLES, at % CHUNK_SAMPLES
            if its_number != number:
                yield number, waiting
                number, waiting = its_number, []
            waiting.append(VoicePacket(offset, packet))
            at += opus_duration_samples(packet)
    if waiting:
        yield number, waiting
