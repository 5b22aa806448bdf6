"""Datagrams at a media port of the loopback, from strangers or in somebody's name, for a bounded time.

    python bench/stage_flood.py --to 127.0.0.1:40000 --kind stun --seconds 5 --per-second 20000

A process of its own, so that it takes another core than those who listen. Sends to 127.0.0.0/8 only, for a
minute at most, and prints how many it has sent. `--as HOST:PORT` forges the source (needs root).
"""

import argparse
import random
import socket
import struct
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address

from aioice import stun

SECONDS_MAX = 60.0
PER_SECOND_MAX = 200_000
_SOURCES = 64
_BATCH = 50
_ALERT = bytes([21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40])


def client_hello() -> bytes:
    """One that offers no cipher: the end of a handshake that takes it."""
    body = b"\xfe\xfd" + random.randbytes(32) + b"\0\0" + struct.pack(">H", 2) + b"\0\0\1\0"
    size = len(body).to_bytes(3, "big")
    handshake = b"\x01" + size + bytes(5) + size + body
    return b"\x16\xfe\xff\0\0" + bytes(6) + struct.pack(">H", len(handshake)) + handshake


def check(name: str) -> bytes:
    """A connectivity check that is signed with a wrong password."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes.update({"USERNAME": name, "PRIORITY": 1, "ICE-CONTROLLING": 2})
    message.add_message_integrity(random.randbytes(22))
    return bytes(message)


def datagrams(kind: str, *, name: str) -> list[bytes]:
    """A hundred of a kind."""
    makers: dict[str, Callable[[], bytes]] = {
        "stun": lambda: check("nobody:here"),
        "bare-stun": lambda: b"\0\1\0\0\x21\x12\xa4\x42" + random.randbytes(12),
        "torn-stun": lambda: b"\0\1\0\x08\x21\x12\xa4\x42" + random.randbytes(12),
        "named-stun": lambda: check(f"{name}:here"),
        "dtls": lambda: random.choice((_ALERT, client_hello())),
        "rtp": lambda: b"\x80\x60" + random.randbytes(158),
        "large-rtcp": lambda: b"\x80\xc8" + random.randbytes(2_000),
        "random": lambda: random.randbytes(random.randint(1, 1_400)),
    }
    return [makers[kind]() for _ in range(100)]


def opened(target: tuple[str, int], forged: tuple[str, int] | None) -> list[Callable[[bytes], object]]:
    """What sends one datagram, by source."""
    if forged is not None:
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

        def send(data: bytes) -> object:
            udp = struct.pack(">HHHH", forged[1], target[1], 8 + len(data), 0) + data
            head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0)
            packet = head + socket.inet_aton(forged[0]) + socket.inet_aton(target[0]) + udp
            return raw.sendto(packet, (target[0], 0))

        return [send]
    senders: list[Callable[[bytes], object]] = []
    for _ in range(_SOURCES):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(1, 250)}", 0))
        one.connect(target)
        senders.append(one.send)
    return senders


def flood(
    senders: list[Callable[[bytes], object]], data: list[bytes], seconds: float, per_second: int
) -> int:
    """Sends evenly. Returns: how many."""
    start_s, sent = time.monotonic(), 0
    while (passed_s := time.monotonic() - start_s) < seconds:
        if sent > passed_s * per_second:
            time.sleep(_BATCH / per_second)
            continue
        for number in range(sent, sent + _BATCH):
            try:
                senders[number % len(senders)](data[number % len(data)])
            except OSError:
                continue  # the kernel says that the port is closed, or that its buffer is full
        sent += _BATCH
    return sent


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=_address, required=True)
    parser.add_argument("--kind", required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--as", dest="forged", type=_address)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--per-second", type=int, default=20_000)
    arguments = parser.parse_args()
    if not ip_address(arguments.to[0]).is_loopback:
        parser.error("only the loopback is flooded")
    count = flood(
        opened(arguments.to, arguments.forged),
        datagrams(arguments.kind, name=arguments.name),
        min(SECONDS_MAX, arguments.seconds),
        min(PER_SECOND_MAX, arguments.per_second),
    )
    print(count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
