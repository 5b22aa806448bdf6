"""How late a voice is: from one speaker's RTP to another's, to the chunk in the log, to an HTTP listener.

    python bench/stage_latency.py [--clicks 40]

A click (one loud packet in silence) is sent each 2.2 s; its time of return is that of the first packet with
sound that comes back at the other person, before any jitter buffer of theirs. Add the network, 20 ms of
packet and the browser's own buffer for mouth to ear.

A fan-out writes to its listeners by turns, spread over a chunk's time, and where the turns stand against the
chunks is chance: so there is a listener in each of the slots, and the figures are over all of them.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import av
import numpy as np

from stage_house import Result, report, running_edge, running_stage
from stage_load import PacketTrack, join
from stentor.formats import cmaf
from stentor.log.server import EmbeddedServer
from stentor.log.subjects import ChunkName
from stentor.process import end_tasks
from stentor.sound.opus import Decoder, Encoder
from stentor.space.rung import Rung

EVERY_PACKETS = 110
LOUD = 0.02
LISTENERS = 32


class Clicks(PacketTrack):
    """Silence with a burst of noise each 2.2 s, and when it was sent."""

    def __init__(self) -> None:
        encoder, noise = Encoder(bitrate_bps=32_000), np.random.default_rng(1)
        frames = [np.zeros(960, np.float32)] * EVERY_PACKETS
        frames[EVERY_PACKETS // 2] = noise.normal(0, 0.2, 960).astype(np.float32)
        super().__init__([encoder.encode(frame) for frame in frames])
        self.sent_s: list[float] = []
        self._news = asyncio.Event()

    async def sent(self, count: int) -> None:
        """Returns when so many clicks are out, the last one but one heard."""
        while len(self.sent_s) <= count:
            self._news.clear()
            await self._news.wait()

    async def recv(self) -> Any:
        packet = await super().recv()
        if (self._sent - 1) % EVERY_PACKETS == EVERY_PACKETS // 2:
            self.sent_s.append(time.monotonic())
            self._news.set()
        return packet


class Ear:
    """Notes when sound comes after silence."""

    def __init__(self) -> None:
        self.heard_s: list[float] = []
        self._decoder = Decoder()
        self._last_s = 0.0

    def take(self, payload: bytes) -> None:
        now_s = time.monotonic()
        if np.abs(self._decoder.decode(payload)).max() > LOUD and now_s - self._last_s > 0.5:
            self._last_s = now_s
            self.heard_s.append(now_s)

    def take_chunk(self, subject: str, data: bytes) -> None:
        if ChunkName.parse(subject).rung is Rung.OPUS32:
            for packet in cmaf.packets_of(data):
                self.take(packet)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clicks", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "nats")
        await server.start()
        try:
            results = await measure(server.url, Path(folder), arguments.clicks)
        finally:
            await server.stop()
    report("stage_latency", results)


async def measure(url: str, folder: Path, clicks: int) -> list[Result]:
    track, other, log, web = Clicks(), Ear(), Ear(), [Ear() for _ in range(LISTENERS)]
    async with (
        running_stage(url, folder, "bench-latency") as stage,
        running_edge(url, folder) as edge,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=LISTENERS)) as http,
    ):
        live = f"{edge}/s/{stage.space_id}/live.mp4?codec=opus"
        listening = [asyncio.create_task(listen(http, live, ear)) for ear in web]
        chunks = await stage.bus.subscribe(f"space.{stage.space_id}.chunk.*.*", log.take_chunk)
        speaker = await join(stage.bus, stage.space_id, "speaker", track)
        listener = await join(stage.bus, stage.space_id, "listener", PacketTrack([b"\xf8\xff\xfe"]))

        async def take(packet: Any, **_: Any) -> None:
            other.take(packet.payload)

        listener.getReceivers()[0]._handle_rtp_packet = take
        await track.sent(clicks)
        await chunks.close()
        await end_tasks(*listening)
        await asyncio.gather(speaker.close(), listener.close())
    sent_s = track.sent_s[:-1]
    return [
        *delays("speaker_to_speaker", sent_s, [other], goals=("<= 60", "<= 200")),
        *delays("speaker_to_log", sent_s, [log], goals=("<= 450", "<= 800")),
        *delays("speaker_to_live_mp4", sent_s, web, goals=("<= 800", "<= 1400")),
    ]


async def listen(http: aiohttp.ClientSession, url: str, ear: Ear) -> None:
    """A listener who has no player: hears a chunk when its last byte has come."""
    async with http.get(url, timeout=aiohttp.ClientTimeout(total=None)) as answer:
        buffer = b""
        async for part in answer.content.iter_any():
            buffer += part
            while len(buffer) >= 8 and len(buffer) >= (size := int.from_bytes(buffer[:4])):
                if buffer[4:8] == b"moof":
                    whole = size + int.from_bytes(buffer[size : size + 4])
                    if len(buffer) < size + 4 or len(buffer) < whole:
                        break
                    for packet in cmaf.packets_of(buffer[:whole]):
                        ear.take(packet)
                    size = whole
                buffer = buffer[size:]


def delays(name: str, sent_s: list[float], ears: list[Ear], *, goals: tuple[str, str]) -> list[Result]:
    """Each click with the first sound after it, at each ear."""
    pairs = [(s, next((h for h in ear.heard_s if 0 <= h - s < 2.0), None)) for ear in ears for s in sent_s]
    found = sorted((h - s) * 1000 for s, h in pairs if h is not None)
    p95 = found[min(len(found) - 1, int(len(found) * 0.95))]
    return [
        (f"{name}_p50", statistics.median(found), "ms", goals[0]),
        (f"{name}_p95", p95, "ms", goals[1]),
        (f"{name}_missed", float(len(pairs) - len(found)), "clicks", "<= 1"),
    ]


if __name__ == "__main__":
    av.logging.set_level(av.logging.ERROR)
    asyncio.run(main())
