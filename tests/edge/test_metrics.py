"""`/metrics` of an edge: what happened, by labels that are ours."""

import asyncio
from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families

from stentor.clock import HandClock
from stentor.edge.extras.signs import Signs
from stentor.edge.ladder import Extras, Quality, Step
from stentor.edge.metrics import Metrics
from stentor.edge.neighbours import Neighbours
from stentor.edge.parts import encoded_step, part_subject, step_subject
from stentor.edge.report import Count, Report
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.log.bus import Bus
from stentor.space.names import new_id

Labels = tuple[tuple[str, str], ...]


def figures(metrics: Metrics) -> dict[tuple[str, Labels], float]:
    """Every sample as Prometheus itself reads it."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def of(metrics: Metrics, name: str, **labels: str) -> float:
    return figures(metrics)[f"stentor_{name}", tuple(sorted(labels.items()))]


def alone() -> Metrics:
    return Metrics(open_spaces=lambda: 3, neighbours=Neighbours(HandClock()))


def test_a_fresh_gate_has_figures_too() -> None:
    metrics = alone()
    assert of(metrics, "edge_open_spaces") == 3
    assert of(metrics, "edge_rung_low") == 0
    assert of(metrics, "edge_cadence") == 1


def test_answers_are_counted_by_kind_and_status_and_full_is_a_refusal_of_a_listener_only() -> None:
    metrics = alone()
    for kind, status in (("live", 200), ("live", 503), ("live", 404), ("hls", 503), ("live", 503)):
        metrics.answered(kind, status)
    assert of(metrics, "edge_answers_total", kind="live", status="503") == 2
    assert of(metrics, "edge_answers_total", kind="hls", status="503") == 1
    assert metrics.refused == 2


def test_bytes_and_waits_are_added_up() -> None:
    metrics = alone()
    metrics.sent("hls", 1000)
    metrics.sent("hls", 500)
    metrics.held(0.5)
    metrics.held(30)
    assert of(metrics, "edge_sent_bytes_total", kind="hls") == metrics.sent_bytes == 1500
    assert of(metrics, "edge_hls_held_seconds_bucket", le="0.64") == 1
    assert of(metrics, "edge_hls_held_seconds_bucket", le="+Inf") == 2


def test_two_gates_in_one_process_share_nothing() -> None:
    one, two = alone(), alone()
    one.sent("hls", 1000)
    assert two.sent_bytes == 0
    assert ("stentor_edge_sent_bytes_total", (("kind", "hls"),)) not in figures(two)


async def test_any_gate_tells_what_every_part_has_reported_and_the_step_in_force(bus: Bus) -> None:
    edge_id, clock = new_id(), HandClock()
    neighbours = Neighbours(clock)
    metrics = Metrics(open_spaces=lambda: 0, neighbours=neighbours)
    subscription = await neighbours.listen(bus, edge_id)
    spaces = {"demo": Count(arrived=9, admitted=5, hearing=4, gone=4), "hall": Count(admitted=1, hearing=1)}
    first = Report("fanout-0", "b1", spaces, 7000, 30, 2, 0, 1.5, 3, {"left": 3, "drained": 1})
    gate = Report("gate-0", "b1", queue_ms=2.5, signs={"demo": Signs(hands=2), "hall": Signs(hands=1)})
    await bus.publish(step_subject(edge_id), encoded_step(Step(Quality.LOW, 4), Extras.OFF, 12))
    for report in (first, replace(first, part="fanout-1", spaces={}, ended={}), gate):
        await bus.publish(part_subject(edge_id, report.part), report.encoded())
    async with asyncio.timeout(5):
        while len(neighbours.reports) < 3:
            await asyncio.sleep(0)
    told = {
        "edge_live_streams": 6,
        "edge_hearing": 5,
        "edge_slow": 3,
        "edge_late_ms": 1.5,
        "fanout_sent_bytes_total": 7000,
        "fanout_writes_total": 30,
        "edge_skipped_chunks_total": 2,
    }
    assert {name: of(metrics, name, part="fanout-0") for name in told} == told
    assert of(metrics, "edge_streams_ended_total", part="fanout-0", why="left") == 3
    assert of(metrics, "edge_live_streams", part="fanout-1") == 0
    assert of(metrics, "edge_rung_low") == 1
    assert of(metrics, "edge_cadence") == 4
    assert of(metrics, "edge_extras_step") == 2
    assert of(metrics, "edge_newcomers") == 12
    assert (of(metrics, "edge_queue_ms", part="gate-0"), of(metrics, "edge_hands", part="gate-0")) == (2.5, 3)
    labels = {name for _, labels in figures(metrics) for name, _ in labels}
    assert labels <= {"part", "why", "le", "kind", "status"}  # none that the crowd can choose
    assert of(metrics, "edge_silent_parts") == 0
    clock.advance(BEAT_UNKNOWN_AFTER_S + 0.1)
    assert of(metrics, "edge_silent_parts") == 3
    assert not any(name == "stentor_edge_hearing" for name, _ in figures(metrics))
    await subscription.close()
