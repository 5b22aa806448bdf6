"""Questions over NATS: what cannot be read, what is too many."""

import asyncio
from typing import Any

import pytest

from stentor.errors import NotAllowed, RemoteProblem
from stentor.log.answering import AT_ONCE_MAX
from stentor.log.bus import Bus


async def test_a_refusal_travels_as_the_problem_that_it_is(bus: Bus, space_id: str) -> None:
    async def refuse(_question: dict[str, Any]) -> dict[str, Any]:
        raise NotAllowed("Not you.")

    served = await bus.serve(f"test.{space_id}", refuse)
    with pytest.raises(RemoteProblem, match="Not you") as caught:
        await bus.request(f"test.{space_id}", {}, timeout_s=5)
    assert caught.value.answer_status == 403
    await served.close()


async def test_above_the_limit_a_question_is_refused_at_once_and_below_it_is_answered(
    bus: Bus, space_id: str
) -> None:
    release, waiting = asyncio.Event(), 0

    async def answer(_question: dict[str, Any]) -> dict[str, Any]:
        nonlocal waiting
        waiting += 1
        await release.wait()
        return {}

    subject = f"test.{space_id}"
    served = await bus.serve(subject, answer)
    held = [asyncio.create_task(bus.request(subject, {}, timeout_s=20)) for _ in range(AT_ONCE_MAX)]
    async with asyncio.timeout(10):
        while waiting < AT_ONCE_MAX:
            await asyncio.sleep(0)
    with pytest.raises(RemoteProblem, match="full"):
        await bus.request(subject, {}, timeout_s=5)
    release.set()
    assert await asyncio.gather(*held) == [{}] * AT_ONCE_MAX
    assert await bus.request(subject, {}, timeout_s=5) == {}
    await served.close()
