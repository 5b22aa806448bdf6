"""What a gate or a fan-out tells its edge once a second, and the edge's sum of it. Pure.

Comes in: counts, and what one second did to the process. Goes out: `edge.<edge>.part.<part>`; the beat
`edge.<edge>.beat`. Never: a guess: a part that has not spoken for five seconds is not in the sum, and the
beat says so.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from stentor.admission.line.counts import LineCounts
from stentor.edge.extras.signs import Signs
from stentor.edge.ladder import Door, Extras, Pressure, Quality, Step
from stentor.edge.parts import FANOUT, GATE
from stentor.edge.room import Load, Room
from stentor.errors import BadInput
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.read_json import read_json

SPACES_PER_REPORT_MAX = 10_000
PARTS_MAX = 256


@dataclass(frozen=True, slots=True)
class Count:
    """One Space's audience.

    Args:
        arrived, gone: since the edge began.
        admitted: open streams.
        hearing: of these, whose machines acknowledge audio.
        hls: players of HLS, an estimate.
    """

    arrived: int = 0
    admitted: int = 0
    hearing: int = 0
    gone: int = 0
    hls: int = 0

    def plus(self, other: "Count") -> "Count":
        return Count(
            self.arrived + other.arrived,
            self.admitted + other.admitted,
            self.hearing + other.hearing,
            self.gone + other.gone,
            self.hls + other.hls,
        )

    def minus_now(self) -> "Count":
        """What is left of a process that has died: everybody there has gone."""
        return Count(arrived=self.arrived, gone=self.gone + self.admitted)


@dataclass(frozen=True, slots=True)
class Report:
    """One part's second.

    Args:
        boot: names this life of the part; its totals begin at 0 with it.
        sent_bytes, skipped, writes: since it began.
        late_ms: the latest turn of this second.
        slow: listeners with a backlog.
        ended: why streams ended, since it began.
        queue_ms: of a gate: how late its loop was in this second.
        signs: of a gate: reactions and hands, by Space.
        line: of a gate: tickets, who came in, who is still here, by Space.
        replay_bytes: of a gate: of `sent_bytes`, what nobody hears live.
    """

    part: str
    boot: str
    spaces: Mapping[str, Count] = field(default_factory=dict)
    sent_bytes: int = 0
    writes: int = 0
    skipped: int = 0
    refused: int = 0
    late_ms: float = 0.0
    slow: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)
    queue_ms: float = 0.0
    signs: Mapping[str, Signs] = field(default_factory=dict)
    line: Mapping[str, LineCounts] = field(default_factory=dict)
    replay_bytes: int = 0

    def encoded(self) -> bytes:
        line = {name: counts.as_json() for name, counts in self.line.items()}
        return json.dumps({**asdict(self), "line": line}, separators=(",", ":")).encode()

    @classmethod
    def parse(cls, data: bytes) -> "Report":
        """Raises: BadInput."""
        try:
            facts = read_json(data)
            spaces = {str(name): Count(**count) for name, count in facts.pop("spaces").items()}
            signs = {str(name): Signs.from_json(told) for name, told in facts.pop("signs", {}).items()}
            line = {str(name): LineCounts.from_json(told) for name, told in facts.pop("line", {}).items()}
            if (count := max(len(spaces), len(signs), len(line))) > SPACES_PER_REPORT_MAX:
                raise BadInput(f"A report names {count} Spaces.")
            return cls(spaces=spaces, signs=signs, line=line, **facts)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadInput(f"A report cannot be read: {type(error).__name__}.") from None


class Sum:
    """The parts of one edge, added up.

    Bounds: PARTS_MAX parts; a dead life's totals are kept as one Count per Space.
    """

    def __init__(self) -> None:
        self._parts: dict[str, tuple[float, Report]] = {}
        self._before: dict[str, Count] = {}
        self._ended_boots: dict[str, str] = {}
        self._sent_bytes = 0
        self._live_bytes = 0
        self.live_bits_per_s = 0.0
        """What the fan-outs sent, as of the last `pressure`."""

    @property
    def reports(self) -> list[Report]:
        return [report for _, report in self._parts.values()]

    def heard(self, report: Report, *, now_s: float) -> None:
        """Takes a report in the place of the same part's last."""
        known = self._parts.get(report.part)
        if known is None and len(self._parts) >= PARTS_MAX:
            return
        # Its end may be known before its last report has come: nobody is counted twice for that.
        if self._ended_boots.get(report.part) == report.boot:
            return
        if known is not None and known[1].boot != report.boot:
            self.died(report.part)
        self._parts[report.part] = (now_s, report)

    def died(self, part: str) -> None:
        """A part's process has ended: the kernel has closed its listeners' sockets."""
        known = self._parts.pop(part, None)
        if known is not None:
            self._ended_boots[part] = known[1].boot
            for space_id, count in known[1].spaces.items():
                before = self._before.get(space_id, Count())
                self._before[space_id] = before.plus(count.minus_now())

    def speaking(self, *, now_s: float) -> list[Report]:
        """What the parts say that have spoken in the last five seconds."""
        return [report for at_s, report in self._parts.values() if now_s - at_s <= BEAT_UNKNOWN_AFTER_S]

    def fanouts(self, *, now_s: float) -> int:
        """Fan-outs that speak: each has seats of its own."""
        return sum(report.part.startswith(FANOUT) for report in self.speaking(now_s=now_s))

    def gates(self, *, now_s: float) -> int:
        """Gates that speak: each lets people in."""
        return sum(report.part.startswith(GATE) for report in self.speaking(now_s=now_s))

    def load(
        self,
        *,
        line_share: float,
        line_bits_per_s: int,
        seats_per_fanout: int,
        step: Step,
        lowest: Quality,
        now_s: float,
    ) -> Load:
        """What the edge carries, for its room.

        Args:
            line_share: of the last second (`pressure`). lowest: as far as an operator lets the rung go.
        """
        counts = [count for report in self.speaking(now_s=now_s) for count in report.spaces.values()]
        return Load(
            streams=sum(count.admitted for count in counts),
            hls=sum(count.hls for count in counts),
            seats_per_fanout=seats_per_fanout,
            fanouts=self.fanouts(now_s=now_s),
            bits_per_s=line_share * line_bits_per_s,
            line_bits_per_s=line_bits_per_s,
            quality=step.quality,
            lowest=lowest,
        )

    def silent(self, *, now_s: float) -> int:
        """Parts that have not spoken for five seconds."""
        return sum(now_s - at_s > BEAT_UNKNOWN_AFTER_S for at_s, _ in self._parts.values())

    def counts(self, *, now_s: float) -> dict[str, Count]:
        """By Space; of a silent part only what it had told for good."""
        found = dict(self._before)
        for at_s, report in self._parts.values():
            is_silent = now_s - at_s > BEAT_UNKNOWN_AFTER_S
            for space_id, count in report.spaces.items():
                told = Count(arrived=count.arrived, gone=count.gone) if is_silent else count
                found[space_id] = found.get(space_id, Count()).plus(told)
        return found

    def pressure(self, *, line_bits_per_s: int, elapsed_s: float, now_s: float) -> Pressure:
        """What the last `elapsed_s` did; to be asked once per period.

        What a silent part felt last is not felt again each second: one bad second before it froze would take
        the whole edge down the ladder.
        """
        reports = self.reports
        sent = sum(report.sent_bytes - report.replay_bytes for report in reports)
        live = sum(report.sent_bytes for report in reports if report.part.startswith(FANOUT))
        bits = 8 * max(0, sent - self._sent_bytes)
        self.live_bits_per_s = 8 * max(0, live - self._live_bytes) / elapsed_s
        self._sent_bytes, self._live_bytes = sent, live
        speaking = [report for at_s, report in self._parts.values() if now_s - at_s <= BEAT_UNKNOWN_AFTER_S]
        seated = sum(count.admitted for report in speaking for count in report.spaces.values())
        slow = sum(report.slow for report in speaking)
        return Pressure(
            line_share=bits / elapsed_s / line_bits_per_s if line_bits_per_s else 0.0,
            late_ms=max((report.late_ms for report in speaking), default=0.0),
            slow_share=slow / seated if seated >= SEATED_MIN else 0.0,
            queue_ms=max((report.queue_ms for report in speaking), default=0.0),
        )


