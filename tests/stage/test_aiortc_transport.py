"""The transport with real peers, and the hooks that an upgrade of aiortc might break."""

import asyncio
import os
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import psutil
import pytest
from aioice.ice import CandidatePair, Connection, StunProtocol
from aiortc import RTCConfiguration, RTCPeerConnection

from stentor.errors import BadOffer, Full
from stentor.sound.opus import Encoder
from stentor.stage.addresses import PortRange
from stentor.stage.aiortc_transport import PRIVATE_NAMES, AiortcPeer, AiortcTransport
from stentor.stage.rtp import parse_rtp, rtp_header
from webrtc_peer import FRAME, TestPeer, bursts, test_peer

QUIET = np.zeros(480_000, np.float32)


@pytest.fixture
async def transport() -> AsyncIterator[AiortcTransport]:
    transport = AiortcTransport(addresses=["127.0.0.1"])
    yield transport
    await transport.close()
    assert transport.peer_count == 0


async def connect(
    transport: AiortcTransport,
    peer: TestPeer,
    *,
    on_rtp: Callable[[bytes], None] = lambda _: None,
    on_closed: Callable[[], None] = lambda: None,
    before_accept: Callable[[AiortcPeer], None] = lambda _: None,
) -> AiortcPeer:
    joined = await transport.join(await peer.offer(), on_rtp=on_rtp, on_closed=on_closed)
    before_accept(joined)
    await peer.accept(joined.answer)
    async with asyncio.timeout(10):
        await peer.connected.wait()
    return joined


def test_the_versions_are_those_that_the_hooks_were_written_for() -> None:
    """An upgrade is a decision: read the diff of the two packages, then change this line."""
    assert (version("aiortc"), version("aioice")) == ("1.16.0", "0.13.0")


async def test_every_private_name_that_the_hooks_use_is_there() -> None:
    """An upgrade that renames one fails here and not in the evening."""
    pc: Any = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = pc.addTransceiver("audio")
    ice = transceiver.sender.transport.transport._connection
    pair = CandidatePair(StunProtocol(ice), None)  # type: ignore[arg-type]  # only its names are asked for
    found = {
        Connection: ice,
        CandidatePair: pair,
        type(transceiver.sender.transport): transceiver.sender.transport,
        type(transceiver.sender): transceiver.sender,
        type(transceiver.receiver): transceiver.receiver,
        type(transceiver): transceiver,
    }
    assert set(found) == set(PRIVATE_NAMES)
    for kind, names in PRIVATE_NAMES.items():
        for name in names:
            assert name in dir(found[kind]), f"{kind.__name__}.{name}"
    await pc.close()


async def test_rtp_comes_in_decrypted_and_goes_out_to_be_heard(transport: AiortcTransport) -> None:
    """Both ways, with the numbers that the answer names, and without a thread of aiortc's."""
    came: asyncio.Queue[bytes] = asyncio.Queue()
    threads = threading.active_count()
    async with test_peer(bursts(10, pitch_hz=150, seed=1)) as peer:
        joined = await connect(transport, peer, on_rtp=came.put_nowait)
        async with asyncio.timeout(5):
            packet = parse_rtp(await came.get(), level_id=joined.level_id)
        assert packet is not None
        assert packet.payload_type == joined.payload_type
        assert packet.level_db is not None
        encoder = Encoder(bitrate_bps=32_000)
        said = bursts(2, pitch_hz=150, seed=1)
        for number in range(60):
            payload = encoder.encode(said[number * FRAME : (number + 1) * FRAME])
            header = rtp_header(
                payload_type=joined.payload_type, sequence=number, timestamp=number * 960, ssrc=joined.ssrc
            )
            joined.send(header + payload)
        async with asyncio.timeout(5):
            await peer.heard_something.wait()
        # The peer's own decoder thread and its executor; the stage's side has none.
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("audio-decoder") == 1, (threads, names)


async def test_the_answer_asks_for_redundancy(transport: AiortcTransport) -> None:
    """Without `useinbandfec` a browser sends none."""
    async with test_peer(QUIET) as peer:
        joined = await transport.join(await peer.offer(), on_rtp=lambda _: None, on_closed=lambda: None)
        line = f"a=fmtp:{joined.payload_type} minptime=10;useinbandfec=1;maxaveragebitrate=32000"
        assert line in joined.answer.splitlines()


ALERT = bytes([21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40])


def null_client_hello() -> bytes:
    body = b"\xfe\xfd" + os.urandom(32) + b"\0\0" + struct.pack(">H", 2) + b"\0\0\1\0"
    size = len(body).to_bytes(3, "big")
    handshake = b"\x01" + size + bytes(5) + size + body
    return b"\x16\xfe\xff\0\0" + bytes(6) + struct.pack(">H", len(handshake)) + handshake


@pytest.mark.parametrize(
    "datagram",
    [ALERT, null_client_hello(), b"\0\0", b"\x80" * 40, b"\0\1\0\0" + bytes(16)],
    ids=["alert", "client hello", "two bytes", "RTP", "STUN"],
)
async def test_a_stranger_s_datagram_does_not_stop_a_join(
    transport: AiortcTransport, datagram: bytes
) -> None:
    """Regression: in aioice 0.13 one of these, sent before the peer's answer, ended the join."""

    def shoot(joined: AiortcPeer) -> None:
        port = int(next(line for line in joined.answer.splitlines() if "typ host" in line).split()[5])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(200):
                stranger.sendto(datagram, ("127.0.0.1", port))

    came = asyncio.Event()
    async with test_peer(QUIET) as peer:
        joined = await connect(transport, peer, on_rtp=lambda _: came.set(), before_accept=shoot)
        async with asyncio.timeout(5):
            await came.wait()
        shoot(joined)
        assert joined._ice._queue.qsize() <= 64
        came.clear()
        async with asyncio.timeout(5):
            await came.wait()


