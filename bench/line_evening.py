"""Evenings of the line: eight million as in August 2024, May 2023, and a steady one. `make simulate`.

    python bench/line_evening.py [--seed 1] [evening …]

The very line and the very budgets, on one core, no clock, no network (`rehearsal/line/`). Prints `name value
unit goal` lines and writes build/bench/line_evening.json. One seed replays a run.
"""

import argparse
import time
from dataclasses import replace

import numpy as np

from stage_house import Result, report
from stentor.rehearsal.line.evening import EVENING_2024, EVENINGS, Bots, Evening
from stentor.rehearsal.line.outcome import SEATED, Figures, figures_of, waits_of
from stentor.rehearsal.line.simulation import Simulation

SCALE = 20
"""The runs with attackers have a twentieth of people, seats and machines: the shares are the same."""
HOSTS = 10_000
MINTS_S = 1200
BUDGETS_PER_S = (4.0, 1.0, 0.2, 0.04)
"""Tickets per second and address, undated: the budgets' default, and what fairness would take."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("evenings", nargs="*", default=list(EVENINGS))
    arguments = parser.parse_args()
    print(f"# seed {arguments.seed}", flush=True)
    results: list[Result] = []
    for name in arguments.evenings:
        results += evening(EVENINGS[name], arguments.seed)
    small = scaled(EVENING_2024)
    results += ghosts(small, arguments.seed)
    results += sybil(small, arguments.seed)
    results += bids(small, arguments.seed)
    report("line_evening", results)


def evening(of: Evening, seed: int) -> list[Result]:
    begun_s = time.process_time()
    figures = ran(of, seed)
    took_s = time.process_time() - begun_s
    name = of.name.replace("-", "_")
    return [
        (f"{name}_people", figures.people, "arrivals", "–"),
        (f"{name}_cpu", took_s, "s of one core", "<= 60"),
        (f"{name}_entered", figures.entered / figures.people, "share of arrivals", "–"),
        (f"{name}_wait_p50", figures.wait_p50_s, "s", "–"),
        (f"{name}_wait_p95", figures.wait_p95_s, "s", "–"),
        (f"{name}_estimates_right", figures.estimate_hits, "within ± 25 % of the first", ">= 0.8"),
        (f"{name}_idle_longest", figures.idle_run_s, "s a seat was free for somebody", "<= 1"),
        (f"{name}_idle_share", figures.idle_share * 1e6, "seat-seconds in a million", "–"),
        (f"{name}_over_admitted", figures.over_admitted, "people", "<= 0"),
        (f"{name}_at_the_door_p99", figures.standing_p99, "called people without a seat", "–"),
        (f"{name}_polls_max", figures.polls_per_s_max, "clocks/s", "–"),
        (f"{name}_here_max", figures.here_per_s_max, "signs of presence/s", "–"),
        (f"{name}_joins_max", figures.joins_per_s_max, "joins/s", "–"),
    ]


def ghosts(small: Evening, seed: int) -> list[Result]:
    """Nine of ten tickets are nobody's; and bots that say «here» and never come."""
    haunted = ran(replace(small, ghosts=0.95, fleets=(replace(small.fleets[0], seats=8_000),)), seed)
    bots = Bots(HOSTS // SCALE, tickets_per_s=0.2, mints_s=MINTS_S, comes=False, says_here=True)
    lying = ran(replace(small, bots=bots), seed)
    return [
        ("ghosts_95_idle_longest", haunted.idle_run_s, "s", "<= 1"),
        ("ghosts_95_idle_share", haunted.idle_share * 1e6, "seat-seconds in a million", "–"),
        ("ghosts_lying_idle_longest", lying.idle_run_s, "s", "<= 1"),
        ("ghosts_lying_idle_share", lying.idle_share * 1e6, "seat-seconds in a million", "–"),
    ]


def sybil(small: Evening, seed: int) -> list[Result]:
    """Honest share of the seats over honest share of people and machines, by the budgets' figure."""
    results: list[Result] = []
    for per_s in BUDGETS_PER_S:
        bots = Bots(HOSTS // SCALE, tickets_per_s=per_s, mints_s=MINTS_S)
        figures = ran(replace(small, bots=bots), seed, hosts=HOSTS // SCALE)
        goal = ">= 0.9" if per_s == BUDGETS_PER_S[-1] else "–"
        name = f"sybil_{HOSTS}_hosts_{per_s:g}_tickets_per_s".replace(".", "_")
        results.append((name, figures.fairness, "of the fair share", goal))
    return results


def bids(small: Evening, seed: int) -> list[Result]:
    """The lobby alone, at doors that let in little: there a place within the bucket is worth minutes."""
    lobby = replace(small, lobby=60_000, bursts=(), steady_per_s=0.0, ghosts=0.0, lasts_s=1800)
    lobby = replace(lobby, fleets=(replace(small.fleets[0], joins_per_s=100),))
    without = phones_wait_s(lobby, seed)
    results = [("bids_none_phone_wait_p50", without, "s", "–")]
    for share in (0.1, 0.3, 0.5):
        beside = phones_wait_s(replace(lobby, bidders=share), seed) / without
        results.append((f"bids_{share * 100:.0f}_percent_phone_wait", beside, "× without bids", "<= 2"))
    return results


def phones_wait_s(of: Evening, seed: int) -> float:
    simulation = Simulation(of, seed)
    out = simulation.run()
    phones = (out.state == SEATED) & ~simulation.crowd.is_bidder
    return float(np.median(waits_of(simulation.crowd, out)[phones]))


def ran(of: Evening, seed: int, *, hosts: int = 0) -> Figures:
    simulation = Simulation(of, seed)
    return figures_of(simulation.crowd, simulation.run(), hosts=hosts)


def scaled(of: Evening) -> Evening:
    return replace(
        of,
        lobby=of.lobby // SCALE,
        bursts=tuple(replace(burst, people=burst.people // SCALE) for burst in of.bursts),
        steady_per_s=of.steady_per_s / SCALE,
        fleets=tuple(
            replace(fleet, seats=fleet.seats // SCALE, joins_per_s=fleet.joins_per_s // SCALE)
            for fleet in of.fleets
        ),
    )


if __name__ == "__main__":
    main()
