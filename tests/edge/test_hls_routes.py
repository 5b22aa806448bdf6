"""HLS over a real edge: a strict watcher, a real decoder, and each rule by itself."""

import asyncio
import gzip
import json
from io import StringIO
from pathlib import Path

import aiohttp
import m3u8
import pytest
import webvtt

from edge_door import client, ffmpeg, front_door
from stentor.edge.waits import Waits
from stentor.formats.cmaf import init_segment
from stentor.formats.emsg import ticks_of
from stentor.limits import CHUNKS_PER_SEGMENT, RUNWAY_CHUNKS
from stentor.log.bus import Bus
from stentor.rehearsal.hls_checker import check_playlist, check_renditions
from stentor.rehearsal.hls_playlist import parsed
from stentor.rehearsal.hls_watch import watch
from stentor.space.lifecycle import State
from stentor.space.rung import Codec
from synthetic_stage import SyntheticStage, programme_chunk

RAW = {"Accept-Encoding": "identity"}
FFMPEGS_OWN = ("Found duplicated MOOV Atom. Skipped it", "Can't support the subtitle(uri: captions.m3u8)")
"""FFmpeg's HLS reader compares init sections by pointer and reads ours again after each reload of any live
list, and it takes no subtitles; there is nothing a server could do about either."""


async def body_of(http: aiohttp.ClientSession, path: str) -> bytes:
    async with http.get(path) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.read()


async def test_a_strict_watcher_finds_nothing_wrong(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=150)
    async with front_door(nats_url, pages_dir=tmp_path) as base, stage.live(speed=2):
        found = await watch(f"{base}/s/{space_id}/hls/index.m3u8", seconds=12)
    assert found.violations == []
    assert found.part_count > 25
    assert found.segment_count >= 2
    assert found.delta_count >= 4
    assert found.reload_s_max < 1.0


@pytest.mark.parametrize("name", ["master", "index", "plain"])
async def test_ffmpeg_plays_the_list_without_a_warning(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path, name: str
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path) as base, stage.live(speed=8):
        complaints, samples = await ffmpeg("-t", "20", "-i", f"{base}/s/{space_id}/hls/{name}.m3u8")
    assert [line for line in complaints.splitlines() if not line.endswith(FFMPEGS_OWN)] == []
    assert len(samples) >= 19.9 * 48_000 * 2


async def test_the_runway_makes_the_first_list_full(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=RUNWAY_CHUNKS)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        found = parsed((await body_of(http, f"/s/{space_id}/hls/index.m3u8")).decode())
    assert len(found.segments) == 4


async def test_segments_are_their_parts_and_the_same_from_every_edge(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=40)
    copies = []
    for _ in range(2):
        async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
            parts = [await body_of(http, f"/s/{space_id}/hls/part/{n}.m4s") for n in range(18, 27)]
            whole = await body_of(http, f"/s/{space_id}/hls/seg/2.m4s")
            init = await body_of(http, f"/s/{space_id}/hls/init.mp4")
        assert whole == b"".join(parts)
        assert init == init_segment(Codec.AAC)
        copies.append(whole)
    assert copies[0] == copies[1]
    assert parts[0].endswith(programme_chunk(Codec.AAC, 18))
    assert len(ticks_of(whole)) == CHUNKS_PER_SEGMENT


async def test_a_hinted_part_and_a_blocking_reload_are_held_until_it_exists(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=40)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        hls = f"/s/{space_id}/hls"
        await body_of(http, f"{hls}/index.m3u8")
        held = [
            asyncio.create_task(body_of(http, f"{hls}/part/40.m4s")),
            asyncio.create_task(body_of(http, f"{hls}/index.m3u8?_HLS_msn=4&_HLS_part=4")),
            asyncio.create_task(body_of(http, f"{hls}/seg/4.m4s")),
        ]
        done, _ = await asyncio.wait(held, timeout=0.3)
        assert not done
        await stage.write(1)
        part, text = await held[0], await held[1]
        assert part.endswith(programme_chunk(Codec.AAC, 40))
        assert parsed(text.decode()).next_place == (4, 5)
        assert not held[2].done()
        await stage.write(4)
        assert (await held[2]).endswith(programme_chunk(Codec.AAC, 44))


