"""A gate's links: real connections given over real Unix sockets, to fan-outs that come, stop and die."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from loopback import Ear, connected
from stentor.edge.fanouts import Fanouts
from stentor.edge.framing import Format
from stentor.edge.handover import MESSAGE_BYTES_MAX, Ack, Handover
from stentor.edge.newcomers import Newcomers
from stentor.edge.reception import Reception
from stentor.errors import Full, NoAnswer
from stentor.space.rung import Codec

WISH = Handover("demo", Codec.OPUS, Format.MP4, 7, b"HTTP/1.1 200 OK\r\n\r\n")

LATE_S = 0.05


class Hall:
    """A fan-out's reception that seats whoever comes."""

    def __init__(self, path: Path) -> None:
        self.seated: list[socket.socket] = []
        self.others = 0
        """Who has come by other gates."""
        self.reception = Reception(path, seat=self.seat, seats=lambda: len(self.seated) + self.others)

    def seat(self, sock: socket.socket, _wish: Handover) -> None:
        self.seated.append(sock)

    async def tell(self) -> None:
        """Its gates know how many sit here."""
        self.reception.acknowledge()
        for _ in range(5):
            await asyncio.sleep(0)

    def close(self) -> None:
        self.reception.close()
        for sock in self.seated:
            sock.close()


class Mute:
    """A fan-out's process that is there and has been frozen: the kernel takes what it is sent."""

    def __init__(self, path: Path) -> None:
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.door.setblocking(False)
        self.door.bind(str(path))
        self.door.listen()
        self.gate: socket.socket | None = None

    async def greet(self) -> None:
        self.gate, _ = await asyncio.get_running_loop().sock_accept(self.door)
        self.gate.send(Ack(0, 0).encoded())

    def wake(self) -> int:
        """Takes everything at last. Returns how many there were."""
        assert self.gate is not None
        count = 0
        with suppress(BlockingIOError):
            while True:
                _, fds, _, _ = socket.recv_fds(self.gate, MESSAGE_BYTES_MAX, 1)
                os.close(fds[0])
                count += 1
        self.gate.send(Ack(count, count).encoded())
        return count

    def close(self) -> None:
        self.door.close()
        if self.gate is not None:
            self.gate.close()


class Rig:
    """A gate's `Fanouts` over two paths, and listeners to give."""

    def __init__(
        self, directory: Path, *, seats_max: int = 10, wait_s: float = 5.0, late_s: float = LATE_S
    ) -> None:
        self.paths = [directory / name for name in ("one", "two")]
        self.newcomers = Newcomers()
        self.fanouts = Fanouts(
            self.paths, seats_max=seats_max, wait_s=wait_s, late_s=late_s, newcomers=self.newcomers
        )
        self.ears: list[Ear] = []
        self.others: list[Hall | Mute] = []
        self._running = asyncio.create_task(self.fanouts.run())

    def hall(self, index: int) -> Hall:
        hall = Hall(self.paths[index])
        self.others.append(hall)
        return hall

    async def mute(self, index: int) -> Mute:
        mute = Mute(self.paths[index])
        self.others.append(mute)
        await mute.greet()
        return mute

    async def until_linked(self, count: int) -> None:
        async with asyncio.timeout(5):
            while self.fanouts.linked != count:
                await asyncio.sleep(0)

    async def until_late(self) -> None:
        """A fan-out that says nothing from now on is late."""
        loop = asyncio.get_running_loop()
        late_s = loop.time() + LATE_S
        while loop.time() <= late_s:
            await asyncio.sleep(0)

    async def give(self, *, session: int = 0, comes_back: bool = False) -> Ear:
        """As a gate does: its own connection stays open until the hand-over has been sent."""
        ear = connected()
        self.ears.append(ear)
        try:
            wish = replace(WISH, session=session)
            await self.fanouts.give(os.dup(ear.near.fileno()), wish, comes_back=comes_back)
        finally:
            ear.near.close()
        return ear

    async def stop(self) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def close(self) -> None:
        await self.stop()
        for other in self.others:
            other.close()
        for ear in self.ears:
            ear.close()


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    await rig.close()


async def until_seated(count: int, *halls: Hall) -> None:
    async with asyncio.timeout(5):
        while sum(len(hall.seated) for hall in halls) < count:
            await asyncio.sleep(0)


async def test_listeners_go_to_the_fan_out_with_the_fewest_seats(rig: Rig) -> None:
    halls = rig.hall(0), rig.hall(1)
    await rig.until_linked(2)
    for _ in range(8):
        await rig.give()
    await until_seated(8, *halls)
    assert [len(hall.seated) for hall in halls] == [4, 4]
    for sock in halls[1].seated[:3]:
        sock.close()
    del halls[1].seated[:3]
    await halls[1].tell()
    for _ in range(3):
        await rig.give()
    await until_seated(8, *halls)
    assert [len(hall.seated) for hall in halls] == [4, 4]


async def test_a_full_edge_says_so_and_the_last_seat_is_given(tmp_path: Path) -> None:
    rig = Rig(tmp_path, seats_max=2)
    halls = rig.hall(0), rig.hall(1)
    await rig.until_linked(2)
    for _ in range(4):
        rig.fanouts.check_room()
        await rig.give()
    await until_seated(4, *halls)
    with pytest.raises(Full):
        rig.fanouts.check_room()
    with pytest.raises(Full):
        await rig.give()
    await rig.ears[-1].until_over()  # the descriptor has not been kept
    await rig.close()


