"""How long the gate waits for what, in one place. Every wait of the edge ends.

Comes in: nothing. Goes out: figures. The tests run with all of them scaled down.
"""

from dataclasses import dataclass

from stentor.edge.fanouts import WAIT_S
from stentor.edge.hls import HOLD_S
from stentor.edge.listener import PATIENCE_S
from stentor.limits import CHUNK_MS


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds.

    Args:
        socket_s: a listener's socket takes nothing, of a stream or of a download; then it is closed.
        hold_s: an HLS request for something that is not made yet; then 503.
        silent_s: no chunk comes at all; then live streams end and their players come back with `?from=`.
        first_chunk_s: a request waits for a reader that was only just opened; 120 s of two rungs are read
            in 0.3 s (measured).
        revolution_s: the fan-out's wheel goes round once.
        fanout_s: who comes back waits for a fan-out that is being started again.
        join_s: a newcomer waits for everything together; then they are told, within the second in which
            everybody gets a definite answer.
    """

    socket_s: float = PATIENCE_S
    hold_s: float = HOLD_S
    silent_s: float = 60.0
    first_chunk_s: float = 4.0
    revolution_s: float = CHUNK_MS / 1000
    fanout_s: float = WAIT_S
    join_s: float = 0.8
