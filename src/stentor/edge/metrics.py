"""The edge's figures for Prometheus. The one file that imports prometheus_client.

Comes in: what happened. Goes out: the text of `/metrics`. Never: a label that the crowd can choose (a path,
an address, a Space's name from a URL): labels are ours and few.
"""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from stentor.admission.shedding import Class
from stentor.edge.ladder import Extras, Quality
from stentor.edge.neighbours import Neighbours
from stentor.errors import Full
from stentor.space.reactions import Reaction

REPLAY = "replay"
"""The kind of bytes that nobody hears live."""
_WAIT_BUCKETS_S = (0.01, 0.1, 0.32, 0.64, 0.96, 1.28, 2, 4, 8, 18)


class Metrics:
    """One registry per gate, so that two gates in one process (the tests) do not share figures.

    Args:
        open_spaces: read when somebody looks.
        neighbours: the edge's other processes, whose figures any gate tells.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, *, open_spaces: Callable[[], int], neighbours: Neighbours) -> None:
        self.registry = CollectorRegistry()
        self.sent_bytes = 0
        self.replay_bytes = 0
        self.refused = 0
        self._answers = Counter(
            "stentor_edge_answers", "Answers by class of request.", ["kind", "status"], registry=self.registry
        )
        self._answered: dict[tuple[str, int], Counter] = {}
        self._bytes = Counter(
            "stentor_edge_sent_bytes", "Bytes of audio handed to sockets.", ["kind"], registry=self.registry
        )
        self._held = Histogram(
            "stentor_edge_hls_held_seconds",
            "How long HLS requests were held for what they asked.",
            buckets=_WAIT_BUCKETS_S,
            registry=self.registry,
        )
        self._stalled = Counter(
            "stentor_edge_stalled_answers",
            "Answers given up because nobody took them for 15 s.",
            registry=self.registry,
        )
        self._shed = Counter(
            "stentor_edge_shed_answers",
            "Requests refused unread because the gate was full, by class.",
            ["kind"],
            registry=self.registry,
        )
        self._made_room = Counter(
            "stentor_edge_closed_for_room",
            "Idle connections closed because somebody else needed the room.",
            registry=self.registry,
        )
        self._reactions = Counter(
            "stentor_edge_reactions", "Reactions taken, by kind.", ["kind"], registry=self.registry
        )
        spaces = Gauge("stentor_edge_open_spaces", "Spaces whose programme is read.", registry=self.registry)
        spaces.set_function(open_spaces)
        self.registry.register(_PartsCollector(neighbours))

    def answered(self, kind: str, status: int) -> None:
        found = self._answered.get((kind, status))
        if found is None:
            # Looking a child up by its labels costs more than counting; kinds and statuses are ours and few.
            found = self._answered[kind, status] = self._answers.labels(kind, str(status))
        found.inc()
        if kind == "live" and status == Full.status:
            self.refused += 1

    def stalled(self) -> None:
        self._stalled.inc()

    def shed(self, class_: Class) -> None:
        self._shed.labels(class_.name.lower()).inc()

    def made_room(self) -> None:
        self._made_room.inc()

    def reacted(self, reaction: Reaction) -> None:
        self._reactions.labels(reaction.value).inc()

    def sent(self, kind: str, size_bytes: int) -> None:
        self._bytes.labels(kind).inc(size_bytes)
        self.sent_bytes += size_bytes
        self.replay_bytes += size_bytes if kind == REPLAY else 0

    def held(self, seconds: float) -> None:
        self._held.observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _PartsCollector:
    """The parts' newest reports as Prometheus reads them; each part's totals begin at 0 with its life."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours

    def collect(self) -> Iterator[Metric]:
        reports = self._neighbours.reports
        live = GaugeMetricFamily("stentor_edge_live_streams", "Open live streams.", labels=["part"])
        hearing = GaugeMetricFamily(
            "stentor_edge_hearing", "Of these, whose machines acknowledge audio.", labels=["part"]
        )
        slow = GaugeMetricFamily("stentor_edge_slow", "Listeners with a backlog.", labels=["part"])
        late = GaugeMetricFamily(
            "stentor_edge_late_ms", "The latest turn of the last second.", labels=["part"]
        )
        sent = CounterMetricFamily("stentor_fanout_sent_bytes", "Bytes written.", labels=["part"])
        writes = CounterMetricFamily("stentor_fanout_writes", "Writes to sockets.", labels=["part"])
        skipped = CounterMetricFamily(
            "stentor_edge_skipped_chunks", "Chunks left out for slow listeners.", labels=["part"]
        )
        ended = CounterMetricFamily(
            "stentor_edge_streams_ended", "Live streams that ended, by reason.", labels=["part", "why"]
        )
        queue = GaugeMetricFamily(
            "stentor_edge_queue_ms", "How late a gate's loop is: what a request waits.", labels=["part"]
        )
        hands = GaugeMetricFamily("stentor_edge_hands", "Hands that are up.", labels=["part"])
        for report in reports:
            counts = report.spaces.values()
            part = [report.part]
            live.add_metric(part, sum(count.admitted for count in counts))
            hearing.add_metric(part, sum(count.hearing for count in counts))
            slow.add_metric(part, report.slow)
            late.add_metric(part, report.late_ms)
            queue.add_metric(part, report.queue_ms)
            hands.add_metric(part, sum(told.hands for told in report.signs.values()))
            sent.add_metric(part, report.sent_bytes)
            writes.add_metric(part, report.writes)
            skipped.add_metric(part, report.skipped)
            for why, count in report.ended.items():
                ended.add_metric([report.part, why], count)
        yield from (live, hearing, slow, late, sent, writes, skipped, ended)
        yield GaugeMetricFamily(
            "stentor_edge_silent_parts",
            "Processes of this edge that have not reported for 5 s; their listeners are in no figure.",
            self._neighbours.silent,
        )
        step = self._neighbours.step
        yield GaugeMetricFamily("stentor_edge_rung_low", "1: on the lower rung.", step.quality is Quality.LOW)
        yield GaugeMetricFamily("stentor_edge_cadence", "Chunks per write.", step.cadence)
        extras = {Extras.ON: 0, Extras.PACED: 1, Extras.OFF: 2}[self._neighbours.extras]
        yield GaugeMetricFamily(
            "stentor_edge_extras_step", "Reactions and questions: 0 on, 1 paced, 2 off.", extras
        )
        if (left := self._neighbours.newcomers.left) is not None:
            yield GaugeMetricFamily(
                "stentor_edge_newcomers", "Who may still come in at this gate in this second.", left
            )
        yield queue
        yield hands
