"""What one chunk costs: mixing 13 voices, encoding each rung, writing its boxes. One process, no network.

    python bench/stage_encoding.py

Prints `name value unit goal` lines and writes build/bench/stage_encoding.json.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from stage_house import Result, report
from stage_load import debate_packets
from stentor.formats import cmaf
from stentor.limits import AAC_FRAME_SAMPLES, CHUNK_MS, CHUNK_SAMPLES, OPUS_FRAME_SAMPLES
from stentor.sound.aac import AacEncoder
from stentor.sound.loudness import Leveller, Limiter
from stentor.sound.opus import APPLICATION_AUDIO, Decoder, Encoder
from stentor.space.rung import Codec, Rung
from stentor.stage.mixer import mixed

CHUNKS = 30
PEOPLE = 13
GOAL_PERCENT = {Rung.OPUS32: 2.5, Rung.OPUS16: 2.5, Rung.AAC64: 2.0, Rung.AAC32: 2.0}


def main() -> None:
    samples = speech()
    results: list[Result] = []
    packets: dict[Rung, list[bytes]] = {}
    for rung in Rung:
        cpu_ms, packets[rung] = encode(rung, samples)
        results.append((f"encode_{rung}", 100 * cpu_ms / CHUNK_MS, "% of a core", f"<= {GOAL_PERCENT[rung]}"))
    for codec, rung in ((Codec.OPUS, Rung.OPUS32), (Codec.AAC, Rung.AAC64)):
        one = packets[rung][: codec.frames_per_chunk]
        took_ms = cpu_ms_of(partial(cmaf.chunk, 7, codec, one), times=2000)
        results.append((f"boxes_{codec}", 1000 * took_ms, "us per chunk", "<= 100"))
    frames = {str(i): samples[i * 960 : (i + 1) * 960] for i in range(PEOPLE)}
    results.append(("mix_13", cpu_ms_of(lambda: mixed(frames), times=500), "ms per tick", "<= 0.3"))
    leveller, limiter, frame = (
        Leveller(),
        Limiter(),
        0.1 * samples[:960] / max(1e-6, float(np.abs(samples[:960]).max())),
    )
    results.append(
        ("level", cpu_ms_of(lambda: leveller.level(frame), times=500), "ms per voice and tick", "<= 0.1")
    )
    results.append(
        ("limit_idle", cpu_ms_of(lambda: limiter.limit(frame), times=500), "ms per tick", "<= 0.05")
    )
    hot = 40 * frame
    results.append(("limit_busy", cpu_ms_of(lambda: limiter.limit(hot), times=500), "ms per tick", "<= 0.5"))
    report("stage_encoding", results)


def speech() -> NDArray[np.float32]:
    """Real speech, one minute of it."""
    decoder = Decoder()
    return np.concatenate([decoder.decode(packet) for packet in debate_packets("maya")[:3000]])


def encode(rung: Rung, samples: NDArray[np.float32]) -> tuple[float, list[bytes]]:
    """CPU per chunk in ms, and the packets."""
    part = samples[: CHUNKS * CHUNK_SAMPLES]
    packets: list[bytes] = []
    if rung.codec is Codec.OPUS:
        opus = Encoder(bitrate_bps=rung.bitrate_bps, application=APPLICATION_AUDIO)
        blocks = part.reshape(-1, OPUS_FRAME_SAMPLES)
        start_s = time.process_time()
        packets += [opus.encode(block) for block in blocks]
    else:
        aac = AacEncoder(bitrate_bps=rung.bitrate_bps)
        blocks = part.reshape(-1, AAC_FRAME_SAMPLES)
        start_s = time.process_time()
        for block in blocks:
            packets += aac.encode(block)
    return (time.process_time() - start_s) * 1000 / CHUNKS, packets


def cpu_ms_of(work: Callable[[], object], *, times: int) -> float:
    start_s = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start_s) * 1000 / times


if __name__ == "__main__":
    main()