async def test_obs_s_offer_with_video_is_answered_without_it(transport: AiortcTransport) -> None:
    """OBS offers `sendonly` audio and video; the video is refused in its place."""
    pc: Any = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.addTransceiver("video", direction="sendonly")
    pc.addTransceiver("audio", direction="sendonly")
    await pc.setLocalDescription(await pc.createOffer())
    joined = await transport.join(pc.localDescription.sdp, on_rtp=lambda _: None, on_closed=lambda: None)
    media = [line.split()[:2] for line in joined.answer.splitlines() if line.startswith("m=")]
    assert media[0] == ["m=video", "0"]
    assert media[1][0] == "m=audio"
    assert media[1][1] != "0"
    assert "a=recvonly" in joined.answer.splitlines()
    await pc.close()


async def test_ffmpeg_s_offer_is_answered_as_the_active_side(transport: AiortcTransport) -> None:
    """Its WHIP muxer says `setup:passive` and is an ICE-lite agent."""
    async with test_peer(QUIET) as peer:
        offer = (await peer.offer()).replace("a=setup:actpass", "a=setup:passive")
        offer = offer.replace("a=sendrecv", "a=sendonly").replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n")
        joined = await transport.join(offer, on_rtp=lambda _: None, on_closed=lambda: None)
        assert "a=setup:active" in joined.answer.splitlines()


@pytest.mark.parametrize(
    "break_it",
    [
        lambda offer: offer.replace("a=ice-ufrag", "a=x-ufrag"),
        lambda offer: offer.replace("a=fingerprint", "a=x-print"),
        lambda offer: offer.replace("a=rtcp-mux\r\n", ""),
        lambda offer: offer.replace("opus/48000/2", "opus/48000/x"),
        lambda offer: offer.replace("a=setup:actpass", "a=setup:sideways"),
        lambda offer: offer.replace("m=audio ", "m=audio x"),
        lambda offer: offer[: len(offer) // 3],
        lambda offer: offer.replace("typ host", "typ"),
    ],
)
async def test_a_broken_offer_leaves_nothing_behind(
    transport: AiortcTransport, break_it: Callable[[str], str]
) -> None:
    """No connection, socket or task; and a message of ours, not a traceback."""
    process = psutil.Process()
    async with test_peer(QUIET) as peer:
        offer = await peer.offer()
        before = len(process.net_connections("udp")), len(asyncio.all_tasks())
        for _ in range(3):
            with pytest.raises(BadOffer):
                await transport.join(break_it(offer), on_rtp=lambda _: None, on_closed=lambda: None)
        assert transport.peer_count == 0
        assert len(process.net_connections("udp")) == before[0]
        assert len(asyncio.all_tasks()) <= before[1]


async def test_the_port_comes_from_the_range_and_a_full_range_says_so() -> None:
    """One port, two people."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    transport = AiortcTransport(addresses=["127.0.0.1"], ports=PortRange(port, port))
    async with test_peer(QUIET) as one, test_peer(QUIET) as two:
        joined = await transport.join(await one.offer(), on_rtp=lambda _: None, on_closed=lambda: None)
        assert f"127.0.0.1 {port} typ host" in joined.answer
        with pytest.raises(Full):
            await transport.join(await two.offer(), on_rtp=lambda _: None, on_closed=lambda: None)
        assert transport.peer_count == 1
        await transport.close()


async def test_a_peer_that_never_comes_is_given_up() -> None:
    """It took a place for as long as the time allows, and tells once."""
    transport = AiortcTransport(addresses=["127.0.0.1"], connect_timeout_s=0.05)
    closed = asyncio.Event()
    async with test_peer(QUIET) as peer:
        await transport.join(await peer.offer(), on_rtp=lambda _: None, on_closed=closed.set)
        async with asyncio.timeout(5):
            await closed.wait()
    await transport.close()
    assert transport.peer_count == 0


async def test_a_peer_that_hangs_up_is_told_once(transport: AiortcTransport) -> None:
    """DTLS says good-bye; nobody waits for consent to run out."""
    calls: list[int] = []
    closed = asyncio.Event()

    def on_closed() -> None:
        calls.append(1)
        closed.set()

    async with test_peer(QUIET) as peer:
        await connect(transport, peer, on_closed=on_closed)
    async with asyncio.timeout(5):
        await closed.wait()
    await transport.close()
    assert calls == [1]


async def test_leaving_in_the_middle_of_joining_leaves_no_task(transport: AiortcTransport) -> None:
    """Regression: aiortc started the reports of a connection that was closed during its handshake."""
    before = len(asyncio.all_tasks())
    for _ in range(5):
        async with test_peer(QUIET) as peer:
            joined = await connect(transport, peer)
            await joined.close()
    names = {str(task.get_coro()) for task in asyncio.all_tasks()}
    assert len(asyncio.all_tasks()) <= before, names
