"""Slots: when which listeners of a fan-out are written to. Pure.

Comes in: the head, the cadence, the number of a slot, the time. Goes out: the chunks that the slot's
listeners get now, and whether it is time to look what they have acknowledged. Never: a burst of everybody at
once: listeners are spread over the slots, and a revolution of all slots takes as long as a chunk.
"""

SLOTS = 32
"""20 ms each in a revolution of 0.64 s. At 18,000 listeners a turn is 560 writes, about 7 ms."""
QUIET_TURNS = 2
"""Turns after a chunk's arrival that write to nobody: a chunk that comes up to 40 ms late is still in time
for the first slot. Without them, whoever sits at the border waits for a whole revolution more whenever one
comes a little late (0.02 to 0.25 % of all writes on a busy machine)."""
_EARLY_TURNS_MAX = 3
_SMALL_CROWD = 4_400
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


def turns_at_once(seats: int) -> int:
    """How many turns a fan-out of so many listeners takes together: never more than 560 writes."""
    return 4 if seats <= _SMALL_CROWD else 2 if seats <= 2 * _SMALL_CROWD else 1


def first_phase(arrival: int) -> int:
    """The wheel's turn of slot 0, a chunk having come before turn `arrival`."""
    return (arrival + QUIET_TURNS) % SLOTS


def next_phase(phase: int, arrival: int) -> int:
    """The phase after one more chunk. It moves by one turn at most: later when a chunk came too late for the
    quiet turns, earlier when they have become long, which is rare: a turn earlier leaves a slot out once.

    Args:
        arrival: the first turn after the chunk came.
    """
    quiet = (phase - arrival) % SLOTS
    if quiet < QUIET_TURNS or quiet > SLOTS // 2:
        return (phase + 1) % SLOTS
    return (phase - 1) % SLOTS if quiet > QUIET_TURNS + _EARLY_TURNS_MAX else phase


LOOK_AFTER_S = 5.8
"""Whoever stops is noticed no later: 0.2 s before the six that an honest count may lag."""


def look_is_due(*, now_s: float, wrote_s: float, sure_s: float, turn_s: float, cadence: int) -> bool:
    """Whether to look at a slot's listeners in this turn, before it writes.

    The best turn is the one after a write: what was written has been acknowledged since, so the look is good
    for the longest time. Any turn will do when the next would be too late.

    Args:
        wrote_s: the slot's last write.
        sure_s: everybody who is trusted had acknowledged something that was written then.
        turn_s: the time between two turns of a slot.
    """
    late_s = sure_s + LOOK_AFTER_S
    is_fresh = now_s - wrote_s < 1.5 * turn_s
    return now_s + turn_s * (cadence if is_fresh else 1) > late_s
