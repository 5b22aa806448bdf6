"""WebRTC by aiortc, of which only ICE, DTLS and SRTP are used. The one file that knows aiortc.

Comes in: offers, datagrams. Goes out: answers, decrypted RTP. Never: aiortc's jitter buffer, decoder, encoder
or a thread of theirs (its audio path was measured to fall apart at 5 % loss and to stop at 6 speakers).

What is private in them and used here is listed in `PRIVATE_NAMES`; the versions are pinned exactly, and
tests/stage/test_aiortc_transport.py fails when one of the names has gone. Seven hooks, all on instances,
none on a class or a module:

1. `Connection.get_component_candidates`: our own sockets, on the addresses and ports that the settings name.
2. `GuardedSocket.datagram_received`, and `Connection.respond_error`: only STUN is taken from strangers, and
   they are not answered. In aioice 0.13 one plaintext DTLS alert from anywhere ends a join.
3. `Connection.data_received`: the queue between ICE and DTLS, unbounded in aioice, holds 64 datagrams.
4. `RTCRtpReceiver.receive`: starts its reports (RTCP) but not its decoder thread.
5. `RTCRtpSender.send`, and the same `receive`: do nothing on a connection that is closing. aiortc starts
   both when DTLS is up, also after `close`, and then their tasks run for ever.
6. SRTP goes past aiortc's per-packet objects: unprotect, hand over; protect, sendto.
7. `RTCDtlsTransport._handle_rtcp_data`: reports of eight sources at most; a report that aiortc's parser
   trips over is counted, where it would have ended the connection.
"""

import asyncio
import struct
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import pylibsrtp
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aioice.ice import CandidatePair, Connection
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.clock import current_ntp_time
from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpreceiver import StreamStatistics

from stentor.admission.pace import Pace
from stentor.errors import BadOffer, Full
from stentor.limits import SAMPLE_RATE_HZ
from stentor.stage.addresses import HostAddress, PortRange, host_addresses
from stentor.stage.guarded_socket import GuardedSocket, answer_the_signed_only
from stentor.stage.sdp import audio_offer, whole_answer
from stentor.stage.transport import OnClosed, OnRtp

CONNECT_TIMEOUT_S: Final = 15.0
PRIVATE_NAMES: Final = {
    Connection: (
        *("_check_list", "_nominated", "_queue", "_remote_candidates", "get_component_candidates"),
        *("data_received", "request_received", "respond_error"),
    ),
    CandidatePair: ("state", "remote_addr", "protocol"),
    RTCDtlsTransport: ("_rx_srtp", "_tx_srtp", "_register_rtp_receiver", "_handle_rtcp_data"),
    RTCRtpSender: (
        "_ssrc",
        "_RTCRtpSender__packet_count",
        "_RTCRtpSender__octet_count",
        "_RTCRtpSender__ntp_timestamp",
        "_RTCRtpSender__rtp_timestamp",
    ),
    RTCRtpReceiver: (
        "_run_rtcp",
        "_RTCRtpReceiver__remote_streams",
        "_RTCRtpReceiver__rtcp_task",
        "_RTCRtpReceiver__lsr",
        "_RTCRtpReceiver__lsr_time",
        "_RTCRtpReceiver__started",
        "_RTCRtpReceiver__decoder_thread",
    ),
    RTCRtpTransceiver: ("_codecs", "_headerExtensions"),
}
_QUEUE_MAX: Final = 64
_SSRCS_MAX: Final = 8
_LEVEL_URI: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
_OPUS_PARAMETERS: Final = {"minptime": 10, "useinbandfec": 1, "maxaveragebitrate": 32_000}
"""Without `useinbandfec` in the answer a browser sends no redundancy; aiortc's own answer says nothing."""
_RTP_SIZE_MIN: Final = 12
_CONTROL_BURST: Final = 200
_CONTROL_INTERVAL_S: Final = 0.02
"""A handshake has about 20 datagrams, a browser reports some 5 times a second."""


class AiortcTransport:
    """`Transport` on aiortc.

    Args:
        addresses: see `host_addresses`.
        ports: None: whatever the system gives.
    """

    def __init__(
        self,
        *,
        addresses: Sequence[str] = (),
        ports: PortRange | None = None,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
    ) -> None:
        self._addresses = tuple(addresses)
        self._ports = ports
        self._connect_timeout_s = connect_timeout_s
        self._peers: set[AiortcPeer] = set()

    @property
    def peer_count(self) -> int:
        return len(self._peers)

    async def join(self, offer: str, *, on_rtp: OnRtp, on_closed: OnClosed) -> "AiortcPeer":
        wanted = audio_offer(offer)
        peer = AiortcPeer(on_rtp, on_closed, on_end=self._peers.discard)
        self._peers.add(peer)
        try:
            answer = await peer.negotiate(wanted.sdp, host_addresses(self._addresses), self._ports)
        except (ValueError, IndexError, KeyError, AttributeError, OperationError) as error:
            # What a broken offer makes of aiortc's parser, by its kind; its text may hold addresses.
            raise BadOffer(f"The offer's audio section cannot be read ({type(error).__name__}).") from None
        except (InvalidStateError, InvalidAccessError, AssertionError) as error:
            raise BadOffer(f"The offer cannot be answered ({type(error).__name__}).") from None
        finally:
            if not peer.answer:
                await peer.close()
        peer.answer = whole_answer(answer, wanted)
        peer.expect_connection(self._connect_timeout_s)
        return peer

    async def close(self) -> None:
        for peer in list(self._peers):
            await peer.close()


