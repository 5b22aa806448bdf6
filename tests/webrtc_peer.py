"""A real WebRTC peer for the tests: speaks samples through aiortc, keeps what it hears."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from fractions import Fraction
from typing import Any

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

FRAME = 960
RATE_HZ = 48_000
Samples = NDArray[np.float32]


def bursts(seconds: float, *, pitch_hz: float, seed: int) -> Samples:
    """Syllables: a tone with harmonics whose loudness follows a random pattern that no other seed has."""
    random = np.random.default_rng(seed)
    count = int(seconds * RATE_HZ)
    steps = np.repeat(random.random(int(seconds * 8) + 2) > 0.5, RATE_HZ // 8)[:count].astype(np.float32)
    envelope = np.convolve(steps, np.hanning(960) / np.hanning(960).sum(), mode="same")
    time = np.arange(count) / RATE_HZ
    tone = sum(np.sin(2 * np.pi * pitch_hz * k * time) / k for k in (1, 2, 3, 5))
    return (0.2 * envelope * tone).astype(np.float32)


def envelope(samples: Samples, *, step: int = FRAME) -> NDArray[np.float64]:
    count = len(samples) // step
    power: NDArray[np.float64] = np.sqrt(
        (samples[: count * step].reshape(count, step).astype(np.float64) ** 2).mean(axis=1)
    )
    return power


def best_correlation(heard: Samples, said: Samples) -> float:
    """The highest correlation of the two envelopes over every lag up to 2 s."""
    a, b = envelope(heard), envelope(said)
    best = 0.0
    for lag in range(-100, 101):
        x = a[max(0, lag) :]
        y = b[max(0, -lag) :]
        count = min(len(x), len(y))
        if count < 100 or x[:count].std() < 1e-6 or y[:count].std() < 1e-6:
            continue
        best = max(best, float(np.corrcoef(x[:count], y[:count])[0, 1]))
    return best


class _Microphone(MediaStreamTrack):
    """Gives one frame each 20 ms of real time, as a microphone does."""

    kind = "audio"

    def __init__(self, samples: Samples) -> None:
        super().__init__()
        self._samples = samples
        self._at = 0
        self._start_s: float | None = None
        self.is_over = asyncio.Event()

    async def recv(self) -> Any:
        loop = asyncio.get_running_loop()
        if self._start_s is None:
            self._start_s = loop.time()
        await asyncio.sleep(max(0.0, self._start_s + self._at / RATE_HZ - loop.time()))
        block = self._samples[self._at : self._at + FRAME]
        if len(block) < FRAME:
            self.is_over.set()
            block = np.zeros(FRAME, np.float32)
        frame = av.AudioFrame.from_ndarray((block * 32767).astype(np.int16).reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._at, Fraction(1, RATE_HZ)
        self._at += FRAME
        return frame


class _Player(MediaStreamTrack):
    """Sends encoded packets of 20 ms over and over: a voice that costs no encode."""

    kind = "audio"

    def __init__(self, packets: Sequence[bytes]) -> None:
        super().__init__()
        self._packets = packets
        self._sent = 0
        self._start_s: float | None = None

    async def recv(self) -> Any:
        loop = asyncio.get_running_loop()
        if self._start_s is None:
            self._start_s = loop.time()
        await asyncio.sleep(max(0.0, self._start_s + self._sent * 0.02 - loop.time()))
        packet = av.Packet(self._packets[self._sent % len(self._packets)])
        packet.pts, packet.time_base = self._sent * FRAME, Fraction(1, RATE_HZ)
        self._sent += 1
        return packet


class TestPeer:
    """One browser, so to speak.

    Args:
        samples: what it says, once.
        packets: instead: Opus packets that it sends over and over; it hears nothing then.
    """

    __test__ = False

    def __init__(self, samples: Samples, *, packets: Sequence[bytes] = ()) -> None:
        self.microphone = _Microphone(samples)
        self.pc: Any = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        if packets:
            self.pc.addTransceiver(_Player(packets), direction="sendonly")
        else:
            self.pc.addTrack(self.microphone)
        self.connected = asyncio.Event()
        self._blocks: list[Samples] = []
        self.heard_at_s: list[float] = []
        """When each block of `blocks` came out of the decoder, by the monotonic clock."""
        self.news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.heard_something = asyncio.Event()
        self.pc.on("track", self._listen)
        self.pc.on("connectionstatechange", self._changed)

    async def offer(self) -> str:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return str(self.pc.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    @property
    def blocks(self) -> list[Samples]:
        """What was heard, as it came: 20 ms each."""
        return self._blocks

    @property
    def heard(self) -> Samples:
        return np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)

    def vanish(self) -> None:
        """As a machine whose battery is empty: no goodbye, no packet more, in neither direction."""
        for protocol in self._ice._protocols:
            protocol.transport = _CutLine(protocol.transport)
            protocol.datagram_received = lambda _data, _address: None

    def overhear(self) -> "Overheard":
        """Keeps a copy of every datagram that is sent from now on, and where it goes."""
        pair = self._ice._nominated[1]
        overheard = Overheard(pair.protocol.transport, pair.remote_addr)
        pair.protocol.transport = overheard
        return overheard

    @property
    def _ice(self) -> Any:
        return self.pc.getSenders()[0].transport.transport._connection

    async def close(self) -> None:
        await self.pc.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _changed(self) -> None:
        if self.pc.connectionState == "connected":
            self.connected.set()

    def _listen(self, track: Any) -> None:
        self._task = asyncio.ensure_future(self._keep(track))

    async def _keep(self, track: Any) -> None:
        try:
            while True:
                frame = await track.recv()
                samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
                self._blocks.append(samples.astype(np.float32) / 32768)
                self.heard_at_s.append(time.monotonic())
                self.news.set()
                if np.abs(samples).max() > 300:
                    self.heard_something.set()
        except MediaStreamError:
            return


class _CutLine:
    """A transport that sends nothing any more."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def sendto(self, data: bytes, address: tuple[str, int]) -> None:
        """Into the void."""


class Overheard:
    """A transport with an ear on it."""

    def __init__(self, transport: Any, address: tuple[str, int]) -> None:
        self._transport = transport
        self._own_address = transport.get_extra_info("sockname")
        self.address = address
        self.datagrams: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def sendto(self, data: bytes, address: tuple[str, int]) -> None:
        self.datagrams.append(data)
        self._transport.sendto(data, address)

    def replay(self) -> int:
        """Sends every packet of sound once more, from the same port, which must be closed by now.

        Returns: how many.
        """
        sound = [data for data in self.datagrams if 127 < data[0] < 192]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.bind(self._own_address)
            for data in sound:
                # Nobody may be there any more, which the kernel tells with the next packet.
                with suppress(ConnectionRefusedError):
                    again.sendto(data, self.address)
        return len(sound)


@asynccontextmanager
async def test_peer(samples: Samples) -> AsyncIterator[TestPeer]:
    """A peer that is gone afterwards."""
    peer = TestPeer(samples)
    try:
        yield peer
    finally:
        await peer.close()


test_peer.__test__ = False  # type: ignore[attr-defined]
