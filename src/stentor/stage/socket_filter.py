"""What the kernel lets through to a media port once its speaker is connected: a program of classic BPF.

Comes in: the addresses that ICE has validated. Goes out: a program, attached to one UDP socket. Never: the
only guard: `guarded_socket.py` checks all of it again; where the kernel takes no program, only speed is lost.

Without it a flood of RTP from strangers costs the stage some 10 µs per datagram and shares the socket's
buffer with the speaker's voice; with it the kernel drops what is no check and from nobody we know before it
is queued. A speaker whose network changes is still found: checks (STUN) pass from anywhere.

Source: Linux, Documentation/networking/filter.rst; RFC 8489 (cookie), RFC 7983 (first bytes).
"""

import ctypes
import socket
import struct
import sys
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final, Protocol

ADDRESSES_MAX: Final = 16
"""A conditional jump reaches 255 instructions: 16 addresses of IPv6 are 144."""
_ATTACH, _DETACH = 26, 27
_LOAD_WORD, _LOAD_HALF, _LOAD_BYTE = 0x20, 0x28, 0x30
_IF_EQUAL, _IF_GREATER, _RETURN = 0x15, 0x25, 0x06
_ALL: Final = 0xFFFFFFFF
_NETWORK_HEADER: Final = 0xFFF00000
"""Offsets from here on are into the IP header; all others into the UDP header, which is 8 bytes."""
_SOURCE_AT: Final = {4: (12,), 16: (8, 12, 16, 20)}
"""By the address's size: where its words stand in the IP header."""
_COOKIE: Final = 0x2112A442
_CHECKS: Final = (0x0001, 0x0101, 0x0111)

Step = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""


class HasOptions(Protocol):
    """A socket, or what asyncio and uvloop hand out for one."""

    def setsockopt(self, level: int, option: int, value: bytes) -> None: ...


def program(addresses: Collection[tuple[str, int]]) -> list[Step]:
    """STUN checks from anywhere, everything else from `addresses`.

    Bounds: ADDRESSES_MAX addresses, all of one family.
    """
    assert 0 < len(addresses) <= ADDRESSES_MAX
    known: list[Step] = []
    for host, port in addresses:
        known += _is_from(ip_address(host).packed, port)
    drop, accept = (_RETURN, 0, 0, 0), (_RETURN, 0, 0, _ALL)
    kinds = [(_IF_EQUAL, len(_CHECKS) - n, 0, kind) for n, kind in enumerate(_CHECKS)]
    is_check = [
        (_LOAD_WORD, 0, 0, 12),
        (_IF_EQUAL, 0, 1 + len(kinds), _COOKIE),
        (_LOAD_HALF, 0, 0, 8),
        *kinds,
    ]
    stun = [*is_check, drop, accept]
    return [(_LOAD_BYTE, 0, 0, 8), (_IF_GREATER, len(stun), 0, 3), *stun, *known, drop]


def attach(sock: HasOptions, addresses: Collection[tuple[str, int]]) -> bool:
    """Returns: False: this system takes none, or there are too many addresses; then nothing is filtered."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        if not 0 < len(addresses) <= ADDRESSES_MAX:
            sock.setsockopt(socket.SOL_SOCKET, _DETACH, struct.pack("i", 0))
            return False
        steps = program(addresses)
        code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
        # `struct sock_fprog`: a count and a pointer, aligned as C does.
        sock.setsockopt(socket.SOL_SOCKET, _ATTACH, struct.pack("@HP", len(steps), ctypes.addressof(code)))
    except OSError:
        return False
    return True


def _is_from(packed: bytes, port: int) -> list[Step]:
    """Lets the datagram through if it is; goes on behind itself if not."""
    words = [int.from_bytes(packed[at : at + 4], "big") for at in range(0, len(packed), 4)]
    steps: list[Step] = []
    left = 2 * len(words) + 3
    for at, word in zip(_SOURCE_AT[len(packed)], words, strict=True):
        left -= 2
        steps += [(_LOAD_WORD, 0, 0, _NETWORK_HEADER + at), (_IF_EQUAL, 0, left, word)]
    return [*steps, (_LOAD_HALF, 0, 0, 0), (_IF_EQUAL, 0, 1, port), (_RETURN, 0, 0, _ALL)]
