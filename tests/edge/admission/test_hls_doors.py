"""HLS at a held door: lists need a pass, objects do not, who is in goes on; who waits hears the low rung."""

from pathlib import Path

from edge_door import client, front_door
from stentor.admission.line.line_clock import Doors
from stentor.formats.cmaf import init_segment
from stentor.log.bus import Bus
from stentor.space.rung import Codec, Rung
from synthetic_line import NOBODY, SyntheticLine
from synthetic_stage import SyntheticStage, rung_chunk


async def test_held_doors_ask_lists_for_a_pass_objects_for_none_and_cut_nobody(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=40)
    line, hls = SyntheticLine(bus, space_id), f"/s/{space_id}/hls"
    lists = ("index.m3u8", "plain.m3u8", "captions.m3u8")
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        early, called = {"User-Agent": "came early"}, {"User-Agent": "has a pass"}
        for name in (*lists, "part/38.m4s", "part/39.m4s"):
            async with http.get(f"{hls}/{name}", headers=early) as answer:
                assert answer.status == 200
        async with http.post(f"/s/{space_id}/pass", json={}) as answer:
            shown = await answer.json()
        await line.tell(http, Doors.HELD, called=NOBODY)
        for name in lists:
            async with http.get(f"{hls}/{name}") as answer:
                assert (answer.status, answer.headers["Cache-Control"]) == (503, "no-store")
                assert (await answer.json())["type"] == "tag:stentor,2026:in-line"
            async with http.get(f"{hls}/{name}", params={"pass": "forged"}) as answer:
                assert answer.status == 503
            async with http.get(f"{hls}/{name}", params=shown, headers=called) as answer:
                assert answer.status == 200
            async with http.get(f"{hls}/{name}", headers=early) as answer:
                assert answer.status == 200
        for name in ("init.mp4", "part/39.m4s", "seg/2.m4s"):
            async with http.get(f"{hls}/{name}") as answer:
                assert answer.status == 200
            async with http.get(f"{hls}/{name}", params=shown) as answer:
                assert answer.status == 400
        async with http.get(f"{hls}/master.m3u8", params=shown) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            master = await answer.text()
        assert f"\nindex.m3u8?pass={shown['pass']}\n" in master
        assert f'URI="captions.m3u8?pass={shown["pass"]}"' in master
        async with http.get(f"{hls}/master.m3u8", params={"pass": 'x"\n#EXT'}) as answer:
            assert answer.status == 400
        await line.tell(http, Doors.OPEN)
        async with http.get(f"{hls}/plain.m3u8") as answer:
            assert answer.status == 200


async def test_who_waits_hears_the_low_rung_while_the_line_allows_it(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=40)
    line, hls = SyntheticLine(bus, space_id), f"/s/{space_id}/hls"
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        for facts in ({}, {"hears": False}):
            if facts:
                await line.tell(http, Doors.HELD, called=NOBODY, **facts)
            for name in ("low.m3u8", "low/seg/2.m4s"):
                async with http.get(f"{hls}/{name}") as answer:
                    assert answer.status == 503
                    assert (await answer.json())["type"] == "tag:stentor,2026:switched-off"
        await line.tell(http, Doors.HELD, called=NOBODY, hears=True)
        async with http.get(f"{hls}/low.m3u8") as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=1")
            text = await answer.text()
        async with http.get(f"{hls}/low/seg/2.m4s") as answer:
            segment = await answer.read()
        async with http.get(f"{hls}/init.mp4") as answer:
            assert await answer.read() == init_segment(Codec.AAC)
    assert [name for name in text.splitlines() if name.startswith("low/")][-1] == "low/seg/3.m4s"
    assert '#EXT-X-MAP:URI="init.mp4"' in text
    assert all(rung_chunk(Rung.AAC32, number) in segment for number in range(18, 27))
    assert not any(rung_chunk(Rung.AAC64, number) in segment for number in range(18, 27))
