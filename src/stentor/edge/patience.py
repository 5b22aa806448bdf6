"""How long a crowd bears what, and what it has counted of it. Pure.

Comes in: nothing. Goes out: the terms under which somebody may sit, the totals of a process's life. Never: a
decision.
"""

from collections import Counter
from dataclasses import dataclass, field

from stentor.edge.listener import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds.

    Args:
        socket_s: a listener's socket takes nothing, or their machine acknowledges nothing; then it is closed.
        silent_s: no chunk comes; then everybody is sent to another edge.
        session_s, session_spread_s: a stream is ended cleanly after so long, give or take; its player comes
            back with `?from=`, perhaps to another edge.
    """

    socket_s: float = PATIENCE_S
    silent_s: float = 60.0
    session_s: float = 1200.0
    session_spread_s: float = 300.0


@dataclass(slots=True)
class Totals:
    """Since the process began."""

    sent_bytes: int = 0
    writes: int = 0
    skipped_chunks: int = 0
    ended: Counter[str] = field(default_factory=Counter)
