"""People of a real house who hold a tone each, and ears that say when one of them was heard last."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
import numpy as np

from house.house import House
from stage.sounds import amplitude_of
from stentor.formats.cmaf import chunk_number, packets_of
from stentor.formats.emsg import ticks_of
from stentor.limits import CHUNK_MS
from stentor.process import end_tasks
from stentor.sound.opus import Decoder, Encoder
from stentor.space.tick import decoded, merged
from webrtc_peer import FRAME, RATE_HZ, Samples, TestPeer

QUIET_BLOCKS = 6
"""120 ms without a voice: it is off, not between two packets."""
_AWAY_BLOCKS = 10
_AUDIBLE = 0.02


@cache
def tone(pitch_hz: float) -> tuple[bytes, ...]:
    """A second of a tone, in Opus packets; whole periods, so that it can be said over and over."""
    assert pitch_hz % 50 == 0
    block = (0.2 * np.sin(2 * np.pi * pitch_hz * np.arange(FRAME) / RATE_HZ)).astype(np.float32)
    encoder = Encoder(bitrate_bps=32_000)
    return tuple(encoder.encode(block) for _ in range(50))


def is_heard(block: Samples, pitch_hz: float) -> bool:
    return amplitude_of(block, pitch_hz) > _AUDIBLE


@dataclass
class Guest:
    """Somebody with an invitation.

    Args:
        session_url: of the last join; DELETE there leaves.
    """

    name: str
    id: str
    token: str
    pitch_hz: float
    session_url: str = ""
    peer: TestPeer | None = None

    @property
    def header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Evening:
    """One Space on the air, somebody who listens, and the API as its host uses it."""

    def __init__(self, house: House, space_id: str, http: aiohttp.ClientSession) -> None:
        self.house, self.space_id, self.http = house, space_id, http
        self.crowd = Crowd()
        self.owner = {"Authorization": f"Bearer {(house.data_dir / 'owner.token').read_text().strip()}"}

    async def call(self, method: str, path: str, body: Any = None, *, by: Guest | None = None) -> Any:
        """Fails on anything but yes."""
        status, told = await self.ask(method, path, body, by=by)
        assert status < 300, (method, path, status, told)
        return told

    async def ask(
        self, method: str, path: str, body: Any = None, *, by: Guest | None = None
    ) -> tuple[int, Any]:
        header = self.owner if by is None else by.header
        url = self.house.door_url + path
        async with self.http.request(method, url, json=body, headers=header) as answer:
            return answer.status, await answer.json(content_type=None) if await answer.read() else None

    async def open(self) -> None:
        await self.call("POST", "/api/spaces", {"id": self.space_id, "title": "A moderated talk"})
        await self.call("POST", f"/api/spaces/{self.space_id}/state", {"state": "on_air"})

    async def invite(self, name: str, *, role: str = "speaker", pitch_hz: float = 0, **more: Any) -> Guest:
        wanted = {"role": role, "name": name, **more}
        told = await self.call("POST", f"/api/spaces/{self.space_id}/invitations", wanted)
        return Guest(name, told["person"], told["link"].rpartition("/")[2], pitch_hz)

    async def person(self, verb: str, guest: Guest, body: Any = None) -> Any:
        """The host's word about somebody."""
        return await self.call("POST", f"/api/spaces/{self.space_id}/people/{guest.id}/{verb}", body)

    async def offer(self, guest: Guest) -> tuple[int, str]:
        """A new connection of the guest's page. Returns the answer's status, and its SDP or its reason."""
        silence = np.zeros(FRAME, np.float32)
        peer = TestPeer(silence, packets=tone(guest.pitch_hz) if guest.pitch_hz else ())
        async with self.http.post(
            f"{self.house.door_url}/whip/{self.space_id}",
            data=(await peer.offer()).encode(),
            headers={**guest.header, "Content-Type": "application/sdp"},
        ) as answer:
            text = await answer.text()
            if answer.status == 201:
                guest.peer, guest.session_url = peer, answer.headers["Location"]
                await peer.accept(text)
            else:
                await peer.close()
            return answer.status, text

    async def join(self, *guests: Guest) -> None:
        """All of them, connected."""
        for guest in guests:
            # Whoever was let in a moment ago may be asked to come again (503, Retry-After).
            async with asyncio.timeout(10):
                while (await self.offer(guest))[0] == 503:
                    await asyncio.sleep(0.2)
            assert guest.peer is not None
        async with asyncio.timeout(20):
            await asyncio.gather(*(g.peer.connected.wait() for g in guests if g.peer))

    async def until(self, holds: Callable[[dict[str, Any]], bool], *, within_s: float = 15) -> dict[str, Any]:
        """Waits for what a listener is told. Returns the newest tick, with all that is known."""
        async with asyncio.timeout(within_s):
            while not holds(self.crowd.tick):
                self.crowd.news.clear()
                await self.crowd.news.wait()
        return self.crowd.tick

    async def chunks(self, count: int) -> None:
        """Lets so many whole chunks come that were spoken after now."""
        last_ms = 1000 * time.time() + count * CHUNK_MS
        await self.until(lambda tick: tick["t"] >= last_ms)

    @property
    def people(self) -> dict[str, dict[str, Any]]:
        """Who is on stage, by name, as the newest tick says."""
        return {person["name"]: person for person in self.crowd.tick.get("people", [])}


