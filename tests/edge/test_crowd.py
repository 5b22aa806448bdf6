"""The crowd of a fan-out over real connections, in hand-moved time: who gets what, and who is let go."""

import os
import random
import socket
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopback import Ear, connected, unacknowledged_bytes
from stentor.edge import sockets
from stentor.edge.crowd import Crowd
from stentor.edge.framing import Format
from stentor.edge.handover import Handover
from stentor.edge.ladder import Quality, Step
from stentor.edge.lane import Apart, Lane
from stentor.edge.listener import PATIENCE_S, Write
from stentor.edge.patience import Patience
from stentor.edge.programme import Programme
from stentor.edge.sessions import GRACE_S, LAST_CHUNK_S
from stentor.edge.slots import LOOK_AFTER_S, QUIET_TURNS, SLOTS
from stentor.formats.cmaf import boxes, chunk, chunk_number, init_segment, packets_of
from stentor.formats.emsg import ticks_of
from stentor.limits import CHUNK_MS
from stentor.log.assembler import LogChunk
from stentor.space.rung import Codec, Rung
from stentor.space.tick import TickWriter, decoded

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
CHUNK_S = CHUNK_MS / 1000
FD_MAX = 4096
SMALL_BYTES = 4096


def rung_chunk(rung: Rung, number: int) -> bytes:
    """About 4.5 kB that say which rung they are of."""
    return chunk(number, rung.codec, [rung.value.encode().ljust(140)] * rung.codec.frames_per_chunk)


class House:
    """A crowd, a programme that the test speaks into, and a clock that it moves."""

    def __init__(self, *, window: int = 40, **patience: float) -> None:
        self.now_s = 1000.0
        self.fed: list[tuple[Lane, Apart]] = []
        self.ears: list[Ear] = []
        self._window = window
        self._ticks = TickWriter()
        self._index = 0
        self.programme = self.new_programme()
        self.crowd = Crowd(
            fd_max=FD_MAX,
            patience=Patience(**patience),
            feed=lambda lane, apart: self.fed.append((lane, apart)),
            chance=random.Random(1),
        )
        self.head = -1
        self.speak(10)

    def new_programme(self) -> Programme:
        async def nothing(_rung: Rung, _number: int) -> LogChunk | None:
            return None

        return Programme("demo", chunks_max=self._window, first_chunk_s=0.1, fetch_old=nothing)

    def speak(self, count: int = 1) -> None:
        for _ in range(count):
            self.head += 1
            tick = self._ticks.write(number=self.head, wall_ms=self.head, facts={"title": "One"})
            for rung in Rung:
                self.programme.take(
                    LogChunk(self.head, rung, rung_chunk(rung, self.head), tick), now_s=self.now_s
                )

    def sit(
        self,
        *,
        first: int | None = None,
        small: bool = False,
        codec: Codec = Codec.OPUS,
        fd: int | None = None,
        session: int = 0,
    ) -> Ear:
        """Somebody comes in, two chunks behind the head if not said otherwise.

        Args:
            small: their machine takes little while they do not read.
            fd: the descriptor that they get.
        """
        ear = connected(far_buffer_bytes=SMALL_BYTES if small else None)
        if fd is not None:
            if ear.far.fileno() == fd:
                ear.far = moved(ear.far)
            os.dup2(ear.near.fileno(), fd)
            ear.near.close()
        ear.near = sockets.adopted(ear.near.detach() if fd is None else fd)
        self.ears.append(ear)
        first = self.head - 2 if first is None else first
        wish = Handover("demo", codec, Format.MP4, first, HEAD, session)
        self.crowd.sit(ear.near, wish, self.programme, now_s=self.now_s)
        return ear

    def revolve(self, *listening: Ear, count: int = 1) -> None:
        """Whole turns of the wheel, 0.64 s each, in which these listeners read."""
        for _ in range(count):
            for _ in range(SLOTS):
                self.turn()
            for ear in listening:
                ear.listen_all()

    def turn(self) -> None:
        """One turn of the wheel."""
        self.now_s += CHUNK_S / SLOTS
        self._index = (self._index + 1) % SLOTS
        self.crowd.turn(self._index, now_s=self.now_s)
        self.crowd.look(now_s=self.now_s)

    def talk(self, *listening: Ear, count: int = 1) -> None:
        """So many chunks, each spoken and written."""
        for _ in range(count):
            self.speak()
            self.revolve(*listening)

    @property
    def count(self) -> tuple[int, int, int, int]:
        found = self.crowd.seats.counts["demo"]
        return found.arrived, found.admitted, found.hearing, found.gone

    def close(self) -> None:
        for ear in self.ears:
            ear.close()


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    house.close()


