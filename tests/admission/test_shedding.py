"""Shedding: a door that is asked for ten times what it can do goes on doing all it can, evenly."""

import itertools
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stentor.admission.shedding import CAPACITY_MIN_PER_S, COHORTS, STEP_S, Class, Shedder

CAPACITY_PER_S = 4000
REFUSAL_COST = 0.01


@dataclass
class Door:
    """A loop that serves so many questions a second, each refusal a hundredth of one."""

    shedder: Shedder = field(default_factory=Shedder)
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    queue: float = 0.0
    served: list[float] = field(default_factory=list)
    answered: list[dict[Class, float]] = field(default_factory=list)
    is_hot: list[bool] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)

    def run(self, seconds: float, per_s: dict[Class, float], *, heavy_per_s: float = 0.0) -> None:
        """Offers so many of each class, cohorts by chance, and a flood of one network besides."""
        for _ in range(round(seconds / STEP_S)):
            work, answered = CAPACITY_PER_S * STEP_S, {}
            for class_, rate in per_s.items():
                asked = round(rate * STEP_S)
                yes = sum(self.shedder.admits(class_, self.chance.randrange(COHORTS)) for _ in range(asked))
                answered[class_] = yes / asked if asked else 1.0
                self.queue += yes
                work -= (asked - yes) * REFUSAL_COST
            for _ in range(round(heavy_per_s * STEP_S)):
                if self.shedder.admits(Class.JOIN, 7, is_heavy=True):
                    self.queue += 1
                else:
                    work -= REFUSAL_COST
            done = min(self.queue, max(work, 0.0))
            self.queue -= done
            late_ms = 1000 * self.queue / CAPACITY_PER_S
            busy = min(1.0, 1 - (work - done) / (CAPACITY_PER_S * STEP_S))
            self.shedder.step(late_ms=late_ms, busy=busy, elapsed_s=STEP_S)
            self.served.append(done / STEP_S)
            self.answered.append(answered)
            self.is_hot.append(self.shedder.is_hot)
            self.late_ms.append(late_ms)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def changes(values: list[bool]) -> int:
    return sum(a != b for a, b in itertools.pairwise(values))


def test_nobody_is_refused_while_there_is_no_queue() -> None:
    door = Door()
    door.run(10, {Class.JOIN: 3000, Class.RENEW: 500, Class.EXTRAS: 300})
    assert all(share == 1 for shares in door.answered for share in shares.values())


def test_ten_times_too_much_leaves_the_goodput_whole_and_the_refused_share_steady() -> None:
    door = Door()
    door.run(5, {Class.JOIN: 1000})
    door.run(30, {Class.JOIN: 10 * CAPACITY_PER_S})
    later = door.served[100:]
    # A tenth of the work is refusals at this overload and price.
    possible = CAPACITY_PER_S * (1 - 9 * REFUSAL_COST)
    assert mean(later) > 0.95 * possible
    shares = [shares[Class.JOIN] for shares in door.answered[100:]]
    assert max(shares) - min(shares) < 0.5 * mean(shares), "the share neither swings nor drifts"
    assert mean(door.late_ms[100:]) < 60
    assert max(door.late_ms[100:]) < 150
    assert changes(door.is_hot) == 1, "it begins once and does not flap"


def test_everything_is_let_in_again_within_ten_seconds_after_the_flood() -> None:
    door = Door()
    door.run(10, {Class.JOIN: 10 * CAPACITY_PER_S})
    door.run(10, {Class.JOIN: 0.5 * CAPACITY_PER_S})
    assert not door.is_hot[-1]
    assert changes(door.is_hot) <= 2
    assert door.answered[-1][Class.JOIN] == 1


def test_those_who_are_in_go_before_newcomers_and_newcomers_before_extras() -> None:
    door = Door()
    door.run(20, {Class.RENEW: 1500, Class.JOIN: 20_000, Class.EXTRAS: 20_000})
    last = door.answered[-50:]
    renew, join, extras = (
        mean([shares[class_] for shares in last]) for class_ in (Class.RENEW, Class.JOIN, Class.EXTRAS)
    )
    assert renew > 0.999
    assert join > 4 * extras > 0


def test_each_class_has_its_own_part_whatever_the_others_ask() -> None:
    door = Door()
    door.run(20, {Class.RENEW: 40_000, Class.JOIN: 1000, Class.EXTRAS: 100})
    assert mean([shares[Class.JOIN] for shares in door.answered[-50:]]) > 0.999, "a forged crowd in «renew»"


