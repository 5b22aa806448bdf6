"""From voices to texts on the shelf, with the real engine: made once, made again when it is wished."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from debate_voices import put_voice
from stentor.config import Settings
from stentor.log.bus import Bus
from stentor.log.state import CrewStore
from stentor.process import end_tasks
from stentor.record.chapters import Chapter
from stentor.record.editing import TurnEdit, edited
from stentor.record.recording import Made, Recording, Stage
from stentor.record.transcript import Transcript
from stentor.scribe.main import desk_of
from stentor.scribe.recording.desk import Desk
from stentor.scribe.words.clerk import Clerk, fetched_dir, with_first
from stentor.scribe.words.due import is_to_publish
from stentor.scribe.words.hearing import Hearing
from stentor.scribe.words.minds import briefers
from stentor.shelf import layout
from stentor.shelf.manifest import Manifest, PersonKept, Words
from stentor.space.lifecycle import State
from stentor.space.record import Space

CHUNKS = 40
"""25.6 s of the debate: Maya asks, Daniel says no, Maya names Tallinn."""


@asynccontextmanager
async def at_work(bus: Bus, settings: Settings) -> AsyncIterator[Desk]:
    desk, hearing = await desk_of(bus, settings), Hearing(settings)
    clerk = Clerk(desk, await CrewStore.open(bus), hearing, briefers(settings), fetched=fetched_dir(settings))
    running = asyncio.create_task(clerk.run())
    try:
        yield desk
    finally:
        await end_tasks(running)
        hearing.close()


async def sealed(desk: Desk, space_id: str, folder: Path) -> Space:
    """A Space that has ended, its voices in the working folder, its programme on the shelf."""
    space = Space(space_id, "Should buses be free?", State.SCHEDULED, created_ms=0)
    on_air_ms = desk.clock.wall_ms() - 3_600_000
    space = replace(space, state=State.ENDED, epoch_ms=on_air_ms, on_air_ms=on_air_ms, ended_ms=on_air_ms)
    for person in ("maya", "daniel"):
        put_voice(folder, person, end=CHUNKS)
    people = (PersonKept("maya", "Maya", "host"), PersonKept("daniel", "Daniel", "speaker"))
    manifest = Manifest(space_id, space.title, "", "en", on_air_ms, on_air_ms, 0, CHUNKS, 0, people)
    await desk.publish(replace(manifest, edition=1), facts=lambda made: replace(made, has_all=True))
    await desk.spaces.create(space)
    return space


async def until(desk: Desk, space_id: str, holds: Callable[[Recording], bool]) -> Recording:
    async with asyncio.timeout(60):
        async for recording in desk.recordings.watch(space_id):
            if holds(recording):
                return recording
    raise AssertionError


async def test_voices_become_texts_and_stay_what_hosts_make_of_them(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    left_by_a_kill = fetched_dir(settings) / space_id
    put_voice(left_by_a_kill, "daniel", end=1)
    async with at_work(bus, settings) as desk:
        space = await sealed(desk, space_id, settings.recording_dir / space_id)
        files = desk.files(space_id)

        # ── made by itself ──
        made = await until(desk, space_id, lambda r: r.made.brief == 1)
        assert (made.transcript, made.brief, made.made.transcript) == (Stage.MADE, Stage.MADE, 1)
        transcript = Transcript.from_json(json.loads(await files.get(layout.transcript_version(1))))
        assert [turn.person_id for turn in transcript.turns] == ["maya", "daniel", "maya"]
        assert "question is simple" in transcript.turns[0].text
        assert "82 million" in transcript.turns[1].text
        assert abs(transcript.turns[1].start_ms - 7_530) < 500
        assert transcript.engine == "whisper tiny.en"
        words = Words.from_bytes(await files.get(layout.WORDS))
        assert made.made.words_sha256 == words.sha256
        for name, kept in words.files.items():
            assert len(await files.get(name)) == kept.size_bytes
        assert {layout.transcript_text(kind) for kind in layout.TRANSCRIPT_TEXTS} <= set(words.files)
        assert {layout.brief_text(kind) for kind in layout.BRIEF_TEXTS} <= set(words.files)
        assert b"Machine transcript" in await files.get("transcript.vtt")
        async with asyncio.timeout(10):
            while left_by_a_kill.exists() or (settings.recording_dir / space_id / "words").exists():
                await asyncio.sleep(0.05)

        # ── corrected by a host, who also sets a chapter ──
        right = transcript.turns[2].text.replace("Talon", "Tallinn").replace("Talyn", "Tallinn") + " Truly."
        second = edited(transcript, [TurnEdit("t3", right)], by="Ana", made_ms=1)
        body = json.dumps(second.as_json()).encode()
        await files.put(layout.transcript_version(2), body, is_new=True)
        chapters = (Chapter(7_000, "No"),)
        await desk.recordings.change(space_id, lambda r: r.wished(transcript=2, chapters=chapters))
        made = await until(desk, space_id, lambda r: r.made.transcript == 2 and bool(r.made.chapters_of))
        assert (made.wishes.brief, made.made.brief) == (2, 2)
        assert "Truly." in (await files.get("transcript.txt")).decode()
        assert b"Machine transcript" not in await files.get("transcript.vtt")
        assert json.loads(await files.get(layout.CHAPTERS))["chapters"] == [{"startTime": 7.0, "title": "No"}]

        # ── Daniel is removed: by the programme first, then from every word ──
        await desk.recordings.change(space_id, lambda r: r.without(["daniel"]))
        await desk.recordings.change(
            space_id, lambda r: replace(r, made=replace(r.made, removed=("daniel",)))
        )
        made = await until(desk, space_id, lambda r: r.made.words_removed == ("daniel",))
        assert not made.waits_for_removal
        for name in await files.names():
            assert name == layout.MANIFEST or b"aniel" not in await files.get(name), name
            assert b"82 million" not in await files.get(name), name
        assert "Truly." in (await files.get("transcript.txt")).decode()
        assert not (settings.recording_dir / space_id / "words").exists()
        assert space.id == space_id


def test_who_was_removed_while_the_first_version_was_written_is_taken_out_of_it() -> None:
    space = Space("buses", "Buses", State.ENDED, created_ms=0, epoch_ms=0)
    made = Made(edition=2, has_all=True, removed=("daniel",), words_removed=("daniel",), words_sha256="a")
    recording = with_first(Recording("buses", made=made).without(["daniel"]))
    assert recording.waits_for_removal
    assert is_to_publish(space, recording)
