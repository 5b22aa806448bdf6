"""Whose utterance is recognised next, when there are more than the core has time for. Pure.

Finals before partials; Spaces in turn; within a Space in the order of speaking. When recognition is behind,
partials are not made at all, then the oldest finals are given up and counted: a caption that comes a minute
late helps nobody, and the transcript has every word.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from stentor.scribe.captions.utterances import Utterance

BACKLOG_MS_MAX: Final = 24_000
"""Sound of one Space that may wait: two utterances of the longest kind."""


W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Job(Generic[W]):
    """Something to recognise, and what was said about it."""

    space_id: str
    utterance: Utterance
    what: W


class Turns(Generic[W]):
    """What waits. Bounds: BACKLOG_MS_MAX of finals per Space, one partial per voice."""

    def __init__(self) -> None:
        self._finals: OrderedDict[str, deque[Job[W]]] = OrderedDict()
        self._partials: OrderedDict[tuple[str, str], Job[W]] = OrderedDict()
        self.dropped_count = 0

    @property
    def is_behind(self) -> bool:
        """Something final waits: nobody should ask for a partial text now."""
        return bool(self._finals)

    def put(self, space_id: str, utterance: Utterance, what: W) -> None:
        """A final takes the place of its partial; a newer partial that of the older one."""
        self._partials.pop((space_id, utterance.person_id), None)
        job = Job(space_id, utterance, what)
        if not utterance.is_final:
            self._partials[space_id, utterance.person_id] = job
            return
        waiting = self._finals.setdefault(space_id, deque())
        waiting.append(job)
        while len(waiting) > 1 and sum(one.utterance.length_ms for one in waiting) > BACKLOG_MS_MAX:
            waiting.popleft()
            self.dropped_count += 1

    def take(self) -> Job[W] | None:
        """The next; None: nothing waits."""
        if self._finals:
            space_id, waiting = self._finals.popitem(last=False)
            job = waiting.popleft()
            if waiting:
                # To the end of the row: the other Spaces first.
                self._finals[space_id] = waiting
            return job
        if self._partials:
            return self._partials.popitem(last=False)[1]
        return None

    def forget(self, space_id: str) -> None:
        """The Space is over."""
        self._finals.pop(space_id, None)
        for key in [key for key in self._partials if key[0] == space_id]:
            del self._partials[key]
