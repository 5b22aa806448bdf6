"""What a gate tells its edge once a second, and how it knows how busy it is.

Comes in: the gate's own counts, its loop. Goes out: `edge.<edge>.part.<part>`. Never: anything per request.
"""

import asyncio
from dataclasses import dataclass, field

from stentor.clock import Clock
from stentor.edge.admission.shown import Shown
from stentor.edge.audience import Audience
from stentor.edge.extras.signs import SignTable
from stentor.edge.line_counts import LineTable
from stentor.edge.metrics import Metrics
from stentor.edge.parts import boot_id, moved_subject, part_subject, until_report_s
from stentor.edge.queue import Queue
from stentor.edge.report import Count, Report
from stentor.edge.spaces import Spaces
from stentor.log.bus import Bus


@dataclass(frozen=True, slots=True)
class GateReport:
    """The gate's reporter."""

    bus: Bus
    spaces: Spaces
    audience: Audience
    signs: SignTable
    metrics: Metrics
    clock: Clock
    counts: LineTable
    shown: Shown
    edge_id: str
    part: str
    boot: str = field(default_factory=boot_id)
    queue: Queue = field(default_factory=Queue)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.queue.run())
            group.create_task(self._report_for_ever())

    def hear(self, report: Report) -> None:
        """Another part's report: hands that were moved at another gate are no longer this one's."""
        if report.part != self.part:
            for space_id, told in report.signs.items():
                self.signs.forget(space_id, told.touched)

    async def _report_for_ever(self) -> None:
        while True:
            await asyncio.sleep(until_report_s(self.clock.wall_ms()))
            await self.bus.publish(part_subject(self.edge_id, self.part), self._report().encoded())
            if sessions := self.shown.taken_moved():
                await self.bus.publish(moved_subject(self.edge_id), sessions)

    def _report(self) -> Report:
        now_s = self.clock.monotonic_s()
        return Report(
            part=self.part,
            boot=self.boot,
            spaces={name: Count(hls=listeners) for name, listeners in self.audience.figures(now_s).items()},
            sent_bytes=self.metrics.sent_bytes,
            replay_bytes=self.metrics.replay_bytes,
            refused=self.metrics.refused,
            queue_ms=round(self.queue.late_ms, 1),
            line=self.counts.told(is_over=self.spaces.is_over),
            signs=self.signs.told(now_s=now_s, is_over=self.spaces.is_over),
        )
