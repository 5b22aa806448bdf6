"""The programme: each frame of the mix encoded once per rung, cut into CMAF chunks.

Comes in: 32 frames of 20 ms per chunk. Goes out: a chunk for each rung. Never: an encode per listener, a
decode time that is off the grid, an init segment that differs after a restart.

The place of the sound on the timeline is constant over restarts: the Opus rungs are late by libopus's
look-ahead (6.5 ms, which a player skips as `pre_skip` at its start only), the AAC rungs by
`aac.DELAY_SAMPLES`.
A new encoder is fed with silence first, so that its first packet is the one that would have come there.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from stentor.formats import cmaf
from stentor.limits import AAC_FRAME_SAMPLES, OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.sound.aac import PREROLL_FRAMES, AacEncoder
from stentor.sound.opus import APPLICATION_AUDIO, Encoder
from stentor.space.rung import Codec, Rung

Samples = NDArray[np.float32]

_OPUS_COMPLEXITY: Final = 9
"""The programme is encoded once for everybody: here quality is worth its half a millisecond."""


class Programme:
    """The encoders of one Space, from now on. Made anew after a restart."""

    def __init__(self) -> None:
        self._opus = {
            rung: Encoder(
                bitrate_bps=rung.bitrate_bps, complexity=_OPUS_COMPLEXITY, application=APPLICATION_AUDIO
            )
            for rung in Rung
            if rung.codec is Codec.OPUS
        }
        self._aac = {
            rung: AacEncoder(bitrate_bps=rung.bitrate_bps) for rung in Rung if rung.codec is Codec.AAC
        }
        self._packets: dict[Rung, list[bytes]] = {rung: [] for rung in Rung}
        self._frames = 0
        self._waiting: Samples = np.zeros(0, np.float32)
        for opus in self._opus.values():
            opus.encode(np.zeros(OPUS_FRAME_SAMPLES, np.float32))
        for aac in self._aac.values():
            for _ in range(PREROLL_FRAMES):
                aac.encode(np.zeros(AAC_FRAME_SAMPLES, np.float32))

    @property
    def is_full(self) -> bool:
        """32 frames are in: `take` the chunk before the next one."""
        return self._frames == OPUS_FRAMES_PER_CHUNK

    @property
    def frame_count(self) -> int:
        """Frames in the chunk under way."""
        return self._frames

    def push(self, frame: Samples) -> None:
        """Encodes one tick.

        Args:
            frame: float32 (960,), −1…1.

        Bounds: about 1.5 ms, all rungs together.
        """
        assert not self.is_full
        self._frames += 1
        for rung, opus in self._opus.items():
            self._packets[rung].append(opus.encode(frame))
        self._waiting = np.concatenate((self._waiting, frame))
        while len(self._waiting) >= AAC_FRAME_SAMPLES:
            block, self._waiting = self._waiting[:AAC_FRAME_SAMPLES], self._waiting[AAC_FRAME_SAMPLES:]
            for rung, aac in self._aac.items():
                self._packets[rung] += aac.encode(block)

    def take(self, number: int) -> dict[Rung, bytes]:
        """Chunk `number` in every rung; starts the next one."""
        assert self.is_full
        chunks = {rung: cmaf.chunk(number, rung.codec, packets) for rung, packets in self._packets.items()}
        for packets in self._packets.values():
            packets.clear()
        self._frames = 0
        return chunks
