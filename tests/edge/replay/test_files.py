"""Files, clips and the record so far over a real edge."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from edge_door import client, ffmpeg, front_door
from replay_door import CHUNKS, ended, loudness
from sealed_record import TEXTS
from stentor.edge.replay.files import attachment, is_public, saved_name
from stentor.edge.waits import Waits
from stentor.formats.cmaf import boxes, init_segment, moved
from stentor.limits import RUNWAY_CHUNKS
from stentor.log.bus import Bus
from stentor.space.rung import Codec
from synthetic_stage import SyntheticStage, programme_chunk


@pytest.mark.parametrize("name", ["recording.m4a", "transcript.pt-BR.srt", "brief.html", "activity.json"])
def test_listeners_may_have_what_is_theirs(name: str) -> None:
    assert is_public(name)


@pytest.mark.parametrize(
    "name",
    [
        *("voices/ada.opus", "events.jsonl", "counts.jsonl", "manifest.json", "words.json"),
        *("transcript/1.json", "brief/1.json", "programme.aac64.e1.mp4", "transcript..vtt", "recording.m4a/"),
    ],
)
def test_what_is_the_hosts_is_not_for_listeners(name: str) -> None:
    assert not is_public(name)


def test_a_saved_file_is_called_after_the_space() -> None:
    assert saved_name('Tea: "1/2"', "recording.m4a") == "Tea 1 2.m4a"
    assert saved_name("Tea", "transcript.fr.vtt") == "Tea transcript.fr.vtt"
    assert saved_name("\n..", "clip.m4a") == "Space clip.m4a"
    assert attachment("Th\u00e9 1.m4a") == (
        "attachment; filename=\"Th_ 1.m4a\"; filename*=UTF-8''Th%C3%A9%201.m4a"
    )


async def test_each_file_comes_whole_in_pieces_and_not_twice(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with ended(nats_url, bus, space_id, tmp_path) as over:
        told = await over.json("record/record.json")
        assert [person["id"] for person in told["people"]] == ["ada", "bo"]
        assert told["chapters"] == [{"start_ms": 0, "title": "A tone", "is_machine": True}]
        assert told["transcript"] == {"version": 1, "is_machine": True, "engine": "whisper tiny.en"}
        assert {f["name"] for f in told["files"]} == {"recording.m4a", *TEXTS} - {"transcript/1.json"}
        for listed in told["files"]:
            path = f"{over.path}/record/{listed['name']}"
            async with over.http.get(path) as answer:
                body, fields = await answer.read(), answer.headers
            assert hashlib.sha256(body).hexdigest() == listed["sha256"]
            assert fields["Cache-Control"] == "public, max-age=60"
            assert listed["sha256"] in fields["ETag"]
            async with over.http.get(path, headers={"If-None-Match": fields["ETag"]}) as answer:
                assert answer.status == 304
            async with over.http.get(path, headers={"Range": "bytes=1-4"}) as answer:
                assert (answer.status, await answer.read()) == (206, body[1:5])
            async with over.http.get(path, headers={"Range": "bytes=999999999-"}) as answer:
                assert answer.status == 416
            async with over.http.head(path) as answer:
                assert answer.status == 200
        async with over.http.get(f"{over.path}/record/transcript.html") as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'")
            assert "frame-ancestors 'none'; sandbox" in policy
            assert "unsafe-inline" not in policy
        async with over.http.get(f"{over.path}/record/chapters.json") as answer:
            assert answer.content_type == "application/json+chapters"
        async with over.http.get(f"{over.path}/record/recording.m4a?download=1") as answer:
            assert (
                "filename*=UTF-8''A%20tone%20in%20C%E2%99%AF.m4a" in (answer.headers["Content-Disposition"])
            )
        for name in ("voices/ada.opus", "counts.jsonl", "transcript/1.json", "recording.mp3", "x"):
            await over.got(f"record/{name}", status=404)
        await over.got("record/so-far.mp4", status=404)
        await over.got("record/recording.m4a?x=1", status=400)


async def test_a_clip_is_a_file_that_plays_from_0(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with ended(nats_url, bus, space_id, tmp_path) as over:
        path = "clip.m4a?from_ms=1300&to_ms=14100"
        whole = await over.got(path)
        numbers = range(RUNWAY_CHUNKS + 2, RUNWAY_CHUNKS + 23)
        assert whole == init_segment(Codec.AAC) + b"".join(
            moved(programme_chunk(Codec.AAC, n), n - numbers[0]) for n in numbers
        )
        for first, last in ((0, 9), (700, 40_000), (len(whole) - 5, len(whole) - 1)):
            piece = await over.got(path, status=206, Range=f"bytes={first}-{last}")
            assert piece == whole[first : last + 1]
        (tmp_path / "clip.m4a").write_bytes(whole)
        complaints, samples = await ffmpeg("-i", str(tmp_path / "clip.m4a"))
        for wrong in (
            *("clip.m4a", "clip.m4a?from_ms=0", "clip.m4a?from_ms=5&to_ms=5", "clip.m4a?from_ms=-1&to_ms=5"),
            *("clip.m4a?from_ms=0&to_ms=600001", "clip.m4a?from_ms=0&to_ms=9&x=1"),
        ):
            await over.got(wrong, status=400)
        await over.got(f"clip.m4a?from_ms={CHUNKS * 640}&to_ms={CHUNKS * 640 + 1}", status=404)
        assert len(await over.got(f"clip.m4a?from_ms={CHUNKS * 640 - 1}&to_ms={CHUNKS * 640 + 5000}")) > 5000
    assert complaints == ""
    assert abs(len(samples) // 2 - 21 * 30_720) <= 1024
    assert loudness(samples)[1] > 0.98


async def test_the_record_so_far_and_a_clip_of_it_play_from_0(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=RUNWAY_CHUNKS + 60)
    stage.leave_out(3)
    await stage.write(250)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(f"/s/{space_id}/record/so-far.mp4?download=1") as answer:
            assert answer.status == 200
            assert "Content-Length" not in answer.headers
            assert "so-far.mp4" in answer.headers["Content-Disposition"]
            body = await answer.read()
        async with http.get(f"/s/{space_id}/clip.m4a?from_ms=640&to_ms=1280") as answer:
            clip = await answer.read()
        async with http.head(f"/s/{space_id}/record/so-far.mp4") as answer:
            assert answer.status == 200
    assert sum(kind == b"moof" for kind, _ in boxes(body)) == 313, "the hole is silence"
    assert clip == init_segment(Codec.AAC) + moved(programme_chunk(Codec.AAC, RUNWAY_CHUNKS + 1), 0)
    (tmp_path / "so-far.mp4").write_bytes(body)
    complaints, samples = await ffmpeg("-i", str(tmp_path / "so-far.mp4"))
    assert complaints == ""
    assert abs(len(samples) // 2 - 313 * 30_720) <= 1024


async def until_it_beats(bus: Bus, edge_id: str) -> None:
    """Then its steward takes orders."""
    beaten = asyncio.Event()
    hearing = await bus.subscribe(f"edge.{edge_id}.beat", lambda _subject, _data: beaten.set())
    await beaten.wait()
    await hearing.close()


async def test_under_pressure_the_record_waits_and_live_goes_on(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=RUNWAY_CHUNKS + 300)
    async with (
        front_door(nats_url, pages_dir=tmp_path, edge_id="pressed") as base,
        client(base) as http,
    ):
        await until_it_beats(bus, "pressed")
        await bus.request("edge.pressed.ladder", {"extras": "off"}, timeout_s=5)

        async def status(name: str) -> int:
            async with http.get(f"/s/{space_id}/{name}") as answer:
                if answer.status == 503:
                    assert (await answer.json())["type"].endswith("switched-off")
                    assert answer.headers["Retry-After"] == "10"
                return answer.status

        async with asyncio.timeout(10):
            while await status("replay/index.m3u8") != 503:
                await asyncio.sleep(0.02)
        assert await status("hls/seg/4.m4s") == 503
        assert await status("record/so-far.mp4") == 503
        assert await status("clip.m4a?from_ms=0&to_ms=9") == 503
        assert await status(f"hls/seg/{stage.head // 9 - 1}.m4s") == 200
        assert await status("hls/index.m3u8") == 200


async def test_a_download_that_nobody_takes_is_cut_and_a_slow_one_goes_on(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    """Bigger than all buffers on its way: 20 MB of a file that is given in pieces."""
    async with ended(nats_url, bus, space_id, tmp_path, waits=Waits(socket_s=0.3)) as over:
        await over.record.add("recording.mp3", bytes(20_000_000))
        await over.until("record/recording.mp3", 200)
        host, port = over.base.removeprefix("http://").split(":")

        async def asked() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            reader, writer = await asyncio.open_connection(host, int(port), limit=4096)
            writer.write(f"GET {over.path}/record/recording.mp3 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            return reader, writer

        slow, slow_writer = await asked()
        stuck, stuck_writer = await asked()
        read = 0
        async with asyncio.timeout(8):
            began_s = asyncio.get_running_loop().time()
            # Four times as long as a stuck one is borne; a little of it each time.
            while asyncio.get_running_loop().time() - began_s < 1.2:
                read += len(await slow.readexactly(200_000))
                await asyncio.sleep(0.05)
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await stuck.readexactly(20_000_000)
            while piece := await slow.read(1 << 20):
                read += len(piece)
                if read > 20_000_000:
                    break
        async with over.http.get("/metrics") as answer:
            assert "stentor_edge_stalled_answers_total 1.0" in await answer.text()
        for writer in (slow_writer, stuck_writer):
            writer.close()
    assert read > 20_000_000
