"""Slots: when which listeners of a fan-out are written to. Pure.

Comes in: the head, the cadence, the number of a slot. Goes out: the chunks that the slot's listeners get now.
Never: a burst of everybody at once: listeners are spread over the slots, and a revolution of all slots takes
as long as a chunk.
"""

SLOTS = 32
"""20 ms each in a revolution of 0.64 s. At 18,000 listeners a turn is 560 writes, about 7 ms."""
STEADY_CHUNKS_MAX = 2
"""After the source was away, those who waited get two chunks per revolution: their players start at once and
run at double speed towards the head, and the line carries at most twice its usual load."""


def last_due(*, head: int, cadence: int, slot: int) -> int:
    """The newest chunk that the slot's listeners should have by now.

    With a cadence of 4 a slot is written to at every fourth chunk, a quarter of the slots at each: writes
    end at numbers whose remainder is the slot's own, so the load is spread over the four chunks' time, and
    a change of cadence needs no state.

    Returns: at most `head`, more than `head - cadence`.
    """
    return head - (head + 1 - slot) % cadence


def steady_write(*, next_: int, due: int, cadence: int) -> tuple[int, int] | None:
    """The first and the last chunk of this turn's write to everybody who has all up to `next_` - 1.

    Returns: None: nothing is due.
    """
    if due < next_:
        return None
    return next_, min(due, next_ + max(STEADY_CHUNKS_MAX, cadence) - 1)
