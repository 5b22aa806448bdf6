import asyncio
from typing import Any

import pytest

from stentor.errors import Conflict, LogAway, NoAnswer, RemoteProblem
from stentor.log.bus import Bus, connected
from stentor.log.subjects import chunk_subject, tick_subject
from stentor.space.rung import Rung


async def test_the_first_writer_of_a_number_has_written_it_for_ever(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    subject = chunk_subject(space_id, Rung.AAC64, 17)
    assert await bus.append(subject, b"first") is not None
    assert await bus.append(subject, b"second") is None
    assert await bus.fetch(space_id, subject) == b"first"


async def test_a_number_that_nobody_wrote_is_not_there(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    assert await bus.fetch(space_id, tick_subject(space_id, 3)) is None


async def test_making_a_stream_twice_is_no_fault(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    await bus.ensure_stream(space_id, age_s=7200)


async def test_the_last_number_is_found(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    assert await bus.last_subject(space_id, f"space.{space_id}.tick.*") is None
    for number in (4, 5):
        await bus.append(tick_subject(space_id, number), b"{}")
    assert await bus.last_subject(space_id, f"space.{space_id}.tick.*") == tick_subject(space_id, 5)


async def test_a_question_is_answered_and_an_error_crosses_with_its_words(bus: Bus, space_id: str) -> None:
    async def answer(question: dict[str, Any]) -> dict[str, Any]:
        if question["n"] == 0:
            raise Conflict("Zero is taken.")
        return {"double": 2 * question["n"]}

    serving = await bus.serve(f"test.{space_id}", answer)
    assert await bus.request(f"test.{space_id}", {"n": 4}, timeout_s=2) == {"double": 8}
    with pytest.raises(RemoteProblem, match=r"Zero is taken\.") as caught:
        await bus.request(f"test.{space_id}", {"n": 0}, timeout_s=2)
    assert caught.value.answer_status == 409
    await serving.close()


async def test_a_question_to_nobody_fails_at_once(bus: Bus, space_id: str) -> None:
    with pytest.raises(NoAnswer):
        await bus.request(f"test.{space_id}.nobody", {}, timeout_s=5)


async def test_of_several_servers_whichever_answers_is_used(nats_url: str, space_id: str) -> None:
    async with connected(f"nats://127.0.0.1:1, {nats_url}", name="test") as bus:
        with pytest.raises(NoAnswer):
            await bus.request(f"test.{space_id}.nobody", {}, timeout_s=5)


async def test_none_of_several_servers_is_said_without_their_passwords() -> None:
    with pytest.raises(LogAway) as caught:
        async with connected("nats://a:secret@127.0.0.1:1,nats://b:hidden@127.0.0.1:2", name="test"):
            pass
    assert "nats://127.0.0.1:1, nats://127.0.0.1:2" in caught.value.detail


async def test_a_consumer_goes_on_where_it_stood(bus: Bus, space_id: str) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    for number in range(10):
        await bus.append(tick_subject(space_id, number), b"%d" % number)
    seen: list[bytes] = []

    async def read_until(count: int) -> None:
        enough = asyncio.Event()

        async def handle(_subject: str, payload: bytes, _sequence: int) -> None:
            seen.append(payload)
            if len(seen) >= count:
                enough.set()

        task = asyncio.create_task(bus.consume(space_id, "reader", handle, batch_max=5))
        await asyncio.wait_for(enough.wait(), 10)
        await acknowledged(count)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def acknowledged(count: int) -> None:
        async with asyncio.timeout(5):
            while await bus.consumer_position(space_id, "reader") < count:
                await asyncio.sleep(0.01)

    await read_until(10)
    for number in range(10, 15):
        await bus.append(tick_subject(space_id, number), b"%d" % number)
    await read_until(15)
    assert seen == [b"%d" % n for n in range(15)]