class AiortcPeer:
    """`Peer` on one RTCPeerConnection."""

    is_deaf = False

    def __init__(self, on_rtp: OnRtp, on_closed: OnClosed, *, on_end: Any) -> None:
        self.answer = ""
        self.payload_type = 0
        self.level_id: int | None = None
        self.ssrc = 0
        self.stranger_count = 0
        self.overflow_count = 0
        self.unauthentic_count = 0
        self.control_dropped_count = 0
        """DTLS and RTCP above their pace, of too many sources, or not to be parsed."""
        self._on_rtp = on_rtp
        self._on_closed = on_closed
        self._on_end = on_end
        self._is_closing = False
        self._ssrcs: set[int] = set()
        """Sources that have authenticated themselves; libsrtp keeps a state for each one for ever."""
        self._control = Pace(_CONTROL_BURST, _CONTROL_INTERVAL_S, clients_max=1)
        self._timer: asyncio.TimerHandle | None = None
        self._closing_task: asyncio.Task[None] | None = None
        # «balanced» would open a socket per section; there is one section, and no STUN server is asked.
        self._pc: Any = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._transceiver: Any = self._pc.addTransceiver("audio", direction="sendrecv")
        self._sender: Any = self._transceiver.sender
        self._receiver: Any = self._transceiver.receiver
        self._dtls: Any = self._sender.transport
        self._ice: Any = self._dtls.transport._connection
        self._pc.on("connectionstatechange", self._state_changed)

    @property
    def is_connected(self) -> bool:
        return bool(self._pc.connectionState == "connected")

    async def negotiate(self, offer: str, addresses: list[HostAddress], ports: PortRange | None) -> str:
        """Applies the offer and returns aiortc's answer."""
        self._install_hooks(addresses, ports)
        self._sender.replaceTrack(_SilentTrack())
        await self._pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        opus = [c for c in self._transceiver._codecs if c.mimeType.lower() == "audio/opus"]
        if not opus:
            raise BadOffer("The offer's Opus is not opus/48000/2; a stage speaks no other.")
        self._transceiver._codecs = opus[:1]
        opus[0].parameters = dict(_OPUS_PARAMETERS)
        self.payload_type, self.ssrc = opus[0].payloadType, self._sender._ssrc
        self.level_id = next((e.id for e in self._transceiver._headerExtensions if e.uri == _LEVEL_URI), None)
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        if not self._ice.local_candidates:
            raise Full("The range of UDP ports for speakers", limit=0 if ports is None else ports.count)
        self.answer = self._pc.localDescription.sdp
        return self.answer

    def expect_connection(self, timeout_s: float) -> None:
        """Without a connection in time the peer closes by itself."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(timeout_s, self._give_up)

    def send(self, rtp: bytes) -> None:
        pair = self._ice._nominated.get(1)
        if pair is None or self._dtls._tx_srtp is None or self._is_closing:
            return
        try:
            pair.protocol.transport.sendto(self._dtls._tx_srtp.protect(rtp), pair.remote_addr)
        except (pylibsrtp.Error, OSError):
            return
        # The sender's own reports are made from these four.
        sender = self._sender
        sender._RTCRtpSender__packet_count += 1
        sender._RTCRtpSender__octet_count += len(rtp) - _RTP_SIZE_MIN
        sender._RTCRtpSender__ntp_timestamp = current_ntp_time()
        sender._RTCRtpSender__rtp_timestamp = int.from_bytes(rtp[4:8], "big")

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._is_closing and self._closing_task is not None:
            if self._closing_task is not asyncio.current_task():
                await asyncio.shield(self._closing_task)
            return
        self._is_closing = True
        await self._close_connection()

    async def _close_connection(self) -> None:
        try:
            await self._pc.close()
        finally:
            self._on_end(self)

    def _give_up(self) -> None:
        if not self.is_connected:
            self._end()

    def _end(self) -> None:
        """The connection is over by itself: tells, and cleans up."""
        if self._is_closing:
            return
        self._is_closing = True
        if self._timer is not None:
            self._timer.cancel()
        self._closing_task = asyncio.get_running_loop().create_task(self._close_connection())
        self._on_closed()

    def _state_changed(self) -> None:
        if self._pc.connectionState in {"failed", "closed"}:
            self._end()

    # ── the hooks ────────────────────────────────────────────────────────────────────────────────────

    def _install_hooks(self, addresses: list[HostAddress], ports: PortRange | None) -> None:
        ice = self._ice

        async def gather(component: int, addresses: object, timeout: int = 5) -> list[Candidate]:  # noqa: ARG001
            return await self._open_sockets(component, wanted, ports)

        wanted = addresses
        ice.get_component_candidates = gather
        ice.data_received = self._queue_datagram
        answer_the_signed_only(ice)
        self._read_rtcp = self._dtls._handle_rtcp_data
        self._dtls._handle_rtcp_data = self._handle_rtcp
        self._receiver.receive = self._receive
        start_sending = self._sender.send

        async def send(parameters: object) -> None:
            if not self._is_closing:
                await start_sending(parameters)

        self._sender.send = send

    async def _open_sockets(
        self, component: int, addresses: list[HostAddress], ports: PortRange | None
    ) -> list[Candidate]:
        candidates = []
        for address in addresses:
            protocol = await self._open_socket(address, ports)
            if protocol is None:
                continue
            # A loopback candidate is the last to be tried: for everybody else it leads to themselves.
            preference = 0 if address.is_loopback else 0xFFFF
            protocol.local_candidate = Candidate(
                foundation=candidate_foundation("host", "udp", address.announced),
                component=component,
                transport="udp",
                priority=candidate_priority(component, "host", preference),
                host=address.announced,
                port=protocol.transport.get_extra_info("sockname")[1],
                type="host",
            )
            self._ice._protocols.append(protocol)
            candidates.append(protocol.local_candidate)
        return candidates

    async def _open_socket(self, address: HostAddress, ports: PortRange | None) -> GuardedSocket | None:
        loop = asyncio.get_running_loop()
        for port in [0] if ports is None else ports.tries():
            with suppress(OSError):  # this port is taken, or this address has just gone
                _, protocol = await loop.create_datagram_endpoint(
                    lambda: GuardedSocket(self._ice, self), local_addr=(address.bind, port)
                )
                return protocol
        return None

    def _queue_datagram(self, data: bytes, component: int) -> None:
        if self._ice._queue.qsize() >= _QUEUE_MAX:
            self.overflow_count += 1
            return
        self._ice._queue.put_nowait((data, component))

    async def _receive(self, parameters: Any) -> None:
        receiver = self._receiver
        if self._is_closing or receiver._RTCRtpReceiver__started:
            return
        self._dtls._register_rtp_receiver(receiver, parameters)
        receiver._RTCRtpReceiver__rtcp_task = asyncio.ensure_future(receiver._run_rtcp())
        receiver._RTCRtpReceiver__started = True

    def take_srtp(self, data: bytes) -> None:
        """Decrypts one packet and hands it over."""
        ssrc = int.from_bytes(data[8:12], "big")
        if self._dtls._rx_srtp is None or self._is_closing or not self._is_expected(ssrc):
            return
        try:
            rtp = self._dtls._rx_srtp.unprotect(data)
        except pylibsrtp.Error:
            self.unauthentic_count += 1
            return
        self._ssrcs.add(ssrc)
        self._count_for_report(rtp)
        self._on_rtp(rtp)

    def take_control(self, data: bytes) -> bool:
        """Whether a datagram of DTLS or RTCP may go on to aiortc."""
        is_media = data[0] > 127  # noqa: PLR2004  # RFC 7983
        if self._control.wait_s(None, now_s=asyncio.get_running_loop().time()) or (
            is_media and not self._is_expected(int.from_bytes(data[4:8], "big"))
        ):
            self.control_dropped_count += 1
            return False
        return True

    def _is_expected(self, ssrc: int) -> bool:
        """One of the eight sources that came first, or there is room: asked before anything is decrypted."""
        return ssrc in self._ssrcs or len(self._ssrcs) < _SSRCS_MAX

    async def _handle_rtcp(self, data: bytes) -> None:
        """Decrypted reports. aiortc keeps two times for each source that it has read of, and forgets none."""
        self._ssrcs.add(int.from_bytes(data[4:8], "big"))
        try:
            await self._read_rtcp(data)
        except (ValueError, KeyError, IndexError, OverflowError, struct.error):
            self.control_dropped_count += 1
        receiver = self._receiver
        if len(receiver._RTCRtpReceiver__lsr) > _SSRCS_MAX:
            receiver._RTCRtpReceiver__lsr.clear()
            receiver._RTCRtpReceiver__lsr_time.clear()

    def _count_for_report(self, rtp: bytes) -> None:
        """Feeds the receiver reports, from which a browser learns how much redundancy to send."""
        _, _, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", rtp)
        streams = self._receiver._RTCRtpReceiver__remote_streams
        stream = streams.get(ssrc)
        if stream is None:
            stream = streams[ssrc] = StreamStatistics(SAMPLE_RATE_HZ)
        stream.add(_Numbers(sequence, timestamp))


class _SilentTrack(MediaStreamTrack):
    """A track that never gives a frame: without one the sender polls 50 times a second."""

    kind = "audio"

    async def recv(self) -> Any:
        return await asyncio.get_running_loop().create_future()


class _Numbers:
    """The two fields of a packet that the statistics read."""

    __slots__ = ("sequence_number", "timestamp")

    def __init__(self, sequence_number: int, timestamp: int) -> None:
        self.sequence_number = sequence_number
        self.timestamp = timestamp
