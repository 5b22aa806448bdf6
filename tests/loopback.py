"""A listener's connection over the loopback: the fan-out's end and the listener's, in one test."""

import asyncio
import select
import socket
import time
from array import array
from collections.abc import Callable
from fcntl import ioctl
from termios import TIOCOUTQ

_WITHIN_S = 5.0


class Ear:
    """Made by `connected`.

    Args:
        near: the fan-out's end. The test, or whoever it is handed to, closes it.
        far: the listener's end.
    """

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near = near
        self.far = far
        self.heard = bytearray()
        self.is_ended = False
        """The far end has seen a clean end of the stream."""
        self.is_cut = False
        """The far end has seen a reset."""

    def listen(self) -> None:
        """Takes what has arrived."""
        while not (self.is_ended or self.is_cut):
            try:
                data = self.far.recv(1 << 20)
            except BlockingIOError:
                return
            except OSError:
                self.is_cut = True
                return
            # Whoever reads also acknowledges at once, so that a test need not wait 40 ms for it.
            self.far.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            self.is_ended = not data
            self.heard += data

    def listen_all(self) -> None:
        """Takes everything that was written so far: until this machine has acknowledged it."""
        self.listen_until(lambda: unacknowledged_bytes(self.near) == 0)

    def listen_until(self, holds: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + _WITHIN_S
        self.listen()
        while not holds():
            if time.monotonic() > deadline_s:
                raise TimeoutError
            select.select([self.far], [], [], 0.002)
            self.listen()

    async def until_over(self) -> None:
        """Takes everything up to the end, clean or not, while the test's own loop goes on."""
        async with asyncio.timeout(_WITHIN_S):
            while not (self.is_ended or self.is_cut):
                self.listen()
                await asyncio.sleep(0)

    def close(self) -> None:
        self.near.close()
        self.far.close()


def connected(*, far_buffer_bytes: int | None = None) -> Ear:
    """One connection.

    Args:
        far_buffer_bytes: what the listener's machine takes for a listener who does not read; the kernel
            doubles it.
    """
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the front door's are
        far = socket.socket()
        if far_buffer_bytes is not None:
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, far_buffer_bytes)
        far.connect(door.getsockname())
        near, _ = door.accept()
    near.setblocking(False)
    far.setblocking(False)
    return Ear(near, far)


def unacknowledged_bytes(sock: socket.socket) -> int:
    """0 when the socket has been closed as well."""
    if sock.fileno() < 0:
        return 0
    count = array("i", (0,))
    ioctl(sock, TIOCOUTQ, count)
    return count[0]
