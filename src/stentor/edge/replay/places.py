"""How many long answers a gate gives at once. Each has a piece in memory and a connection.

Comes in: answers in pieces. Goes out: the same, counted while they last. Never: one more than there are
places, but for what begins in the very same moment.
"""

from collections.abc import AsyncGenerator, AsyncIterator

from stentor.errors import Full


class Places:
    """Places for one kind of answer.

    Args:
        what: names it, for whoever finds it full.
    """

    def __init__(self, what: str, *, places_max: int, retry_after_s: float) -> None:
        self._what = what
        self._places_max = places_max
        self._retry_after_s = retry_after_s
        self.taken = 0

    def check(self) -> None:
        """Raises: Full."""
        if self.taken >= self._places_max:
            raise Full(self._what, limit=self._places_max, retry_after_s=self._retry_after_s)

    async def held(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        """The pieces, in a place that is free again at their end or when nobody wants them any more."""
        self.taken += 1
        try:
            async for piece in pieces:
                yield piece
        finally:
            self.taken -= 1
