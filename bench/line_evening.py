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
from stentor.admission.budgets import BEHIND_S_MAX
from stentor.rehearsal.line.evening import EVENING_2024, EVENINGS, Bots, Evening, Gateway
from stentor.rehearsal.line.outcome import SEATED, Figures, figures_of, waits_of
from stentor.rehearsal.line.simulation import Simulation

SCALE = 20
"""The runs with attackers have a twentieth of people, seats and machines: the shares are the same."""
HOSTS = 10_000
TICKETS_PER_MIN = 0.1
"""The setting door_tickets_per_min_held."""
SYBILS = ((0, 0), (0, 600), (0, BEHIND_S_MAX), (-2400, 0), (-2400, BEHIND_S_MAX))
"""From when on, and up to which date, they take tickets."""
GATEWAYS = (
    Gateway("office_50", 50),
    Gateway("campus_500", 500),
    Gateway("campus_500_named", 500, times=500),
    Gateway("carrier_2000", 2000),
    Gateway("carrier_2000_named", 2000, times=2000),
)


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
    results += sybil(small, arguments.seed, hosts=HOSTS // SCALE, name="500_at_400k")
    results += sybil(small, arguments.seed, hosts=HOSTS, name="10k_at_400k")
    results += sybil(EVENING_2024, arguments.seed, hosts=HOSTS, name="10k_at_8m")
    results += gateways(small, arguments.seed)
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
    bots = Bots(
        HOSTS // SCALE, tickets_per_min_held=2, mints_s=1200, dated_s_max=0, comes=False, says_here=True
    )
    lying = ran(replace(small, bots=bots), seed)
    return [
        ("ghosts_95_idle_longest", haunted.idle_run_s, "s", "<= 1"),
        ("ghosts_95_idle_share", haunted.idle_share * 1e6, "seat-seconds in a million", "–"),
        ("ghosts_lying_idle_longest", lying.idle_run_s, "s", "<= 1"),
        ("ghosts_lying_idle_share", lying.idle_share * 1e6, "seat-seconds in a million", "–"),
    ]


def sybil(of: Evening, seed: int, *, hosts: int, name: str) -> list[Result]:
    """Honest share of the seats over honest share of people and machines, against hosts that know the
    budgets: they take what is dated now, within ten minutes, or all; from the doors or the lobby on."""
    worst = 1.0
    results: list[Result] = []
    for begins_s, dated_s_max in SYBILS:
        mints_s = of.lasts_s - begins_s
        bots = Bots(
            hosts,
            tickets_per_min_held=TICKETS_PER_MIN,
            mints_s=mints_s,
            begins_s=begins_s,
            dated_s_max=dated_s_max,
        )
        fairness = ran(replace(of, bots=bots), seed, hosts=hosts).fairness
        worst = min(worst, fairness)
        since = "lobby" if begins_s else "doors"
        results.append((f"sybil_{name}_from_{since}_dated_{dated_s_max}", fairness, "of the fair share", "–"))
    return [*results, (f"sybil_{name}_worst", worst, "of the fair share", ">= 0.9")]


def gateways(small: Evening, seed: int) -> list[Result]:
    """What people behind one address experience, beside everybody else."""
    simulation = Simulation(replace(small, gateways=GATEWAYS), seed)
    out = simulation.run()
    crowd, waits = simulation.crowd, waits_of(simulation.crowd, out)
    results: list[Result] = []
    for number, name in enumerate(["others", *(gateway.name for gateway in GATEWAYS)]):
        mine = (crowd.gateway == number) & ~crowd.is_bot
        # Who was told to come back, and would have lost patience meanwhile, is not counted as let in.
        entered = mine & (out.entered_s >= 0) & (waits <= crowd.patience_s)
        some = waits[entered]
        results += [
            (f"behind_{name}_entered", np.count_nonzero(entered) / np.count_nonzero(mine), "share", "–"),
            (f"behind_{name}_dated_p50", float(np.median(crowd.dated_s[mine])), "s", "–"),
            (f"behind_{name}_dated_worst", float(crowd.dated_s[mine].max()), "s", "–"),
            (f"behind_{name}_wait_p50", float(np.median(some)) if len(some) else 0.0, "s", "–"),
            (f"behind_{name}_wait_p99", float(np.percentile(some, 99)) if len(some) else 0.0, "s", "–"),
        ]
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
