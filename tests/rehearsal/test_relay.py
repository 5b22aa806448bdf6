"""The relay on real sockets, and what it makes of offers and answers."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from stentor.clock import SystemClock
from stentor.errors import BadOffer
from stentor.rehearsal.bad_line import PERFECT, BadLine, Faults
from stentor.rehearsal.relay import (
    SOURCES_MAX,
    Relay,
    at_relay,
    relayed,
    stage_address,
    without_candidates,
)

ANSWER = "\r\n".join(
    (
        "v=0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 96",
        "a=candidate:1 1 udp 2130706431 fd00::1 4000 typ host",
        "a=candidate:2 1 udp 2130706430 127.0.0.1 {port} typ host",
        "a=end-of-candidates",
        "",
    )
)


def endpoint() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


async def received(sock: socket.socket) -> tuple[bytes, tuple[str, int]]:
    async with asyncio.timeout(5):
        return await asyncio.get_running_loop().sock_recvfrom(sock, 2048)


@pytest.fixture
def stage() -> Iterator[socket.socket]:
    with closing(endpoint()) as sock:
        yield sock


def answer_of(stage: socket.socket) -> str:
    return ANSWER.format(port=stage.getsockname()[1])


def lines(up: Faults = PERFECT, down: Faults = PERFECT) -> tuple[BadLine, BadLine]:
    return BadLine(up, seed=1), BadLine(down, seed=2)


def test_an_offer_does_not_say_where_the_peer_is() -> None:
    assert "candidate:" not in without_candidates(ANSWER)
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n" in without_candidates(ANSWER)


def test_the_answer_names_the_relay_and_nothing_else(stage: socket.socket) -> None:
    answer = answer_of(stage)
    assert stage_address(answer) == stage.getsockname()
    rewritten = at_relay(answer, ("127.0.0.1", 7))
    assert [line for line in rewritten.splitlines() if line.startswith("a=candidate")] == [
        "a=candidate:1 1 udp 2130706431 127.0.0.1 7 typ host"
    ]
    with pytest.raises(BadOffer):
        stage_address(without_candidates(answer))


async def test_each_source_is_somebody_else_to_the_stage_and_gets_its_own_answers(
    stage: socket.socket,
) -> None:
    """A peer that sends from two addresses is seen as two, as behind a NAT."""
    up, down = lines()
    line = relayed(answer_of(stage), up=up, down=down, clock=SystemClock())
    with line as (relay, _), closing(endpoint()) as one, closing(endpoint()) as two:
        seen = {}
        for sock, word in ((one, b"one"), (two, b"two")):
            sock.sendto(word, relay.address)
            data, seen[word] = await received(stage)
            assert data == word
        assert seen[b"one"] != seen[b"two"]
        for word, address in seen.items():
            stage.sendto(b"to " + word, address)
        assert (await received(one))[0] == b"to one"
        assert (await received(two))[0] == b"to two"
    assert (up.passed_count, down.passed_count) == (2, 2)


async def test_a_stranger_does_not_reach_the_peer_from_behind(stage: socket.socket) -> None:
    """Only what the stage itself sends goes back."""
    up, down = lines()
    line = relayed(answer_of(stage), up=up, down=down, clock=SystemClock())
    with line as (relay, _), closing(endpoint()) as peer, closing(endpoint()) as stranger:
        peer.sendto(b"hello", relay.address)
        _, back = await received(stage)
        stranger.sendto(b"bad", back)
        stage.sendto(b"good", back)
        assert (await received(peer))[0] == b"good"
    assert down.passed_count == 1


async def test_late_datagrams_arrive_in_the_order_that_the_line_makes(stage: socket.socket) -> None:
    """All of them: jitter loses nothing."""
    up, down = lines(Faults(delay_ms=5, jitter_ms=40))
    line = relayed(answer_of(stage), up=up, down=down, clock=SystemClock())
    with line as (relay, _), closing(endpoint()) as peer:
        for index in range(50):
            peer.sendto(bytes([index]), relay.address)
        order = [(await received(stage))[0][0] for _ in range(50)]
    assert sorted(order) == list(range(50)) != order
    assert up.overtaking_count > 0


async def test_more_sources_than_a_peer_can_have_are_refused_and_a_closed_relay_is_silent(
    stage: socket.socket,
) -> None:
    up, down = lines()
    relay = Relay(stage.getsockname(), up=up, down=down, clock=SystemClock())
    peers = [endpoint() for _ in range(SOURCES_MAX + 1)]
    for peer in peers:
        peer.sendto(b"x", relay.address)
    for _ in range(SOURCES_MAX):
        await received(stage)
    peers[0].sendto(b"last", relay.address)
    assert (await received(stage))[0] == b"last"
    assert relay.overflow_count == 1
    address = relay.address
    relay.close()
    peers[0].sendto(b"nobody", address)
    for peer in peers:
        peer.close()
    with pytest.raises(BlockingIOError):
        stage.recvfrom(2048)