async def test_what_does_not_come_in_time_is_not_yet_for_a_second_and_for_everybody(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=40)
    async with (
        front_door(nats_url, pages_dir=tmp_path, waits=Waits(hold_s=0.2)) as base,
        client(base) as http,
    ):
        for name in ("part/40.m4s", "seg/4.m4s", "index.m3u8?_HLS_msn=4&_HLS_part=4"):
            async with http.get(f"/s/{space_id}/hls/{name}") as answer:
                assert answer.status == 503
                assert answer.headers["Cache-Control"] == "public, max-age=1"
                assert answer.headers["Retry-After"] == "1"


async def test_each_object_says_how_long_it_may_be_kept(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=40)
    wanted = {
        "index.m3u8": "public, max-age=1",
        "index.m3u8?_HLS_skip=YES": "public, max-age=1",
        "index.m3u8?_HLS_msn=4&_HLS_part=0": "public, max-age=36",
        "plain.m3u8": "public, max-age=1",
        "master.m3u8": "public, max-age=36",
        "init.mp4": "public, max-age=1209600, immutable",
        f"part/{stage.head}.m4s": "public, max-age=1209600, immutable",
        "seg/2.m4s": "public, max-age=1209600, immutable",
    }
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        for name, cache in wanted.items():
            for method in ("GET", "HEAD"):
                async with http.request(method, f"/s/{space_id}/hls/{name}") as answer:
                    assert answer.status == 200
                    assert answer.headers["Cache-Control"] == cache
                    assert answer.headers["Access-Control-Allow-Origin"] == "*"
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"
                    assert "Server" not in answer.headers
                    assert "Set-Cookie" not in answer.headers


async def test_what_cannot_be_is_refused_at_once(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=40)
    wanted = {
        "index.m3u8?_HLS_part=1": 400,
        "index.m3u8?_HLS_msn=99": 400,
        "index.m3u8?_HLS_msn=5&_HLS_part=3": 400,
        "index.m3u8?cachebuster=1": 400,
        "plain.m3u8?_HLS_msn=4": 400,
        "master.m3u8?x": 400,
        "init.mp4?x": 400,
        f"part/{stage.head}.m4s?x=1": 400,
        f"part/{stage.head + 10}.m4s": 404,
        f"part/0{stage.head}.m4s": 404,
        "part/x.m4s": 404,
        "seg/99.m4s": 404,
        "other.m3u8": 404,
    }
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        for name, status in wanted.items():
            async with http.get(f"/s/{space_id}/hls/{name}") as answer:
                assert (name, answer.status) == (name, status)
                assert answer.headers["Cache-Control"] == "public, max-age=1"
                assert answer.content_type == "application/problem+json"


async def test_lists_are_packed_for_whoever_takes_it(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=150)
    path = f"/s/{space_id}/hls/index.m3u8"
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        aiohttp.ClientSession(base, auto_decompress=False) as http,
    ):
        async with http.get(path, headers={"Accept-Encoding": "br, gzip"}) as answer:
            packed = await answer.read()
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Vary"] == "Accept-Encoding"
        async with http.get(path, headers=RAW) as answer:
            raw = await answer.read()
            assert "Content-Encoding" not in answer.headers
        async with http.get(path, headers={"Accept-Encoding": "gzip;q=0"}) as answer:
            assert await answer.read() == raw
    assert gzip.decompress(packed) == raw
    assert len(packed) < len(raw) / 4


async def test_the_master_list_names_the_codec_and_no_segment_is_over_its_rate(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=40)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        found = m3u8.loads((await body_of(http, f"/s/{space_id}/hls/master.m3u8")).decode())
        whole = await body_of(http, f"/s/{space_id}/hls/seg/2.m4s")
    (variant,) = found.playlists
    assert (variant.uri, variant.stream_info.codecs) == ("index.m3u8", "mp4a.40.2")
    assert len(whole) * 8 / 5.76 < variant.stream_info.bandwidth


async def test_what_a_client_already_has_is_not_sent_again(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=40)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        for name in ("index.m3u8", "plain.m3u8", "init.mp4", "part/39.m4s", "seg/2.m4s"):
            path = f"/s/{space_id}/hls/{name}"
            async with http.get(path) as answer:
                tag, cache = answer.headers["ETag"], answer.headers["Cache-Control"]
            for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
                async with http.get(path, headers={"If-None-Match": given}) as answer:
                    assert (answer.status, await answer.read()) == (304, b"")
                    assert answer.headers["ETag"] == tag
                    assert answer.headers["Cache-Control"] == cache
                    assert answer.headers["Access-Control-Allow-Origin"] == "*"
            async with http.get(path, headers={"If-None-Match": '"other"'}) as answer:
                assert answer.status == 200


