"""A speaker's end of WebRTC, as a browser has it. The one file of the rehearsal that imports aiortc.

Comes in: a speech and a clock. Goes out: an offer, Opus over SRTP, and what the stage sends back.
Never: a queue that grows: the returning track is always drained, heard or not (a track that nobody reads
grows without bound in aiortc).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import numpy.typing as npt
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from stentor.clock import Clock
from stentor.errors import BadOffer
from stentor.rehearsal.opus_file import PACKET_MS, Speech, timed

Hear = Callable[[npt.NDArray[np.int16], float], None]
"""Called with 20 ms of mono samples at 48 kHz and the monotonic second at which they were decoded."""

CONNECT_TIMEOUT_S = 10.0
LOST_AFTER_S = 1.0
"""50 packets in a row: a stage that is alive has sent them. A killed one is up again after about a second,
and its speakers' silence may last three in all."""
_CHECK_INTERVAL_S = 0.25
_LATE_SLOTS_MAX = 3
"""A sender that is later than 60 ms skips what it missed; a burst would only fill the jitter buffer."""


class SpeechTrack(MediaStreamTrack):
    """A speech on its way out, one packet each 20 ms of the wall clock.

    Args:
        start_ms: wall time of the speech's first packet; voices with one start stay in step.
        clock: must not step, see SteadyClock.
    """

    kind = "audio"

    def __init__(self, speech: Speech, *, start_ms: int, clock: Clock) -> None:
        super().__init__()
        self._speech = speech
        self._start_ms = start_ms
        self._clock = clock
        self._first_slot: int | None = None
        self._slot = 0

    async def recv(self):  # type: ignore[no-untyped-def]  # aiortc: Frame, in truth Frame | Packet
        if self.readyState != "live":
            raise MediaStreamError
        now_slot = (self._clock.wall_ms() - self._start_ms) // PACKET_MS
        if self._first_slot is None:
            self._first_slot = self._slot = now_slot
        elif now_slot > self._slot + _LATE_SLOTS_MAX:
            self._slot = now_slot
        else:
            self._slot += 1
        due_ms = self._start_ms + self._slot * PACKET_MS
        await asyncio.sleep((due_ms - self._clock.wall_ms()) / 1000)
        return timed(self._speech.at(self._slot), slot=self._slot - self._first_slot)


class Peer:
    """One WebRTC connection; a new one is made for each join."""

    def __init__(self, track: SpeechTrack, *, hear: Hear | None, clock: Clock) -> None:
        self._track = track
        self._hear = hear
        self._clock = clock
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._changed = asyncio.Event()
        self._drains: set[asyncio.Task[None]] = set()
        self._pc.on("connectionstatechange", self._changed.set)
        self._pc.on("track", self._drain)

    async def offer(self) -> str:
        """An offer with all its candidates in it."""
        self._pc.addTrack(self._track)
        await self._pc.setLocalDescription(await self._pc.createOffer())
        return str(self._pc.localDescription.sdp)

    async def connect(self, answer: str) -> None:
        """Raises: BadOffer: an answer that makes no sense. TimeoutError: no connection within 10 s."""
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
        except (ValueError, KeyError, IndexError) as error:
            raise BadOffer(f"The stage's answer cannot be used: {error}") from None
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            while self._pc.connectionState != "connected":
                if self._pc.connectionState in {"failed", "closed"}:
                    raise TimeoutError
                self._changed.clear()
                await self._changed.wait()

    async def lost(self) -> str:
        """Returns why, once the stage is gone.

        The connection's own checks take 30 s to notice a stage that was killed, so the packets that come
        back are watched: the stage sends to everybody all the time, silence too.
        """
        seen, since_s = -1, self._clock.monotonic_s()
        while self._pc.connectionState == "connected":
            count = await self._packets_received()
            now_s = self._clock.monotonic_s()
            if count != seen:
                seen, since_s = count, now_s
            elif now_s - since_s > LOST_AFTER_S:
                return f"nothing came back for {LOST_AFTER_S:g} s"
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _CHECK_INTERVAL_S)
        return f"the connection is {self._pc.connectionState}"

    async def close(self) -> None:
        """Bounds: well under a second; nothing is left running."""
        self._track.stop()
        await self._pc.close()
        for task in self._drains:
            task.cancel()
        await asyncio.gather(*self._drains, return_exceptions=True)

    async def _packets_received(self) -> int:
        report = await self._pc.getStats()
        return sum(s.packetsReceived for s in report.values() if s.type == "inbound-rtp")

    def _drain(self, track: MediaStreamTrack) -> None:
        task = asyncio.create_task(self._hear_all(track), name="voice-drain")
        self._drains.add(task)
        task.add_done_callback(self._drains.discard)

    async def _hear_all(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if self._hear is not None:
                    # aiortc decodes to interleaved stereo; the programme is mono, so the left side is all.
                    left = frame.to_ndarray()[0, ::2]  # type: ignore[union-attr]
                    self._hear(left, self._clock.monotonic_s())