@pytest.fixture
def patient() -> Iterator[House]:
    """Sessions of ten seconds, and nobody waits for a silent stage longer than five."""
    house = House(session_s=10.0, session_spread_s=0.0, silent_s=5.0)
    yield house
    house.close()


def moved(sock: socket.socket) -> socket.socket:
    """The same connection by another descriptor."""
    other = sock.dup()
    sock.close()
    return other


def media(ear: Ear, *, codec: Codec = Codec.OPUS) -> bytes:
    """What came after the answer's head and the init segment."""
    preface = HEAD + init_segment(codec)
    assert ear.heard.startswith(preface)
    return bytes(ear.heard[len(preface) :])


def chunks(ear: Ear, *, codec: Codec = Codec.OPUS) -> list[tuple[int, str]]:
    """Number and rung of everything heard; the stream must consist of whole chunks."""
    found, moof = [], b""
    for kind, payload in boxes(media(ear, codec=codec)):
        box = (len(payload) + 8).to_bytes(4) + kind + payload
        if kind == b"moof":
            moof = box
        elif kind == b"mdat":
            text = packets_of(moof + box)[0].decode().strip()
            found.append((chunk_number(moof + box), text))
    return found


def numbers(ear: Ear) -> list[int]:
    return [number for number, _ in chunks(ear)]


def ticks(ear: Ear) -> list[dict[str, Any]]:
    return [decoded(tick) for tick in ticks_of(media(ear))]


# ── those who keep up ───────────────────────────────────────────────────────────────────────────────────


def test_a_newcomer_has_head_init_and_three_chunks_before_the_first_turn(house: House) -> None:
    ear = house.sit()
    ear.listen_all()
    assert numbers(ear) == [7, 8, 9]
    assert [tick.get("full") for tick in ticks(ear)] == [True, None, True]  # 9 begins a segment
    assert house.count == (1, 1, 0, 0)


