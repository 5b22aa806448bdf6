"""The four rungs as a player gets them."""

import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from stentor.formats import cmaf
from stentor.limits import AAC_FRAME_SAMPLES, CHUNK_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.sound.aac import DELAY_SAMPLES, AacEncoder
from stentor.sound.programme import Programme
from stentor.space.rung import Codec, Rung
from webrtc_peer import FRAME, Samples, bursts

CHUNKS = 6


def chunks(programme: Programme, samples: Samples, *, first: int) -> list[dict[Rung, bytes]]:
    """Cuts samples into frames and frames into chunks."""
    out: list[dict[Rung, bytes]] = []
    for at in range(0, len(samples) - FRAME + 1, FRAME):
        programme.push(samples[at : at + FRAME])
        if programme.is_full:
            out.append(programme.take(first + len(out)))
    return out


def decoded(data: bytes, path: Path) -> tuple[Samples, list[int]]:
    """All samples and all decode times, by FFmpeg's own demuxer and decoder."""
    path.write_bytes(data)
    with av.open(str(path)) as container:
        times = [packet.dts for packet in container.demux(audio=0) if packet.dts is not None]
    with av.open(str(path)) as container:
        blocks = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    scale = 32768 if blocks[0].dtype == np.int16 else 1
    return (np.concatenate(blocks).astype(np.float32) / np.float32(scale)), times


def lag(heard: Samples, said: Samples) -> int:
    """By how many samples `heard` is late."""
    size = 1 << 18
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)))
    at = int(np.argmax(product))
    return at if at < size // 2 else at - size


@pytest.mark.parametrize("rung", list(Rung))
def test_every_rung_decodes_without_a_word_over_a_restart(rung: Rung, tmp_path: Path) -> None:
    """Equal steps of decode time, the same place of the sound before and after, no warning of FFmpeg."""
    samples = bursts(CHUNKS * CHUNK_SAMPLES / 48_000, pitch_hz=170, seed=6)
    half = CHUNKS // 2 * CHUNK_SAMPLES
    made = chunks(Programme(), samples[:half], first=10)
    made += chunks(Programme(), samples[half:], first=10 + CHUNKS // 2)
    data = cmaf.init_segment(rung.codec) + b"".join(chunk[rung] for chunk in made)
    heard, times = decoded(data, tmp_path / "programme.mp4")
    assert set(np.diff(times)) == {rung.codec.frame_samples}
    assert times[0] == 10 * CHUNK_SAMPLES
    # FFmpeg does not skip `dOps.pre_skip` in a stream that does not begin at 0: the delay is the look-ahead.
    delay = DELAY_SAMPLES if rung.codec is Codec.AAC else lag(heard[:half], samples[:half])
    assert delay in {DELAY_SAMPLES, 0, cmaf.OPUS_PRE_SKIP_SAMPLES}
    for part in (slice(0, half), slice(half + 8192, None)):
        assert abs(lag(heard[part], samples[part]) - delay) <= 2
    quiet = subprocess.run(
        ["ffmpeg", "-v", "warning", "-i", tmp_path / "programme.mp4", "-f", "null", "-"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert quiet.stderr == ""


def test_the_config_in_the_init_segment_is_the_encoder_s_own() -> None:
    """For both bit rates: the rungs of a codec share one init segment."""
    for rung in (Rung.AAC64, Rung.AAC32):
        encoder = AacEncoder(bitrate_bps=rung.bitrate_bps)
        encoder.encode(np.zeros(AAC_FRAME_SAMPLES, np.float32))
        assert encoder.config == cmaf.AAC_CONFIG


def test_a_chunk_is_full_with_its_last_sample() -> None:
    """No rung waits for a frame of the next chunk."""
    programme = Programme()
    for _ in range(OPUS_FRAMES_PER_CHUNK):
        assert not programme.is_full
        programme.push(np.zeros(FRAME, np.float32))
    for rung, data in programme.take(0).items():
        assert len(cmaf.packets_of(data)) == rung.codec.frames_per_chunk


@pytest.mark.parametrize(("better", "worse"), [(Rung.OPUS32, Rung.OPUS16), (Rung.AAC64, Rung.AAC32)])
def test_the_lower_rung_is_about_half_as_large(better: Rung, worse: Rung) -> None:
    """It is the ladder's whole purpose."""
    random = np.random.default_rng(1)
    samples = bursts(4, pitch_hz=150, seed=7) + random.normal(0, 0.01, 4 * 48_000).astype(np.float32)
    made = chunks(Programme(), samples, first=0)
    sizes = {rung: sum(len(chunk[rung]) for chunk in made) for rung in Rung}
    assert sizes[worse] < 0.65 * sizes[better]
