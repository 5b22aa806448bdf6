"""A media port under fire, with real sockets and keys: what strangers and rude guests cannot do to it."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator

import pytest

from raw_guest import RawGuest
from stage_flood import check, client_hello
from stentor.formats.opus_packet import SILENCE
from stentor.stage.aiortc_transport import AiortcPeer, AiortcTransport


@pytest.fixture
async def transport() -> AsyncIterator[AiortcTransport]:
    transport = AiortcTransport(addresses=["127.0.0.1"])
    yield transport
    await transport.close()


class Line:
    """A guest and the stage's end of their line."""

    def __init__(self) -> None:
        self.guest = RawGuest()
        self.heard: list[bytes] = []
        self.news = asyncio.Event()
        self._mark = 1_000

    async def join(self, transport: AiortcTransport) -> AiortcPeer:
        peer = await transport.join(await self.guest.offer(), on_rtp=self._hear, on_closed=lambda: None)
        self.guest.answer = peer.answer
        return peer

    async def connect(self, peer: AiortcPeer) -> None:
        await self.guest.accept(peer.answer)
        async with asyncio.timeout(10):
            await self.guest.connected.wait()

    async def is_alive(self) -> bool:
        """Whether a packet that is sent now arrives; what was sent before it has been dealt with then."""
        for _ in range(50):
            self._mark += 1
            self.guest.send(SILENCE, sequence=self._mark, timestamp=self._mark)
            try:
                async with asyncio.timeout(0.1):
                    while not any(_timestamp(rtp) == self._mark for rtp in self.heard[-2:]):
                        self.news.clear()
                        await self.news.wait()
            except TimeoutError:
                continue
            return True
        return False

    def _hear(self, rtp: bytes) -> None:
        self.heard.append(rtp)
        self.news.set()


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    line = Line()
    yield line
    await line.guest.close()


def _timestamp(rtp: bytes) -> int:
    return int.from_bytes(rtp[4:8], "big")


def name_of(peer: AiortcPeer) -> str:
    return next(s.partition(":")[2] for s in peer.answer.splitlines() if s.startswith("a=ice-ufrag:"))


async def test_a_stranger_who_even_knows_our_name_is_not_answered(
    transport: AiortcTransport, line: Line
) -> None:
    """aioice would answer each with an error of twice the size, to whatever address it says it has."""
    peer = await line.join(transport)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)
        stranger.connect(line.guest.stage)
        for _ in range(100):
            for data in (
                check(f"{name_of(peer)}:x"),
                check("nobody:x"),
                b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12),
            ):
                stranger.send(data)
        await line.connect(peer)
        assert await line.is_alive()
        with pytest.raises(BlockingIOError):
            stranger.recv(1_500)
    assert peer.stranger_count >= 200


async def test_nothing_of_a_stranger_waits_before_dtls(transport: AiortcTransport, line: Line) -> None:
    """Regression: STUN that did not parse took all 64 places, and the handshake's datagrams had none."""
    peer = await line.join(transport)
    torn = b"\0\1\0\x08\x21\x12\xa4\x42" + bytes(12)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(100):
            for data in (torn, client_hello(), b"\x80\xc8" + bytes(100)):
                stranger.sendto(data, line.guest.stage)
            await asyncio.sleep(0)
            assert peer._ice._queue.empty()
    assert peer.stranger_count > 0
    await line.connect(peer)
    assert await line.is_alive()


async def test_once_connected_the_kernel_keeps_strangers_out(transport: AiortcTransport, line: Line) -> None:
    """They are not even counted; a check still passes, for a speaker's network may change."""
    peer = await line.join(transport)
    await line.connect(peer)
    assert await line.is_alive()
    count = peer.stranger_count
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for data in (b"\x80\x60" + bytes(100), client_hello(), check("nobody:x")) * 20:
            stranger.sendto(data, line.guest.stage)
        assert await line.is_alive()
    assert peer.stranger_count - count == 20


