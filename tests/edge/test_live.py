"""Live streams over a real edge, a real log and real decoders."""

import asyncio
import json
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest

from edge_door import client, ffmpeg, front_door
from stentor.edge.hls import KEPT_CHUNKS_MIN
from stentor.edge.seating import AHEAD_MAX
from stentor.edge.waits import Waits
from stentor.formats.adts import adts
from stentor.formats.cmaf import boxes, chunk_number, init_segment, packets_of, silence
from stentor.formats.emsg import ticks_of
from stentor.log.bus import Bus
from stentor.log.subjects import tick_subject
from stentor.space.lifecycle import State
from stentor.space.rung import Codec
from synthetic_stage import LOOP_CHUNKS, TONE_HZ, SyntheticStage, programme_chunk

FAST = 8.0


async def read_chunks(answer: aiohttp.ClientResponse, count: int) -> list[tuple[bytes, bytes]]:
    """The (emsg, moof+mdat) of the next `count` chunks, after the init segment."""
    data = b""
    while True:
        data += await answer.content.readany()
        found = _whole_chunks(data)
        if len(found) >= count:
            return found[:count]


def _whole_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, emsg, moof, at = [], b"", b"", 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + size > len(data):
            break
        box, kind = data[at : at + size], data[at + 4 : at + 8]
        at += size
        if kind == b"emsg":
            emsg = box
        elif kind == b"moof":
            moof = box
        elif kind == b"mdat":
            found.append((emsg, moof + box))
            emsg = b""
    return found


def is_tone(samples: bytes) -> bool:
    """Whether most of what was decoded is the synthetic stage's tone."""
    wave = np.frombuffer(samples, np.int16).astype(np.float64)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    hz = np.fft.rfftfreq(len(wave), 1 / 48_000)
    return bool(spectrum[np.abs(hz - TONE_HZ) < 20].sum() > 0.9 * spectrum.sum())


@pytest.mark.parametrize("path", ["live.mp4?codec=opus", "live.mp4?codec=aac", "live.aac"])
async def test_ffmpeg_decodes_a_live_stream_without_a_warning(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path, path: str
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path) as base, stage.live(speed=FAST):
        complaints, samples = await ffmpeg("-t", "5", "-i", f"{base}/s/{space_id}/{path}")
    assert complaints == ""
    assert len(samples) >= 4.9 * 48_000 * 2
    assert is_tone(samples)


async def test_a_stream_begins_two_chunks_behind_the_head_and_says_so(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=50)
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        client(base) as http,
        http.get(f"/s/{space_id}/live.mp4?codec=opus") as answer,
    ):
        assert answer.headers["Stentor-First"] == "47"
        assert answer.headers["Content-Type"] == "audio/mp4"
        assert answer.headers["Cache-Control"] == "no-store, no-transform"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        init = await answer.content.readexactly(len(init_segment(Codec.OPUS)))
        assert init == init_segment(Codec.OPUS)
        chunks = await read_chunks(answer, 3)
    assert [chunk_number(media) for _, media in chunks] == [47, 48, 49]
    assert [media for _, media in chunks] == [programme_chunk(Codec.OPUS, n) for n in (47, 48, 49)]
    assert stage.head == 49


async def test_the_first_emsg_is_full_and_the_others_are_the_logs(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=50)
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        client(base) as http,
        http.get(f"/s/{space_id}/live.mp4?from=40") as answer,
    ):
        chunks = await read_chunks(answer, 10)
    ticks = [ticks_of(emsg)[0] for emsg, _ in chunks]
    first = json.loads(ticks[0])
    assert first["full"] is True
    assert first["n"] == 40
    assert first["title"] == "A tone"
    for number in range(41, 50):
        assert ticks[number - 40] == await bus.fetch(space_id, tick_subject(space_id, number))


