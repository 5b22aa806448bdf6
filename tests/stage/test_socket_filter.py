"""The kernel's own guard: what it lets through, asked of the kernel."""

import socket
from collections.abc import Iterator

import pytest

from stentor.stage.socket_filter import ADDRESSES_MAX, attach, program

CHECK = b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12)
ANSWER = b"\1\1" + CHECK[2:]
VOICE = b"\x80\x60" + bytes(40)
HOSTS = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


@pytest.fixture(params=[socket.AF_INET, socket.AF_INET6], ids=["IPv4", "IPv6"])
def family(request: pytest.FixtureRequest) -> socket.AddressFamily:
    family: socket.AddressFamily = request.param
    return family


@pytest.fixture
def sockets(family: socket.AddressFamily) -> Iterator[list[socket.socket]]:
    """The port, and three who send to it."""
    sockets = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(4)]
    for one in sockets:
        one.bind((HOSTS[family], 0))
        one.setblocking(False)
    yield sockets
    for one in sockets:
        one.close()


def passed(sender: socket.socket, port: socket.socket, *sent: bytes) -> list[bytes]:
    """On the loopback a datagram is there, or dropped, when `sendto` returns."""
    for data in sent:
        sender.sendto(data, port.getsockname()[:2])
    found = []
    while True:
        try:
            found.append(port.recv(2_000))
        except BlockingIOError:
            return found


def name(one: socket.socket) -> tuple[str, int]:
    host, port = one.getsockname()[:2]
    return str(host), int(port)


def test_the_known_may_send_anything_and_strangers_checks_only(sockets: list[socket.socket]) -> None:
    """Those of two known addresses, by address and port."""
    port, known, other, stranger = sockets
    assert attach(port, [name(known), name(other)])
    anything = [VOICE, CHECK, ANSWER, b"\x16\xfe\xff", b"\xff"]
    assert passed(known, port, *anything) == anything
    assert passed(other, port, VOICE) == [VOICE]
    assert passed(stranger, port, *anything) == [CHECK, ANSWER]


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\0\1\0\0", b"\0\1" + bytes(18), b"\0\x11" + CHECK[2:], b"\3" + CHECK[1:]]
)
def test_what_only_begins_like_a_check_is_dropped(sockets: list[socket.socket], data: bytes) -> None:
    """Torn, without a cookie, of another kind."""
    port, known, _, stranger = sockets
    assert attach(port, [name(known)])
    assert passed(stranger, port, data, CHECK) == [CHECK]


def test_a_new_program_takes_the_place_of_the_old_one(sockets: list[socket.socket]) -> None:
    """As addresses are validated; with too many of them nothing is filtered."""
    port, first, second, _ = sockets
    assert attach(port, [name(first)])
    assert attach(port, [name(second)])
    assert passed(first, port, VOICE) == []
    assert passed(second, port, VOICE) == [VOICE]
    host = name(first)[0]
    assert not attach(port, [(host, number) for number in range(ADDRESSES_MAX + 1)])
    assert passed(first, port, VOICE) == [VOICE]


def test_the_last_of_as_many_addresses_as_there_may_be_is_known(
    family: socket.AddressFamily, sockets: list[socket.socket]
) -> None:
    """All jumps reach."""
    port, last, _, stranger = sockets
    others = [(HOSTS[family], number) for number in range(1, ADDRESSES_MAX)]
    assert attach(port, [*others, name(last)])
    assert passed(last, port, VOICE) == [VOICE]
    assert passed(stranger, port, VOICE) == []
    assert len(program([*others, name(last)])) < 255
