"""Somebody on stage who sends whatever RTP they like, and keeps the RTP that comes back.

Comes in: an answer, packets. Goes out: an offer, the same packets under real DTLS and SRTP. Never: a codec of
aiortc's, its jitter buffer, its opinion of what RTP is.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import pylibsrtp
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from stage_house import let_on_stage
from stentor.log.bus import Bus
from stentor.rehearsal.relay import stage_address
from stentor.stage.rtp import rtp_header

PACKET_S = 0.02


class RawGuest:
    """One connection. Use `raw_guest`."""

    def __init__(self) -> None:
        self.pc: Any = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        sender: Any = self.pc.addTransceiver(_Nothing(), direction="sendrecv").sender
        self._dtls: Any = sender.transport
        # The class's own would go on to aiortc's jitter buffer and decoder.
        setattr(self._dtls, "_handle_rtp_data", self._keep)  # noqa: B010  # it is a method to mypy
        self.ssrc = int(sender._ssrc)
        self.payload_type = 0
        self.received: list[tuple[float, bytes]] = []
        """When, by the monotonic clock, and the packet."""
        self.answer = ""
        self.connected = asyncio.Event()
        self.pc.on("connectionstatechange", self._changed)

    @property
    def stage(self) -> tuple[str, int]:
        """The stage's socket for this guest."""
        return stage_address(self.answer)

    @property
    def address(self) -> tuple[str, int]:
        """Where this guest sends from."""
        name = self._pair.protocol.transport.get_extra_info("sockname")
        return str(name[0]), int(name[1])

    @property
    def is_connected(self) -> bool:
        return bool(self.pc.connectionState == "connected")

    @property
    def _pair(self) -> Any:
        return self._dtls.transport._connection._nominated[1]

    async def offer(self) -> str:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return str(self.pc.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        self.answer = answer
        line = next(line for line in answer.splitlines() if "opus/48000" in line)
        self.payload_type = int(line.split()[0].rpartition(":")[2])
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def send(self, payload: bytes, *, sequence: int, timestamp: int, ssrc: int | None = None) -> None:
        """One RTP packet, properly encrypted, whatever is in it."""
        header = rtp_header(
            payload_type=self.payload_type,
            sequence=sequence,
            timestamp=timestamp,
            ssrc=self.ssrc if ssrc is None else ssrc,
        )
        self.send_datagram(self._dtls._tx_srtp.protect(header + payload))

    def send_rtcp(self, report: bytes) -> None:
        self.send_datagram(self._dtls._tx_srtp.protect_rtcp(report))

    def send_datagram(self, data: bytes) -> None:
        with suppress(OSError):
            self._pair.protocol.transport.sendto(data, self._pair.remote_addr)

    async def speak(self, packets: Sequence[bytes]) -> None:
        """Sends packets of 20 ms over and over, until it is cancelled or the connection ends."""
        start_s, number = time.monotonic(), 0
        while self.is_connected:
            await asyncio.sleep(max(0.0, start_s + number * PACKET_S - time.monotonic()))
            with suppress(pylibsrtp.Error):
                self.send(packets[number % len(packets)], sequence=number, timestamp=number * 960)
            number += 1

    async def close(self) -> None:
        await self.pc.close()

    async def _keep(self, data: bytes, arrival_time_ms: int) -> None:  # noqa: ARG002  # aiortc's signature
        self.received.append((time.monotonic(), data))

    def _changed(self) -> None:
        if self.is_connected:
            self.connected.set()


class _Nothing(MediaStreamTrack):
    kind = "audio"

    async def recv(self) -> Any:
        return await asyncio.get_running_loop().create_future()


@asynccontextmanager
async def raw_guest(
    bus: Bus, space_id: str, person: str, *, packets: Sequence[bytes] = ()
) -> AsyncIterator[RawGuest]:
    """A person of the crew on stage, who says `packets` over and over; gone afterwards."""
    await let_on_stage(bus, space_id, person)
    guest = RawGuest()
    speaking: asyncio.Task[None] | None = None
    question = {"person": person, "session": person}
    try:
        reply = await bus.request(
            f"stage.{space_id}.join", {**question, "offer": await guest.offer()}, timeout_s=5
        )
        await guest.accept(reply["answer"])
        async with asyncio.timeout(10):
            await guest.connected.wait()
        speaking = asyncio.create_task(guest.speak(packets)) if packets else None
        yield guest
    finally:
        if speaking is not None:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
        await bus.request(f"stage.{space_id}.leave", question, timeout_s=5)
        await guest.close()
