"""What a crowd has heard and what reading it cost, added up over its processes. Pure."""

import statistics
from dataclasses import dataclass, field

from crowd_ears import Heard


@dataclass(slots=True)
class Figures:
    """What a crowd has heard, and what reading it cost."""

    heard: Heard = field(default_factory=Heard)
    cpu_s: float = 0.0
    joins_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    joining_s: float = 0.0
    errors: int = 0
    stalled_s: float = 0.0
    decoded: int = 0
    decode_faults: int = 0

    def plus(self, other: "Figures") -> "Figures":
        mine, theirs = self.heard, other.heard
        heard = Heard(
            size_bytes=mine.size_bytes + theirs.size_bytes,
            reads=mine.reads + theirs.reads,
            parsed=mine.parsed + theirs.parsed,
            seated=mine.seated + theirs.seated,
            refused=mine.refused + theirs.refused,
            ended=mine.ended + theirs.ended,
            gaps=mine.gaps + theirs.gaps,
            repeats=mine.repeats + theirs.repeats,
            wait_max_s=max(mine.wait_max_s, theirs.wait_max_s),
        )
        return Figures(
            heard,
            self.cpu_s + other.cpu_s,
            self.joins_ms + other.joins_ms,
            self.late_ms + other.late_ms,
            max(self.joining_s, other.joining_s),
            self.errors + other.errors,
            self.stalled_s + other.stalled_s,
            self.decoded + other.decoded,
            self.decode_faults + other.decode_faults,
        )

    def join_ms(self, share: float) -> float:
        """How long a join took at most, for that share of the joins."""
        return _quantile(self.joins_ms, share)

    def late_quantile_ms(self, share: float) -> float:
        """How late a read came at most, for that share of the reads."""
        return _quantile(self.late_ms, share)


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def percentile_line(name: str, found: Figures) -> str:
    """Joins, for people."""
    median = statistics.median(found.joins_ms) if found.joins_ms else 0.0
    return (
        f"# {name}: {len(found.joins_ms)} joins in {found.joining_s:.1f} s, median {median:.0f} ms, "
        f"99 % within {found.join_ms(0.99):.0f} ms, all within {found.join_ms(1.0):.0f} ms"
    )
