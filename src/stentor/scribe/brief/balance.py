"""Who is quoted how often: no topic without a line, nobody far more than they spoke. Pure.

Comes in: passages with their topic, person, length and score. Goes out: which of them are lines. Never:
a person whose share of the quoted time is more than their share of the spoken time and 20 points.

By time this always holds: when nothing else helps, more is quoted of those who are short of it, and the whole
talk has the shares of the talk. By the number of lines it holds wherever the talk allows it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SLACK: Final = 0.2
_TOO_ALIKE: Final = 0.7
_MAIN_SHARE: Final = 0.15
"""Who has so much of a topic's time is heard in it, if there is room."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may become a line. Args: index: of the passage, unique."""

    index: int
    topic: int
    person_id: str
    said_ms: int
    score: float


Weigh = Callable[[Candidate], float]


def choose(
    candidates: Sequence[Candidate], *, wanted: Sequence[int], alike: Callable[[int, int], float]
) -> list[Candidate]:
    """The lines, by topic and index.

    Args:
        wanted: for each topic how many lines it should have, at least 1.
        alike: of two passages by their indexes, at most 1.
    Bounds: O(candidates²) at worst, in practice a few rounds.
    """
    shares = shares_of(candidates, by_time)
    first = [line for topic, count in enumerate(wanted) for line in _first(candidates, topic, count, alike)]
    even = _exchanged(first, candidates, shares)
    whole = _completed(even, candidates, shares)
    return sorted(whole, key=lambda line: (line.topic, line.index))


def by_time(candidate: Candidate) -> float:
    return max(candidate.said_ms, 1)


def by_lines(_: Candidate) -> float:
    return 1.0


def shares_of(lines: Iterable[Candidate], weigh: Weigh) -> dict[str, float]:
    """Each person's share, 0…1."""
    weights: defaultdict[str, float] = defaultdict(float)
    for line in lines:
        weights[line.person_id] += weigh(line)
    total = sum(weights.values())
    return {person: weight / total for person, weight in weights.items()}


def excess(lines: Iterable[Candidate], shares: Mapping[str, float], weigh: Weigh) -> tuple[float, str]:
    """By how much the most quoted person is over what is theirs (negative: nobody is), and who it is."""
    quoted = shares_of(lines, weigh)
    return max(
        ((share - shares.get(who, 0.0) - SLACK, who) for who, share in quoted.items()), default=(-1.0, "")
    )


def _first(
    candidates: Sequence[Candidate], topic: int, count: int, alike: Callable[[int, int], float]
) -> list[Candidate]:
    """The best of each of the topic's main speakers, then the best of all that say something else."""
    mine = sorted(
        (found for found in candidates if found.topic == topic), key=lambda found: (-found.score, found.index)
    )
    shares = shares_of(mine, by_time)
    lines: list[Candidate] = []
    heard: set[str] = set()
    for found in mine:
        if len(lines) < count and found.person_id not in heard and shares[found.person_id] >= _MAIN_SHARE:
            lines.append(found)
            heard.add(found.person_id)
    for found in mine:
        if len(lines) >= count:
            break
        if found not in lines and all(alike(found.index, line.index) < _TOO_ALIKE for line in lines):
            lines.append(found)
    return lines or mine[:1]


def _exchanged(
    lines: Sequence[Candidate], candidates: Sequence[Candidate], shares: Mapping[str, float]
) -> list[Candidate]:
    """Lines exchanged in their topics, dropped or added until nobody has too many; none comes twice."""
    now = list(lines)
    spent = set(lines)
    while (over := excess(now, shares, by_lines))[0] > 0:
        theirs = sorted((line for line in now if line.person_id == over[1]), key=lambda line: line.score)
        others = [found for found in candidates if found not in spent and found.person_id != over[1]]
        step = _exchange(theirs, others) or _drop(theirs, now) or _add(others, now, shares)
        if step is None:
            break
        gone, come = step
        now = [line for line in now if line is not gone] + ([come] if come else [])
        spent.update({come} if come else ())
    return now


_Step = tuple[Candidate | None, Candidate | None]
"""Which line goes, which one comes."""


def _exchange(theirs: Sequence[Candidate], others: Sequence[Candidate]) -> _Step | None:
    """The exchange inside of a topic that loses least."""
    pairs = [(mine, other) for mine in theirs for other in others if mine.topic == other.topic]
    return max(pairs, key=lambda pair: (pair[1].score - pair[0].score, -pair[1].index), default=None)


def _drop(theirs: Sequence[Candidate], now: Sequence[Candidate]) -> _Step | None:
    """The weakest line whose topic keeps another one."""
    count = Counter(line.topic for line in now)
    return next(((line, None) for line in theirs if count[line.topic] > 1), None)


def _add(others: Sequence[Candidate], now: Sequence[Candidate], shares: Mapping[str, float]) -> _Step | None:
    """The best passage of whoever is most short of lines."""
    quoted = shares_of(now, by_lines)
    best = max(
        others,
        key=lambda found: (
            shares[found.person_id] - quoted.get(found.person_id, 0.0),
            found.score,
            -found.index,
        ),
        default=None,
    )
    return None if best is None else (None, best)


def _completed(
    lines: Sequence[Candidate], candidates: Sequence[Candidate], shares: Mapping[str, float]
) -> list[Candidate]:
    """What is missing until nobody has too much of the quoted time; at the end it is all that was said."""
    now = list(lines)
    left = [found for found in candidates if found not in set(lines)]
    while left and (over := excess(now, shares, by_time))[0] > 0:
        quoted = shares_of(now, by_time)
        best = max(
            left,
            key=lambda found: (
                found.person_id != over[1],
                shares[found.person_id] - quoted.get(found.person_id, 0.0),
                found.score,
                -found.index,
            ),
        )
        now.append(best)
        left.remove(best)
    return now
