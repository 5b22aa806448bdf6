"""A real edge behind HAProxy as `stentor deploy haproxy` makes it, with TLS and the PROXY protocol."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from caches.tap import until
from deploy.fronts import Answer, Front, haproxy_front
from edge_door import front_door
from house.house import free_port
from stentor.config import Settings
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage

GUEST, OTHER = "127.0.9.1", "127.0.10.1"
ADTS = b"\xff\xf1"
OF_HAPROXY_S, OF_GATE_S = range(10, 31), range(1, 11)
"""`Retry-After` of a 429 tells who has refused: HAProxy 10 s and more, the gate at most 10."""


@dataclass(frozen=True, slots=True)
class Behind:
    front: Front
    stage: SyntheticStage
    space_id: str


Opener = Callable[..., AbstractAsyncContextManager[Behind]]


@pytest.fixture
def behind(nats_url: str, bus: Bus, space_id: str, tmp_path: Path) -> Opener:
    """Opens both. Args: edge, proxy: the budgets of each, so that a test sees whose it met."""

    @asynccontextmanager
    async def opened(
        *, edge: dict[str, Any] | None = None, proxy: dict[str, Any] | None = None
    ) -> AsyncIterator[Behind]:
        trust: dict[str, Any] = {"trusted_proxies": ("127.0.0.1",), "proxy_protocol": True}
        stage = await SyntheticStage.open(bus, space_id, chunks=45)
        async with front_door(nats_url, pages_dir=tmp_path, **trust, **(edge or {})) as base:
            settings = Settings.model_validate({**trust, **(proxy or {})})
            port = int(base.rpartition(":")[2])
            async with haproxy_front(tmp_path, settings, edge_port=port, backstage_port=port) as front:
                yield Behind(front, stage, space_id)

    return opened


async def test_sound_a_pass_and_hls_come_through(behind: Opener) -> None:
    async with behind() as b, b.stage.live(speed=4):
        path = f"/s/{b.space_id}"
        first = await b.front.ask(f"{path}/live.aac", bytes_max=40_000)
        assert (first.status, first.body[:2]) == (200, ADTS)
        assert first.fields["strict-transport-security"] == "max-age=31536000"
        pass_ = first.fields["stentor-pass"]
        again = await b.front.ask(f"{path}/live.aac?pass={pass_}", source=OTHER, bytes_max=40_000)
        assert (again.status, again.body[:2]) == (200, ADTS)
        assert again.fields["stentor-pass"] != pass_
        for name in ("hls/init.mp4", "hls/index.m3u8", f"hls/master.m3u8?pass={pass_}", "space.json"):
            assert (await b.front.ask(f"{path}/{name}")).status == 200


async def test_the_gates_budget_is_the_clients_and_not_the_proxys(behind: Opener) -> None:
    async with behind(edge={"door_connections_per_s": 2}) as b:
        path = f"/s/{b.space_id}/space.json"
        # Named by the proxy alone: what the client says about itself changes nothing.
        lie = "X-Forwarded-For: 192.0.2.7\r\n"
        answers = [await b.front.ask(path, fields=lie) for _ in range(12)]
        assert [a.status for a in answers[:4]] == [200] * 4
        refused = [a for a in answers if a.status == 429]
        assert refused
        assert all(int(a.fields["retry-after"]) in OF_GATE_S for a in refused)
        assert (await b.front.ask(path, source=OTHER)).status == 200


async def test_a_network_over_its_budget_is_refused_at_haproxy_and_far_over_it_is_reset(
    behind: Opener,
) -> None:
    async with behind(proxy={"door_connections_per_s": 4}) as b:
        path = f"/s/{b.space_id}/space.json"
        assert [(await b.front.ask(path)).status for _ in range(8)] == [200] * 8
        flood = await asyncio.gather(*(b.front.ask(path) for _ in range(80)), return_exceptions=True)
        refused = [a for a in flood if isinstance(a, Answer)]
        # Four times as many as may come are told so; the others are not worth a handshake.
        assert all(a.status == 429 and int(a.fields["retry-after"]) in OF_HAPROXY_S for a in refused)
        assert json.loads(refused[0].body)["title"] == "Too much from your network at once"
        assert any(isinstance(a, OSError) for a in flood)
        assert (await b.front.ask(path, source=OTHER)).status == 200


async def test_neither_query_nor_key_nor_invitation_nor_address_is_in_its_log(tmp_path: Path) -> None:
    """Nobody is behind the doors: each request fails, which is what is logged."""
    settings = Settings(proxy_protocol=True)
    nobody = free_port()
    async with haproxy_front(tmp_path, settings, edge_port=nobody, backstage_port=nobody) as front:
        secrets = ("TICKETSECRET", "PASSSECRET", "KEYSECRET", "INVITESECRET", "ONCESECRET")
        path = "/s/demo.KEYSECRET/live.mp4?ticket=TICKETSECRET&pass=PASSSECRET"
        told = await front.ask(path, fields="Referer: https://x/?pass=PASSSECRET\r\n")
        assert told.status == 503
        assert 1 <= int(told.fields["retry-after"]) <= 10
        for name in ("/i/INVITESECRET", "/own/ONCESECRET"):
            assert (await front.ask(name, is_stage=True)).status == 503
        await until(lambda: "/own/" in front.logged())
        log = front.logged()
        assert "/s/demo/live.mp4 503" in log
        assert "/i/ 503" in log
        assert [word for word in (*secrets, GUEST) if word in log] == []


async def test_a_flood_of_places_in_the_line_leaves_no_line_in_its_log(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    trust: dict[str, Any] = {"trusted_proxies": ("127.0.0.1",), "proxy_protocol": True}
    await SyntheticStage.open(bus, space_id, chunks=1)
    async with front_door(nats_url, pages_dir=tmp_path, **trust) as base:
        edge_port, nobody = int(base.rpartition(":")[2]), free_port()
        settings = Settings.model_validate(trust)
        async with haproxy_front(tmp_path, settings, edge_port=edge_port, backstage_port=nobody) as front:
            # No clock has been heard.
            assert (await front.ask(f"/s/{space_id}/line.json")).status == 503
            assert (await front.ask("/own/once", is_stage=True)).status == 503
            await until(lambda: "/own/" in front.logged())
            assert "/s/" not in front.logged()
