"""A listener's socket in the fan-out: set up, written to, looked at, ended.

Comes in: descriptors and bytes. Goes out: what the kernel said. Never: a read; what a listener sends after
the request is nobody's concern.
"""

import os
import socket
import struct
import termios
from array import array
from collections.abc import Iterable
from contextlib import suppress
from fcntl import ioctl

SEND_BUFFER_BYTES = 24 * 1024
"""The kernel doubles it: room for four chunks of `aac64` (cadence 4). Its own choice may hold minutes."""
UNSENT_BYTES_MAX = 32 * 1024
"""TCP_NOTSENT_LOWAT: what a listener on a long line has not been sent yet is not made longer."""
_INFO_BYTES = 128
_INFO = struct.Struct("=B43xI8xI8xI48xQ").unpack
"""`struct tcp_info` of linux/tcp.h: state, last_data_sent, last_ack_recv, rtt, bytes_acked (since 4.1)."""
_LISTENING = struct.Struct("=24xI").unpack
"""The same of a listening socket: `tcpi_unacked` is how many wait to be accepted (net/ipv4/tcp.c)."""
_LISTENING_BYTES = 28
_SIOCOUTQ = termios.TIOCOUTQ
_ESTABLISHED = 1
"""Any other state: the peer has closed, as it is the first to do so; nobody here reads its FIN."""


def adopted(fd: int) -> socket.socket:
    """A socket that was handed over, set up for the fan-out. The descriptor is ours, whatever happens.

    Raises: OSError: it is no connection, or dead already; it has been closed.
    """
    try:
        sock = socket.socket(fileno=fd)
    except OSError:
        os.close(fd)
        raise
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES_MAX)
    except OSError:
        sock.close()
        raise
    return sock


def write_all(fds: Iterable[int], data: bytes) -> list[tuple[int, int]]:
    """The hot loop: the same bytes to everybody.

    Returns: those who did not take all: descriptor and bytes taken, −1 where the connection is broken.
    Bounds: one system call per descriptor, no allocation for those who take all.
    """
    write = os.write
    size = len(data)
    short: list[tuple[int, int]] = []
    for fd in fds:
        try:
            taken = write(fd, data)
        except BlockingIOError:
            short.append((fd, 0))
        except OSError:
            short.append((fd, -1))
        else:
            if taken != size:
                short.append((fd, taken))
    return short


def unacknowledged(fds: Iterable[int], at_least: int) -> list[int]:
    """The other hot loop: those with so many bytes on their way or more, and those who cannot be asked.

    SIOCOUTQ is what was written less what was acknowledged, read without the socket's lock; `TCP_INFO` fills
    a structure of 240 bytes and costs three times as much on sockets that the cache has forgotten.
    """
    count = array("i", (0,))
    found: list[int] = []
    for fd in fds:
        try:
            ioctl(fd, _SIOCOUTQ, count)
        except OSError:
            found.append(fd)
        else:
            if count[0] >= at_least:
                found.append(fd)
    return found


def write_some(fd: int, data: bytes | memoryview) -> int:
    """Returns the bytes taken, 0 when the buffer is full, −1 when the connection is broken."""
    try:
        return os.write(fd, data)
    except BlockingIOError:
        return 0
    except OSError:
        return -1


def acked_bytes(sock: socket.socket) -> tuple[int, float] | None:
    """What the listener's machine has acknowledged in all, and how old the newest of it is at least, in s.

    Acknowledgements of zero-window probes come from a listener who takes nothing; so what has been
    acknowledged is no newer than the last data sent and one round trip.

    Returns: None: the connection is broken or closing.
    """
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    except OSError:
        return None
    state, sent_ms, heard_ms, rtt_us, acked = _INFO(info)
    if state != _ESTABLISHED:
        return None
    age_ms = sent_ms - rtt_us / 1000
    return acked, (age_ms if age_ms > heard_ms else heard_ms) / 1000


def end(sock: socket.socket) -> None:
    """A clean end of the stream after all that was written."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
    sock.close()


def cut(sock: socket.socket) -> None:
    """An end without waiting for the bytes that are stuck."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def waiting_to_be_accepted(listening: socket.socket) -> int:
    """How many connections are complete and wait for an `accept`."""
    info = listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LISTENING_BYTES)
    (count,) = _LISTENING(info)
    return int(count)
