"""Cards, drawn when somebody asks, one at a time, and kept.

Comes in: what stands on a card. Goes out: its PNG, or the one without words while many others are asked for.
Never: the gate's loop held up: drawing is another thread's.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from stentor.admission.pace import Pace
from stentor.clock import Clock
from stentor.edge.public.card import CARD, Card, Shape, Words

KEPT_MAX: Final = 64
"""4 MB at most. A link that is shared is looked at by one network's reader, then by the next."""
_PLAIN: Final = Words()


@dataclass(slots=True)
class Cards:
    """Bounds: KEPT_MAX cards; four are drawn at once, then two a second: a tenth of a core."""

    card: Card
    clock: Clock
    _kept: dict[tuple[Words, Shape], bytes] = field(default_factory=dict)
    _pace: Pace = field(default_factory=lambda: Pace(burst=4, interval_s=0.5, clients_max=1))
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def png(self, words: Words, shape: Shape = CARD) -> tuple[bytes, bool]:
        """The card, and whether it is the one that was asked for."""
        key = words, shape
        if (found := self._kept.get(key)) is not None:
            return found, True
        if words != _PLAIN and self._pace.wait_s("", now_s=self.clock.monotonic_s()):
            return (await self.png(_PLAIN, shape))[0], False
        async with self._one:
            if (found := self._kept.get(key)) is None:
                found = await asyncio.to_thread(self.card.png, words, shape)
                if len(self._kept) >= KEPT_MAX:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = found
        return found, True