async def test_a_listener_who_comes_back_goes_on_at_the_exact_chunk_across_a_restart_of_the_edge(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    heard: list[bytes] = []
    async with stage.live(speed=FAST):
        for _ in range(3):
            async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
                came_from = {"from": str(chunk_number(heard[-1]) + 1)} if heard else {}
                async with http.get(f"/s/{space_id}/live.mp4", params=came_from) as answer:
                    heard += [media for _, media in await read_chunks(answer, 7)]
    numbers = [chunk_number(media) for media in heard]
    assert numbers == list(range(numbers[0], numbers[0] + 21))
    assert heard == [programme_chunk(Codec.AAC, n) for n in numbers]


async def test_what_is_older_than_the_window_comes_from_the_log(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    chunks = KEPT_CHUNKS_MIN + 60
    await SyntheticStage.open(bus, space_id, chunks=chunks)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(f"/s/{space_id}/live.mp4?codec=opus&from=5") as answer:
            assert answer.headers["Stentor-First"] == "5"
            found = await read_chunks(answer, chunks - 5)
        async with http.get(f"/s/{space_id}/live.aac?from=5") as answer:
            wanted = adts(p for n in range(5, 9) for p in packets_of(programme_chunk(Codec.AAC, n)))
            assert await answer.content.readexactly(len(wanted)) == wanted
    assert [media for _, media in found] == [programme_chunk(Codec.OPUS, n) for n in range(5, chunks)]
    first = json.loads(ticks_of(found[0][0])[0])
    assert (first["n"], first["full"], first["title"]) == (5, True, "A tone")


async def test_a_hole_in_the_log_is_silence_live_and_old(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=20)
    stage.leave_out(3)
    await stage.write(KEPT_CHUNKS_MIN + 20)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(f"/s/{space_id}/live.mp4?from=18") as answer:
            old = [media for _, media in await read_chunks(answer, 7)]
        recent = stage.head
        stage.leave_out(2)
        await stage.write(2)
        async with http.get(f"/s/{space_id}/live.mp4?from={recent}") as answer:
            live = [media for _, media in await read_chunks(answer, 5)]
    assert [chunk_number(media) for media in old] == list(range(18, 25))
    assert old[2:5] == [silence(n, Codec.AAC) for n in (20, 21, 22)]
    assert live[1:3] == [silence(n, Codec.AAC) for n in (recent + 1, recent + 2)]
    assert live[3] == programme_chunk(Codec.AAC, recent + 3)


async def test_what_cannot_be_served_has_its_own_answer(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=40)
    scheduled = await SyntheticStage.open(bus, f"{space_id}-later", state=State.SCHEDULED, chunks=0)
    over = await SyntheticStage.open(bus, f"{space_id}-over", chunks=1)
    await over.move(State.ENDED)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        wanted = {
            f"/s/{space_id}/live.mp4?from={stage.head + AHEAD_MAX + 1}": 400,
            f"/s/{space_id}/live.mp4?from=-1": 400,
            f"/s/{space_id}/live.mp4?from=x": 400,
            f"/s/{space_id}/live.mp4?from=1&from=2": 400,
            f"/s/{space_id}/live.mp4?codec=mp3": 400,
            f"/s/{space_id}/live.mp4?t=123": 400,
            f"/s/{space_id}/live.aac?codec=aac": 400,
            f"/s/{space_id}-nobody/live.mp4": 404,
            f"/s/{over.space_id}/live.mp4": 410,
            f"/s/{scheduled.space_id}/live.mp4": 503,
        }
        for path, status in wanted.items():
            async with http.get(path) as answer:
                assert (path, answer.status) == (path, status)
                assert answer.content_type == "application/problem+json"
                assert (await answer.json())["status"] == status
                assert ("Retry-After" in answer.headers) == (status == 503)
                assert answer.headers["Cache-Control"] == "public, max-age=1"
        async with http.get(f"/s/{space_id}/live.mp4?from={stage.head + AHEAD_MAX}") as answer:
            assert answer.status == 200
            await stage.write(AHEAD_MAX)
            chunks = await read_chunks(answer, 1)
    assert chunk_number(chunks[0][1]) == stage.head


async def test_a_number_that_the_log_never_had_is_out_of_range(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=0)
    stage.leave_out(500)
    await stage.write(KEPT_CHUNKS_MIN + 20)
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        client(base) as http,
        http.get(f"/s/{space_id}/live.mp4?from=100") as answer,
    ):
        assert answer.status == 400


async def test_a_stage_that_is_away_for_long_ends_the_streams(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id)
    async with (
        front_door(nats_url, pages_dir=tmp_path, waits=Waits(silent_s=0.3)) as base,
        client(base) as http,
        http.get(f"/s/{space_id}/live.aac") as answer,
    ):
        assert (await answer.read()).count(b"\xff\xf1") >= 3 * 30


async def test_a_space_without_a_single_chunk_is_not_on_the_air(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=0)
    async with (
        front_door(nats_url, pages_dir=tmp_path, waits=Waits(first_chunk_s=0.2)) as base,
        client(base) as http,
    ):
        for name in ("live.mp4", "hls/index.m3u8", "hls/part/3.m4s"):
            async with http.get(f"/s/{space_id}/{name}") as answer:
                assert answer.status == 503


async def test_a_head_request_takes_no_place(nats_url: str, bus: Bus, space_id: str, tmp_path: Path) -> None:
    await SyntheticStage.open(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path, listeners_max=1) as base, client(base) as http:
        for _ in range(3):
            async with http.head(f"/s/{space_id}/live.aac") as answer:
                assert answer.status == 200
                assert answer.headers["Content-Type"] == "audio/aac"
        async with http.get(f"/s/{space_id}/live.aac") as answer:
            assert answer.status == 200


async def test_safaris_probe_for_two_bytes_gets_two_bytes_and_no_place(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    await SyntheticStage.open(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path, listeners_max=1) as base, client(base) as http:
        path = f"/s/{space_id}/live.aac"
        async with http.get(path, headers={"Range": "bytes=0-1"}) as answer:
            assert (answer.status, answer.headers["Content-Range"]) == (206, "bytes 0-1/*")
            assert await answer.read() == b"\xff\xf1"
        async with http.get(path, headers={"Range": "bytes=0-1073741822"}) as answer:
            assert answer.status == 200
            assert (await answer.content.readexactly(2)) == b"\xff\xf1"


async def test_a_full_edge_says_so(nats_url: str, bus: Bus, space_id: str, tmp_path: Path) -> None:
    await SyntheticStage.open(bus, space_id)
    async with (
        front_door(nats_url, pages_dir=tmp_path, listeners_max=1) as base,
        client(base) as http,
        http.get(f"/s/{space_id}/live.mp4") as first,
    ):
        assert first.status == 200
        async with http.get(f"/s/{space_id}/live.mp4") as second:
            assert second.status == 503
            assert "Retry-After" in second.headers


async def test_the_beat_counts_open_streams_and_forgets_those_who_left(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    beats: asyncio.Queue[dict[str, dict[str, Any]]] = asyncio.Queue()
    hearing = await bus.subscribe("edge.*.beat", lambda _, data: beats.put_nowait(json.loads(data)["spaces"]))
    await SyntheticStage.open(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(f"/s/{space_id}/live.mp4"), http.get(f"/s/{space_id}/live.aac"):
            while (await beats.get()).get(space_id, {}).get("hearing") != 2:
                pass
        while (told := await beats.get())[space_id].get("admitted"):
            pass
        assert told[space_id] == {"arrived": 2, "gone": 2, "line": {"came": 2}}
    await hearing.close()


async def test_a_stream_ends_with_its_space(nats_url: str, bus: Bus, space_id: str, tmp_path: Path) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with (
        front_door(nats_url, pages_dir=tmp_path) as base,
        client(base) as http,
        http.get(f"/s/{space_id}/live.mp4") as answer,
    ):
        await stage.write(2)
        await stage.move(State.ENDED)
        body = await answer.read()
    assert chunk_number(_whole_chunks(body)[-1][1]) == stage.head
    assert [kind for kind, _ in boxes(body)][:2] == [b"ftyp", b"moov"]


async def test_a_listener_who_does_not_read_skips_and_then_hears_what_is_live(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path) as base:
        host, port = base.removeprefix("http://").split(":")
        sock = socket.socket()
        # A small window: the kernel at this end must not take minutes of audio for the reader.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect((host, int(port)))
        reader, writer = await asyncio.open_connection(sock=sock, limit=4096)
        writer.write(f"GET /s/{space_id}/live.aac HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        for _ in range(5):
            await stage.write(20)
        async with client(base) as http, asyncio.timeout(20):
            while (
                "skipped_chunks_total" not in (text := await _metrics(http))
                or 'skipped_chunks_total{part="fanout-0"} 0.0' in text
            ):
                with suppress(TimeoutError):  # all is read, and the second's report has yet to come
                    async with asyncio.timeout(0.2):
                        await reader.read(4096)
        writer.close()


async def test_a_listener_who_takes_nothing_is_closed(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with (
        front_door(nats_url, pages_dir=tmp_path, waits=Waits(socket_s=0.5)) as base,
        client(base) as http,
    ):
        host, port = base.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port), limit=4096)
        writer.write(f"GET /s/{space_id}/live.aac HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        async with asyncio.timeout(30):
            while 'streams_ended_total{part="fanout-0",why="stuck"} 1.0' not in await _metrics(http):
                await stage.write(40)
        assert 'stentor_edge_live_streams{part="fanout-0"} 0.0' in await _metrics(http)
        writer.transport.abort()


async def _metrics(http: aiohttp.ClientSession) -> str:
    async with http.get("/metrics") as answer:
        return await answer.text()


def test_the_synthetic_programme_is_longer_than_one_segment() -> None:
    assert LOOP_CHUNKS > 9
