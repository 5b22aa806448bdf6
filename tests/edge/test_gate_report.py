"""A gate's second: what it has counted, how long a request waits for it."""

import asyncio
import json
import time
from typing import Any

from stentor.clock import HandClock
from stentor.edge.admission.shown import Shown
from stentor.edge.audience import Audience
from stentor.edge.extras.signs import Signs, SignTable
from stentor.edge.gate_report import GateReport
from stentor.edge.line_counts import LineTable
from stentor.edge.metrics import Metrics
from stentor.edge.neighbours import Neighbours
from stentor.edge.parts import part_subject
from stentor.edge.queue import Queue
from stentor.edge.report import Report
from stentor.edge.spaces import Spaces
from stentor.log.bus import Bus
from stentor.log.state import SpaceStore
from stentor.space.names import new_id
from stentor.space.reactions import Reaction
from synthetic_stage import SyntheticStage


async def test_a_report_has_its_signs_and_forgets_what_another_gate_has_moved(
    bus: Bus, space_id: str
) -> None:
    edge_id, clock, signs = new_id(), HandClock(wall_ms=1_700_000_000_700), SignTable()
    await SyntheticStage.open(bus, space_id, chunks=0)
    spaces = Spaces(
        bus,
        await SpaceStore.open(bus),
        clock=clock,
        window_s=60,
        first_chunk_s=1.0,
        is_in_use=lambda _id: False,
    )
    neighbours = Neighbours(clock)
    metrics = Metrics(open_spaces=lambda: 0, neighbours=neighbours)
    counts, shown = LineTable(), Shown()
    gate = GateReport(
        bus, spaces, Audience(), signs, metrics, clock, counts, shown, edge_id=edge_id, part="gate-0"
    )
    subscription = await neighbours.listen(bus, edge_id, on_report=gate.hear)
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    listening = await bus.subscribe(
        part_subject(edge_id, "gate-0"), lambda _, data: told.put_nowait(json.loads(data))
    )
    work = [asyncio.create_task(spaces.run()), asyncio.create_task(gate.run())]
    await spaces.has_looked.wait()
    signs.react(space_id, Reaction.CLAP)
    signs.react("unknown", Reaction.CLAP)
    for hand in ("hand-one", "hand-two"):
        signs.hand(space_id, hand, is_up=True, now_s=clock.monotonic_s())
    async with asyncio.timeout(10):
        report = await told.get()
        assert report["signs"] == {
            space_id: {"reactions": {"clap": 1}, "hands": 2, "touched": ["hand-one", "hand-two"]}
        }
        # Its own words come back to it; another gate's are news.
        other = Report("gate-1", "b1", signs={space_id: Signs(touched=("hand-two",))})
        await bus.publish(part_subject(edge_id, "gate-1"), other.encoded())
        while report["signs"][space_id]["hands"] != 1:
            report = await told.get()
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await listening.close()
    await subscription.close()


def test_one_long_answer_is_no_queue_and_many_late_ones_are() -> None:
    queue = Queue()
    assert queue.late_ms == 0
    for late_ms in (1, 900, 1, 1, 1, 1, 900, 1, 1, 1):
        queue.take(late_ms)
    assert queue.late_ms == 1
    for _ in range(6):
        queue.take(900)
    assert queue.late_ms == 900


async def test_a_loop_that_is_held_up_is_seen_to_be() -> None:
    queue = Queue()
    running = asyncio.create_task(queue.run())
    async with asyncio.timeout(10):
        while queue.late_ms < 20:
            time.sleep(0.05)  # noqa: ASYNC251  # answers, one behind the other
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
