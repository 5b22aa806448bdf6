"""What a phase of the siege came to, and whether that holds. Pure.

Comes in: what the crowd, the arrivals and the watch have seen in one phase. Goes out: figures, each with its
goal and whether it is met. Never: a goal that moves with the figure.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from siege.arrivals import Answer, Arrival, good_share, recovered_s
from siege.attacks import Offered
from siege.tone import Hole

STALL_SHARE_MAX = 0.001
HOLE_MS_MAX = 200
DEFINITE_SHARE_MIN = 0.9995
GROWN_BYTES_MAX = 64 << 20
RECOVERED_S_MAX = 10.0
HEARING_ERROR_MAX = 0.01


@dataclass(frozen=True, slots=True)
class Phase:
    """One attack, and the time after it.

    Args:
        seconds, attack_s: of all of it; of the attack.
        seated: listeners who were to be in all the time.
        stall_share: of all their listening time.
        gaps, cut: chunks that they missed, streams of theirs that ended.
        definite_share: arrivals with sound or a place within a second, of those of attack and recovery.
        definite_p99_ms: how long the answer took, for 99 % of all arrivals.
        answers: by kind.
        late_ms: how late the latest chunk came to the log. hole_ms: the longest silence in the tone.
        grown_bytes: memory of the house, the most in the phase less the most before it.
        files_share: of one process's limit.
        hearing, truth: the house's count of listeners and ours, at the end; `estimated` of it by guess (HLS).
        recovered_s: from the attack's end until the last arrival that was not answered well.
    """

    name: str
    seconds: float
    attack_s: float
    seated: int
    stall_share: float
    gaps: int
    cut: int
    arrivals: int
    definite_share: float
    definite_p99_ms: float
    answers: dict[str, int]
    late_ms: float
    hole_ms: int
    missing: int
    grown_bytes: int
    files_share: float
    hearing: int
    estimated: int
    truth: int
    recovered_s: float
    restarts: int
    steps: tuple[str, ...]
    offered: tuple[Offered, ...]

    @property
    def hearing_error(self) -> float:
        return abs(self.hearing - self.truth) / max(1, self.truth)

    def failures(self) -> list[str]:
        """Which goals are missed, by the name of their figure."""
        found = {
            "stall_share": self.stall_share > STALL_SHARE_MAX,
            "hole_ms": max(self.hole_ms, self.late_ms) > HOLE_MS_MAX or self.missing > 0,
            "definite_share": self.definite_share < DEFINITE_SHARE_MIN,
            "grown_bytes": self.grown_bytes >= GROWN_BYTES_MAX,
            "recovered_s": self.recovered_s > RECOVERED_S_MAX,
            "hearing_error": self.hearing_error > HEARING_ERROR_MAX,
        }
        return [name for name, is_missed in found.items() if is_missed]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"hearing_error": self.hearing_error, "failures": self.failures()}


def answered(arrivals: Sequence[Arrival], *, attack_ends_s: float) -> dict[str, Any]:
    """A phase's figures that the arrivals decide."""
    took_s = sorted(arrival.took_s for arrival in arrivals) or [0.0]
    return {
        "arrivals": len(arrivals),
        "definite_share": good_share(arrivals),
        "definite_p99_ms": 1000 * took_s[min(len(took_s) - 1, int(0.99 * len(took_s)))],
        "answers": {
            kind.value: count for kind in Answer if (count := sum(a.answer is kind for a in arrivals))
        },
        "recovered_s": recovered_s(arrivals, since_s=attack_ends_s),
    }


def longest(holes: Sequence[Hole], *, after_ms: int) -> int:
    """The longest silence; a decoder's first frames are none. 0: there is none."""
    return max((hole.length_ms for hole in holes if hole.at_ms >= after_ms), default=0)
