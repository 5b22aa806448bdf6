"""The fan-out's door: descriptors of real connections over a real Unix socket."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from loopback import Ear, connected
from stentor.edge.framing import Format
from stentor.edge.handover import ACK_BYTES, Ack, Handover
from stentor.edge.reception import TAKE_MAX, Reception
from stentor.space.rung import Codec

WISH = Handover("demo", Codec.OPUS, Format.MP4, 7, b"HTTP/1.1 200 OK\r\n\r\n")


class Hall:
    """A reception, and those whom it has seated."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seated: list[tuple[socket.socket, Handover]] = []
        self.came = asyncio.Event()
        self.said_before: list[int] = []
        self.reception = Reception(path, seat=self.seat, seats=lambda: len(self.seated))
        self.gates: list[socket.socket] = []
        self.ears: list[Ear] = []

    def seat(self, sock: socket.socket, wish: Handover) -> None:
        self.seated.append((sock, wish))
        self.came.set()

    async def until_seated(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.seated) < count:
                self.came.clear()
                await self.came.wait()

    async def gate(self) -> socket.socket:
        """Connected, and greeted."""
        gate = self.knock()
        assert (await ack(gate)).taken == 0
        return gate

    def knock(self) -> socket.socket:
        gate = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        gate.setblocking(False)
        self.gates.append(gate)
        gate.connect(str(self.path))
        return gate

    def give(self, gate: socket.socket, *, message: bytes = WISH.encoded()) -> Ear:
        """A listener is handed over, and the gate's own descriptor closed."""
        ear = connected()
        self.ears.append(ear)
        socket.send_fds(gate, [message], [ear.near.fileno()])
        ear.near.close()
        return ear

    def close(self) -> None:
        for sock in (*self.gates, *(sock for sock, _ in self.seated)):
            sock.close()
        for ear in self.ears:
            ear.close()


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    hall = Hall(tmp_path / "door.sock")
    yield hall
    hall.reception.close()
    hall.close()


async def ack(gate: socket.socket) -> Ack:
    async with asyncio.timeout(5):
        return Ack.parse(await asyncio.get_running_loop().sock_recv(gate, ACK_BYTES))


async def until_taken(gate: socket.socket, count: int) -> None:
    while (await ack(gate)).taken < count:
        pass


async def is_ended(gate: socket.socket) -> bool:
    async with asyncio.timeout(5):
        while data := await asyncio.get_running_loop().sock_recv(gate, ACK_BYTES):
            assert len(data) == ACK_BYTES
    return True


async def test_a_listeners_connection_comes_in_and_is_the_same(hall: Hall) -> None:
    ear = hall.give(await hall.gate())
    await hall.until_seated(1)
    ((sock, wish),) = hall.seated
    assert wish == WISH
    sock.send(b"hello")
    ear.near = sock
    ear.listen_all()
    assert ear.heard == b"hello"


async def test_it_is_acknowledged_before_it_is_seated(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "door.sock")
    gate = await hall.gate()
    said = []

    def seat(sock: socket.socket, wish: Handover) -> None:
        said.append(Ack.parse(gate.recv(ACK_BYTES)))
        hall.seat(sock, wish)

    hall.reception.close()
    hall.reception = Reception(hall.path, seat=seat, seats=lambda: len(hall.seated))
    gate = await hall.gate()
    hall.give(gate)
    await hall.until_seated(1)
    assert said == [Ack(taken=1, seats=1)]
    hall.reception.close()
    hall.close()


async def test_a_gate_is_told_at_once_how_many_sit_here_and_again_whenever_the_wheel_says_so(
    hall: Hall,
) -> None:
    first = await hall.gate()
    hall.give(first)
    await until_taken(first, 1)
    second = hall.knock()
    assert await ack(second) == Ack(taken=0, seats=1)
    hall.seated.pop()[0].close()
    for _ in range(3):
        hall.reception.acknowledge()
        for gate, taken in ((first, 1), (second, 0)):
            assert await ack(gate) == Ack(taken=taken, seats=0)


async def test_a_gate_that_does_not_read_holds_nobody_up(hall: Hall) -> None:
    deaf, gate = await hall.gate(), await hall.gate()
    for _ in range(1000):
        hall.reception.acknowledge()
    hall.give(deaf)
    await hall.until_seated(1)
    hall.give(gate)
    await hall.until_seated(2)


async def test_a_crowd_is_taken_in_batches_and_nobody_is_left_outside(hall: Hall) -> None:
    gate = await hall.gate()
    for _ in range(TAKE_MAX + 10):
        hall.give(gate)
    told = await ack(gate)
    assert told == Ack(taken=TAKE_MAX, seats=TAKE_MAX)
    await hall.until_seated(TAKE_MAX + 10)
    await until_taken(gate, TAKE_MAX + 10)


@pytest.mark.parametrize("message", [b"", b"noise\n", b'["demo","opus"]\n', b'["demo","flac","mp4",7]\n'])
async def test_a_message_that_cannot_be_read_is_counted_and_the_next_is_served(
    hall: Hall, message: bytes
) -> None:
    gate = await hall.gate()
    lost = hall.give(gate, message=message or b"\n")
    hall.give(gate)
    await hall.until_seated(1)
    await until_taken(gate, 2)
    lost.listen_until(lambda: lost.is_ended)


async def test_what_comes_without_a_connection_is_counted_and_the_next_is_served(hall: Hall) -> None:
    gate = await hall.gate()
    reading, writing = os.pipe()
    socket.send_fds(gate, [WISH.encoded()], [reading])
    os.close(reading)
    gate.send(WISH.encoded())
    hall.give(gate)
    await hall.until_seated(1)
    await until_taken(gate, 3)
    with pytest.raises(BrokenPipeError):
        os.write(writing, b"x")  # nobody keeps the other end
    os.close(writing)


async def test_a_gate_that_dies_takes_nobody_along_and_what_it_sent_before_is_served(hall: Hall) -> None:
    gate, other = await hall.gate(), await hall.gate()
    for _ in range(3):
        hall.give(gate)
    gate.close()
    await hall.until_seated(3)
    hall.give(other)
    await hall.until_seated(4)
    assert [sock.fileno() >= 0 for sock, _ in hall.seated] == [True] * 4


async def test_more_gates_than_an_edge_has_are_not_heard(hall: Hall) -> None:
    gates = [await hall.gate() for _ in range(64)]
    assert await is_ended(hall.knock())
    gates.pop().close()
    hall.give(gates[0])
    await until_taken(gates[0], 1)
    await hall.gate()


async def test_a_closed_door_tells_its_gates_and_takes_nobody(hall: Hall) -> None:
    gate = await hall.gate()
    hall.reception.close()
    assert await is_ended(gate)
    with pytest.raises(ConnectionRefusedError):
        hall.knock()
    hall.reception = Reception(hall.path, seat=hall.seat, seats=lambda: 0)  # its path is free again


async def test_only_the_house_may_knock(hall: Hall) -> None:
    assert hall.path.stat().st_mode & 0o777 == 0o600