async def test_who_comes_back_finds_a_seat_while_newcomers_find_none(tmp_path: Path) -> None:
    rig = Rig(tmp_path, seats_max=20)
    halls = rig.hall(0), rig.hall(1)
    await rig.until_linked(2)
    for _ in range(2 * 19):
        await rig.give()
    await until_seated(38, *halls)
    assert not rig.fanouts.has_room()
    with pytest.raises(Full):
        await rig.give()
    for _ in range(2):
        await rig.give(comes_back=True)
    await until_seated(40, *halls)
    with pytest.raises(Full):
        await rig.give(comes_back=True)
    await rig.close()


async def test_at_a_held_door_newcomers_wait_and_who_comes_back_does_not(rig: Rig) -> None:
    hall = rig.hall(0)
    await rig.until_linked(1)
    rig.newcomers.told(1, now_s=asyncio.get_running_loop().time())
    await rig.give()
    assert not rig.fanouts.has_room()
    await rig.give(comes_back=True)
    await until_seated(2, hall)


async def test_the_same_session_goes_to_the_same_fan_out_while_that_one_can_take_it(rig: Rig) -> None:
    halls = [rig.hall(0), rig.hall(1)]
    await rig.until_linked(2)
    for session in (4, 4, 6, 4):
        await rig.give(session=session)
    await until_seated(4, *halls)
    assert [len(hall.seated) for hall in halls] == [4, 0]
    halls[0].others = 6  # full
    await halls[0].tell()
    await rig.give(session=4)
    await until_seated(5, *halls)
    assert [len(hall.seated) for hall in halls] == [4, 1]


async def test_a_join_waits_for_a_fan_out_that_is_being_started(rig: Rig) -> None:
    giving = asyncio.create_task(rig.give())
    await asyncio.sleep(0)
    assert not giving.done()
    rig.fanouts.check_room()  # nobody is there; that is not «full»
    hall = rig.hall(1)
    await giving
    await until_seated(1, hall)


async def test_a_join_does_not_wait_for_ever(tmp_path: Path) -> None:
    rig = Rig(tmp_path, wait_s=0.2)
    with pytest.raises(NoAnswer):
        await rig.give()
    await rig.ears[0].until_over()
    await rig.close()


async def test_a_join_does_not_wait_for_a_gate_that_ends(rig: Rig) -> None:
    giving = asyncio.create_task(rig.give())
    await asyncio.sleep(0)
    rig.fanouts.close()
    with pytest.raises(NoAnswer):
        await asyncio.wait_for(giving, 1)
    with pytest.raises(NoAnswer):
        await asyncio.wait_for(rig.give(), 1)
    for ear in rig.ears:
        await ear.until_over()


async def test_what_a_fan_out_had_not_taken_when_it_died_goes_to_another(rig: Rig) -> None:
    mute = await rig.mute(0)
    await rig.until_linked(1)
    ears = [await rig.give() for _ in range(5)]
    mute.close()
    hall = rig.hall(1)
    await until_seated(5, hall)
    for number, sock in enumerate(hall.seated):
        sock.send(str(number).encode())
    for sock in hall.seated:
        sock.shutdown(socket.SHUT_WR)
    for ear in ears:
        await ear.until_over()
    assert sorted(bytes(ear.heard) for ear in ears) == [b"0", b"1", b"2", b"3", b"4"]


async def test_what_a_fan_out_had_taken_when_it_died_goes_to_nobody(rig: Rig) -> None:
    mute = await rig.mute(0)
    await rig.until_linked(1)
    ear = await rig.give()
    assert mute.wake() == 1
    await ear.until_over()  # the gate has let go of its copy: nobody has one
    mute.close()
    await rig.until_linked(0)
    hall = rig.hall(1)
    await rig.until_linked(1)
    await rig.give()
    await until_seated(1, hall)
    assert len(hall.seated) == 1


async def test_a_frozen_fan_out_gets_no_more_newcomers_though_it_has_the_fewest_seats(
    rig: Rig,
) -> None:
    mute, hall = await rig.mute(0), rig.hall(1)
    await rig.until_linked(2)
    hall.others = 5
    await rig.until_late()
    await hall.tell()
    for _ in range(3):
        await rig.give()
    await until_seated(3, hall)
    assert mute.wake() == 0
    # Awake again, it is the emptiest again.
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        while not mute.wake():
            await rig.give()


async def test_a_fan_out_that_can_be_sent_no_more_passes_its_listeners_on(tmp_path: Path) -> None:
    rig = Rig(tmp_path, seats_max=10_000, late_s=60.0)
    mute, hall = await rig.mute(0), rig.hall(1)
    hall.others = 5_000
    await rig.until_linked(2)
    await hall.tell()
    async with asyncio.timeout(10):
        while not hall.seated:
            await rig.give()
            await asyncio.sleep(0)
    taken = mute.wake()
    assert 0 < taken < len(rig.ears)  # the kernel holds a few hundred of them; none is lost
    await until_seated(len(rig.ears) - taken, hall)
    await rig.close()


async def test_a_frozen_fan_out_is_better_than_none(rig: Rig) -> None:
    mute = await rig.mute(0)
    await rig.until_linked(1)
    await rig.give()
    await rig.until_late()
    await rig.give()
    assert mute.wake() == 2


async def test_a_gate_that_stops_keeps_nobodys_connection(rig: Rig) -> None:
    mute = await rig.mute(0)
    await rig.until_linked(1)
    ear = await rig.give()
    await rig.stop()
    mute.close()
    await ear.until_over()
