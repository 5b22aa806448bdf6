"""What the kernel is asked and told of a listener's socket, on real connections."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from loopback import Ear, connected
from stentor.edge import sockets

CHUNK = bytes(4000)


@pytest.fixture
def ear() -> Iterator[Ear]:
    """A listener who takes little when they do not read."""
    ear = connected(far_buffer_bytes=4096)
    ear.near = sockets.adopted(ear.near.detach())
    yield ear
    ear.close()


def filled(ear: Ear) -> int:
    """Writes until nothing more is taken. Returns the bytes that were."""
    total = 0
    while (taken := sockets.write_some(ear.near.fileno(), CHUNK)) > 0:
        total += taken
    assert taken == 0
    return total


def until_left(ear: Ear) -> None:
    deadline_s = time.monotonic() + 5
    while sockets.acked_bytes(ear.near) is not None:
        assert time.monotonic() < deadline_s


def test_a_socket_that_was_handed_over_waits_for_nothing_and_keeps_little(ear: Ear) -> None:
    def told(level: int, name: int) -> int:
        return ear.near.getsockopt(level, name)

    assert not ear.near.getblocking()
    assert told(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * sockets.SEND_BUFFER_BYTES
    assert told(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == sockets.UNSENT_BYTES_MAX
    assert told(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 0  # it would end who reads slowly


def test_what_is_no_connection_is_refused_and_closed() -> None:
    unix, other = socket.socketpair()
    reading, writing = os.pipe()
    fd = unix.detach()
    for strange in (fd, reading):
        with pytest.raises(OSError, match=r"\["):
            sockets.adopted(strange)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(strange)
    os.close(writing)
    other.close()


def test_one_loop_writes_to_all_and_names_those_who_did_not_take_everything() -> None:
    ears = [connected(far_buffer_bytes=4096) for _ in range(4)]
    well, full, gone, half = ears
    for ear in (full, half):
        ear.near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 * 1024)
    filled(full)
    sockets.cut(gone.far)
    until_left(gone)
    fds = [ear.near.fileno() for ear in (well, full, gone)]
    assert sockets.write_all(fds, CHUNK) == [(fds[1], 0), (fds[2], -1)]
    ((fd, taken),) = sockets.write_all([half.near.fileno()], bytes(1 << 20))
    assert fd == half.near.fileno()
    assert 0 < taken < 1 << 20
    assert sockets.write_some(fds[2], CHUNK) == -1
    well.listen_all()
    assert well.heard == CHUNK
    for ear in ears:
        ear.close()


def test_who_has_acknowledged_nothing_of_the_last_write_is_found(ear: Ear) -> None:
    quick = connected()
    fds = [ear.near.fileno(), quick.near.fileno()]
    filled(ear)
    quick.near.send(CHUNK)
    quick.listen_all()
    closed = connected()
    fds.append(closed.near.fileno())
    closed.close()
    assert sockets.unacknowledged(fds, len(CHUNK)) == [fds[0], fds[2]]
    quick.close()


def test_acknowledged_bytes_are_what_the_other_machine_has_taken(ear: Ear) -> None:
    before = sockets.acked_bytes(ear.near)
    assert before is not None
    assert sockets.write_some(ear.near.fileno(), CHUNK) == len(CHUNK)
    ear.listen_all()
    after = sockets.acked_bytes(ear.near)
    assert after is not None
    assert after[0] - before[0] == len(CHUNK)
    assert 0 <= after[1] < 1


def test_probes_of_a_full_window_make_nobody_look_alive(ear: Ear) -> None:
    filled(ear)
    began_s = moved_s = time.monotonic()
    acked, heard_ms = 0, 0
    # The kernel probes after 0.2 s, 0.4 s, …, and each probe is acknowledged by a machine whose user reads
    # nothing. The first may still carry a little of what was written.
    while not (time.monotonic() - moved_s > 0.3 and heard_ms < 100):
        told = sockets.acked_bytes(ear.near)
        assert told is not None
        if told[0] != acked:
            acked, moved_s = told[0], time.monotonic()
        heard_ms = last_ack_ms(ear.near)
        assert time.monotonic() - began_s < 5
    told = sockets.acked_bytes(ear.near)
    assert told is not None
    assert told[0] == acked
    assert told[1] > 0.2


def last_ack_ms(sock: socket.socket) -> int:
    """`tcpi_last_ack_recv`: what would lie."""
    return int.from_bytes(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 60)[56:60], "little")


@pytest.mark.parametrize("is_reset", [False, True])
def test_a_peer_who_has_left_is_no_longer_told_about(ear: Ear, is_reset: bool) -> None:
    (sockets.cut if is_reset else sockets.end)(ear.far)
    until_left(ear)
    ear.near.close()
    assert sockets.acked_bytes(ear.near) is None


def test_an_end_comes_after_everything_that_was_written(ear: Ear) -> None:
    total = filled(ear)
    sockets.end(ear.near)
    ear.listen_until(lambda: ear.is_ended)
    assert len(ear.heard) == total
    assert not ear.is_cut


def test_a_cut_does_not_wait_for_what_is_stuck(ear: Ear) -> None:
    total = filled(ear)
    sockets.cut(ear.near)
    ear.listen_until(lambda: ear.is_cut)
    assert len(ear.heard) < total


def test_a_listening_socket_tells_how_many_wait() -> None:
    with ExitStack() as stack:
        door = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=16))
        for count in range(4):
            assert sockets.waiting_to_be_accepted(door) == count
            stack.enter_context(socket.create_connection(door.getsockname()))
        for count in (3, 2, 1, 0):
            door.accept()[0].close()
            assert sockets.waiting_to_be_accepted(door) == count
