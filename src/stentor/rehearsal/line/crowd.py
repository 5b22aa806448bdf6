"""Everybody who comes in an evening, drawn from one seed: a row per person in arrays. Pure.

Comes in: an evening and a seed. Goes out: when each one comes, how long they wait, how long they stay.
Never: what becomes of them (`simulation.py`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from stentor.admission.budgets import Budgets, TooManyFor
from stentor.admission.line.place import BID_GAIN_MAX, DRAWS
from stentor.rehearsal.line.evening import Bots, Evening
from stentor.rehearsal.line.gateways import Integers, behind_gateways

NEVER: Final = (1 << 31) - 1
_MINTED_PER_S_MAX: Final = 4096
_HOST: Final = "203.0.113.7"


@dataclass(slots=True)
class Crowd:
    """One row per ticket-taker, in the order in which they come.

    Args:
        knocks_s: seconds after the doors open; negative: into the lobby.
        comes_s: when they get a ticket: later only where their network was told to come back.
        dated_s: the network's budget dates the ticket so much later.
        gateway: the evening's, from 1; 0: an address of their own.
        draw: within the bucket, bids counted.
        patience_s: they wait so long and no longer; 0: a ghost.
        stays_s: so long they listen.
        is_bot: mints tickets. is_bidder: stands in the first half of the draw.
        says_here: speaks up while waiting. comes: when called; the others are ghosts.
    """

    knocks_s: Integers
    comes_s: Integers
    dated_s: Integers
    gateway: NDArray[np.int8]
    draw: NDArray[np.int64]
    patience_s: Integers
    stays_s: Integers
    is_bot: NDArray[np.bool_]
    is_bidder: NDArray[np.bool_]
    says_here: NDArray[np.bool_]
    comes: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.comes_s)


def crowd_of(evening: Evening, seed: int) -> Crowd:
    """The same evening and seed are the same people."""
    rng = np.random.default_rng(seed)
    moments = _moments(evening, rng)
    minted_s, dated_s = _minted(evening.bots, rng)
    behind = behind_gateways(evening.gateways, moments, rng)
    comes_s = np.concatenate([behind.comes_s, minted_s])
    count, people = len(comes_s), len(moments)
    is_bot = np.arange(count) >= people
    is_bidder = ~is_bot & (rng.random(count) < evening.bidders)
    draw = rng.integers(0, DRAWS, count)
    draw[is_bidder] = (draw[is_bidder] * (1 - BID_GAIN_MAX)).astype(np.int64)
    patience_s = _mixture(rng, count, evening.hasty, evening.hasty_s, evening.patient_s)
    patience_s[rng.random(count) < evening.ghosts] = 0
    comes = patience_s > 0
    says_here = comes.copy()
    if evening.bots is not None:
        patience_s[is_bot] = NEVER
        comes[is_bot], says_here[is_bot] = evening.bots.comes, evening.bots.says_here
    order = np.argsort(comes_s, kind="stable")
    crowd = Crowd(
        comes_s=comes_s,
        knocks_s=np.concatenate([moments, minted_s]),
        dated_s=np.concatenate([behind.dated_s, dated_s]),
        gateway=np.concatenate([behind.gateway, np.zeros(count - people, np.int8)]),
        draw=draw,
        patience_s=patience_s,
        stays_s=_mixture(rng, count, evening.passing, evening.passing_s, evening.stays_s),
        is_bot=is_bot,
        is_bidder=is_bidder,
        says_here=says_here,
        comes=comes,
    )
    return Crowd(**{name: getattr(crowd, name)[order] for name in Crowd.__slots__})


def _moments(evening: Evening, rng: Generator) -> Integers:
    """When the people come."""
    lobby = rng.uniform(-evening.lobby_s, 0, evening.lobby)
    bursts = [
        burst.at_s + rng.exponential(burst.half_life_s / np.log(2), burst.people) for burst in evening.bursts
    ]
    steady = rng.uniform(0, evening.lasts_s, round(evening.steady_per_s * evening.lasts_s))
    moments = np.concatenate([lobby, *bursts, steady])
    return np.asarray(np.floor(moments[moments < evening.lasts_s]), np.int32)


def _mixture(rng: Generator, count: int, share: float, some_s: float, others_s: float) -> Integers:
    """Seconds, at least one, of two kinds of people."""
    mean_s = np.where(rng.random(count) < share, some_s, others_s)
    return np.asarray(np.ceil(rng.exponential(mean_s)), np.int32)


def _minted(bots: Bots | None, rng: Generator) -> tuple[Integers, Integers]:
    """When the bots' tickets are asked for, and how far the budgets date them.

    All hosts are in networks of their own and do the same, so one of them is asked for, in the real budgets,
    and counted `hosts` times; each host begins at a second of its own within the first ten.
    """
    if bots is None:
        return np.empty(0, np.int32), np.empty(0, np.int32)
    budgets = Budgets(tickets_per_min_held=bots.tickets_per_min_held)
    asked: list[tuple[int, int]] = []
    for second in range(bots.begins_s, bots.begins_s + bots.mints_s):
        for _ in range(_MINTED_PER_S_MAX):
            answer = budgets.date(_HOST, is_held=True, now_s=float(second))
            if isinstance(answer, TooManyFor) or answer.behind_s > bots.dated_s_max:
                break
            budgets.ticket(_HOST, is_held=True, now_s=float(second))
            asked.append((second, answer.behind_s))
    one = np.array(asked, np.int32).reshape(-1, 2)
    begins = np.repeat(rng.integers(0, 10, bots.hosts, dtype=np.int32), len(one))
    every = np.tile(one, (bots.hosts, 1))
    return every[:, 0] + begins, every[:, 1]
