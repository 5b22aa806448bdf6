"""The hand-over of a listener's socket from a gate to a fan-out. Pure: messages and the books about them.

Comes in: an admitted request. Goes out: a message that travels with the descriptor over a Unix SEQPACKET
socket, and the decision which fan-out takes it. Never: a listener who is lost or served twice when a fan-out
dies: the gate keeps its own copy of a descriptor until the fan-out has acknowledged it, and the fan-out
acknowledges before it writes.
"""

import json
from collections import deque
from dataclasses import dataclass

from stentor.edge.framing import Format
from stentor.read_json import read_json
from stentor.space.rung import Codec

UNACKED_MAX = 1024
"""Descriptors on their way to one fan-out; the kernel's own bound is about 280 messages in its buffer."""
MESSAGE_BYTES_MAX = 2048
ACK_BYTES = 16


@dataclass(frozen=True, slots=True)
class Handover:
    """What a fan-out needs to know of a listener.

    Args:
        first: the first chunk to send.
        head: the answer's head, which the fan-out writes.
        session: of the listener's pass; 0: they have none, and nobody else sits for them.
    """

    space_id: str
    codec: Codec
    format: Format
    first: int
    head: bytes
    session: int = 0

    def encoded(self) -> bytes:
        session = f"{self.session:016x}"
        facts = json.dumps((self.space_id, self.codec.value, self.format.value, self.first, session))
        return facts.encode() + b"\n" + self.head

    @classmethod
    def parse(cls, data: bytes) -> "Handover":
        """Raises: ValueError: not a hand-over; both ends are of one version."""
        facts, _, head = data.partition(b"\n")
        match read_json(facts):
            case [str(space_id), str(codec), str(format_), first, str(session)]:
                pass
            case _:
                raise ValueError("five facts are wanted")
        return cls(space_id, Codec(codec), Format(format_), first, head, int(session, 16))


@dataclass(frozen=True, slots=True)
class Ack:
    """A fan-out's answer: how many it has taken from this gate in all, and who sits there now."""

    taken: int
    seats: int

    def encoded(self) -> bytes:
        return self.taken.to_bytes(8, "little") + self.seats.to_bytes(8, "little")

    @classmethod
    def parse(cls, data: bytes) -> "Ack":
        return cls(int.from_bytes(data[:8], "little"), int.from_bytes(data[8:ACK_BYTES], "little"))


class Books:
    """What a gate knows of one fan-out that it is connected to.

    Bounds: UNACKED_MAX descriptors are held.
    """

    def __init__(self) -> None:
        self._unacked: deque[tuple[int, bytes]] = deque()
        self._taken = 0
        self._seats = 0

    @property
    def seats(self) -> int:
        """Listeners there, those on their way included."""
        return self._seats + len(self._unacked)

    @property
    def is_full(self) -> bool:
        return len(self._unacked) >= UNACKED_MAX

    def sent(self, fd: int, message: bytes) -> None:
        """A message is on its way; `fd` is the gate's own copy."""
        self._unacked.append((fd, message))

    def acked(self, ack: Ack) -> list[int]:
        """Returns the copies to close."""
        count = min(ack.taken - self._taken, len(self._unacked))
        self._taken, self._seats = ack.taken, ack.seats
        return [self._unacked.popleft()[0] for _ in range(count)]

    def lost(self) -> list[tuple[int, bytes]]:
        """The fan-out is gone. Returns what it has not taken; somebody else should."""
        left = list(self._unacked)
        self._unacked.clear()
        self._taken = self._seats = 0
        return left
