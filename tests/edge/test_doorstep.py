"""The doorstep: who is let in, who is told to come back, who is closed; on real sockets."""

import asyncio
import struct
from contextlib import AsyncExitStack, suppress

import pytest
from starlette.types import Receive, Scope, Send

from plain_gate import PlainGate, hot
from stentor.admission.budgets import Budgets
from stentor.admission.forwarded import Trusted
from stentor.edge.connection import PIPELINED_MAX, REQUESTS_PER_S_BUSY, REQUESTS_PER_S_MAX
from stentor.edge.guard import Guard
from stentor.edge.held import Held

BAD = "127.0.1.1"
GOOD = "127.0.2.1"
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PROXIES = Trusted.parsed(("127.0.3.0/24",))
PROXY = "127.0.3.1"


async def test_a_request_that_comes_in_pieces_is_answered() -> None:
    async with PlainGate().open() as gate, gate.dialled() as line:
        for byte in REQUEST:
            line.say(bytes([byte]))
            await line.writer.drain()
            await asyncio.sleep(0)
        assert (await line.hear())[0] == 200


async def test_who_says_nothing_is_closed_and_costs_no_connection() -> None:
    async with PlainGate(waits={"silent_s": 0.2}).open() as gate, gate.dialled() as line:
        assert await line.is_closed()
        await gate.is_empty()


async def test_half_a_head_is_closed_at_an_absolute_deadline_however_it_trickles() -> None:
    async with PlainGate(waits={"head_s": 0.3}).open() as gate, gate.dialled() as line:
        line.say(b"GET / HTTP/1.1\r\n")

        async def trickle() -> None:
            while True:
                line.say(b"X: y\r\n")
                await asyncio.sleep(0.05)

        trickling = asyncio.create_task(trickle())
        try:
            assert (await line.hear())[0] == 408
            assert await line.is_closed()
        finally:
            trickling.cancel()


async def test_a_network_over_its_budget_is_told_so_and_the_one_next_door_is_served() -> None:
    gate = PlainGate(Guard(Budgets(connections_per_s=4)))
    async with gate.open():
        statuses = [(await gate.ask(source=BAD))[0] for _ in range(30)]
        assert statuses[:8] == [200] * 8
        assert statuses.count(429) >= 20
        status, fields, _ = await gate.ask(source=BAD)
        assert status == 429
        assert 1 <= int(fields["retry-after"]) <= 10
        assert [(await gate.ask(source=GOOD))[0] for _ in range(8)] == [200] * 8


async def test_of_a_network_far_over_its_budget_connections_are_reset() -> None:
    async with PlainGate(Guard(Budgets(connections_per_s=0.001), told_max=0)).open() as gate:
        await gate.ask(source=BAD)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await gate.ask(source=BAD)
        await gate.is_empty()


async def test_when_connections_are_nearly_used_up_the_one_idle_longest_makes_room() -> None:
    closed: list[None] = []
    gate = PlainGate(held=Held(10, closed=lambda: closed.append(None)))
    async with gate.open(), AsyncExitStack() as stack:
        first, *others = [await stack.enter_async_context(gate.dialled(GOOD)) for _ in range(8)]
        for line in (first, *others):
            assert (await line.ask())[0] == 200
        assert (await gate.ask(source=GOOD))[0] == 200
        assert await first.is_closed(), "it had been answered first"
        assert len(closed) == 1
        assert (await others[-1].ask())[0] == 200


async def test_the_reserve_is_for_those_who_show_a_pass() -> None:
    release = asyncio.Event()
    gate = PlainGate(
        Guard(knows=lambda name, token: b"session!" if (name, token) == ("demo", "good") else None),
        held=Held(5),
    )

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            await release.wait()
        await gate.answer(scope, receive, send)

    async with gate.open(slow), asyncio.TaskGroup() as group:
        busy = [group.create_task(gate.ask("/slow", GOOD)) for _ in range(4)]
        while not gate.held.is_scarce:
            await asyncio.sleep(0.01)
        assert (await gate.ask("/s/demo/live.mp4", GOOD))[0] == 503
        assert (await gate.ask("/s/demo/live.mp4?pass=forged", GOOD))[0] == 503
        assert (await gate.ask("/s/demo/live.mp4?pass=good", GOOD))[0] == 200
        release.set()
    assert [task.result()[0] for task in busy] == [200] * 4


async def test_a_hot_door_refuses_the_heavy_network_before_anybody_else() -> None:
    gate = PlainGate(hot(Guard(Budgets(requests_per_s=4))))
    async with gate.open(), gate.dialled(BAD) as bad:
        statuses = []
        for _ in range(30):
            status, fields, body = await bad.ask("/s/demo/live.mp4")
            statuses.append(status)
        assert statuses.count(503) >= 20, "on a connection that stays"
        assert fields["cache-control"] == "no-store"
        assert 1 <= int(fields["retry-after"]) <= 30
        assert b'"status":503' in body
        assert (await gate.ask("/s/demo/live.mp4", GOOD))[0] == 200


async def test_a_hot_door_refuses_whoever_asks_too_often_on_one_connection_first() -> None:
    """A flood over few connections that come from many addresses."""
    gate = PlainGate(hot(Guard(Budgets(requests_per_s=0))))
    async with gate.open(), gate.dialled(BAD) as bad:
        statuses = [(await bad.ask("/s/demo/line.json"))[0] for _ in range(40)]
        assert statuses[:REQUESTS_PER_S_BUSY] == [200] * REQUESTS_PER_S_BUSY
        assert statuses.count(503) >= 20
        assert (await gate.ask("/s/demo/line.json", GOOD))[0] == 200