async def until_heard(ear: TestPeer, *voices: Guest, within_s: float = 20) -> None:
    """Each of the voices is in most of the ear's last blocks."""

    def are_heard() -> bool:
        last = ear.blocks[-QUIET_BLOCKS:]
        return all(2 * sum(is_heard(b, v.pitch_hz) for b in last) > QUIET_BLOCKS for v in voices)

    async with asyncio.timeout(within_s):
        while not are_heard():
            ear.news.clear()
            await ear.news.wait()


async def until_silent(ear: TestPeer, voice: Guest, *, within_s: float = 5) -> float:
    """Waits until a voice is gone from the ear. Returns when it was heard last, by the monotonic clock."""
    async with asyncio.timeout(within_s):
        while any(is_heard(block, voice.pitch_hz) for block in ear.blocks[-QUIET_BLOCKS:]):
            ear.news.clear()
            await ear.news.wait()
    pairs = zip(reversed(ear.heard_at_s), reversed(ear.blocks), strict=False)
    return next((at_s for at_s, block in pairs if is_heard(block, voice.pitch_hz)), 0.0)


class Crowd:
    """A listener at the front door, who keeps every chunk and what the ticks say.

    Args:
        tick: everything that is known at the newest chunk.
    """

    def __init__(self) -> None:
        self.tick: dict[str, Any] = {}
        self.news = asyncio.Event()
        self._data = b""
        self._fragment = b""
        self._chunks: list[bytes] = []

    async def listen(self, http: aiohttp.ClientSession, url: str) -> None:
        """Comes again until there is something to hear, then stays."""
        while True:
            async with http.get(url, timeout=aiohttp.ClientTimeout(total=None)) as stream:
                if stream.status == 200:
                    async for part in stream.content.iter_any():
                        self._take(part)
            await asyncio.sleep(0.1)

    @property
    def epoch_s(self) -> float:
        """The wall time of chunk 0."""
        return float(self.tick["t"] / 1000 - self.tick["n"] * CHUNK_MS / 1000)

    def programme(self) -> tuple[float, Samples]:
        """The wall time of the first sample in seconds, and the samples."""
        decoder = Decoder()
        samples = [decoder.decode(packet) for chunk in self._chunks for packet in packets_of(chunk)]
        return self.epoch_s + chunk_number(self._chunks[0]) * CHUNK_MS / 1000, np.concatenate(samples)

    def _take(self, part: bytes) -> None:
        self._data += part
        while len(self._data) >= 8 and len(self._data) >= (size := int.from_bytes(self._data[:4], "big")):
            box, self._data = self._data[:size], self._data[size:]
            kind = box[4:8]
            if kind == b"emsg":
                for tick in ticks_of(box):
                    self.tick = merged(self.tick, decoded(tick))
            elif kind == b"moof":
                self._fragment = box
            elif kind == b"mdat":
                self._chunks.append(self._fragment + box)
                self.news.set()


def last_heard_s(programme: tuple[float, Samples], voice: Guest, *, after_s: float) -> float:
    """When a voice was in the programme last, before it was away for 0.2 s; wall time.

    Args:
        after_s: where to begin to look.
    """
    start_s, samples = programme
    first = max(0, int((after_s - start_s) * RATE_HZ / FRAME))
    last_s, quiet_blocks = after_s, 0
    for index in range(first, len(samples) // FRAME):
        if is_heard(samples[index * FRAME : (index + 1) * FRAME], voice.pitch_hz):
            last_s, quiet_blocks = start_s + (index + 1) * FRAME / RATE_HZ, 0
        else:
            quiet_blocks += 1
            if quiet_blocks >= _AWAY_BLOCKS:
                return last_s
    raise AssertionError(f"{voice.name} was never silent after {after_s}")


@asynccontextmanager
async def evening_of(house: House, space_id: str) -> AsyncIterator[Evening]:
    async with aiohttp.ClientSession() as http:
        evening = Evening(house, space_id, http)
        await evening.open()
        url = f"{house.edge_url}/s/{space_id}/live.mp4?codec=opus"
        listening = asyncio.create_task(evening.crowd.listen(http, url))
        try:
            await evening.until(lambda tick: tick.get("state") == "on_air", within_s=30)
            yield evening
        finally:
            await end_tasks(listening)
            await evening.call("POST", f"/api/spaces/{space_id}/state", {"state": "ended"})


def wall_of(monotonic_s: float) -> float:
    return time.time() - time.monotonic() + monotonic_s