def test_whoever_keeps_up_is_soon_in_step_and_gets_every_chunk_once(house: House) -> None:
    ears = [house.sit() for _ in range(SLOTS + 3)]
    house.talk(*ears, count=5)
    assert house.crowd.apart_count == 0
    assert house.crowd.slow_count == 0
    assert [numbers(ear) for ear in ears] == [list(range(7, 15))] * len(ears)
    assert house.count == (len(ears), len(ears), len(ears), 0)


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_chunks_that_come_a_little_late_or_ever_earlier_cost_nobody_a_revolution(
    house: House, drift: int
) -> None:
    ears, chance = [house.sit() for _ in range(SLOTS - QUIET_TURNS)], random.Random(3)
    arrivals = {n * SLOTS + drift * n // 3 + chance.randint(0, 2) for n in range(1, 50)}
    sizes, wrote_s, waits_s = [0] * len(ears), [0.0] * len(ears), []
    for turn in range(max(arrivals) + SLOTS):
        if turn in arrivals:
            house.speak()
        house.turn()
        for place, ear in enumerate(ears):
            ear.listen_all()
            if len(ear.heard) > sizes[place]:
                sizes[place] = len(ear.heard)
                if turn > 6 * SLOTS:  # until then newcomers fall into step
                    waits_s.append(house.now_s - wrote_s[place])
                wrote_s[place] = house.now_s
    assert max(waits_s) <= CHUNK_S * (1 + 3 / SLOTS)
    assert len(waits_s) >= 40 * len(ears)


def test_writes_are_spread_over_the_turns_of_a_revolution_but_those_after_an_arrival(house: House) -> None:
    ears = [house.sit() for _ in range(SLOTS - QUIET_TURNS)]
    house.talk(*ears, count=3)
    house.speak()
    writes = []
    for _ in range(SLOTS):
        before = house.crowd.totals.writes
        house.turn()
        writes.append(house.crowd.totals.writes - before)
    assert sorted(writes) == [0] * QUIET_TURNS + [1] * len(ears)


def test_nobody_is_written_to_twice_for_the_same_chunk_however_often_the_wheel_turns(house: House) -> None:
    ear = house.sit()
    house.revolve(ear, count=5)
    assert numbers(ear) == [7, 8, 9]


def test_the_totals_are_the_bytes_that_were_heard(house: House) -> None:
    ears = [house.sit(), house.sit(codec=Codec.AAC), house.sit(first=2)]
    house.talk(*ears, count=3)
    assert house.crowd.totals.sent_bytes == sum(len(ear.heard) for ear in ears)
    assert house.crowd.totals.skipped_chunks == 0


def test_after_a_pause_of_the_stage_everybody_catches_up_and_misses_nothing(house: House) -> None:
    ears = [house.sit() for _ in range(3)]
    house.talk(*ears, count=2)
    house.speak(12)
    house.revolve(*ears, count=7)
    assert [numbers(ear) for ear in ears] == [list(range(7, house.head + 1))] * 3


# ── the ladder ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_step_holds_from_the_next_chunk_on_for_those_who_sit_and_those_who_come(house: House) -> None:
    ear = house.sit()
    house.talk(ear, count=2)
    house.crowd.step(Step(Quality.LOW, 1))
    house.talk(ear, count=2)
    late = house.sit(first=8)
    house.talk(ear, late, count=2)
    border = 12
    for listener in (ear, late):
        heard = chunks(listener)
        assert [number for number, _ in heard] == list(range(heard[0][0], house.head + 1))
        assert all(rung == ("opus32" if number < border else "opus16") for number, rung in heard)


@pytest.mark.parametrize("cadence", [2, 4])
def test_a_slower_cadence_needs_a_part_of_the_writes_and_loses_nothing(house: House, cadence: int) -> None:
    ears = [house.sit() for _ in range(8)]
    house.talk(*ears, count=3)
    house.crowd.step(Step(Quality.HIGH, cadence))
    house.talk(*ears, count=8)
    before = house.crowd.totals.writes
    house.talk(*ears, count=8)
    assert house.crowd.totals.writes - before == 8 * 8 // cadence
    house.crowd.step(Step())
    house.talk(*ears, count=4)  # who waited for four chunks gets two more in each revolution
    assert [numbers(ear) for ear in ears] == [list(range(7, house.head + 1))] * 8


# ── one session, one seat ──────────────────────────────────────────────────────────────────────────────


def test_a_pass_that_two_people_show_seats_one_of_them_after_ten_seconds(house: House) -> None:
    first, other = house.sit(session=7), house.sit(session=8)
    house.talk(first, other, count=3)
    second = house.sit(session=7)
    ears = (first, other, second)
    house.talk(*ears, count=int(GRACE_S / CHUNK_S) - 1)
    assert house.count[1] == 3
    house.talk(*ears, count=2)
    first.listen_until(lambda: first.is_ended)
    assert (house.count[1], house.crowd.totals.ended) == (2, {"elsewhere": 1})
    assert numbers(first) == list(range(7, numbers(first)[-1] + 1)), "whole chunks, to the last"
    assert [numbers(ear)[-1] for ear in (other, second)] == [house.head] * 2


def test_a_third_seat_of_a_session_ends_the_oldest_at_the_next_look(house: House) -> None:
    ears = [house.sit(session=7) for _ in range(3)]
    house.talk(*ears)
    ears[0].listen_until(lambda: ears[0].is_ended)
    assert (house.count[1], house.crowd.totals.ended) == (2, {"elsewhere": 1})


def test_who_reads_a_byte_now_and_then_does_not_keep_a_second_seat(house: House) -> None:
    slow = house.sit(small=True, session=7)
    while not house.crowd.slow_count:
        house.talk()
    well = house.sit(session=7)
    house.talk(well, count=int((GRACE_S + LAST_CHUNK_S) / CHUNK_S) + 2)
    assert house.crowd.totals.ended == {"elsewhere": 1}
    assert house.count[1] == 1
    slow.listen_until(lambda: slow.is_ended or slow.is_cut)


# ── those who do not ────────────────────────────────────────────────────────────────────────────────────


def test_who_reads_slowly_gets_whole_chunks_and_the_others_notice_nothing(house: House) -> None:
    slow, well = house.sit(small=True), house.sit()
    house.talk(slow, well, count=3)
    while not house.crowd.slow_count:
        house.talk(well)
    house.talk(well, count=8)
    assert house.crowd.apart_count == 1
    for _ in range(8):
        house.talk(slow, well)
    assert house.crowd.apart_count == 0
    assert numbers(well) == list(range(7, house.head + 1))
    heard = numbers(slow)
    assert heard[-1] == house.head
    jumps = [(a, b) for a, b in pairwise(heard) if b != a + 1]
    assert len(jumps) == 1
    assert house.crowd.totals.skipped_chunks == jumps[0][1] - jumps[0][0] - 1
    # Whoever jumps has missed changes: the chunk after the jump says everything.
    assert next(tick for tick in ticks(slow) if tick["n"] == jumps[0][1])["full"] is True


def test_who_takes_nothing_for_fifteen_seconds_is_cut_and_not_before(house: House) -> None:
    stuck, well = house.sit(small=True), house.sit()
    while not sockets.unacknowledged((stuck.near.fileno(),), 1):
        house.talk(well)
    before_s = house.now_s  # their machine has taken what it takes
    while not house.crowd.totals.ended:
        house.talk(well)
    assert house.crowd.totals.ended == {"stuck": 1}
    assert PATIENCE_S - 2 * CHUNK_S <= house.now_s - before_s <= PATIENCE_S + 3 * CHUNK_S
    stuck.listen_until(lambda: stuck.is_cut)
    assert house.count[1] == 1
    assert numbers(well) == list(range(7, house.head + 1))


def test_who_reads_a_little_now_and_then_is_never_stuck(house: House) -> None:
    ear = house.sit(small=True)
    house.talk(ear)
    for _ in range(5):
        house.talk(count=15)
        ear.listen_all()
    assert house.crowd.totals.ended == {}
    house.talk(ear, count=10)
    assert numbers(ear)[-1] == house.head


@pytest.mark.parametrize("is_reset", [False, True])
def test_who_leaves_is_gone_within_the_second_look_or_write(house: House, is_reset: bool) -> None:
    leaver, well = house.sit(), house.sit()
    house.talk(leaver, well, count=3)
    (sockets.cut if is_reset else sockets.end)(leaver.far)
    house.talk(well, count=10 if not is_reset else 2)
    assert house.crowd.totals.ended == {"left": 1}
    assert house.count == (2, 1, 1, 1)
    assert numbers(well) == list(range(7, house.head + 1))


def test_the_next_holder_of_a_descriptor_gets_a_stream_of_their_own(house: House) -> None:
    first = house.sit()
    fd = first.near.fileno()
    house.talk(first, count=3)
    house.crowd.end_some(1, "drained")
    second = house.sit(fd=fd)
    house.talk(second, count=3)
    assert numbers(second) == list(range(10, house.head + 1))
    assert house.count == (2, 1, 1, 1)


# ── who hears ───────────────────────────────────────────────────────────────────────────────────────────


def test_who_goes_on_is_trusted_and_stays_hearing(house: House) -> None:
    ears = [house.sit() for _ in range(40)]
    house.talk(*ears, count=12)
    fds = [ear.near.fileno() for ear in ears]
    assert all(house.crowd.seats.is_trusted(fd) for fd in fds)
    for _ in range(30):
        house.talk(*ears)
        assert house.count == (40, 40, 40, 0)
        assert all(house.crowd.seats.is_trusted(fd) for fd in fds)


@pytest.mark.parametrize("cadence", [1, 2, 4])
def test_who_stops_is_doubted_within_six_seconds_at_any_cadence(house: House, cadence: int) -> None:
    """What comes after the doubt, hearing or not, depends on how old the kernel says the last acknowledgement
    is, in its own time; `test_seats.py` moves that by hand, `test_fanout.py` waits for it."""
    well, stopper = house.sit(), house.sit(small=True)
    house.crowd.step(Step(Quality.LOW, cadence))
    house.talk(well, stopper, count=30)
    fd = stopper.near.fileno()
    assert house.crowd.seats.is_trusted(fd)
    # Their machine has a little room left, and takes that without them.
    taken, stopped_s = None, house.now_s
    while house.crowd.seats.is_trusted(fd):
        house.talk(well)
        told = sockets.acked_bytes(stopper.near)
        assert told is not None
        if told[0] != taken:
            taken, stopped_s = told[0], house.now_s
        assert house.now_s - stopped_s <= LOOK_AFTER_S + CHUNK_S
    assert house.crowd.seats.is_trusted(well.near.fileno())
    assert house.count[2] >= 1


# ── those who are older than the window ─────────────────────────────────────────────────────────────────


def test_who_is_older_than_the_window_is_fed_and_then_goes_on_without_a_gap(house: House) -> None:
    house.speak(60)
    ear = house.sit(first=3)
    ((lane, apart),) = house.fed
    house.talk(ear, count=3)  # the wheel leaves them alone meanwhile
    assert bytes(ear.heard) == b""
    number = 3
    while number < lane.oldest() + 8:
        write = Write(number, number + 7, is_joining=number == 3)
        data = b"".join(rung_chunk(Rung.OPUS32, n) for n in range(number, number + 8))
        assert house.crowd.deliver(lane, apart, write, data, now_s=house.now_s)
        while apart.pending is not None:
            ear.listen_all()
            assert house.crowd.push_fed(lane, apart, now_s=house.now_s)
        number += 8
    house.crowd.fed(lane, apart)
    for _ in range(12):
        house.talk(ear)
    assert numbers(ear) == list(range(3, house.head + 1))
    assert house.crowd.apart_count == 0
    assert len(house.fed) == 1


def test_who_leaves_while_they_are_fed_is_told_to_their_feeder(house: House) -> None:
    house.speak(60)
    ear = house.sit(first=3)
    ((lane, apart),) = house.fed
    sockets.cut(ear.far)
    house.revolve(count=4)
    assert house.crowd.totals.ended == {"left": 1}
    write = Write(3, 3, is_joining=True)
    assert not house.crowd.deliver(lane, apart, write, b"x", now_s=house.now_s)
    assert not house.crowd.push_fed(lane, apart, now_s=house.now_s)
    house.crowd.fed(lane, apart)
    house.crowd.leave(apart, "log_away")
    assert house.crowd.totals.ended == {"left": 1}


def test_a_feeder_whose_log_is_away_ends_its_listener_cleanly(house: House) -> None:
    house.speak(60)
    ear = house.sit(first=3)
    ((_, apart),) = house.fed
    house.crowd.leave(apart, "log_away")
    ear.listen_until(lambda: ear.is_ended)
    assert house.crowd.totals.ended == {"log_away": 1}


# ── ends ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_ends_cleanly_after_a_whole_chunk(patient: House) -> None:
    ear = patient.sit()
    patient.talk(ear, count=15)
    assert patient.count[1] == 1
    patient.talk(ear, count=4)
    assert ear.is_ended
    assert patient.crowd.totals.ended == {"session": 1}
    heard = numbers(ear)
    assert heard == list(range(7, heard[-1] + 1))


def test_sessions_end_at_different_moments() -> None:
    house = House(session_s=20.0, session_spread_s=10.0)
    ears, gone = [house.sit() for _ in range(30)], [0]
    while house.count[1]:
        house.talk(*ears)
        gone.append(house.count[3])
    seconds = [CHUNK_S * index for index, (a, b) in enumerate(pairwise(gone), 1) if b > a]
    assert min(seconds) >= 10
    assert max(seconds) <= 30 + 3
    assert max(b - a for a, b in pairwise(gone)) <= 6
    house.close()


def test_who_is_apart_when_their_time_is_over_is_ended_once_they_have_whole_chunks(patient: House) -> None:
    ear = patient.sit(small=True)
    patient.talk(ear, count=3)
    while not patient.crowd.slow_count:
        patient.talk()
    while patient.now_s < 1000 + 10 + 2:
        patient.talk()
    assert patient.crowd.totals.ended == {}
    patient.talk(ear, count=12)
    assert patient.crowd.totals.ended == {"session": 1}
    ear.listen_until(lambda: ear.is_ended)
    numbers(ear)  # whole chunks only, or this raises


def test_a_drain_ends_so_many_after_whole_chunks_and_leaves_the_others(house: House) -> None:
    ears = [house.sit() for _ in range(10)]
    house.talk(*ears, count=2)
    house.crowd.end_some(4, "drained")
    house.talk(*ears, count=2)
    assert sum(ear.is_ended for ear in ears) == 4
    assert all(numbers(ear)[-1] == (11 if ear.is_ended else 13) for ear in ears)
    house.crowd.end_some(100, "drained")
    assert house.count == (10, 0, 0, 10)
    assert house.crowd.totals.ended == {"drained": 10}


def test_when_the_programme_is_over_everybody_gets_its_last_chunk_and_a_clean_end(house: House) -> None:
    house.crowd.step(Step(Quality.HIGH, 4))
    ears = [house.sit() for _ in range(8)]
    house.talk(*ears, count=5)
    house.speak(2)
    house.programme.arrivals.end()
    house.revolve(*ears, count=3)
    assert all(ear.is_ended for ear in ears)
    assert {tuple(numbers(ear)) for ear in ears} == {tuple(range(7, house.head + 1))}
    assert house.crowd.totals.ended == {"over": 8}


def test_a_programme_that_falls_silent_sends_its_listeners_to_another_edge(patient: House) -> None:
    ear = patient.sit()
    patient.talk(ear)
    patient.revolve(ear, count=6)
    assert patient.count[1] == 1
    patient.revolve(ear, count=3)
    assert ear.is_ended
    assert patient.crowd.totals.ended == {"silent": 1}


def test_listeners_of_a_programme_that_was_opened_again_end_when_the_first_of_the_new_one_comes(
    house: House,
) -> None:
    ear = house.sit()
    house.talk(ear)
    house.programme = house.new_programme()
    house.speak(3)
    late = house.sit(first=house.head - 2)
    house.talk(late, count=2)
    ear.listen_until(lambda: ear.is_ended)
    assert house.crowd.totals.ended == {"over": 1}
    assert numbers(late) == list(range(11, house.head + 1))


# ── everything at once ──────────────────────────────────────────────────────────────────────────────────

ACTIONS = st.one_of(
    st.tuples(st.just("speak"), st.integers(1, 4)),
    st.tuples(st.just("read"), st.integers(0, 3)),
    st.tuples(st.just("sit"), st.integers(0, 6)),
    st.tuples(st.just("leave"), st.integers(0, 3)),
    st.tuples(st.just("drain"), st.just(1)),
    st.tuples(st.just("cadence"), st.sampled_from([1, 2, 4])),
    st.tuples(st.just("rung"), st.sampled_from(list(Quality))),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTIONS, min_size=5, max_size=60))