async def test_a_datagram_that_is_too_long_does_not_end_the_connection(
    transport: AiortcTransport, line: Line
) -> None:
    """Regression: 2,000 bytes of unsigned RTCP from a speaker's port ended aiortc's reader."""
    peer = await line.join(transport)
    await line.connect(peer)
    for data in (b"\x80\xc8" + bytes(2_000), b"\x80\x60" + bytes(2_000), b"\x16" + bytes(2_000), b"\x80"):
        line.guest.send_datagram(data)
    assert await line.is_alive()
    assert peer.is_connected


async def test_a_ninth_source_is_not_decrypted(transport: AiortcTransport, line: Line) -> None:
    """libsrtp keeps a state for each one that it has let in, for ever."""
    peer = await line.join(transport)
    await line.connect(peer)
    assert await line.is_alive()
    for ssrc in range(1, 100):
        line.guest.send(SILENCE, sequence=1, timestamp=0, ssrc=ssrc)
    assert await line.is_alive()
    sources = {struct.unpack_from("!I", rtp, 8)[0] for rtp in line.heard}
    assert len(sources) == 8
    assert line.guest.ssrc in sources


async def test_forged_packets_do_not_use_up_the_sources(transport: AiortcTransport, line: Line) -> None:
    """They are counted once they have proved whose they are, not before."""
    peer = await line.join(transport)
    await line.connect(peer)
    assert await line.is_alive()
    for ssrc in range(1, 200):
        await asyncio.sleep(0)
        line.guest.send_datagram(b"\x80\x60\0\1" + bytes(4) + struct.pack("!I", ssrc) + bytes(40))
    assert await line.is_alive()
    assert peer.unauthentic_count == 199


async def test_reports_of_thousands_of_sources_leave_nothing(transport: AiortcTransport, line: Line) -> None:
    """aiortc keeps two times for each source that it has read of, and forgets none."""
    peer = await line.join(transport)
    await line.connect(peer)
    assert await line.is_alive()
    for start in range(0, 4_000, 40):
        body = b"".join(
            struct.pack("!BBHIQIII", 0x80, 200, 6, ssrc, 2**64 - 1, 0, 0, 0)
            for ssrc in (line.guest.ssrc, *range(start, start + 39))
        )
        line.guest.send_rtcp(body)
    line.guest.send_rtcp(b"\x81\xc9\0\1" + struct.pack("!I", line.guest.ssrc))  # says one report, has none
    assert await line.is_alive()
    assert peer.is_connected
    assert len(peer._receiver._RTCRtpReceiver__lsr) <= 8
    assert len(peer._ssrcs) <= 8


async def test_a_flood_of_reports_is_slowed_down(transport: AiortcTransport, line: Line) -> None:
    """Two hundred at once, then fifty a second: the rest costs no decryption."""
    peer = await line.join(transport)
    await line.connect(peer)
    for _ in range(20):
        for _ in range(50):
            line.guest.send_rtcp(b"\x80\xc9\0\1" + struct.pack("!I", line.guest.ssrc))
        assert await line.is_alive()
    assert peer.control_dropped_count > 500


async def test_one_invitation_does_not_make_us_knock_at_a_thousand_doors(
    transport: AiortcTransport, line: Line
) -> None:
    """Each address that signs a check well is checked back, seven times: here the first few dozen are."""
    peer = await line.join(transport)
    await line.connect(peer)
    ice = line.guest._dtls.transport._connection
    pair = ice._nominated[1]
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(80)]
    try:
        for number, one in enumerate(sockets):
            request = ice.build_request(pair, nominate=False)
            request.add_message_integrity(ice.remote_password.encode())
            one.sendto(bytes(request), line.guest.stage)
            if number % 10 == 0:
                assert await line.is_alive()
        assert await line.is_alive()
        assert len(peer._ice._remote_candidates) <= 32
    finally:
        for one in sockets:
            one.close()
