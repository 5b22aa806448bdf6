"""What an evening came to: everybody's fate in arrays, every second in a row, and the figures made of them.
Pure.

Comes in: what the simulation writes. Goes out: figures. Never: a decision.
"""

from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from stentor.rehearsal.line.crowd import Crowd

NOT_YET: Final = 0
WAITING: Final = 1
CALLED: Final = 2
STANDING: Final = 3
SEATED: Final = 4
GONE: Final = 5
ESTIMATED_FROM_S: Final = 10.0
"""A wait under ten seconds is «any moment»: no page shows its range."""


@dataclass(frozen=True, slots=True)
class SecondSeen:
    """One second after the doors opened.

    Args:
        waiting: people who wait and are not called; those present.
        standing: called, at the door, without a seat.
        idle: seats that were free for more than this second and could have been given, while somebody who
            had come before it was not called.
        over: people let in beyond the seats there were.
    """

    at_s: int
    waiting: int
    standing: int
    admitted: int
    idle: int
    entered: int
    tickets: int
    here: int
    over: int


@dataclass(slots=True)
class Outcome:
    """Rows are the crowd's.

    Args:
        shown_s: the first wait they were told, at shown_at_s; NaN: none, or no time could be told.
    """

    state: NDArray[np.int8]
    shown_s: NDArray[np.float32]
    shown_at_s: NDArray[np.int32]
    called_s: NDArray[np.int32]
    entered_s: NDArray[np.int32]
    seconds: list[SecondSeen] = field(default_factory=list)
    polls_per_s: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, count: int) -> Self:
        return cls(
            state=np.zeros(count, np.int8),
            shown_s=np.full(count, np.nan, np.float32),
            shown_at_s=np.zeros(count, np.int32),
            called_s=np.full(count, -1, np.int32),
            entered_s=np.full(count, -1, np.int32),
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """An evening in a few numbers.

    Args:
        wait_p50_s, wait_p95_s: of people (not bots) who entered, from the doors' opening or their coming.
        estimate_hits: share of those who were shown a wait of ten seconds or more and entered within ± 25 %
        of it.
        fairness: honest share of the seats that were given, over honest people's share of hosts and people.
        idle_run_s: the longest run of seconds in which a seat was free for more than one, wanted and not
        given.
        idle_share: such seat-seconds over all entries' seat-seconds.
        standing_p99: called people at the door for whom there was no seat.
    """

    people: int
    entered: int
    still_waiting: int
    gave_up: int
    wait_p50_s: float
    wait_p95_s: float
    estimate_hits: float
    estimated: int
    fairness: float
    idle_run_s: int
    idle_seconds: int
    idle_share: float
    over_admitted: int
    standing_p99: float
    polls_per_s_max: float
    here_per_s_max: int
    joins_per_s_max: int


def figures_of(crowd: Crowd, outcome: Outcome, *, hosts: int = 0) -> Figures:
    """The figures. Args: hosts: the bots' machines."""
    entered = outcome.entered_s >= 0
    mine = entered & ~crowd.is_bot
    waits = waits_of(crowd, outcome)[mine]
    told = mine & np.isfinite(outcome.shown_s) & (outcome.shown_s >= ESTIMATED_FROM_S)
    waited = outcome.entered_s[told] - outcome.shown_at_s[told]
    shown = outcome.shown_s[told]
    hits = np.abs(waited - shown) <= np.maximum(shown / 4, 1.0)
    people = int(np.count_nonzero(~crowd.is_bot))
    seats = max(int(np.count_nonzero(entered)), 1)
    idle = np.array([second.idle for second in outcome.seconds])
    return Figures(
        people=people,
        entered=int(np.count_nonzero(mine)),
        still_waiting=int(np.count_nonzero((outcome.state == WAITING) & ~crowd.is_bot)),
        gave_up=int(np.count_nonzero((outcome.state == GONE) & ~crowd.is_bot)),
        wait_p50_s=float(np.median(waits)) if len(waits) else 0.0,
        wait_p95_s=float(np.percentile(waits, 95)) if len(waits) else 0.0,
        estimate_hits=float(np.mean(hits)) if len(hits) else 1.0,
        estimated=len(hits),
        fairness=len(waits) / seats / (people / (people + hosts)),
        idle_run_s=longest_run(idle > 0),
        idle_seconds=int(np.count_nonzero(idle)),
        idle_share=float(idle.sum()) / max(sum(second.admitted for second in outcome.seconds), 1),
        over_admitted=sum(second.over for second in outcome.seconds),
        standing_p99=float(np.percentile([second.standing for second in outcome.seconds], 99)),
        polls_per_s_max=max(outcome.polls_per_s, default=0.0),
        here_per_s_max=max(second.here for second in outcome.seconds),
        joins_per_s_max=max(second.entered for second in outcome.seconds),
    )


def waits_of(crowd: Crowd, outcome: Outcome) -> NDArray[np.int32]:
    """From coming, or the doors' opening, to the seat; meaningless for who has none."""
    return np.asarray(outcome.entered_s - np.maximum(crowd.knocks_s, 0), np.int32)


def longest_run(flags: NDArray[np.bool_]) -> int:
    """The most that are true one after the other."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0
