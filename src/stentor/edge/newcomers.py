"""How many newcomers a gate may still seat before its edge has looked again. Pure: time is an argument.

Comes in: the edge's word, once a second; who was seated. Goes out: whether one more may come. Never: a
refusal because nobody has spoken: then the fan-outs' own seats are the bound.
"""

from typing import Final

GOOD_FOR_S: Final = 3.0
"""The edge's steward is started again within about a second; its last word is old by then."""


class Newcomers:
    """One per gate.

    Bounds: between two words of the edge no gate seats more than the first said.
    """

    def __init__(self) -> None:
        self._left: int | None = None
        self._until_s = 0.0

    def told(self, count: int | None, *, now_s: float) -> None:
        """The edge's word. None: it does not say."""
        self._left, self._until_s = count, now_s + GOOD_FOR_S

    def may_come(self, *, now_s: float) -> bool:
        return self._left is None or now_s >= self._until_s or self._left > 0

    @property
    def left(self) -> int | None:
        """How many the edge's last word leaves. None: it has said nothing."""
        return self._left

    def came(self) -> None:
        """One was seated."""
        if self._left is not None:
            self._left -= 1
