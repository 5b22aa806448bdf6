"""The jitter buffer, by example and by property."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from stentor.stage.jitter import (
    CAPACITY,
    STALL_MAX,
    TARGET_AT_START,
    TARGET_MAX,
    TARGET_MIN,
    Idle,
    JitterBuffer,
    Lost,
    Play,
    Stalled,
)


def push(buffer: JitterBuffer, number: int, *, timestamp: int | None = None, is_quiet: bool = False) -> None:
    buffer.push(
        sequence=number & 0xFFFF,
        timestamp=(number * 960 if timestamp is None else timestamp) & 0xFFFFFFFF,
        samples=960,
        payload=str(number).encode(),
        is_quiet=is_quiet,
    )


def played(buffer: JitterBuffer, pulls: int) -> list[int]:
    numbers = []
    for _ in range(pulls):
        decision = buffer.pull()
        if isinstance(decision, Play):
            numbers.append(int(decision.payload))
    return numbers


def test_packets_come_out_in_order_over_the_wrap() -> None:
    """65 534, 65 535, 0, 1 are neighbours, whichever comes first."""
    buffer = JitterBuffer()
    for number in (65534, 65536, 65535, 65537):
        push(buffer, number)
    assert played(buffer, 4) == [65534, 65535, 65536, 65537]


def test_a_lost_packet_is_reported_with_its_successor() -> None:
    """So that the decoder can repair it from the redundancy inside."""
    buffer = JitterBuffer()
    for number in (1, 2, 4, 5):
        push(buffer, number)
    assert played(buffer, 2) == [1, 2]
    assert buffer.pull() == Lost(b"4")
    assert played(buffer, 2) == [4, 5]
    assert buffer.counts.lost == 1


def test_a_late_packet_raises_the_target() -> None:
    """It was declared lost and came after all: the buffer was too shallow for this line."""
    buffer = JitterBuffer()
    for number in (1, 2, 4, 5):
        push(buffer, number)
    played(buffer, 3)
    push(buffer, 3)
    assert buffer.target == TARGET_AT_START + 1
    assert buffer.counts.late == 1


def test_a_packet_that_comes_after_a_stall_raises_the_target_by_the_stall() -> None:
    """Exactly as late as it was, so that the next one like it is in time."""
    buffer = JitterBuffer()
    push(buffer, 1)
    push(buffer, 2)
    played(buffer, 2)
    assert [buffer.pull() for _ in range(3)] == [Stalled()] * 3
    push(buffer, 3)
    assert buffer.target == TARGET_AT_START + 3
    assert played(buffer, 1) == [3]


def test_a_pause_of_the_sender_does_not_raise_the_target() -> None:
    """DTX: the sequence goes on by one, the timestamp by the pause."""
    buffer = JitterBuffer()
    push(buffer, 1)
    push(buffer, 2)
    played(buffer, 2 + 3)
    push(buffer, 3, timestamp=20 * 960)
    assert buffer.target == TARGET_AT_START


def test_silence_ends_concealment() -> None:
    """A guess that goes on for longer than 100 ms is noise."""
    buffer = JitterBuffer()
    push(buffer, 1)
    push(buffer, 2)
    played(buffer, 2)
    answers = [buffer.pull() for _ in range(STALL_MAX + 3)]
    assert answers == [Stalled()] * STALL_MAX + [Idle()] * 3


def test_after_a_black_out_the_voice_goes_on_at_once() -> None:
    """What was lost meanwhile is not played as a second black-out."""
    buffer = JitterBuffer()
    push(buffer, 1)
    push(buffer, 2)
    played(buffer, 60)
    for number in (52, 53, 54):
        push(buffer, number)
    assert played(buffer, 3) == [52, 53, 54]


def test_a_burst_after_a_blocked_line_is_cut_to_the_target() -> None:
    """Otherwise the voice stays a second late for minutes."""
    buffer = JitterBuffer()
    for number in range(50):
        push(buffer, number)
    played(buffer, 1)
    assert buffer.depth <= buffer.target


def test_a_sender_with_a_faster_clock_does_not_fill_the_buffer() -> None:
    """Half a percent, a hundred times worse than any sound card, for a minute: latency stays bounded."""
    buffer, number = JitterBuffer(), 0
    for tick in range(3000):
        push(buffer, number)
        number += 1
        if tick % 200 == 0:
            push(buffer, number)
            number += 1
        buffer.pull()
    assert buffer.depth <= buffer.target + 2
    assert buffer.counts.dropped >= 10


def test_a_sender_with_a_slower_clock_does_not_deepen_the_buffer() -> None:
    """Each packet a little later until the buffer is empty: that is no jitter, and a target that only grew
    made the voice 200 ms late after the next pause."""
    buffer, number = JitterBuffer(), 0
    targets = []
    for tick in range(20_000):
        if tick % 1000:
            push(buffer, number)
            number += 1
        buffer.pull()
        targets.append(buffer.target)
    assert max(targets) <= TARGET_AT_START + 1
    assert targets[-1] == TARGET_MIN
    assert buffer.depth <= 1


def test_excess_is_taken_out_in_a_quiet_moment_first() -> None:
    """A missing 20 ms of silence is not heard."""
    loud, quiet = JitterBuffer(), JitterBuffer()
    for buffer, is_quiet in ((loud, False), (quiet, True)):
        for number in range(6):
            push(buffer, number, is_quiet=is_quiet)
        for number in range(6, 106):
            push(buffer, number, is_quiet=is_quiet)
            buffer.pull()
    assert quiet.counts.dropped > loud.counts.dropped == 0


def test_a_sender_that_starts_anew_is_followed() -> None:
    """One stray number is kept out, the second that follows it is believed (RFC 3550 A.1)."""
    buffer = JitterBuffer()
    for number in range(5):
        push(buffer, number)
    played(buffer, 3)
    for number in (30_000, 30_001, 30_002, 30_003):
        push(buffer, number)
    assert played(buffer, 3) == [30_001, 30_002, 30_003]
    assert buffer.counts.restarted == 1


def test_a_good_line_is_met_with_little_delay() -> None:
    """Ten seconds without a late packet make the buffer shallower, down to one packet."""
    buffer = JitterBuffer()
    for number in range(3000):
        push(buffer, number)
        buffer.pull()
    assert buffer.target == TARGET_MIN
    assert buffer.depth <= 2


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.floats(0, 0.4), st.integers(0, 12), st.integers(0, 65535))
def test_nothing_comes_out_of_order_or_twice_and_all_stays_bounded(
    seed: int, loss: float, jitter_ticks: int, start: int
) -> None:
    """Whatever the line does."""
    chance = random.Random(seed)
    arrivals: dict[int, list[int]] = {}
    for index in range(400):
        for _ in range(1 + (chance.random() < 0.02)):
            if chance.random() >= loss:
                arrivals.setdefault(index + chance.randint(0, jitter_ticks), []).append(start + index)
    buffer = JitterBuffer()
    out: list[int] = []
    for tick in range(420):
        for number in arrivals.get(tick, []):
            push(buffer, number)
        assert buffer.depth <= CAPACITY
        assert TARGET_MIN <= buffer.target <= TARGET_MAX
        decision = buffer.pull()
        if isinstance(decision, Play):
            out.append(int(decision.payload))
    assert out == sorted(set(out))


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_it_recovers_from_any_storm(seed: int) -> None:
    """A second of arbitrary numbers, then a clean line: within two seconds every packet is played."""
    chance, buffer = random.Random(seed), JitterBuffer()
    for _ in range(50):
        push(buffer, chance.randrange(65536), timestamp=chance.randrange(2**32))
        buffer.pull()
    for number in range(1000, 1100):
        push(buffer, number)
        buffer.pull()
    out = []
    for number in range(1100, 1140):
        push(buffer, number)
        out += played(buffer, 1)
    assert len(out) >= 39
    assert out == list(range(out[0], out[0] + len(out)))
