"""The lines that stand under a Space. Pure: texts of utterances in, at most three lines out."""

import textwrap
from dataclasses import dataclass
from typing import Any

from stentor.limits import CAPTION_LENGTH_MAX, CAPTION_LINES_MAX, CAPTION_SHOWN_S


@dataclass(frozen=True, slots=True)
class Line:
    """Args: id: `utterance`, and `utterance/1`, … for what does not fit into one line."""

    id: str
    person_id: str
    text: str
    is_final: bool
    changed_s: float

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "person": self.person_id, "text": self.text, "is_final": self.is_final}


class Board:
    """One Space's."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def lines(self) -> list[dict[str, Any]]:
        """As the stage is told; the newest last."""
        return [line.as_json() for line in self._lines]

    def put(self, utterance_id: str, person_id: str, text: str, *, is_final: bool, now_s: float) -> bool:
        """A text in place of what stood there for this utterance; without a text that goes.

        Returns: whether anything has changed.
        """
        before = self._lines
        known = [at for at, line in enumerate(before) if _is_of(line, utterance_id)]
        new = [
            Line(f"{utterance_id}/{n}" if n else utterance_id, person_id, piece, is_final, now_s)
            for n, piece in enumerate(textwrap.wrap(text, CAPTION_LENGTH_MAX))
        ]
        place = known[0] if known else len(before)
        kept = [line for line in before if not _is_of(line, utterance_id)]
        lines = [*kept[:place], *new, *kept[place:]]
        # The stage has taken away what has stood long enough; it must not come back with this line.
        self._lines = [line for line in lines if now_s - line.changed_s < CAPTION_SHOWN_S]
        self._lines = self._lines[-CAPTION_LINES_MAX:]
        return self._lines != before


def _is_of(line: Line, utterance_id: str) -> bool:
    return line.id.partition("/")[0] == utterance_id
