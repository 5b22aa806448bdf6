"""RTP over NATS, against a real server."""

import asyncio
import json

import pytest

from stentor.errors import BadInput
from stentor.log.bus import Bus
from stentor.stage.rtp import rtp_header
from stentor.stage.wire_transport import DATAGRAM_BYTES_MAX, WirePeer, WireTransport


class Ear:
    """What the floor would be told."""

    def __init__(self) -> None:
        self.datagrams: list[bytes] = []
        self.news = asyncio.Event()
        self.closed = asyncio.Event()

    def take(self, datagram: bytes) -> None:
        self.datagrams.append(datagram)
        self.news.set()

    async def join(self, transport: WireTransport, person: str = "obs") -> WirePeer:
        return await transport.join(person, on_rtp=self.take, on_closed=self.closed.set)


def datagram(ssrc: int, payload: bytes = b"sound") -> bytes:
    return rtp_header(payload_type=111, sequence=1, timestamp=0, ssrc=ssrc) + payload


async def test_only_the_session_s_own_packets_are_heard(bus: Bus, space_id: str) -> None:
    """Not those of a session that was replaced, not what is no RTP, not what is too long."""
    transport, ear = WireTransport(bus, space_id), Ear()
    peer = await ear.join(transport)
    told = json.loads(peer.answer)
    assert told == {
        "ssrc": peer.ssrc,
        "payload_type": peer.payload_type,
        "subject": f"stage.{space_id}.rtp.obs",
    }
    too_long = datagram(peer.ssrc, bytes(DATAGRAM_BYTES_MAX))
    for data in (b"", b"\x80", datagram(peer.ssrc ^ 1), too_long, datagram(peer.ssrc)):
        await bus.publish(told["subject"], data)
    async with asyncio.timeout(5):
        await ear.news.wait()
    assert ear.datagrams == [datagram(peer.ssrc)]
    assert peer.stranger_count == 4
    await transport.close()
    assert transport.peer_count == 0


async def test_a_silent_worker_s_session_is_over_and_a_speaking_one_s_is_not(bus: Bus, space_id: str) -> None:
    """Nothing is left of it then."""
    transport, ear = WireTransport(bus, space_id, silent_after_s=0.3), Ear()
    peer = await ear.join(transport)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    while loop.time() - began_s < 0.6:
        ear.news.clear()
        await bus.publish(f"stage.{space_id}.rtp.obs", datagram(peer.ssrc))
        await ear.news.wait()
        assert not ear.closed.is_set()
    async with asyncio.timeout(5):
        await ear.closed.wait()
        while transport.peer_count:
            await asyncio.sleep(0)
    await peer.close()


async def test_an_id_that_would_listen_to_others_is_refused(bus: Bus, space_id: str) -> None:
    """A wildcard is a subject too."""
    transport = WireTransport(bus, space_id)
    for person in ("*", ">", "a.b", "", "A"):
        with pytest.raises(BadInput):
            await Ear().join(transport, person)
    assert transport.peer_count == 0