async def test_whoever_is_refused_is_not_read_for_a_moment() -> None:
    gate = PlainGate(hot(Guard(Budgets(requests_per_s=0.01))), waits={"pause_s": 0.2})
    loop = asyncio.get_running_loop()
    async with gate.open(), gate.dialled(BAD) as bad:
        await bad.ask("/s/demo/line.json")
        began_s = loop.time()
        assert [(await bad.ask("/s/demo/line.json"))[0] for _ in range(3)] == [503] * 3
        assert loop.time() - began_s >= 0.4


async def test_a_refusal_that_is_everybodys_may_be_kept_and_one_for_head_has_no_body() -> None:
    gate = PlainGate(hot(Guard(Budgets(requests_per_s=0.01))))
    async with gate.open(), gate.dialled(BAD) as bad:
        for _ in range(3):
            status, fields, _ = await bad.ask("/s/demo/line.json")
        assert (status, fields["cache-control"]) == (503, "public, max-age=1")
        assert (await bad.ask("/s/demo/line.json", method="HEAD"))[0] == 503
        assert (await bad.ask("/s/demo/line.json"))[0] == 503, "what comes next is read where it begins"


async def test_a_body_behind_a_refusal_is_not_taken_for_a_request() -> None:
    gate = PlainGate(hot(Guard(Budgets(requests_per_s=0.01))))
    async with gate.open(), gate.dialled(BAD) as bad:
        await bad.ask("/s/demo/react")
        smuggled = "Content-Length: 28\r\n"
        bad.say(f"POST /s/demo/react HTTP/1.1\r\nHost: x\r\n{smuggled}\r\n".encode() + REQUEST)
        assert (await bad.hear())[0] == 503
        assert await bad.is_closed()
    assert len(gate.clients) <= 1


async def test_a_body_that_comes_later_is_not_taken_for_a_request_either() -> None:
    gate = PlainGate(hot(Guard(Budgets(requests_per_s=0.01))))
    async with gate.open(), gate.dialled(BAD) as bad:
        await bad.ask("/s/demo/space.json")
        status, _, _ = await bad.ask("/s/demo/space.json", fields=f"Content-Length: {len(REQUEST)}\r\n")
        assert status == 503
        bad.say(REQUEST)
        assert await bad.is_closed(), "no second answer"
    assert len(gate.clients) <= 1


async def test_a_connection_that_asks_a_hundred_times_a_second_is_ended() -> None:
    async with PlainGate().open() as gate, gate.dialled(BAD) as bad:
        while not bad.reader.at_eof():
            bad.say(REQUEST * PIPELINED_MAX)
            with suppress(ConnectionResetError, asyncio.IncompleteReadError):
                for _ in range(PIPELINED_MAX):
                    await bad.hear()
    assert len(gate.clients) > REQUESTS_PER_S_MAX - PIPELINED_MAX


async def test_more_pipelined_requests_than_the_bound_end_the_connection() -> None:
    async with PlainGate().open() as gate, gate.dialled(BAD) as bad:
        bad.say(REQUEST * (PIPELINED_MAX + 20))
        await bad.drain()
    assert len(gate.clients) <= PIPELINED_MAX + 2


@pytest.mark.parametrize("version", [1, 2])
async def test_the_proxy_protocol_of_a_named_proxy_says_who_asks(version: int) -> None:
    gate = PlainGate(Guard(trusted=PROXIES), takes_proxy=True)
    head = b"PROXY TCP4 198.51.100.7 192.0.2.9 40000 443\r\n"
    if version == 2:
        addresses = bytes([198, 51, 100, 7, 192, 0, 2, 9]) + struct.pack("!HH", 40_000, 443)
        head = b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + addresses
    async with gate.open(), gate.dialled(PROXY) as line:
        for byte in head:
            line.say(bytes([byte]))
            await asyncio.sleep(0)
        assert (await line.ask())[0] == 200
        assert (await line.ask())[0] == 200
    assert gate.clients == ["198.51.100.7"] * 2


async def test_the_proxy_protocol_is_believed_from_nobody_else() -> None:
    gate = PlainGate(Guard(trusted=PROXIES), takes_proxy=True)
    async with gate.open(), gate.dialled(BAD) as line:
        line.say(b"PROXY TCP4 198.51.100.7 192.0.2.9 40000 443\r\n" + REQUEST)
        assert (await line.hear())[0] == 400
        async with gate.dialled(PROXY) as silent_proxy:
            silent_proxy.say(REQUEST)
            assert await silent_proxy.is_closed(), "a proxy that says nothing of its client"
    assert gate.clients == []


async def test_behind_a_named_proxy_each_request_is_judged_by_the_address_it_speaks_for() -> None:
    gate = PlainGate(hot(Guard(Budgets(connections_per_s=0.001, requests_per_s=2), PROXIES)))
    async with gate.open(), gate.dialled(PROXY) as line:

        async def status(address: str) -> int:
            # The first is the client's own word.
            fields = f"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: {address}\r\n"
            return (await line.ask(fields=fields))[0]

        assert [await status("198.51.100.7") for _ in range(20)].count(503) >= 14
        assert await status("198.51.100.200") == 200, "another network over the same connection"


async def test_garbage_of_every_kind_leaves_nothing_behind() -> None:
    gate = PlainGate(waits={"silent_s": 0.3, "head_s": 0.3})
    async with gate.open():
        for junk in (
            b"\x00" * 100,
            b"\r\n" * 50,
            b"GET",
            b"\x16\x03\x01",
            b"GET / HTTP/9.9\r\n\r\n",
            b" / \r\n",
        ):
            async with gate.dialled(BAD) as line:
                line.say(junk)
                await line.drain()
        assert (await gate.ask())[0] == 200
        await gate.is_empty()
