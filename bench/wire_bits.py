"""What one listener takes of the line, headers included, by rung and cadence.

    python bench/wire_bits.py

Real chunks with their ticks, written 1, 2 and 4 at a time to a real socket whose segments are those of a line
with 1,500 bytes per frame; the kernel says how many segments went each way (`tcpi_segs_out`, `tcpi_segs_in`).
A frame is 66 bytes more than its sound: Ethernet 14, IPv4 20, TCP with time stamps 32. Prints
`name value unit goal` lines.
"""

import json
import socket
import struct
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from stage_house import Result, report
from stentor.edge.framing import Format, Shape, framed
from stentor.edge.ladder import CADENCES
from stentor.limits import CHUNK_MS
from stentor.space.rung import Rung
from synthetic_stage import PEOPLE, rung_chunk

CHUNKS = 64
_HEADERS_BYTES = 66
_SEGMENT_BYTES = 1448
_BETWEEN_S = 0.01
"""Long enough for an acknowledgement to come back, as between two chunks on a line."""
_SEGS_AT = 136
"""linux/tcp.h: `tcpi_segs_out`, then `tcpi_segs_in`."""


def main() -> None:
    results: list[Result] = []
    for rung in Rung:
        for cadence in CADENCES:
            down, up = wire_bytes(rung, cadence)
            seconds = CHUNKS * CHUNK_MS / 1000
            what = f"{rung.value} x{cadence}"
            results.append((f"{what}, to the listener", 8 * down / seconds / 1000, "kbit/s", ""))
            results.append((f"{what}, acknowledgements", 8 * up / seconds / 1000, "kbit/s", ""))
    report("wire_bits", results)


def wire_bytes(rung: Rung, cadence: int) -> tuple[int, int]:
    """Of CHUNKS chunks, to the listener and back."""
    with socket.create_server(("127.0.0.1", 0)) as door, socket.socket() as ear:
        ear.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT_BYTES + 12)
        ear.connect(door.getsockname())
        sock, _ = door.accept()
        reader = threading.Thread(target=_read, args=(ear,))
        reader.start()
        with sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            before, size = _segments(sock), 0
            for first in range(0, CHUNKS, cadence):
                data = b"".join(_chunk(rung, number) for number in range(first, first + cadence))
                sock.sendall(data)
                size += len(data)
                time.sleep(_BETWEEN_S)
            after = _segments(sock)
        reader.join()
    out, back = after[0] - before[0], after[1] - before[1]
    return size + _HEADERS_BYTES * out, _HEADERS_BYTES * back


def _chunk(rung: Rung, number: int) -> bytes:
    """With the tick of an ordinary moment: the full ones come every fifteenth chunk."""
    audience = {"hearing": 18_211, "unknown": 0, "waiting": 0}
    tick: dict[str, object] = {
        "n": number,
        "t": 1_800_000_000_000,
        "speaking": {"ada": -12},
        "audience": audience,
    }
    if number % 15 == 0:
        tick |= {"full": True, "people": PEOPLE, "title": "A tone", "state": "on_air"}
    data = json.dumps(tick, separators=(",", ":")).encode()
    return framed(Shape(rung, Format.MP4), number=number, data=rung_chunk(rung, number), tick=data)


def _read(ear: socket.socket) -> None:
    while ear.recv(1 << 16):
        pass


def _segments(sock: socket.socket) -> tuple[int, int]:
    told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    out, back = struct.unpack_from("=II", told, _SEGS_AT)
    return out, back


if __name__ == "__main__":
    main()