def test_whatever_happens_streams_are_whole_chunks_in_order_and_the_totals_agree(
    actions: list[tuple[str, Any]],
) -> None:
    house, step, left = House(), Step(), list[Ear]()
    try:
        for kind, much in actions:
            if kind == "speak":
                house.speak(much)
                house.revolve()
            elif kind == "read" and much < len(house.ears):
                house.ears[much].listen()
            elif kind == "sit" and len(house.ears) < 6:
                house.sit(first=house.head - much, small=True)
            elif kind == "leave" and much < len(house.ears) and house.ears[much] not in left:
                left.append(house.ears[much])
                sockets.cut(left[-1].far)
            elif kind == "drain":
                house.crowd.end_some(much, "drained")
            elif kind in {"cadence", "rung"}:
                step = Step(step.quality, much) if kind == "cadence" else Step(much, step.cadence)
                house.crowd.step(step)
        check(house, [ear for ear in house.ears if ear not in left])
    finally:
        house.close()


def check(house: House, staying: list[Ear]) -> None:
    """Everybody reads again, and what was heard is compared with what is told."""
    house.crowd.step(Step())
    for _ in range(20):
        house.talk(*staying)
    arrived, admitted, _, gone = house.count if house.ears else (0, 0, 0, 0)
    assert house.crowd.apart_count == 0
    assert admitted == len(house.crowd.seats) == sum(not ear.is_ended for ear in staying)
    assert arrived == len(house.ears) == admitted + gone
    assert house.crowd.totals.ended.total() == gone
    assert house.crowd.totals.ended.keys() <= {"left", "drained"}
    rung_of: dict[int, str] = {}
    skipped = 0
    for ear in staying:
        if ear.is_ended:
            # A drain may meet somebody between two chunks of a write that their machine has not taken yet.
            continue
        heard = chunks(ear)
        assert heard[-1][0] == house.head
        assert all(a < b for (a, _), (b, _) in pairwise(heard))
        skipped += heard[-1][0] - heard[0][0] + 1 - len(heard)
        # A number is of one rung for everybody.
        assert all(rung_of.setdefault(number, rung) == rung for number, rung in heard)
        assert unacknowledged_bytes(ear.near) == 0
    assert house.crowd.totals.skipped_chunks >= skipped
    total = sum(len(ear.heard) for ear in house.ears)
    assert house.crowd.totals.sent_bytes >= total
    if len(staying) == len(house.ears):
        assert house.crowd.totals.sent_bytes == total
