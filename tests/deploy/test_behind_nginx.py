"""A real edge behind nginx as `stentor deploy nginx` makes it."""

from pathlib import Path
from typing import Any

from caches.tap import tapped, until
from deploy.fronts import nginx_front
from edge_door import front_door
from house.house import free_port
from stentor.config import Settings
from stentor.edge.extras.bodies import LINE_BODY_BYTES_MAX
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage

ADTS = b"\xff\xf1"


async def test_sound_a_pass_and_hls_come_through_and_the_client_is_named(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=45)
    trust: dict[str, Any] = {"trusted_proxies": ("127.0.0.1",)}
    async with (
        front_door(nats_url, pages_dir=tmp_path, **trust) as base,
        tapped(int(base.rpartition(":")[2])) as tap,
        nginx_front(tmp_path, Settings(), edge_port=tap.port, backstage_port=tap.port) as front,
        stage.live(speed=4),
    ):
        path = f"/s/{space_id}"
        first = await front.ask(f"{path}/live.aac", bytes_max=40_000)
        # In pieces of HTTP/1.1, each with its size before it.
        assert (first.status, ADTS in first.body[:10]) == (200, True)
        pass_ = first.fields["stentor-pass"]
        for name in (f"live.aac?pass={pass_}", "hls/init.mp4", "hls/index.m3u8", "space.json"):
            lie = "X-Forwarded-For: 192.0.2.7\r\nCookie: a=b\r\n"
            answer = await front.ask(f"{path}/{name}", bytes_max=20_000, fields=lie)
            assert answer.status == 200, name
            assert answer.fields["strict-transport-security"] == "max-age=31536000"
        assert {asked.fields["x-forwarded-for"] for asked in tap.asked} == {"127.0.9.1"}
        assert all("cookie" not in asked.fields for asked in tap.asked)
        for name in ("metrics", "readyz", "healthz"):
            assert (await front.ask(f"/{name}")).status == 404


async def test_each_size_of_network_has_its_ceiling_in_both_protocols(tmp_path: Path) -> None:
    """Nobody is behind it: 502 is whoever was let through. The test says who asks by a header."""
    # One request a second and one in reserve for a /64 or an IPv4 address, more for what is around it.
    settings = Settings(door_requests_per_s=0.05)
    extra = "set_real_ip_from 127.0.0.0/8; real_ip_header X-Test;"
    nobody = free_port()
    async with nginx_front(tmp_path, settings, edge_port=nobody, backstage_port=nobody, extra=extra) as front:

        async def ask(address: str) -> bool:
            return (await front.ask("/", fields=f"X-Test: {address}\r\n")).status == 502

        # Many addresses of one /64 are one household; bytes that are line feeds are bytes.
        household = [await ask(f"2001:db8:a0a:1::{n:x}") for n in range(1, 6)]
        assert household == [True, True, False, False, False]
        # Many /64 of one /56, of which two are asked for above.
        site = [await ask(f"2001:db8:a0a:{n:x}::1") for n in range(2, 9)]
        assert site.count(False) >= 4
        assert await ask("2001:db8:b0b:1::1")
        assert [await ask("192.0.10.10") for _ in range(4)] == [True, True, False, False]
        assert await ask("198.51.100.7")


async def test_neither_query_nor_key_nor_invitation_nor_address_is_in_its_log(tmp_path: Path) -> None:
    nobody = free_port()
    async with nginx_front(tmp_path, Settings(), edge_port=nobody, backstage_port=nobody) as front:
        secrets = ("TICKETSECRET", "PASSSECRET", "KEYSECRET", "INVITESECRET", "ONCESECRET")
        path = "/s/demo.KEYSECRET/live.mp4?ticket=TICKETSECRET&pass=PASSSECRET"
        assert (await front.ask(path, fields="Referer: https://x/?pass=PASSSECRET\r\n")).status == 502
        for name in ("/i/INVITESECRET", "/own/ONCESECRET"):
            assert (await front.ask(name, is_stage=True)).status == 502
        await until(lambda: "/own/" in front.logged())
        log = front.logged()
        assert "GET /s/demo/live.mp4 502" in log
        assert "GET /i/ 502" in log
        assert [word for word in (*secrets, "127.0.9.1") if word in log] == []


async def test_the_longest_bid_passes_and_nothing_longer(tmp_path: Path) -> None:
    """Nobody is behind it: 502 is whoever was let through."""
    nobody = free_port()
    async with nginx_front(tmp_path, Settings(), edge_port=nobody, backstage_port=nobody) as front:
        for size_bytes, status in ((LINE_BODY_BYTES_MAX, 502), (LINE_BODY_BYTES_MAX + 1, 413)):
            assert (await front.ask("/s/demo/bid", method="POST", body=bytes(size_bytes))).status == status


async def test_a_flood_of_refusals_leaves_no_line_in_its_log(
    nats_url: str, space_id: str, tmp_path: Path
) -> None:
    async with front_door(nats_url, pages_dir=tmp_path) as base:
        edge_port, nobody = int(base.rpartition(":")[2]), free_port()
        async with nginx_front(tmp_path, Settings(), edge_port=edge_port, backstage_port=nobody) as front:
            assert (await front.ask(f"/s/{space_id}/line.json?x=1")).status == 400
            assert (await front.ask("/s/nobody/space.json")).status == 404
            # Nothing is broken behind it before this one.
            assert (await front.ask("/own/once", is_stage=True)).status == 502
            await until(lambda: "/own/" in front.logged())
            assert "/s/" not in front.logged()
