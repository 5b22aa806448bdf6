"""What a gate knows of its edge: the newest report of each part, over the real bus."""

import asyncio

from stentor.clock import HandClock
from stentor.edge.ladder import Extras, Quality, Step
from stentor.edge.neighbours import Neighbours
from stentor.edge.parts import beat_subject, encoded_step, part_subject, step_subject
from stentor.edge.report import Count, Report
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.log.bus import Bus
from stentor.space.names import new_id


def report(part: str, *, boot: str = "b1", **spaces: int) -> Report:
    return Report(
        part=part, boot=boot, spaces={name: Count(admitted=count) for name, count in spaces.items()}
    )


async def tell(bus: Bus, edge_id: str, *reports: Report) -> None:
    for one in reports:
        await bus.publish(part_subject(edge_id, one.part), one.encoded())


async def until_known(neighbours: Neighbours, space_id: str, listeners: int) -> None:
    async with asyncio.timeout(5):
        while neighbours.listeners(space_id) != listeners:
            await asyncio.sleep(0)


async def test_reports_and_steps_of_its_own_edge_are_heard_and_of_others_are_not(bus: Bus) -> None:
    edge_id, neighbours = new_id(), Neighbours(HandClock())
    subscription = await neighbours.listen(bus, edge_id)
    await tell(bus, new_id(), report("fanout-0", demo=50))
    await bus.publish(part_subject(edge_id, "fanout-0"), b"noise")
    await bus.publish(step_subject(edge_id), encoded_step(Step(Quality.LOW, 2), Extras.PACED))
    await bus.publish(step_subject(edge_id), b"noise")
    await bus.publish(beat_subject(edge_id), report("fanout-9", demo=9).encoded())
    await tell(bus, edge_id, report("fanout-0", demo=3), report("fanout-1", demo=4, hall=1), report("gate-0"))
    await until_known(neighbours, "demo", 7)
    assert neighbours.listeners("hall") == 1
    assert neighbours.listeners("nobody") == 0
    assert (neighbours.step, neighbours.extras) == (Step(Quality.LOW, 2), Extras.PACED)
    await subscription.close()


async def test_the_newest_report_of_a_part_stands_for_it(bus: Bus) -> None:
    edge_id, neighbours = new_id(), Neighbours(HandClock())
    subscription = await neighbours.listen(bus, edge_id)
    await tell(bus, edge_id, report("fanout-0", demo=3), report("fanout-0", demo=2))
    await until_known(neighbours, "demo", 2)
    await tell(bus, edge_id, report("fanout-0", boot="b2", demo=1))
    await until_known(neighbours, "demo", 1)
    assert [one.part for one in neighbours.reports] == ["fanout-0"]
    await subscription.close()


async def test_a_silent_parts_last_report_is_no_figure_of_now_but_its_listeners_keep_the_programme_open(
    bus: Bus,
) -> None:
    edge_id, clock = new_id(), HandClock()
    neighbours = Neighbours(clock)
    subscription = await neighbours.listen(bus, edge_id)
    await tell(bus, edge_id, report("fanout-0", demo=3))
    await until_known(neighbours, "demo", 3)
    clock.advance(BEAT_UNKNOWN_AFTER_S + 0.1)
    await tell(bus, edge_id, report("fanout-1", demo=1))
    await until_known(neighbours, "demo", 4)
    assert [one.part for one in neighbours.reports] == ["fanout-1"]
    assert neighbours.silent == 1
    await subscription.close()
