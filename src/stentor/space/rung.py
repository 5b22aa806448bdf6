"""The rungs of the programme: each codec in two bit rates, one init segment per codec."""

from enum import StrEnum

from stentor.limits import (
    AAC_FRAME_SAMPLES,
    AAC_FRAMES_PER_CHUNK,
    OPUS_FRAME_SAMPLES,
    OPUS_FRAMES_PER_CHUNK,
)


class Codec(StrEnum):
    """What a browser has to decode."""

    OPUS = "opus"
    AAC = "aac"

    @property
    def frame_samples(self) -> int:
        return OPUS_FRAME_SAMPLES if self is Codec.OPUS else AAC_FRAME_SAMPLES

    @property
    def frames_per_chunk(self) -> int:
        return OPUS_FRAMES_PER_CHUNK if self is Codec.OPUS else AAC_FRAMES_PER_CHUNK

    @property
    def mime(self) -> str:
        """RFC 6381 codecs string, as MediaSource and HLS want it."""
        return "opus" if self is Codec.OPUS else "mp4a.40.2"


class Rung(StrEnum):
    """One encode of the programme, best first within each codec."""

    OPUS32 = "opus32"
    OPUS16 = "opus16"
    AAC64 = "aac64"
    AAC32 = "aac32"

    @property
    def codec(self) -> Codec:
        return Codec.OPUS if self in {Rung.OPUS32, Rung.OPUS16} else Codec.AAC

    @property
    def bitrate_bps(self) -> int:
        return int(self.value.removeprefix(self.codec.value)) * 1000


BEST_RUNG = {Codec.OPUS: Rung.OPUS32, Codec.AAC: Rung.AAC64}