SEATED_MIN = 50
"""A share of fewer listeners says nothing about the line."""


def beat(
    *,
    edge_id: str,
    boot: str,
    at_ms: int,
    counts: Mapping[str, Count],
    silent: int,
    step: Step,
    signs: Mapping[str, Signs] | None = None,
    extras: Extras = Extras.ON,
    door: Door = Door.OPEN,
    pressure: Pressure | None = None,
    has_line: bool = False,
    seats: int = 0,
    forced: tuple[str, ...] = (),
    line: Mapping[str, LineCounts] | None = None,
    room: Room | None = None,
    joins_per_s: float = 0.0,
    url: str = "",
) -> bytes:
    """The message, as docs/PROTOCOL.md says it.

    Args:
        pressure: what the edge felt in this second.
        has_line: it is known what its line carries.
        seats: streams that its fan-outs may hold together; 0: none reports.
        forced: what an operator has said, of rung, cadence, extras and door.
        line: tickets and whoever came in. room, joins_per_s: for how many more, and how fast.
        url: what players reach the edge by.
    """
    signs, line = signs or {}, line or {}
    spaces: dict[str, dict[str, object]] = {}
    for name in sorted(counts.keys() | signs.keys() | line.keys()):
        spaces[name] = {k: v for k, v in asdict(counts.get(name, Count())).items() if v}
        if (told := signs.get(name)) is not None:
            spaces[name] |= {k: v for k, v in (("reactions", told.reactions), ("hands", told.hands)) if v}
        if name in line:
            spaces[name]["line"] = line[name].as_json()
    facts: dict[str, object] = {
        "edge": edge_id,
        "boot": boot,
        "at_ms": at_ms,
        "spaces": spaces,
        "silent": silent,
        "rung": step.quality.value,
        "cadence": step.cadence,
    }
    if extras is not Extras.ON:
        facts["extras"] = extras.value
    if door is not Door.OPEN:
        facts["door"] = door.value
    if pressure is not None:
        facts["pressure"] = _told(pressure, has_line=has_line)
    if seats:
        facts["seats"] = seats
    if forced:
        facts["forced"] = forced
    if room is not None:
        facts |= {"room": room.newcomers, "held": room.held, "joins_per_s": round(joins_per_s, 1)}
    if url:
        facts["url"] = url
    return json.dumps(facts, separators=(",", ":")).encode()


def _told(pressure: Pressure, *, has_line: bool) -> dict[str, float]:
    line = {"line": round(pressure.line_share, 3)} if has_line else {}
    return {
        **line,
        "late_ms": round(pressure.late_ms, 1),
        "slow": round(pressure.slow_share, 3),
        "queue_ms": round(pressure.queue_ms, 1),
    }


def goodbye(*, edge_id: str, at_ms: int) -> bytes:
    """The last beat of an edge that ends in peace: nobody is there any more, and nothing is unknown."""
    facts = {"edge": edge_id, "at_ms": at_ms, "spaces": {}, "bye": True}
    return json.dumps(facts, separators=(",", ":")).encode()
