"""An edge that is stopped or loses a process under its crowd: everybody goes on, spread over time."""

import asyncio
import os
import signal
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from edge_process import edge_process
from listeners import all_hear, listening
from stentor.log.bus import Bus
from stentor.rehearsal.listener_client import ListenerClient
from synthetic_stage import SyntheticStage

DRAIN_S = 3


@pytest.mark.timeout(100)
async def test_two_hundred_listeners_of_a_stopped_edge_go_on_at_the_other_one_after_another(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    loop = asyncio.get_running_loop()

    async def moved_s(client: ListenerClient) -> float:
        await client.until(lambda c: c.joins == 2)
        return loop.time()

    async with (
        edge_process(nats_url, tmp_path / "one", drain_s=DRAIN_S) as one,
        edge_process(nats_url, tmp_path / "two", fanouts=1) as two,
        stage.live(),
    ):
        clients = [ListenerClient([one.url, two.url], space_id) for _ in range(200)]
        async with listening(*clients):
            await all_hear(clients, 4, within_s=30)
            stopped_s = loop.time()
            one.process.terminate()
            async with asyncio.timeout(30):
                moves = sorted(await asyncio.gather(*map(moved_s, clients)))
                assert await one.process.wait() == 0
            await all_hear(clients, 3)
    assert [client.faults for client in clients] == [[]] * 200
    assert [client.ends for client in clients] == [1] * 200  # each after a whole chunk
    # Whoever asks in the moment in which the gate is ending is told so, at once.
    assert {status for client in clients for status in client.refusals} <= {503}
    # Seen at the next chunk, so up to 0.64 s late.
    assert moves[-1] - stopped_s <= DRAIN_S + 2
    per_second = [sum(int(at_s - stopped_s) == second for at_s in moves) for second in range(DRAIN_S)]
    assert min(per_second) >= 200 / DRAIN_S / 3
    assert max(per_second) <= 200 / DRAIN_S * 2


def doors_of(pid: int) -> list[int]:
    """The sockets on which a process listens: as long as anybody has a copy of one, people knock there."""
    found = psutil.Process(pid).net_connections("tcp")
    return [one.fd for one in found if one.status == psutil.CONN_LISTEN]


async def test_of_two_gates_that_share_the_port_one_dies_and_nobody_notices(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with edge_process(nats_url, tmp_path / "edge", gates=2) as edge, stage.live():
        gates = edge.pids("gate")
        assert [len(doors_of(pid)) for pid in gates] == [1, 1]
        assert [doors_of(pid) for pid in edge.pids("fanout")] == [[], []]
        clients = [ListenerClient([edge.url], space_id) for _ in range(10)]
        async with listening(*clients):
            await all_hear(clients, 2)
            os.kill(gates[0], signal.SIGKILL)
            # The kernel gives half of these to the door of the gate that is away; they wait in its queue.
            late = [ListenerClient([edge.url], space_id) for _ in range(20)]
            async with listening(*late):
                await all_hear(clients + late, 3)
        assert gates[1] in edge.pids("gate")
    everybody = clients + late
    assert [client.faults for client in everybody] == [[]] * 30
    assert [client.refusals for client in everybody] == [[]] * 30
    assert [client.joins for client in everybody] == [1] * 30
    assert all(a < b for client in everybody for a, b in pairwise(h.number for h in client.heard))
