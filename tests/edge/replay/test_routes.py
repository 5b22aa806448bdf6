"""Replay and time-shift over a real edge, decoded by FFmpeg."""

from dataclasses import replace
from pathlib import Path

import m3u8
import pytest

from edge_door import client, ffmpeg, front_door
from replay_door import CHUNKS, Over, ended, loudness
from sealed_record import SealedRecord
from stentor.formats.emsg import ticks_of
from stentor.limits import RUNWAY_CHUNKS
from stentor.log.bus import Bus
from stentor.log.state import RecordingStore
from stentor.space.lifecycle import State
from synthetic_stage import TONE_HZ, SyntheticStage


@pytest.mark.parametrize("name", ["master", "index"])
async def test_ffmpeg_hears_the_whole_replay_and_nothing_else(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path, name: str
) -> None:
    async with ended(nats_url, bus, space_id, tmp_path) as over:
        complaints, samples = await ffmpeg("-i", f"{over.base}{over.path}/replay/{name}.m3u8")
    assert [line for line in complaints.splitlines() if "subtitle(uri" not in line] == []
    # The encoder's first frame is its own run-in.
    assert abs(len(samples) // 2 - CHUNKS * 30_720) <= 1024
    peak, share = loudness(samples)
    assert abs(peak - TONE_HZ) < 1
    assert share > 0.98


async def test_the_lists_of_a_finished_record_say_all_at_once(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with ended(nats_url, bus, space_id, tmp_path) as over:
        text = (await over.got("replay/index.m3u8")).decode()
        master = m3u8.loads((await over.got("replay/master.m3u8")).decode())
        captions = m3u8.loads((await over.got("replay/captions/fr.m3u8")).decode())
        vtt = await over.got("replay/captions/fr.vtt")
        await over.got("replay/captions/de.m3u8", status=404)
    found = m3u8.loads(text)
    assert found.is_endlist
    assert found.playlist_type == "vod"
    assert text.count("PROGRAM-DATE-TIME") == 1
    assert sum(segment.duration for segment in found.segments) == pytest.approx(CHUNKS * 0.64)
    assert found.segments[0].uri == "e1/seg/4.m4s"
    assert [(media.language, media.uri) for media in master.media] == [
        ("en", "captions/en.m3u8"),
        ("fr", "captions/fr.m3u8"),
    ]
    assert master.playlists[0].stream_info.codecs == "mp4a.40.2"
    assert captions.segments[0].duration == pytest.approx(CHUNKS * 0.64)
    assert vtt.startswith(b"WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:2073600\n")


async def test_segments_are_the_records_own_bytes_and_old_editions_are_gone(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with ended(nats_url, bus, space_id, tmp_path) as over:
        bodies = [await over.got(f"replay/e1/seg/{k}.m4s") for k in range(4, 9)]
        for wrong in ("e1/seg/3.m4s", "e1/seg/9.m4s", "e2/seg/4.m4s", "e01/seg/4.m4s", "e1/seg/04.m4s"):
            await over.got(f"replay/{wrong}", status=404)
        piece = await over.got("replay/e1/seg/4.m4s", status=206, Range="bytes=10-19")
        async with over.http.get(f"{over.path}/replay/e1/seg/4.m4s") as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=3600, immutable"
        await SealedRecord.make(bus, tmp_path / "shelf", over.record.space, chunks=CHUNKS, edition=2)
        await over.until("replay/e2/seg/4.m4s", 200)
        await over.got("replay/e1/seg/4.m4s", status=404)
    assert over.record.programme.endswith(b"".join(bodies))
    assert piece == bodies[0][10:20]


async def test_what_nobody_may_have_is_as_if_it_had_never_been(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    paths = (
        "replay/index.m3u8", "replay/master.m3u8", "replay/e1/seg/4.m4s", "replay/captions/en.m3u8",
        "replay/captions/en.vtt", "record/record.json", "record/recording.m4a", "record/transcript.vtt",
        "record/so-far.mp4", "clip.m4a?from_ms=0&to_ms=1000",
    )  # fmt: skip
    async with ended(nats_url, bus, space_id, tmp_path) as over:

        async def are_unknown() -> None:
            for path in paths:
                found = await over.got(path, status=404)
                async with over.http.get(f"/s/nobody/{path}") as answer:
                    unknown = (await answer.read()).replace(b"nobody", space_id.encode())
                assert found == unknown, path

        await over.record.wish(is_published=False)
        await over.until("replay/index.m3u8", 404)
        await are_unknown()
        await over.record.wish(is_published=True)
        await over.until("replay/index.m3u8", 200)
        await over.record.wish(removed=("bo",))
        await over.until("replay/index.m3u8", 404)
        await are_unknown()
        async with over.http.get(f"{over.path}/space.json") as answer:
            told = await answer.json()
        assert (told["has_replay"], told["record"]) == (False, None)


async def test_space_json_says_what_is_left(nats_url: str, bus: Bus, space_id: str, tmp_path: Path) -> None:
    async with ended(nats_url, bus, space_id, tmp_path) as over:
        told = await over.json("space.json")
    assert told["has_replay"]
    assert "can_rewind" not in told
    assert told["record"] == {
        "edition": 1,
        "duration_ms": CHUNKS * 640,
        "has_transcript": True,
        "has_brief": True,
        "is_machine_transcript": True,
        "languages": ["fr"],
    }


async def test_a_space_on_the_air_is_played_from_its_start(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    """What has left the window of two and a half minutes comes from the log, the same bytes."""
    stage = await SyntheticStage.open(bus, space_id, chunks=RUNWAY_CHUNKS + 45, has_captions=True)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        path = f"/s/{space_id}"

        async def got(name: str) -> bytes:
            async with http.get(f"{path}/{name}") as answer:
                assert answer.status == 200, (name, await answer.text())
                return await answer.read()

        live = await got("hls/seg/4.m4s")
        live_captions = await got("hls/captions/4.vtt")
        assert b"Line 10" in live_captions
        await stage.write(300)
        async with http.get(f"{path}/hls/captions/{stage.head // 9 - 1}.vtt") as answer:
            assert answer.status == 200
        text = (await got("replay/index.m3u8")).decode()
        found = m3u8.loads(text)
        assert not found.is_endlist
        assert found.playlist_type == "event"
        assert found.segments[0].uri == "../hls/seg/4.m4s"
        assert len(found.segments) == (stage.head + 1) // 9 - 4
        async with http.get(f"{path}/hls/part/36.m4s") as answer:
            assert answer.status == 404, "it has left the window"
        assert await got("hls/seg/4.m4s") == live
        assert await got("hls/captions/4.vtt") == live_captions
        assert len(ticks_of(live)) == 9
        captions = m3u8.loads((await got("replay/captions/en.m3u8")).decode())
        assert captions.segments[0].uri == "../../hls/captions/4.vtt"
        _, samples = await ffmpeg("-prefer_x_start", "1", "-t", "30", "-i", f"{base}{path}/replay/index.m3u8")
        assert abs(len(samples) // 2 - 30 * 48_000) <= 1024
        assert loudness(samples)[1] > 0.98
        await bus.history(space_id).remove()
        async with http.get(f"{path}/hls/seg/15.m4s") as answer:
            assert answer.status == 503, "what the log has lost is not silence"


async def test_whoever_is_behind_stays_when_the_space_ends(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=RUNWAY_CHUNKS + CHUNKS)
    await stage.write(225)
    shelf = tmp_path / "shelf"
    async with front_door(nats_url, pages_dir=tmp_path, shelf_dir=shelf) as base, client(base) as http:
        over = Over(base, http, None, stage)  # type: ignore[arg-type]  # not sealed yet
        before = m3u8.loads((await over.got("replay/index.m3u8")).decode())
        await stage.move(State.ENDED)
        await over.until("live.aac", 410)
        still = m3u8.loads((await over.got("replay/index.m3u8")).decode())
        assert not still.is_endlist
        space = await stage.store.get(space_id)
        await SealedRecord.make(bus, shelf, space, chunks=CHUNKS)
        await over.until("replay/e1/seg/4.m4s", 200)
        after = m3u8.loads((await over.got("replay/index.m3u8")).decode())
        # Who has loaded the growing list and not yet this one still takes what that one named.
        await over.got("hls/part/36.m4s", status=404)
        await over.got("hls/seg/4.m4s")
        await SealedRecord.make(bus, shelf, space, chunks=CHUNKS, edition=2)
        await over.until("replay/e2/seg/4.m4s", 200)
        await over.got("hls/seg/4.m4s", status=404)
        # The live window, too, is kept for as long as somebody asks for it.
        newest = f"hls/seg/{stage.head // 9 - 1}.m4s"
        await over.got(newest)
        recordings = await RecordingStore.open(bus)
        await recordings.change(space_id, lambda recording: recording.without(["bo"]))
        await over.until(newest, 410)
        await over.got("hls/index.m3u8", status=410)
    # A player that reloads goes on at the same number; only the name of what it takes is another.
    assert after.is_endlist
    assert after.media_sequence == before.media_sequence == still.media_sequence
    assert [s.duration for s in after.segments[:4]] == [s.duration for s in before.segments[:4]]


@pytest.mark.parametrize("why", ["not recorded", "not published", "a removal"])
async def test_nobody_goes_back_where_nothing_is_to_be_kept(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path, why: str
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=RUNWAY_CHUNKS + 9)
    recordings = await RecordingStore.open(bus)
    wishes: dict[str, object] = {"is_published": False} if why == "not published" else {"removed": ("bo",)}
    if why == "not recorded":
        await stage.store.change(space_id, lambda space: replace(space, is_recorded=False))
    else:
        await recordings.change(space_id, lambda recording: recording.wished(**wishes))
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:
        async with http.get(f"/s/{space_id}/hls/seg/4.m4s") as answer:
            assert answer.status == 200, "live goes on"
        await stage.write(300)
        async with http.get(f"/s/{space_id}/hls/seg/{stage.head // 9 - 1}.m4s") as answer:
            assert answer.status == 200
        for name in ("replay/index.m3u8", "record/so-far.mp4", "hls/seg/4.m4s", "hls/captions/4.vtt"):
            async with http.get(f"/s/{space_id}/{name}") as answer:
                assert answer.status == 404, name
        async with http.get(f"/s/{space_id}/space.json") as answer:
            assert (await answer.json())["can_rewind"] is False
