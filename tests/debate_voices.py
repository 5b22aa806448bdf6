"""The debate in a working folder, as the recorder leaves it: its voices' packets, chunk by chunk."""

from pathlib import Path
from typing import Final

import stentor
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.limits import CHUNK_SAMPLES, OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.rehearsal.opus_file import speech_of
from stentor.scribe.recording.voice_file import VoiceFile
from stentor.space.timeline import RECORD_FIRST

DEBATE: Final = Path(stentor.__file__).parent / "data" / "debate"


def chunks_of(person: str, *, first: int = 0, end: int) -> list[tuple[int, list[VoicePacket]]]:
    """(number, packets) of a voice, counted from the record's first chunk."""
    packets = speech_of(DEBATE / f"{person}.opus").packets
    return [
        (
            RECORD_FIRST + chunk,
            [
                VoicePacket(at * OPUS_FRAME_SAMPLES, packet)
                for at, packet in enumerate(packets[chunk * OPUS_FRAMES_PER_CHUNK :][:OPUS_FRAMES_PER_CHUNK])
            ],
        )
        for chunk in range(first, end)
    ]


def put_voice(folder: Path, person: str, *, first: int = 0, end: int) -> None:
    """Appends these chunks to the person's voice file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = VoiceFile.open(folder, person)
    for number, packets in chunks_of(person, first=first, end=end):
        file.append(number, voice_bytes(packets))
    file.close()


assert OPUS_FRAMES_PER_CHUNK * OPUS_FRAME_SAMPLES == CHUNK_SAMPLES
