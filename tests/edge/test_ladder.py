"""The ladder: fast down, slow up, never against an operator's word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.ladder import (
    DOOR_AFTER_S,
    DOOR_BELOW,
    DOWN_AFTER_S,
    LINE_FULL,
    OFF_ABOVE,
    PACED_ABOVE,
    QUEUE_MS_MAX,
    STEPS,
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
from stentor.errors import BadInput

FULL = Pressure(line_share=LINE_FULL + 0.01)
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


def test_the_steps_are_rung_then_cadence_and_there_is_a_last_one() -> None:
    ladder, seen = Ladder(), [Step()]
    for second in range(60):
        step = ladder.feel(FULL, now_s=second)
        if step != seen[-1]:
            seen.append(step)
    assert seen == list(STEPS)


def test_it_steps_up_one_at_a_time_after_half_a_minute_of_room() -> None:
    ladder = Ladder()
    felt(ladder, FULL, from_s=0, for_s=60)
    assert felt(ladder, ROOMY, from_s=100, for_s=int(UP_AFTER_S) - 1) == STEPS[-1]
    assert felt(ladder, ROOMY, from_s=100 + UP_AFTER_S, for_s=0) == STEPS[-2]
    assert felt(ladder, ROOMY, from_s=200, for_s=200) == Step()


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
    assert felt(ladder, FULL, from_s=0, for_s=60) == Step(Quality.HIGH, 4)
    ladder.orders = Orders.parse({"rung": "low", "cadence": 1}, ladder.orders)
    assert ladder.step == Step(Quality.LOW, 1)
    ladder.orders = Orders.parse({"rung": "auto", "cadence": "auto"}, ladder.orders)
    assert ladder.step == STEPS[-1]


@pytest.mark.parametrize(
    "question",
    [{"rung": "lowest"}, {"cadence": 3}, {"cadence": "two"}, {"rung": 1}, {"extras": "paced"}, {"extras": 1}],
)
def test_an_order_that_cannot_be_meant_is_refused(question: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Orders.parse(question, Orders())


@given(st.lists(st.floats(0, 3), max_size=200))
def test_it_never_leaves_the_steps_and_never_moves_twice_within_two_seconds(levels: list[float]) -> None:
    ladder, before, moved_s = Ladder(), Step(), -DOWN_AFTER_S
    for second, level in enumerate(levels):
        step = ladder.feel(Pressure(line_share=level), now_s=float(second))
        assert step in STEPS
        if step != before:
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


def lowest() -> Ladder:
    """A ladder that has just taken its last step but one."""
    ladder, second = Ladder(), 0
    while ladder.step != STEPS[-1]:
        ladder.feel(FULL, now_s=second - 1000)
        second += 1
    return ladder


def test_newcomers_wait_when_every_other_step_was_taken_and_it_is_still_too_much() -> None:
    ladder, seen = Ladder(), list[tuple[Step, Door]]()
    for second in range(60):
        ladder.feel(FULL, now_s=second)
        if not seen or seen[-1] != (ladder.step, ladder.door):
            seen.append((ladder.step, ladder.door))
    assert seen == [*((step, Door.OPEN) for step in STEPS), (STEPS[-1], Door.HELD)]


def test_a_little_room_for_five_seconds_lets_newcomers_in_and_the_sound_stays_as_it_is() -> None:
    ladder, easy = lowest(), Pressure(line_share=LINE_FULL * (DOOR_BELOW - 0.01))
    doors = list[Door]()
    for pressure, from_s, for_s in (
        (FULL, 0.0, 3),
        (easy, 10.0, int(DOOR_AFTER_S) - 1),
        (easy, 10.0 + DOOR_AFTER_S, 0),
    ):
        assert felt(ladder, pressure, from_s=from_s, for_s=for_s) == STEPS[-1]
        doors.append(ladder.door)
    assert doors == [Door.HELD, Door.HELD, Door.OPEN]


@pytest.mark.parametrize(
    ("pressure", "is_line"), [(FULL, True), (Pressure(slow_share=0.3), True), (Pressure(late_ms=300), False)]
)
def test_it_knows_whether_the_line_or_the_machine_holds_the_door(pressure: Pressure, is_line: bool) -> None:
    ladder = lowest()
    felt(ladder, pressure, from_s=0, for_s=3)
    assert (ladder.door, ladder.is_held_by_line) == (Door.HELD, is_line)


def test_an_operator_can_hold_the_door_and_give_it_back() -> None:
    held = Orders.parse({"door": "held"}, Orders(cadence=2))
    assert (held.door, held.cadence, held.names) == (Door.HELD, 2, ("cadence", "door"))
    assert Ladder(orders=held).door is Door.HELD
    assert Orders.parse({"door": "auto"}, held).door is None
    with pytest.raises(BadInput, match="held or auto"):
        Orders.parse({"door": "open"}, held)
