"""The facts of a tick: what a Space's pages are told beside its sound. Pure.

Comes in: the controller's figures, captions, the question on screen, the Space and its people. Goes out: the
tick's fields. Never: a number that nobody reported, a reaction told twice.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog

from stentor.limits import CAPTION_LENGTH_MAX, CAPTION_LINES_MAX, CAPTION_SHOWN_S, SPACE_ID_LENGTH_MAX
from stentor.read_json import read_json
from stentor.space.people import Person
from stentor.space.questions import Questions
from stentor.space.reactions import Reaction
from stentor.space.record import Space

log = structlog.get_logger()

_FIGURES: Final = (
    "hearing",
    "unknown",
    "admitted",
    "arrived",
    "estimated",
    "waiting",
    "turned_away",
)
_COUNT_MAX: Final = 10**9
_CAPTION_ID_LENGTH_MAX: Final = 80


class Facts:
    """What was told last, and what is to be told once."""

    def __init__(self) -> None:
        self._audience = dict.fromkeys(_FIGURES, 0)
        self._said: dict[str, Any] = {}
        """Said once it has differed from what listeners assume, and from then on."""
        self._reactions: Counter[str] = Counter()
        self._question: dict[str, str] | None = None
        self._captions_until_s: float | None = None

    def take_figures(self, payload: bytes) -> None:
        """The controller's word of this second; what cannot be read changes nothing."""
        try:
            figures = read_json(payload)
            audience = {name: _count(figures.get(name)) for name in _FIGURES}
            step = {"rung": str(figures.get("rung", "high"))[:8], "cadence": int(figures.get("cadence", 1))}
            extras = "off" if figures.get("extras") == "off" else "on"
            hands = _count(figures.get("hands"))
            told = figures.get("reactions") or {}
            reactions = {kind.value: _count(told.get(kind.value)) for kind in Reaction}
        except (ValueError, TypeError, AttributeError):
            log.warning("figures that cannot be read", size_bytes=len(payload))
            return
        self._audience = audience
        self._reactions.update(reactions)
        self._say(step, {"rung": "high", "cadence": 1})
        self._say({"extras": extras}, {"extras": "on"})
        self._say({"hands": hands}, {"hands": 0})

    def take_captions(self, payload: bytes, *, now_s: float) -> None:
        """What is being said, in words; each message tells all lines that stand."""
        try:
            lines = [_caption(line) for line in read_json(payload)["lines"][-CAPTION_LINES_MAX:]]
        except (ValueError, TypeError, KeyError, AttributeError):
            log.warning("captions that cannot be read", size_bytes=len(payload))
            return
        self._captions_until_s = now_s + CAPTION_SHOWN_S if lines else None
        self._say({"captions": lines}, {"captions": []})

    def take_questions(self, questions: Questions) -> None:
        shown = questions.shown
        self._question = None
        if shown is not None:
            self._question = {"id": shown.id, "text": shown.text, "name": shown.name}

    def of_tick(
        self, space: Space, people: Iterable[Person], *, lead: str | None, now_s: float
    ) -> dict[str, Any]:
        """A tick's fields but `n`, `t`, `full` and `speaking`. Reactions are told once and then forgotten."""
        if self._captions_until_s is not None and now_s >= self._captions_until_s:
            self._captions_until_s = None
            self._said["captions"] = []
        reactions = {kind: count for kind, count in self._reactions.items() if count}
        self._reactions.clear()
        return {
            "state": space.state.value,
            "title": space.title,
            "people": [person.as_json() for person in people],
            "lead": lead,
            "audience": dict(self._audience),
            "question": self._question,
            **self._said,
            **({"reactions": reactions} if reactions else {}),
        }

    def _say(self, now: Mapping[str, Any], assumed: Mapping[str, Any]) -> None:
        if now != assumed or now.keys() <= self._said.keys():
            self._said.update(now)


def _caption(line: Mapping[str, Any]) -> dict[str, Any]:
    """Raises: KeyError, TypeError, AttributeError: not a caption."""
    return {
        "id": str(line["id"])[:_CAPTION_ID_LENGTH_MAX],
        "person": str(line["person"])[:SPACE_ID_LENGTH_MAX],
        "text": str(line["text"])[:CAPTION_LENGTH_MAX],
        "is_final": line["is_final"] is True,
    }


def _count(value: Any) -> int:
    """Raises: ValueError, TypeError: not a number."""
    return min(_COUNT_MAX, max(0, int(value or 0)))
