"""The voices as they came: each person's own Opus packets, with their place in the chunk. Pure.

Comes in: a packet at the moment it is decoded. Goes out: one message per person and chunk, in the log's
format. Never: a decode, an encode, a packet that was lost.
"""

from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.limits import CHUNK_SAMPLES, VOICE_SIZE_BYTES_MAX

_ENTRY_BYTES = 4
_MAGIC_BYTES = 4


class VoiceCollector:
    """The packets of the chunk under way."""

    def __init__(self) -> None:
        self._packets: dict[str, list[VoicePacket]] = {}
        self._size_bytes: dict[str, int] = {}
        self.overflow_count = 0
        """Packets that did not fit into `VOICE_SIZE_BYTES_MAX`."""

    def add(self, person_id: str, *, offset_samples: int, payload: bytes) -> None:
        """Takes a packet whose first sample stands at `offset_samples` of the chunk.

        A packet decoded in a chunk's last tick may begin after its end, when the one before still fills
        the tick; it is pulled back to the last sample, for the order counts more than 10 ms.
        """
        size = self._size_bytes.get(person_id, _MAGIC_BYTES) + _ENTRY_BYTES + len(payload)
        if size > VOICE_SIZE_BYTES_MAX:
            self.overflow_count += 1
            return
        self._size_bytes[person_id] = size
        place = min(max(0, offset_samples), CHUNK_SAMPLES - 1)
        self._packets.setdefault(person_id, []).append(VoicePacket(place, payload))

    def end_chunk(self) -> dict[str, bytes]:
        """The messages of the chunk that ends now, by person; starts the next chunk."""
        messages = {person: voice_bytes(packets) for person, packets in self._packets.items()}
        self._packets.clear()
        self._size_bytes.clear()
        return messages