async def test_a_packed_list_and_a_raw_one_are_not_mistaken_for_each_other(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=40)
    path = f"/s/{space_id}/hls/plain.m3u8"
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(path) as answer:
            packed_tag = answer.headers["ETag"]
        async with http.get(path, headers={**RAW, "If-None-Match": packed_tag}) as answer:
            assert answer.status == 200
            assert answer.headers["ETag"] != packed_tag


async def test_captions_are_a_rendition_that_grows_with_the_sound(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=43, has_captions=True)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        hls = f"/s/{space_id}/hls"
        lists = [parsed((await body_of(http, f"{hls}/{n}.m3u8")).decode()) for n in ("index", "captions")]
        assert check_playlist(lists[1], needs_map=False) == check_renditions(*lists) == []
        assert lists[1].parts[-1].uri == "captions/part/42.vtt"
        assert lists[1].hint_uri == "captions/part/43.vtt"
        held = asyncio.create_task(body_of(http, f"{hls}/captions/part/43.vtt"))
        whole = asyncio.create_task(body_of(http, f"{hls}/captions/4.vtt"))
        done, _ = await asyncio.wait([held, whole], timeout=0.2)
        assert not done
        await stage.write(2)
        texts = await asyncio.gather(held, whole)
        part, segment = (webvtt.from_buffer(StringIO(text.decode())).captions for text in texts)
        async with http.get(f"{hls}/captions/part/99.vtt") as answer:
            assert answer.status == 404
        async with http.get(f"{hls}/captions/4.vtt") as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=1209600, immutable"
            assert answer.content_type == "text/vtt"
    # Chunk 43 is 27.52 s of the media; its line began three chunks before.
    assert [(c.start, c.end, c.text) for c in part] == [("00:00:27.520", "00:00:28.160", "Line 10")]
    assert [(c.start, c.text) for c in segment] == [
        ("00:00:23.040", "Line 9"),
        ("00:00:25.600", "Line 10"),
        ("00:00:28.160", "Line 11"),
    ]


async def test_media_is_served_in_ranges(nats_url: str, bus: Bus, space_id: str, tmp_path: Path) -> None:
    await SyntheticStage.open(bus, space_id, chunks=40)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        for name in ("init.mp4", "part/39.m4s", "seg/2.m4s"):
            path = f"/s/{space_id}/hls/{name}"
            whole = await body_of(http, path)
            async with http.get(path, headers={"Range": "bytes=100-199"}) as answer:
                assert (answer.status, await answer.read()) == (206, whole[100:200])
                assert answer.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
                assert answer.headers["Cache-Control"] == "public, max-age=1209600, immutable"
            async with http.get(path, headers={"Range": f"bytes={len(whole)}-"}) as answer:
                assert answer.status == 416
            async with http.head(path, headers={"Range": "bytes=0-9"}) as answer:
                assert answer.status == 200
                assert int(answer.headers["Content-Length"]) == len(whole)


async def test_the_beat_estimates_who_plays_hls(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    beats: asyncio.Queue[dict[str, dict[str, int]]] = asyncio.Queue()
    hearing = await bus.subscribe("edge.*.beat", lambda _, data: beats.put_nowait(json.loads(data)["spaces"]))
    await SyntheticStage.open(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(f"/s/{space_id}/hls/plain.m3u8") as answer:
            first = int((await answer.text()).partition("seg/")[2].partition(".")[0])
        for agent, segment in (("one", 0), ("two", 0), ("flood", 0), ("flood", 0), ("one", 1), ("two", 1)):
            path = f"/s/{space_id}/hls/seg/{first + segment}.m4s"
            async with http.get(path, headers={"User-Agent": agent}) as answer:
                assert answer.status == 200
        while (found := (await beats.get()).get(space_id)) is None:
            pass
    assert found == {"hls": 2}
    await hearing.close()


async def test_an_ended_space_leaves_a_finished_list(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=40)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        path = f"/s/{space_id}/hls/index.m3u8"
        await body_of(http, path)
        waiting = asyncio.create_task(body_of(http, f"{path}?_HLS_msn=4&_HLS_part=4"))
        await stage.move(State.ENDED)
        found = parsed((await waiting).decode())
        assert found.is_ended
        assert found.segments[-1].uri == "seg/4.m4s"
        last = await body_of(http, f"/s/{space_id}/hls/seg/4.m4s")
        assert last.endswith(programme_chunk(Codec.AAC, 39))
