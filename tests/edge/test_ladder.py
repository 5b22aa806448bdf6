"""The ladder: fast down, slow up, never against an operator's word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.ladder import (
    CADENCES,
    DOOR_AFTER_S,
    DOOR_BELOW,
    DOWN_AFTER_S,
    LATE_MS_MAX,
    LINE_FULL,
    OFF_ABOVE,
    PACED_ABOVE,
    QUEUE_MS_MAX,
    UP_AFTER_S,
    UP_BELOW,
    Door,
    Extras,
    Ladder,
    Orders,
    Pressure,
    Quality,
    Step,
)
from stentor.edge.notice import NOTICE_S
from stentor.errors import BadInput

FULL = Pressure(line_share=LINE_FULL + 0.01)
LATE = Pressure(late_ms=LATE_MS_MAX + 1)
LOW = Step(Quality.LOW)
SLOWEST = Step(Quality.HIGH, CADENCES[-1])
HALF = Pressure(line_share=LINE_FULL / 2 + 0.01)
ROOMY = Pressure()


def felt(ladder: Ladder, pressure: Pressure, *, from_s: float, for_s: int) -> Step:
    for second in range(for_s + 1):
        ladder.feel(pressure, now_s=from_s + second)
    return ladder.step


def test_nothing_moves_while_there_is_room() -> None:
    assert felt(Ladder(), ROOMY, from_s=0, for_s=300) == Step()


def test_it_steps_down_after_two_seconds_of_pressure_and_no_sooner() -> None:
    ladder = Ladder()
    assert ladder.feel(FULL, now_s=0) == Step()
    assert ladder.feel(FULL, now_s=DOWN_AFTER_S - 0.1) == Step()
    assert ladder.feel(FULL, now_s=DOWN_AFTER_S) == Step(Quality.LOW)


def steps(ladder: Ladder, pressure: Pressure, *, for_s: int) -> list[tuple[Step, Door]]:
    """Each change that is told, once."""
    seen = [(ladder.step, ladder.door)]
    for second in range(for_s):
        ladder.feel(pressure, now_s=second)
        if (ladder.step, ladder.door) != seen[-1]:
            seen.append((ladder.step, ladder.door))
    return seen


@pytest.mark.parametrize("pressure", [FULL, Pressure(slow_share=0.21)])
def test_a_full_line_takes_bits_never_cadence_then_newcomers_wait(pressure: Pressure) -> None:
    ladder = Ladder()
    assert steps(ladder, pressure, for_s=300) == [
        (Step(), Door.OPEN),
        (LOW, Door.OPEN),
        (LOW, Door.HELD),
    ]
    assert (ladder.is_held_by_line, ladder.changes) == (True, 1)


def test_a_late_machine_takes_cadence_never_bits_then_newcomers_wait() -> None:
    ladder = Ladder()
    assert steps(ladder, LATE, for_s=300) == [
        *((Step(Quality.HIGH, cadence), Door.OPEN) for cadence in CADENCES),
        (SLOWEST, Door.HELD),
    ]
    assert (ladder.is_held_by_line, ladder.changes) == (False, 2)


def test_a_slower_cadence_is_in_force_when_its_notice_is_over_and_felt_before_the_next() -> None:
    ladder, told_s, taken_s = Ladder(), dict[int, int](), dict[int, int]()
    for second in range(100):
        ladder.feel(LATE, now_s=second)
        told_s.setdefault(ladder.step.cadence, second)
        taken_s.setdefault(ladder.in_force.cadence, second)
    assert taken_s[2] - told_s[2] == NOTICE_S
    assert taken_s[4] - told_s[4] == 2 * NOTICE_S
    assert told_s[4] - taken_s[2] >= DOWN_AFTER_S


def test_a_machine_that_is_so_late_that_all_stall_is_slowed_at_once() -> None:
    ladder = Ladder()
    felt(ladder, Pressure(late_ms=900), from_s=0, for_s=int(DOWN_AFTER_S))
    assert (ladder.step.cadence, ladder.in_force.cadence) == (2, 2)


def test_a_second_that_takes_the_whole_line_takes_the_bits_at_once() -> None:
    ladder = Ladder()
    assert ladder.feel(Pressure(line_share=1.0), now_s=0.0) == Step(Quality.LOW)
    assert ladder.door is Door.OPEN, "newcomers wait only if that does not help"


def test_it_steps_up_one_at_a_time_after_half_a_minute_of_room() -> None:
    ladder = Ladder()
    both = Pressure(line_share=FULL.line_share, late_ms=LATE.late_ms)
    assert felt(ladder, both, from_s=0, for_s=60) == Step(Quality.LOW, 4)
    assert felt(ladder, ROOMY, from_s=100, for_s=int(UP_AFTER_S) - 1) == Step(Quality.LOW, 4)
    assert felt(ladder, ROOMY, from_s=100 + UP_AFTER_S, for_s=0) == Step(Quality.HIGH, 2)
    assert felt(ladder, ROOMY, from_s=200, for_s=200) == Step()
    assert ladder.in_force == Step()


def test_between_the_two_bounds_it_stays() -> None:
    ladder = Ladder()
    felt(ladder, FULL, from_s=0, for_s=2)
    assert felt(ladder, HALF, from_s=10, for_s=300) == Step(Quality.LOW)


def test_a_moment_of_pressure_is_no_reason() -> None:
    ladder = Ladder()
    for second in range(100):
        ladder.feel(FULL if second % 2 else ROOMY, now_s=second)
    assert ladder.step == Step()


@pytest.mark.parametrize("pressure", [Pressure(late_ms=201), Pressure(slow_share=0.21), FULL])
def test_each_kind_of_pressure_counts(pressure: Pressure) -> None:
    assert pressure.level > 1


def test_an_operator_forces_and_forbids() -> None:
    ladder = Ladder(orders=Orders(quality=Quality.HIGH))
    assert felt(ladder, FULL, from_s=0, for_s=60) == Step()
    assert ladder.door is Door.HELD
    ladder.order({"rung": "low", "cadence": 2}, now_s=61)
    assert (ladder.step, ladder.in_force) == (Step(Quality.LOW, 2), LOW)
    felt(ladder, ROOMY, from_s=62, for_s=int(NOTICE_S))
    assert ladder.in_force == Step(Quality.LOW, 2)
    ladder.order({"rung": "auto", "cadence": "auto"}, now_s=80)
    assert ladder.step == ladder.in_force == LOW


@pytest.mark.parametrize(
    "question",
    [{"rung": "lowest"}, {"cadence": 3}, {"cadence": "two"}, {"rung": 1}, {"extras": "paced"}, {"extras": 1}],
)
def test_an_order_that_cannot_be_meant_is_refused(question: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Orders.parse(question, Orders())


@given(st.lists(st.floats(0, 3), max_size=200))
def test_it_never_moves_twice_within_two_seconds_nor_further_than_one_step(levels: list[float]) -> None:
    ladder, before, moved_s = Ladder(), Step(), -DOWN_AFTER_S
    for second, level in enumerate(levels):
        step = ladder.feel(Pressure(late_ms=LATE_MS_MAX * level), now_s=float(second))
        if step != before:
            assert abs(CADENCES.index(step.cadence) - CADENCES.index(before.cadence)) == 1
            assert second - moved_s >= DOWN_AFTER_S
            before, moved_s = step, float(second)


# ── extras ──────────────────────────────────────────────────────────────────────────────────────────────


def at(level: float) -> Pressure:
    return Pressure(line_share=level * LINE_FULL)


@pytest.mark.parametrize(
    ("pressure", "extras"),
    [
        (at(PACED_ABOVE), Extras.ON),
        (at(PACED_ABOVE + 0.01), Extras.PACED),
        (at(OFF_ABOVE), Extras.PACED),
        (at(OFF_ABOVE + 0.01), Extras.OFF),
        (Pressure(queue_ms=QUEUE_MS_MAX), Extras.OFF),
    ],
)
def test_extras_give_way_before_anybodys_sound_does(pressure: Pressure, extras: Extras) -> None:
    ladder = Ladder()
    assert felt(ladder, pressure, from_s=0, for_s=int(DOWN_AFTER_S)) == Step()
    assert ladder.extras is extras
    assert felt(ladder, pressure, from_s=3, for_s=300) == Step()
    assert ladder.extras is extras


def test_extras_are_off_whenever_the_sound_has_given_way() -> None:
    ladder = Ladder()
    for second in range(120):
        pressure = FULL if second < 20 else HALF
        if ladder.feel(pressure, now_s=second) != Step():
            assert ladder.extras is Extras.OFF


def test_extras_come_back_one_step_each_half_minute_of_room_and_do_not_flutter() -> None:
    ladder, seen = Ladder(), [Extras.ON]
    felt(ladder, at(0.9), from_s=0, for_s=2)
    for second in range(3, 200):
        ladder.feel(at(PACED_ABOVE + 0.01 if second < 50 else UP_BELOW - 0.01), now_s=second)
        if ladder.extras is not seen[-1]:
            seen.append(ladder.extras)
            assert second in {3, 50 + UP_AFTER_S, 50 + 2 * UP_AFTER_S}
    assert seen == [Extras.ON, Extras.OFF, Extras.PACED, Extras.ON]


def test_an_operators_word_on_extras_holds_against_any_pressure() -> None:
    ladder = Ladder(orders=Orders.parse({"extras": "on"}, Orders()))
    felt(ladder, FULL, from_s=0, for_s=60)
    forced, ladder.orders = ladder.extras, Orders.parse({"extras": "auto"}, ladder.orders)
    assert (forced, ladder.extras) == (Extras.ON, Extras.OFF)
    calm = Ladder(orders=Orders.parse({"extras": "off"}, Orders()))
    assert (felt(calm, ROOMY, from_s=0, for_s=300), calm.extras) == (Step(), Extras.OFF)


# ── newcomers wait ──────────────────────────────────────────────────────────────────────────────────────


def test_a_little_room_for_five_seconds_lets_newcomers_in_and_the_sound_stays_as_it_is() -> None:
    ladder, easy = Ladder(), Pressure(line_share=LINE_FULL * (DOOR_BELOW - 0.01))
    doors = list[Door]()
    for pressure, from_s, for_s in (
        (FULL, 0.0, 5),
        (easy, 10.0, int(DOOR_AFTER_S) - 1),
        (easy, 10.0 + DOOR_AFTER_S, 0),
    ):
        assert felt(ladder, pressure, from_s=from_s, for_s=for_s) == LOW
        doors.append(ladder.door)
    assert doors == [Door.HELD, Door.HELD, Door.OPEN]


def test_an_operator_can_hold_the_door_and_give_it_back() -> None:
    held = Orders.parse({"door": "held"}, Orders(cadence=2))
    assert (held.door, held.cadence, held.names) == (Door.HELD, 2, ("cadence", "door"))
    assert Ladder(orders=held).door is Door.HELD
    assert Orders.parse({"door": "auto"}, held).door is None
    with pytest.raises(BadInput, match="held or auto"):
        Orders.parse({"door": "open"}, held)
