"""What a write to a listener costs: the fan-out's turns against a bare loop over the same writes, in one run.

    python bench/fanout_cost.py [listeners]

The listeners are real TCP connections on loopback that read all they get, in a process of their own. The
floor is `os.write` of the same bytes to the same descriptors in the same slots, without any of our code. Both
run on the process's own CPU time, which the readers are not part of. Prints `name value unit goal` lines.
"""

import os
import random
import resource
import select
import socket
import statistics
import sys
import time
from multiprocessing import get_context

from stage_house import Result, report
from stentor.edge.crowd import Crowd
from stentor.edge.framing import Format, Shape
from stentor.edge.handover import Handover
from stentor.edge.ladder import Quality, Step
from stentor.edge.patience import Patience
from stentor.edge.programme import Programme
from stentor.edge.slots import SLOTS
from stentor.edge.sockets import adopted
from stentor.formats.cmaf import chunk
from stentor.log.assembler import LogChunk
from stentor.space.rung import Codec, Rung

REVOLUTION_S = 0.64
ROUNDS = 3
ROUND_S = 5.12
"""Eight revolutions; floor and fan-out take turns, so that a noisy neighbour disturbs both."""


def read_all(address: tuple[str, int], count: int) -> None:
    """The crowd: connects, then reads for ever."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))
    poll = select.epoll()
    socks = {}
    for _ in range(count):
        sock = socket.create_connection(address)
        sock.setblocking(False)
        socks[sock.fileno()] = sock
        poll.register(sock.fileno(), select.EPOLLIN)
    buffer = bytearray(1 << 16)
    while True:
        for fd, _ in poll.poll():
            if not socks[fd].recv_into(buffer):
                return


class Source:
    """A programme whose chunks come by hand."""

    def __init__(self) -> None:
        self.programme = Programme("bench", chunks_max=20, first_chunk_s=1, fetch_old=lambda *_: None)  # type: ignore[arg-type]
        self.number = -1
        chance = random.Random(1)
        self._packets = {
            rung: [chance.randbytes(rung.bitrate_bps // 8 * codec.frame_samples // 48_000)]
            * codec.frames_per_chunk
            for rung in Rung
            for codec in (rung.codec,)
        }

    def next(self) -> None:
        self.number += 1
        for rung, packets in self._packets.items():
            data = chunk(self.number, rung.codec, packets)
            self.programme.take(
                LogChunk(self.number, rung, data, b'{"n":%d,"t":0}' % self.number), now_s=time.monotonic()
            )


def measure(listeners: int, codec: Codec, cadence: int, quality: Quality) -> list[Result]:
    source = Source()
    for _ in range(10):
        source.next()
    server = socket.create_server(("127.0.0.1", 0), backlog=4096)
    child = get_context("spawn").Process(target=read_all, args=(server.getsockname(), listeners), daemon=True)
    child.start()
    crowd = Crowd(fd_max=20_000, patience=Patience(session_s=86_400), feed=lambda *_: None)
    crowd.step(Step(quality, cadence))
    rss_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    socks = [adopted(server.accept()[0].detach()) for _ in range(listeners)]
    wish = Handover("bench", codec, Format.MP4, source.number - 1, b"HTTP/1.1 200 OK\r\n\r\n")
    for sock in socks:
        crowd.sit(sock, wish, source.programme, now_s=time.monotonic())
    rss_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - rss_before
    fds = [sock.fileno() for sock in socks]
    slots = [fds[index::SLOTS] for index in range(SLOTS)]
    shape = Shape(quality.rung(codec), Format.MP4)

    still = Still()

    def ours(index: int) -> None:
        now_s = time.monotonic()
        crowd.turn(index, now_s=now_s)
        crowd.look(now_s=now_s)

    def floor(index: int) -> None:
        if (still.number + 1 - index) % cadence:
            return
        data = data_of[0]
        for fd in slots[index]:
            os.write(fd, data)

    data_of = [b""]
    costs: dict[str, list[float]] = {"ours": [], "floor": []}
    for _ in range(12 // cadence):  # newcomers become steady
        turn_round(source, ours, seconds=REVOLUTION_S * cadence)
    writes = listeners * ROUND_S / REVOLUTION_S / cadence
    for _ in range(ROUNDS):
        data_of[0] = (source.programme.framer.chunk(shape, source.number) or b"") * cadence
        for name, turn in (("ours", ours), ("floor", floor)):
            began = time.process_time()
            turn_round(source if name == "ours" else still, turn, seconds=ROUND_S)
            costs[name].append((time.process_time() - began) / writes * 1e6)
    name = f"{codec}_{quality}_x{cadence}_{listeners}"
    ours_us, floor_us = statistics.median(costs["ours"]), statistics.median(costs["floor"])
    left = dict(crowd.totals.ended)
    print(f"# apart at the end: {crowd.apart_count}", flush=True)
    child.terminate()
    child.join()
    for sock in socks:
        sock.close()
    return [
        (f"write_{name}", ours_us, "us CPU per write", ""),
        (f"floor_{name}", floor_us, "us CPU per write", ""),
        (f"ratio_{name}", ours_us / floor_us, "of the floor", "<= 1.15"),
        (f"bytes_{name}", len(data_of[0]), "bytes per write", ""),
        (f"listeners_{name}", 0.64e6 * cadence / ours_us, "listeners per core", ""),
        (f"memory_{name}", 1024 * rss_kb / listeners, "bytes per listener", "<= 1024"),
        (f"faults_{name}", float(sum(left.values()) + crowd.totals.skipped_chunks), "ended or skipped", "0"),
    ]


class Still:
    """The floor's source: numbers go on, the fan-out's programme does not."""

    def __init__(self) -> None:
        self.number = 0

    def next(self) -> None:
        self.number += 1


def turn_round(source: Source | Still, turn: object, *, seconds: float) -> None:
    assert callable(turn)
    due = time.monotonic()
    for step in range(round(seconds / REVOLUTION_S * SLOTS)):
        if step % SLOTS == 0:
            source.next()
        due += REVOLUTION_S / SLOTS
        time.sleep(max(0.0, due - time.monotonic()))
        turn(step % SLOTS)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))
    listeners = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    results = measure(listeners, Codec.AAC, 1, Quality.HIGH)
    results += measure(listeners, Codec.OPUS, 4, Quality.LOW)
    report("fanout_cost", results)


if __name__ == "__main__":
    main()
