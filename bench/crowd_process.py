"""A crowd in a process of its own: what is measured is the server, not who reads beside it.

    with CrowdProcess(crowd_of, plan, seconds_max=60) as crowd:
        crowd.tally()

Comes in: how to make the crowd, once it is in its process. Goes out: its tally when asked. It ends with the
block, with the parent, or after `seconds_max`.
"""

import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Generic, Protocol, TypeVar

from crowd_child import Child, begin_child, live

ROUND_S = 0.02
"""Reading in rounds, as a machine with a busy network does: a wake-up per write would be the writer's."""
_IP_BIND_ADDRESS_NO_PORT = 24
"""linux/in.h: the port is chosen at `connect`, where the four-tuple has to be free, not the port alone."""


@dataclass(slots=True)
class Tally:
    """What a crowd has heard since it began.

    Args:
        seated: listeners who have heard something.
        heard: chunks or parts in order, over all listeners.
        answers: HTTP answers read to their end.
        troubles: what went wrong, by kind.
        lag_s: how long after the first of this crowd each listener had each part, summed over `heard`.
        cpu_s: of the crowd's own process.
    """

    seated: int = 0
    size_bytes: int = 0
    heard: int = 0
    answers: int = 0
    lag_s: float = 0.0
    cpu_s: float = 0.0
    troubles: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> int:
        return sum(self.troubles.values())

    def trouble(self, kind: str, count: int = 1) -> None:
        self.troubles[kind] = self.troubles.get(kind, 0) + count


class Crowd(Protocol):
    """Listeners inside their process."""

    tally: Tally

    def step(self, now_s: float) -> None:
        """One round: whoever is due joins or asks, whatever has come is read. Never waits."""

    def cut(self) -> None:
        """Everybody leaves at once."""


Plan = TypeVar("Plan")


class CrowdProcess(Child, Generic[Plan]):
    """A crowd for as long as the block runs."""

    def __init__(
        self, make: Callable[[Plan], Crowd], plan: Plan, *, listeners: int, seconds_max: float
    ) -> None:
        super().__init__(_run, make, plan, seconds_max)
        self.listeners = listeners

    def tally(self) -> Tally:
        """What it has heard so far. Raises: EOFError: the process is over."""
        found: Tally = self.ask("tally")
        return found

    def until_seated(self, seconds: float) -> Tally:
        """Waits until everybody has heard something, or the time is over."""
        until_s = time.monotonic() + seconds
        while (found := self.tally()).seated < self.listeners and time.monotonic() < until_s:
            time.sleep(0.2)
        return found


def _run(make: Callable[[Plan], Crowd], plan: Plan, seconds_max: float, pipe: Connection) -> None:
    begin_child()
    crowd = make(plan)

    def told(_word: object) -> Tally:
        crowd.tally.cpu_s = time.process_time()
        return crowd.tally

    live(crowd.step, told, pipe, seconds_max=seconds_max, round_s=ROUND_S)
    crowd.cut()


def connecting(host: str, port: int, *, source: str) -> socket.socket:
    """A socket that does not block and is on its way. Raises: OSError: no port or file is left."""
    sock = socket.socket()
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
        sock.bind((source, 0))
        sock.connect_ex((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def reset(sock: socket.socket) -> None:
    """Resets, not closes: thousands of sockets in TIME_WAIT would be the next run's problem."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
