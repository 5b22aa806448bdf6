"""Where a talk turns to something else: TextTiling over the likeness of what lies before and after. Pure.

Comes in: passages with their vectors. Goes out: topics that cover all of them, none very short, in a long
Space few much longer than six minutes, never more than twelve. Hosts' chapters win.

Source: Hearst, TextTiling (1997), for depth; the best set of cuts is found by dynamic programming, so that
one deep gap does not take the place of two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from stentor.record.chapters import Chapter
from stentor.scribe.brief.lexicon import Lexicon
from stentor.scribe.brief.likeness import Vectors
from stentor.scribe.brief.passages import Passage

TOPICS_MAX: Final = 12
_SHORTEST_MS: Final = 12_000
_SHORTEST_OF_LONG_MS: Final = 120_000
_LONGEST_MS: Final = 360_000
_SHARE_MIN: Final = 10
"""A topic has at least a tenth of a short Space."""
_CANDIDATES_MAX: Final = 1_000
"""Bounds the search: twelve times a million sums."""
_ANNOUNCED: Final = 2.0
"""«Let's talk about …» says more than any likeness."""
_NEAR: Final = 6
_NEW_TURN: Final = 0.4
_WORTH_A_CUT: Final = 1.0
"""In standard deviations of depth over the mean."""
_TOO_LONG: Final = 4.0
_WINDOW_MIN, _WINDOW_MAX = 2, 12

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Topic:
    """The passages [first, end). Args: title: as a host called it; None: it has no heading yet."""

    first: int
    end: int
    start_ms: int
    end_ms: int
    title: str | None = None


def topics(
    found: Sequence[Passage],
    vectors: Vectors,
    lexicon: Lexicon,
    *,
    chapters: Sequence[Chapter] = (),
    end_ms: int,
) -> list[Topic]:
    """Topics over all passages, in order.

    Args:
        vectors: a row for each passage.
        chapters: hosts' own; where there are some they are the topics, but for those without a word.
        end_ms: of the last topic.
    """
    if not found:
        return []
    if chapters:
        return _as_chapters(found, chapters, end_ms=end_ms)
    starts = [0, *_cuts(found, vectors, lexicon, end_ms=end_ms)]
    ends = [*starts[1:], len(found)]
    begins_ms = [0, *(found[first].start_ms for first in starts[1:])]
    ends_ms = [*begins_ms[1:], end_ms]
    return [Topic(*span) for span in zip(starts, ends, begins_ms, ends_ms, strict=True)]


