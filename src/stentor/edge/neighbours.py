"""What a gate knows of the other processes of its edge, for `/metrics`.

Comes in: their reports, the ladder's step. Goes out: the newest of each. Never: a decision; a gate admits by
what the fan-outs acknowledge and the edge has room for.
"""

from collections.abc import Callable

from stentor.clock import Clock
from stentor.edge.egress import Egress
from stentor.edge.ladder import Extras, Step
from stentor.edge.newcomers import Newcomers
from stentor.edge.parts import (
    decoded_egress,
    decoded_extras,
    decoded_newcomers,
    decoded_step,
    part_subject,
    step_subject,
)
from stentor.edge.report import Report, Sum
from stentor.errors import BadInput
from stentor.log.bus import Bus, Subscription


class Neighbours:
    """The edge as one of its gates sees it, itself included."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.extras = Extras.ON
        self.newcomers = Newcomers()
        self.egress = Egress()
        self._sum = Sum()
        self.step = Step()

    async def listen(
        self, bus: Bus, edge_id: str, *, on_report: Callable[[Report], None] = lambda _report: None
    ) -> Subscription:
        """Follows reports and steps until the subscription is closed."""

        def hear(subject: str, payload: bytes) -> None:
            if subject == step_subject(edge_id):
                self.step = decoded_step(payload) or self.step
                self.extras = decoded_extras(payload) or self.extras
                now_s = self._clock.monotonic_s()
                self.newcomers.told(decoded_newcomers(payload), now_s=now_s)
                self.egress.told(decoded_egress(payload), now_s=now_s)
                return
            if subject.startswith(part_subject(edge_id, "")):
                try:
                    report = Report.parse(payload)
                except BadInput:
                    return
                self._sum.heard(report, now_s=self._clock.monotonic_s())
                on_report(report)

        return await bus.subscribe(f"edge.{edge_id}.>", hear)

    @property
    def reports(self) -> list[Report]:
        """Of those that speak: what a silent part said last is no figure of now."""
        return self._sum.speaking(now_s=self._clock.monotonic_s())

    @property
    def silent(self) -> int:
        return self._sum.silent(now_s=self._clock.monotonic_s())

    def listeners(self, space_id: str) -> int:
        """Those of silent parts too: a programme is not closed because a fan-out does not answer."""
        return sum(r.spaces[space_id].admitted for r in self._sum.reports if space_id in r.spaces)
