"""A bad line between a WebRTC peer and the stage: a UDP relay in user space, for machines without netem.

Comes in: the stage's answer, the peer's datagrams. Goes out: the answer with the relay's address in it, and
both sides' datagrams as a `BadLine` lets them through. Never: a look inside (it is all encrypted), more than
`IN_FLIGHT_MAX` datagrams on their way, a source that the stage sees directly.

The peer's offer must hold no candidates (`without_candidates`): the stage then learns of the peer only by
what comes through the relay, as it does of a browser that hides its addresses.
"""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from stentor.clock import Clock
from stentor.errors import BadOffer
from stentor.rehearsal.bad_line import BadLine

Address = tuple[str, int]

IN_FLIGHT_MAX: Final = 2_000
"""Twenty seconds of one voice both ways."""
SOURCES_MAX: Final = 16
"""A peer sends from a port on each of its machine's addresses."""
_READS_PER_WAKE: Final = 64
_DATAGRAM_BYTES_MAX: Final = 2_048
_CANDIDATE: Final = "a=candidate:"
_HOST_FIELD, _PORT_FIELD, _FIELDS_MIN = 4, 5, 8


class Relay:
    """Made by `relayed`.

    Args:
        stage: where the stage's socket is.
        up: the line from the peer to the stage.
        down: the line back.
    """

    def __init__(self, stage: Address, *, up: BadLine, down: BadLine, clock: Clock) -> None:
        self.up, self.down = up, down
        self.overflow_count = 0
        self._stage = stage
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._front = _bound(stage[0])
        self._back: dict[Address, socket.socket] = {}
        """A socket towards the stage for each address that the peer sends from."""
        self._in_flight: set[asyncio.TimerHandle] = set()
        self._loop.add_reader(self._front, self._take_from_peer)

    @property
    def address(self) -> Address:
        host, port = self._front.getsockname()[:2]
        return str(host), int(port)

    def close(self) -> None:
        """What is on its way is lost."""
        for sock in (self._front, *self._back.values()):
            self._loop.remove_reader(sock)
            sock.close()
        for handle in self._in_flight:
            handle.cancel()
        self._in_flight.clear()

    def _take_from_peer(self) -> None:
        for data, source in _received(self._front):
            back = self._back.get(source)
            if back is None:
                if len(self._back) >= SOURCES_MAX:
                    self.overflow_count += 1
                    continue
                back = self._back[source] = self._opened_back(source)
            self._send_through(self.up, back, data, self._stage)

    def _opened_back(self, source: Address) -> socket.socket:
        back = _bound(self._stage[0])
        self._loop.add_reader(back, self._take_from_stage, back, source)
        return back

    def _take_from_stage(self, back: socket.socket, source: Address) -> None:
        for data, sender in _received(back):
            if sender == self._stage:
                self._send_through(self.down, self._front, data, source)

    def _send_through(self, line: BadLine, sock: socket.socket, data: bytes, to: Address) -> None:
        now_ms = 1000 * self._clock.monotonic_s()
        for at_ms in line.arrivals(now_ms):
            if at_ms <= now_ms:
                _send(sock, data, to)
            elif len(self._in_flight) >= IN_FLIGHT_MAX:
                self.overflow_count += 1
            else:
                self._send_later((at_ms - now_ms) / 1000, sock, data, to)

    def _send_later(self, wait_s: float, sock: socket.socket, data: bytes, to: Address) -> None:
        def arrive() -> None:
            self._in_flight.discard(handle)
            _send(sock, data, to)

        handle = self._loop.call_later(wait_s, arrive)
        self._in_flight.add(handle)


@contextmanager
def relayed(answer: str, *, up: BadLine, down: BadLine, clock: Clock) -> Iterator[tuple[Relay, str]]:
    """A relay to the stage that gave this answer, and the answer to use instead; gone afterwards.

    Raises: BadOffer: the answer names no IPv4 address.
    """
    relay = Relay(stage_address(answer), up=up, down=down, clock=clock)
    try:
        yield relay, at_relay(answer, relay.address)
    finally:
        relay.close()


def without_candidates(offer: str) -> str:
    """An offer that does not say where the peer is."""
    return _joined([line for line in offer.splitlines() if not line.startswith(_CANDIDATE)])


def stage_address(answer: str) -> Address:
    """Where the stage can be reached. Raises: BadOffer: nowhere by IPv4."""
    for fields in _candidates(answer):
        if ":" not in fields[_HOST_FIELD]:
            return fields[_HOST_FIELD], int(fields[_PORT_FIELD])
    raise BadOffer("The stage's answer has no candidate with an IPv4 address to relay to.")


def at_relay(answer: str, relay: Address) -> str:
    """The answer with one candidate, which is the relay."""
    lines, is_written = [], False
    for line in answer.splitlines():
        if not line.startswith(_CANDIDATE):
            lines.append(line)
        elif not is_written and len(fields := line.split()) >= _FIELDS_MIN:
            fields[_HOST_FIELD], fields[_PORT_FIELD] = relay[0], str(relay[1])
            lines.append(" ".join(fields))
            is_written = True
    return _joined(lines)


def _candidates(sdp: str) -> list[list[str]]:
    lines = [line.split() for line in sdp.splitlines() if line.startswith(_CANDIDATE)]
    return [fields for fields in lines if len(fields) >= _FIELDS_MIN]


def _joined(lines: Sequence[str]) -> str:
    return "\r\n".join(lines) + "\r\n"


def _bound(like: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((like, 0))
    sock.setblocking(False)
    return sock


def _received(sock: socket.socket) -> Iterator[tuple[bytes, Address]]:
    for _ in range(_READS_PER_WAKE):
        try:
            data, (host, port) = sock.recvfrom(_DATAGRAM_BYTES_MAX)
        except BlockingIOError:
            return
        except OSError:
            continue  # an earlier datagram met a closed port; this socket goes on
        yield data, (host, port)


def _send(sock: socket.socket, data: bytes, to: Address) -> None:
    with suppress(OSError):  # full, or the other end has gone: a datagram is lost, as on any line
        sock.sendto(data, to)
