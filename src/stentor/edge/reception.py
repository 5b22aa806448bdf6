"""The fan-out's door for gates: a Unix SEQPACKET socket by which listeners' sockets come in.

Comes in: descriptors with their messages. Goes out: adopted sockets, and an acknowledgement before anything
is written to them. Never: more than TAKE_MAX of them between two turns; the rest wait in the kernel, and a
gate that finds it full goes to another fan-out.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from stentor.edge import sockets
from stentor.edge.handover import MESSAGE_BYTES_MAX, Ack, Handover

log = structlog.get_logger()

TAKE_MAX = 64
_GATES_MAX = 64


@dataclass(slots=True)
class _Gate:
    sock: socket.socket
    taken: int = 0


class Reception:
    """Made at the start of a fan-out.

    Args:
        seat: called for each listener, after the acknowledgement.
        seats: how many sit here now.
    """

    def __init__(
        self, path: Path, *, seat: Callable[[socket.socket, Handover], None], seats: Callable[[], int]
    ) -> None:
        self._seat = seat
        self._seats = seats
        self._loop = asyncio.get_running_loop()
        self._gates: dict[int, _Gate] = {}
        path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.bind(str(path))
        path.chmod(0o600)
        self._door.listen(_GATES_MAX)
        self._door.setblocking(False)
        self._loop.add_reader(self._door.fileno(), self._gate_comes)

    def close(self) -> None:
        """Nobody else comes in; gates notice and go elsewhere."""
        self._loop.remove_reader(self._door.fileno())
        self._door.close()
        for gate in list(self._gates.values()):
            self._gate_goes(gate)

    def acknowledge(self) -> None:
        """Tells each gate how things stand; called a few times a second, whether they have changed or not.

        A gate that hears nothing takes this fan-out for frozen and sends its listeners elsewhere.
        """
        for gate in self._gates.values():
            self._ack(gate, 0)

    def _gate_comes(self) -> None:
        with suppress(OSError):
            sock, _ = self._door.accept()
            if len(self._gates) >= _GATES_MAX:
                sock.close()
                return
            sock.setblocking(False)
            gate = self._gates[sock.fileno()] = _Gate(sock)
            self._loop.add_reader(sock.fileno(), self._take, gate)
            self._ack(gate, 0)

    def _gate_goes(self, gate: _Gate) -> None:
        self._loop.remove_reader(gate.sock.fileno())
        del self._gates[gate.sock.fileno()]
        gate.sock.close()

    def _take(self, gate: _Gate) -> None:
        batch: list[tuple[int, Handover]] = []
        is_gone = False
        while len(batch) < TAKE_MAX:
            try:
                data, fds, _, _ = socket.recv_fds(gate.sock, MESSAGE_BYTES_MAX, 1, socket.MSG_CMSG_CLOEXEC)
            except BlockingIOError:
                break
            except OSError:
                is_gone = True
                break
            if not data:
                is_gone = True
                break
            gate.taken += 1
            if not fds:
                log.error("a listener came without a socket: the file limit is too low")
                continue
            try:
                batch.append((fds[0], Handover.parse(data)))
            except ValueError:
                os.close(fds[0])
                log.error("a hand-over cannot be read: the gate is of another version")
        self._ack(gate, len(batch))
        if is_gone:
            self._gate_goes(gate)
        for fd, wish in batch:
            try:
                sock = sockets.adopted(fd)
            except OSError:
                continue
            self._seat(sock, wish)

    def _ack(self, gate: _Gate, coming: int) -> None:
        with suppress(OSError):  # full: the sum is told again; broken: the reader notices
            gate.sock.send(Ack(gate.taken, self._seats() + coming).encoded())