def test_one_networks_flood_costs_the_others_nothing() -> None:
    door = Door()
    door.run(5, {Class.JOIN: 1000})
    door.run(20, {Class.JOIN: 1000}, heavy_per_s=50_000)
    assert mean([shares[Class.JOIN] for shares in door.answered[100:]]) > 0.999
    assert changes(door.is_hot) == 1


def test_the_same_asker_gets_the_same_answer_for_as_long_as_things_stand() -> None:
    door = Door()
    door.run(10, {Class.JOIN: 2 * CAPACITY_PER_S})
    flickers = [0] * COHORTS
    before: list[bool] | None = None
    for _ in range(50):
        door.run(STEP_S, {Class.JOIN: 2 * CAPACITY_PER_S})
        now = [door.shedder.share(Class.JOIN) * COHORTS > cohort for cohort in range(COHORTS)]
        for cohort in range(COHORTS):
            flickers[cohort] += before is not None and before[cohort] != now[cohort]
        before = now
    assert sum(count > 0 for count in flickers) < COHORTS / 5, "only cohorts at the border change sides"


def test_a_machine_that_is_busy_with_something_else_refuses_nobody() -> None:
    shedder = Shedder()
    for _ in range(100):
        assert all(shedder.admits(Class.JOIN, cohort) for cohort in range(COHORTS))
        shedder.step(late_ms=200.0, busy=0.4, elapsed_s=STEP_S)


def test_a_few_questions_are_never_too_many() -> None:
    shedder = Shedder()
    for _ in range(100):
        assert all(shedder.admits(Class.JOIN, cohort) for cohort in range(15))
        shedder.step(late_ms=500.0, busy=1.0, elapsed_s=STEP_S)


@pytest.mark.parametrize("late_ms", [0.0, 1e9])
def test_whatever_is_measured_the_least_is_let_in(late_ms: float) -> None:
    shedder = Shedder()
    asked, yes = 1000, 0
    for _ in range(300):
        yes = sum(shedder.admits(Class.JOIN, n * COHORTS // asked) for n in range(asked))
        shedder.step(late_ms=late_ms, busy=1.0, elapsed_s=STEP_S)
    assert yes >= 0.9 * CAPACITY_MIN_PER_S * STEP_S


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 30_000)] * 4), min_size=1, max_size=8))
def test_whatever_comes_shares_stay_shares_and_the_queue_short(crowds: list[tuple[float, ...]]) -> None:
    door = Door()
    for crowd in crowds:
        door.run(2, dict(zip(Class, crowd, strict=True)))
        assert all(0 <= door.shedder.share(class_) <= 1 for class_ in Class)
    door.run(8, {Class.JOIN: 100})
    assert door.answered[-1][Class.JOIN] == 1


def test_a_queue_before_the_door_is_felt_though_the_loop_itself_is_in_time() -> None:
    shedder = Shedder()
    for _ in range(5):
        for _ in range(400):
            shedder.admits(Class.JOIN, 0)
        shedder.step(late_ms=2.0, wait_ms=800.0, busy=1.0, elapsed_s=STEP_S)
    assert shedder.is_hot
    assert shedder.share(Class.JOIN) < 1
    assert shedder.capacity_per_s <= CAPACITY_PER_S, "a queue that becomes shorter is no capacity"


def test_networks_that_are_refused_keep_the_door_hot_and_not_for_ever() -> None:
    """Whoever is refused asks more slowly: that they have become few does not mean that they are gone."""
    door = Door()
    door.run(1.0, {Class.JOIN: 10 * CAPACITY_PER_S})
    assert door.is_hot[-1]
    door.run(10.0, {Class.JOIN: CAPACITY_PER_S / 10}, heavy_per_s=CAPACITY_PER_S / 4)
    assert door.is_hot[-1]
    assert min(answered[Class.JOIN] for answered in door.answered[-50:]) == 1.0, "all others are let in"
    door.run(60.0, {Class.JOIN: CAPACITY_PER_S / 10}, heavy_per_s=CAPACITY_PER_S / 4)
    assert not all(door.is_hot)
    door.run(4.0, {Class.JOIN: CAPACITY_PER_S / 10})
    assert not door.is_hot[-1]