def _as_chapters(found: Sequence[Passage], chapters: Sequence[Chapter], *, end_ms: int) -> list[Topic]:
    """What was said before the first chapter is a topic of its own; a few words belong to the chapter."""
    begins: list[tuple[int, str | None]] = [(chapter.start_ms, chapter.title) for chapter in chapters]
    is_late = chapters[0].start_ms >= _SHORTEST_MS
    begins = [(0, None), *begins] if is_late else [(0, chapters[0].title), *begins[1:]]
    starts_ms = [*(start_ms for start_ms, _ in begins), max(end_ms, found[-1].end_ms) + 1]
    middles = [(passage.start_ms + passage.end_ms) // 2 for passage in found]
    firsts = [int(np.searchsorted(middles, start_ms)) for start_ms in starts_ms]
    return [
        Topic(firsts[index], firsts[index + 1], start_ms, min(starts_ms[index + 1], end_ms), title)
        for index, (start_ms, title) in enumerate(begins)
        if firsts[index + 1] > firsts[index]
    ]


def _cuts(found: Sequence[Passage], vectors: Vectors, lexicon: Lexicon, *, end_ms: int) -> list[int]:
    shortest_ms = min(max(end_ms // _SHARE_MIN, _SHORTEST_MS), _SHORTEST_OF_LONG_MS)
    window = _window(found, shortest_ms)
    worth = _worth(found, _depths(vectors, window), lexicon)
    candidates = np.sort(np.argsort(-worth, kind="stable")[:_CANDIDATES_MAX]) + 1
    begins_ms = np.array([0, *(found[at].start_ms for at in candidates), end_ms], np.float64)
    gains = np.array([0.0, *(worth[at - 1] for at in candidates), 0.0])
    chosen = _best(begins_ms, gains, shortest_ms=shortest_ms, longest_ms=max(_LONGEST_MS, end_ms // 8))
    return [int(candidates[at - 1]) for at in chosen]


def _window(found: Sequence[Passage], shortest_ms: int) -> int:
    """How many passages before and after a gap are compared: as many as half of the shortest topic has."""
    said_ms = sum(passage.end_ms - passage.start_ms for passage in found) / len(found)
    return int(np.clip(round(shortest_ms / 2 / max(said_ms, 1)), _WINDOW_MIN, _WINDOW_MAX))


def _depths(vectors: Vectors, window: int) -> Scores:
    """For each gap before passage 1, 2, …: how much less alike its sides are than at the hills around it."""
    count = len(vectors)
    sums = np.vstack([np.zeros((1, vectors.shape[1])), np.cumsum(vectors, axis=0, dtype=np.float64)])
    gaps = np.arange(1, count)
    before = sums[gaps] - sums[np.maximum(gaps - window, 0)]
    after = sums[np.minimum(gaps + window, count)] - sums[gaps]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    alike = (before * after).sum(axis=1) / np.where(lengths > 0, lengths, 1)
    depth = np.array([_hill(alike[: at + 1][::-1]) + _hill(alike[at:]) for at in range(len(alike))])
    spread = float(depth.std()) if depth.size else 0.0
    return (depth - depth.mean()) / spread if spread > 0 else np.zeros(count - 1)


def _hill(ridge: Scores) -> float:
    """How far it goes up from the first value before it goes down."""
    top = ridge[0]
    for value in ridge[1:]:
        if value < top:
            break
        top = value
    return float(top - ridge[0])


def _worth(found: Sequence[Passage], depths: Scores, lexicon: Lexicon) -> Scores:
    """What speaks for a cut before passage 1, 2, …; below 0 where nothing does.

    Depth is a smooth measure, an announcement is exact: it has the depth of the gaps around it.
    """
    worth = depths + np.array([_NEW_TURN * (passage.first == 0) for passage in found[1:]]) - _WORTH_A_CUT
    for at, passage in enumerate(found[1:]):
        if lexicon.found("announce", passage.plain):
            around = depths[max(at - _NEAR, 0) : at + _NEAR + 1]
            worth[at] += _ANNOUNCED + float(around.max()) - float(depths[at])
    return np.asarray(worth, np.float64)


def _best(begins_ms: Scores, gains: Scores, *, shortest_ms: int, longest_ms: int) -> list[int]:
    """The set of cuts that gains most, none nearer to another (or to an end) than `shortest_ms`.

    Args:
        begins_ms, gains: of the beginning, the candidates, the end.
    Bounds: O(TOPICS_MAX · candidates²).
    """
    lengths = begins_ms[None, :] - begins_ms[:, None]
    costs = np.where(lengths < shortest_ms, -np.inf, -_TOO_LONG * np.maximum(lengths / longest_ms - 1, 0))
    costs[0, -1] = -_TOO_LONG * max(lengths[0, -1] / longest_ms - 1, 0)
    total = np.full(len(gains), -np.inf)
    total[0] = 0.0
    ends: list[tuple[float, list[int]]] = []
    came_from: list[npt.NDArray[np.intp]] = []
    for _ in range(TOPICS_MAX):
        through = total[:, None] + costs
        source = through.argmax(axis=0)
        total = through[source, np.arange(len(gains))] + gains
        came_from.append(source)
        ends.append((float(total[-1]), _path(came_from)))
        total[-1] = -np.inf
    return max(ends, key=lambda end: end[0])[1]


def _path(came_from: Sequence[npt.NDArray[np.intp]]) -> list[int]:
    """The cuts on the way to the end, by the last step first."""
    at, cuts = -1, []
    for source in reversed(came_from):
        at = int(source[at])
        if at > 0:
            cuts.append(at)
    return cuts[::-1]
