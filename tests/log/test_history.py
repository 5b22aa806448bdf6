import asyncio
from typing import Any

import pytest

from stentor.errors import LogAway
from stentor.log.answering import Answer
from stentor.log.bus import Bus
from stentor.log.history import Event


async def test_events_are_read_in_order_from_any_place_past_what_is_no_event(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    history = bus.history(space_id)
    assert await history.events(after=0, limit=5) == []
    for number in range(4):
        await bus.append_event(space_id, {"kind": "test", "number": number})
        await bus.append(f"space.{space_id}.tick.{number}", b"{}")
    found = await history.events(after=0, limit=3)
    assert [event.facts["number"] for event in found] == [0, 1, 2]
    rest = await history.events(after=found[-1].sequence, limit=3)
    assert [event.facts["number"] for event in rest] == [3]
    assert await history.events(after=rest[-1].sequence, limit=3) == []


async def test_a_stream_that_is_removed_is_gone_and_again_is_no_error(bus: Bus, space_id: str) -> None:
    history = bus.history(space_id)
    assert not await history.exists()
    await bus.ensure_stream(space_id, age_s=3600)
    assert await history.exists()
    await history.remove()
    await history.remove()
    assert not await history.exists()
    with pytest.raises(LogAway):
        await history.events(after=0, limit=1)


def test_an_event_is_a_value() -> None:
    assert Event(1, {"kind": "a"}) == Event(1, {"kind": "a"})


async def test_of_a_queue_one_answers_each_question(bus: Bus, space_id: str) -> None:
    answered: list[str] = []

    def answering(name: str) -> Answer:
        async def answer(question: dict[str, Any]) -> dict[str, Any]:
            answered.append(name)
            return {"by": name, **question}

        return answer

    subject = f"test.{space_id}"
    served = [await bus.serve(subject, answering(name), queue="door") for name in ("a", "b")]
    told = await asyncio.gather(*(bus.request(subject, {"n": n}, timeout_s=5) for n in range(20)))
    assert sorted(int(t["n"]) for t in told) == list(range(20))
    assert len(answered) == 20
    assert set(answered) == {"a", "b"}
    for subscription in served:
        await subscription.close()
