"""A UDP socket of one peer that takes nothing but well-made STUN from strangers, and answers no stranger.

Comes in: datagrams, from anywhere. Goes out: to aioice the checks that pass `StunGate`; to the peer what came
from a pair that ICE has validated. Never: an answer to a check that is not signed with our password (aioice
answers with an error of twice the size, to an address that may be forged), a datagram that is longer than a
path carries, an exception for hostile bytes.

By the set of validated pairs, not by one address: Safari sends from two or three of them. Once there is one,
the kernel does the coarse part (`socket_filter.py`).
"""

import asyncio
import struct
from contextlib import suppress
from typing import Any, Final, Protocol

from aioice import stun
from aioice.ice import CandidatePair, StunProtocol

from stentor.stage.socket_filter import attach
from stentor.stage.stun_gate import StunGate

DATAGRAM_BYTES_MAX: Final = 1_500
"""Opus at 510 kbit/s is 1,275 bytes in 20 ms. pylibsrtp raises for what is longer than its buffer, and an
RTCP packet of 2,000 bytes of noise ended aiortc's reader, before anything had authenticated it."""
_REMOTES_MAX: Final = 32
"""Each address that signs a check well gets checks of ours: 20 from the offer, and a few that ICE finds. With
no bound the holder of one invitation could have us send to a thousand addresses of others."""
_MEDIA_BYTES_MIN: Final = 12


class Behind(Protocol):
    """What the socket belongs to."""

    stranger_count: int

    def take_srtp(self, data: bytes) -> None: ...

    def take_control(self, data: bytes) -> bool:
        """DTLS or RTCP from a validated pair. Returns: False: too much of it; it is dropped."""
        ...


class GuardedSocket(StunProtocol):
    """`StunProtocol` of aioice behind a gate."""

    def __init__(self, connection: Any, behind: Behind) -> None:
        super().__init__(connection)
        self._behind = behind
        self._gate = StunGate(connection.local_username)
        self._validated: set[tuple[str, int]] = set()
        self._now_s = asyncio.get_running_loop().time

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        assert isinstance(data, bytes)
        if not 0 < len(data) <= DATAGRAM_BYTES_MAX:
            self._behind.stranger_count += 1
            return
        first, address = data[0], (str(addr[0]), int(addr[1]))
        if first <= 3:  # noqa: PLR2004  # RFC 7983: 0…3 is STUN
            self._take_stun(data, address)
        elif not self._validates(address):
            self._behind.stranger_count += 1
        elif _is_rtp(data):
            self._behind.take_srtp(data)
        elif _is_control(data) and self._behind.take_control(data):
            self.receiver.data_received(data, self.local_candidate.component)

    def _take_stun(self, data: bytes, address: tuple[str, int]) -> None:
        is_known = self._validates(address)
        if not self._gate.admits(
            data,
            # Ports are cheap, addresses are not; a validated port is not troubled by its neighbours.
            source=address if is_known else address[0],
            is_known=is_known,
            awaited=self.transactions,
            now_s=self._now_s(),
        ):
            self._behind.stranger_count += 1
            return
        # What remains is at most signed nonsense: an attribute of a wrong length, text that is no UTF-8.
        with suppress(stun.TransactionError, ValueError, KeyError, IndexError, struct.error):
            message = stun.parse_message(data)
            if message.message_class is not stun.Class.REQUEST:
                transaction = self.transactions.get(message.transaction_id)
                if transaction is not None:
                    transaction.response_received(message, address)
                    # Our check's own task marks the pair, in the loop's next turn; behind it the kernel is
                    # told, before the first packet of sound.
                    asyncio.get_running_loop().call_soon(self._validates, address)
            elif is_known or self._has_room_for(address):
                self.receiver.request_received(message, address, self)

    def _has_room_for(self, address: tuple[str, int]) -> bool:
        remotes = self.receiver._remote_candidates
        return len(remotes) < _REMOTES_MAX or any((c._network_host, c.port) == address for c in remotes)

    def _validates(self, address: tuple[str, int]) -> bool:
        if address in self._validated:
            return True
        # At most 32 remotes for each socket of ours; once one is nominated aioice keeps a handful.
        for pair in self.receiver._check_list:
            is_valid = pair.protocol is self and pair.state is CandidatePair.State.SUCCEEDED
            if is_valid and pair.remote_addr == address:
                self._validated.add(address)
                attach(self.transport.get_extra_info("socket"), self._validated)
                return True
        return False


def answer_the_signed_only(connection: Any) -> None:
    """Keeps `connection` from answering who is not known with an error; a role conflict is signed.

    An error names nothing that a page needs: browsers treat it as silence and try again.
    """
    respond = connection.respond_error

    def respond_error(request: Any, address: Any, protocol: Any, error: tuple[int, str]) -> None:
        if error[0] == _ROLE_CONFLICT:
            respond(request, address, protocol, error)

    connection.respond_error = respond_error


_ROLE_CONFLICT: Final = 487


def _is_rtp(data: bytes) -> bool:
    return _is_media(data) and not 192 <= data[1] <= 223  # noqa: PLR2004  # RFC 5761: those are RTCP


def _is_control(data: bytes) -> bool:
    return 19 < data[0] < 64 or (_is_media(data) and not _is_rtp(data))  # noqa: PLR2004  # RFC 7983: DTLS


def _is_media(data: bytes) -> bool:
    return 127 < data[0] < 192 and len(data) > _MEDIA_BYTES_MIN  # noqa: PLR2004  # RFC 7983
