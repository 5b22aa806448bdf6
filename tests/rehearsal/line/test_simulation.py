"""Small evenings against the very line: order, estimates, ghosts, bots, bids. A failure names its seed."""

from dataclasses import replace

import numpy as np
import pytest

from stentor.rehearsal.line.crowd import Crowd, crowd_of
from stentor.rehearsal.line.evening import Bots, Burst, Evening, Fleet
from stentor.rehearsal.line.outcome import SEATED, Outcome, figures_of, longest_run, waits_of
from stentor.rehearsal.line.simulation import Simulation

SEED = 7
SMALL = Evening(
    "small",
    lobby=9_000,
    lobby_s=20,
    bursts=(Burst(12_000, at_s=0, half_life_s=60),),
    steady_per_s=10,
    lasts_s=300,
    fleets=(Fleet(0, seats=14_000, joins_per_s=300),),
    patient_s=1800,
)


def run(evening: Evening, seed: int = SEED) -> Simulation:
    simulation = Simulation(evening, seed)
    simulation.run()
    return simulation


@pytest.fixture(scope="module")
def small() -> Simulation:
    return run(SMALL)


def test_an_evening_is_replayed_by_its_seed() -> None:
    short = replace(SMALL, lasts_s=60)
    one, again = run(short), run(short)
    assert again.out.seconds == one.out.seconds
    assert np.array_equal(again.out.entered_s, one.out.entered_s)


def test_nobody_is_admitted_above_the_seats_and_none_stays_empty(small: Simulation) -> None:
    figures = figures_of(small.crowd, small.out)
    assert figures.over_admitted == 0
    assert max(second.admitted for second in small.out.seconds) <= 14_000
    assert figures.idle_run_s <= 3, f"seed {SEED}"
    assert max(second.entered for second in small.out.seconds) <= 300


def test_most_enter_when_they_were_told_at_first(small: Simulation) -> None:
    figures = figures_of(small.crowd, small.out)
    assert figures.estimated > 5_000
    assert figures.estimate_hits >= 0.65, f"seed {SEED}: {figures.estimate_hits}"


def test_who_came_first_entered_first_but_for_their_polls(small: Simulation) -> None:
    crowd, out = small.crowd, small.out
    waited = (out.state == SEATED) & (out.called_s >= 0) & (crowd.comes_s > 0)
    order = np.argsort(crowd.comes_s[waited], kind="stable")
    entered = out.entered_s[waited][order]
    overtaken = np.maximum.accumulate(entered) - entered
    assert np.percentile(overtaken, 99) <= 30, "seconds that somebody later came in earlier"


def test_ghosts_do_not_keep_a_seat_empty() -> None:
    haunted = replace(SMALL, lobby=40_000, ghosts=0.9, fleets=(Fleet(0, 3_000, 60),))
    simulation = run(haunted)
    figures = figures_of(simulation.crowd, simulation.out)
    assert figures.idle_run_s <= 3, f"seed {SEED}"
    assert figures.idle_share < 0.001


def test_bots_that_say_they_are_here_and_never_come_stall_nobody() -> None:
    bots = Bots(60, tickets_per_min_held=6, mints_s=200, comes=False, says_here=True)
    figures = figures_of(*_of(run(replace(SMALL, bots=bots))))
    assert figures.idle_run_s <= 3, f"seed {SEED}"
    assert figures.idle_share < 0.001


def test_who_comes_for_the_seats_gets_what_the_budgets_give_and_no_more() -> None:
    """Thirty machines that take all that the budgets date, against 27,000 people."""
    simulation = run(replace(SMALL, bots=Bots(30, tickets_per_min_held=0.1, mints_s=200)))
    assert figures_of(*_of(simulation), hosts=30).fairness >= 0.9


def _of(simulation: Simulation) -> tuple[Crowd, Outcome]:
    return simulation.crowd, simulation.out


def test_a_phone_waits_at_most_twice_as_long_beside_solvers_of_any_speed() -> None:
    evening = replace(SMALL, bursts=(), steady_per_s=0, ghosts=0, fleets=(Fleet(0, 20_000, 60),))
    medians = []
    for bidders in (0.0, 0.5):
        simulation = run(replace(evening, bidders=bidders))
        phones = (simulation.out.state == SEATED) & ~simulation.crowd.is_bidder
        medians.append(float(np.median(waits_of(simulation.crowd, simulation.out)[phones])))
    assert medians[0] <= medians[1] <= 2 * medians[0]


def test_a_crowd_is_the_evenings_and_comes_in_order() -> None:
    crowd = crowd_of(SMALL, SEED)
    assert len(crowd) <= SMALL.people
    assert np.all(np.diff(crowd.comes_s) >= 0)
    assert np.count_nonzero(crowd.comes_s < 0) == SMALL.lobby


def test_runs_are_counted() -> None:
    assert longest_run(np.array([], bool)) == 0
    assert longest_run(np.array([True, False, True, True, False])) == 2
