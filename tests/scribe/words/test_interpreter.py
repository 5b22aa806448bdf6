"""A record in another language: asked by sentences, kept, made again, and gone with who is removed."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from model_server import Asked, ModelServer, model_server, written
from stentor.config import Settings
from stentor.log.bus import Bus
from stentor.log.state import CrewStore
from stentor.process import end_tasks
from stentor.record.editing import TurnEdit, edited
from stentor.record.recording import Made, Recording
from stentor.record.transcript import Transcript, Turn, Word
from stentor.scribe.main import desk_of
from stentor.scribe.recording.desk import Desk
from stentor.scribe.words.clerk import Clerk, fetched_dir
from stentor.scribe.words.due import is_to_translate
from stentor.scribe.words.hearing import Hearing
from stentor.scribe.words.interpreter import AT_ONCE
from stentor.scribe.words.minds import briefers, translator
from stentor.shelf import layout
from stentor.shelf.manifest import Words
from stentor.space.lifecycle import State
from stentor.space.record import Space


def turn(turn_id: str, person: str, text: str, *, at_ms: int) -> Turn:
    said = enumerate(text.split())
    return Turn(turn_id, person, tuple(Word(w, at_ms + 300 * i, at_ms + 300 * i + 250, 0.9) for i, w in said))


TALK = Transcript(
    1,
    "en",
    "whisper tiny.en",
    {"maya": "Maya", "daniel": "Daniel"},
    (
        turn("t1", "maya", "Last winter we had 41 days above the legal limit.", at_ms=0),
        turn("t2", "daniel", "One electric bus saves 60 tons of carbon every year.", at_ms=6_000),
    ),
)


def shouted(asked: Asked) -> str:
    """A translation into capitals; what has 60 in it loses it. Briefs are refused."""
    if asked.form != "TranslationAnswer":
        return "I write no briefs."
    found = re.findall(r"^\[(\d+)\] (.*)$", asked.material, re.M)
    told = [{"number": int(number), "text": text.upper().replace("60", "16")} for number, text in found]
    return written({"sentences": told})


@asynccontextmanager
async def at_work(bus: Bus, settings: Settings) -> AsyncIterator[Desk]:
    desk, hearing = await desk_of(bus, settings), Hearing(settings)
    clerk = Clerk(
        desk,
        await CrewStore.open(bus),
        hearing,
        briefers(settings),
        translator=translator(settings),
        fetched=fetched_dir(settings),
    )
    running = asyncio.create_task(clerk.run())
    try:
        yield desk
    finally:
        await end_tasks(running)
        hearing.close()


async def sealed(desk: Desk, space_id: str, talk: Transcript, *languages: str) -> None:
    """A record whose transcript is heard, and wished in these languages."""
    await desk.files(space_id).put(layout.transcript_version(1), json.dumps(talk.as_json()).encode())
    made = Made(edition=1, has_all=True)
    await desk.recordings.change(
        space_id, lambda r: replace(r, made=made).wished(transcript=1, languages=languages)
    )
    await desk.spaces.create(Space(space_id, "Buses", State.ENDED, created_ms=0, epoch_ms=0, on_air_ms=0))


async def until(desk: Desk, space_id: str, holds: Callable[[Recording], bool]) -> Recording:
    async with asyncio.timeout(30):
        async for recording in desk.recordings.watch(space_id):
            if holds(recording):
                return recording
    raise AssertionError


def house(server: ModelServer, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, llm_url=server.url, llm_model="tiny")


def translations(server: ModelServer) -> list[str]:
    return [asked.material for asked in server.asked if asked.form == "TranslationAnswer"]


async def test_a_record_is_read_in_another_language_as_long_as_it_is_wished_and_stands(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    async with model_server(shouted) as server, at_work(bus, house(server, tmp_path)) as desk:
        files = desk.files(space_id)

        # ── made by itself; the model that refused the brief is named ──
        await sealed(desk, space_id, TALK, "fr")
        recording = await until(
            desk, space_id, lambda r: r.made.languages == ("fr",) and not r.made.waits_for_model
        )
        assert "tiny gave no answer" in recording.made.model_refused
        assert not recording.made.untranslated
        words = Words.from_bytes(await files.get(layout.WORDS))
        assert words.languages == ("fr",)
        captions = (await files.get("transcript.fr.vtt")).decode()
        assert "Traduction automatique" in captions
        assert "41 DAYS" in captions
        assert "[en] One electric bus saves 60 tons" in captions.replace("\n", " ")
        brief = json.loads(await files.get("brief.fr.json"))
        assert brief["translated_from"] == "en"
        originals = {line["quotes"][0]["original"] for line in brief["summary"]}
        assert TALK.turns[0].text in originals

        # ── a host corrects one sentence: it alone is asked for ──
        before = len(translations(server))
        right = "One electric bus saves 61 tons of carbon every year."
        second = edited(TALK, [TurnEdit("t2", right)], by="Ana", made_ms=1)
        await files.put(layout.transcript_version(2), json.dumps(second.as_json()).encode(), is_new=True)
        await desk.recordings.change(space_id, lambda r: r.wished(transcript=2))
        await until(desk, space_id, lambda r: r.made.transcript == 2 and r.made.languages == ("fr",))
        asked = "\n".join(translations(server)[before:])
        assert "61 tons" in asked
        assert "41 days" not in asked
        assert b"61 TONS" in await files.get("transcript.fr.txt")

        # ── Daniel is removed: no file has a word of his, in no language ──
        await desk.recordings.change(
            space_id, lambda r: replace(r, made=replace(r.made, removed=("daniel",))).without(["daniel"])
        )
        await until(
            desk,
            space_id,
            lambda r: r.made.words_removed == ("daniel",) and r.made.languages == ("fr",),
        )
        for name in await files.names():
            text = (await files.get(name)).upper()
            assert b"TONS" not in text, name
            assert b"DANIEL" not in text, name

        # ── nobody wishes it any more ──
        await desk.recordings.change(space_id, lambda r: r.wished(languages=()))
        await until(desk, space_id, lambda r: r.made.languages == ())
        assert not [name for name in await files.names() if ".fr." in name]
        assert await files.names(layout.TRANSLATIONS) == []


async def test_the_texts_wait_for_no_model_and_its_brief_is_the_next_version(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    said = {"turn": 2, "words": "One electric bus saves 60 tons of carbon"}
    topic = {
        "heading": "Carbon",
        "first_turn": 1,
        "lines": [{"text": "Daniel counts the tons.", "quotes": [said]}],
    }
    summary = {"summary": [{"text": "Daniel counts.", "lines": [1]}]}

    def drafts(asked: Asked) -> str:
        return written({"topics": [topic]} if asked.form == "PartAnswer" else summary)

    async with model_server(drafts) as server, at_work(bus, house(server, tmp_path)) as desk:
        await sealed(desk, space_id, TALK)
        first = await until(desk, space_id, lambda r: r.made.brief == 1)
        assert first.made.waits_for_model
        files = desk.files(space_id)
        assert json.loads(await files.get(layout.brief_version(1)))["engine"] == "extractive"
        then = await until(desk, space_id, lambda r: r.made.brief == 2)
        assert (then.made.waits_for_model, then.made.model_refused) == (False, "")
        brief = json.loads(await files.get("brief.json"))
        assert (brief["engine"], brief["version"]) == ("tiny", 2)
        assert brief["sections"][0]["lines"][0]["text"] == "Daniel counts the tons."

        # ── asked for anew: again at once, again bettered ──
        await desk.recordings.change(space_id, lambda r: r.wished(brief_asked=1))
        await until(desk, space_id, lambda r: r.made.brief == 4 and not r.made.waits_for_model)
        assert json.loads(await files.get(layout.brief_version(3)))["engine"] == "extractive"


async def test_what_a_host_writes_while_a_model_thinks_stays(bus: Bus, space_id: str, tmp_path: Path) -> None:
    async with model_server(lambda _: None) as server, at_work(bus, house(server, tmp_path)) as desk:
        await sealed(desk, space_id, TALK)
        await until(desk, space_id, lambda r: r.made.brief == 1)
        files = desk.files(space_id)
        own = json.loads(await files.get(layout.brief_version(1)))
        own |= {"version": 2, "is_machine": False, "by": "Ana"}
        await files.put(layout.brief_version(2), json.dumps(own).encode(), is_new=True)
        await server.was_asked.wait()
        await desk.recordings.change(space_id, lambda r: r.wished(brief=2))
        await until(desk, space_id, lambda r: r.made.brief == 2)
        server.ends.set()
        then = await until(desk, space_id, lambda r: not r.made.waits_for_model)
        assert (then.made.brief, then.made.model_refused) == (2, "")


async def test_what_was_translated_before_an_engine_broke_is_not_lost(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    count = AT_ONCE + 5
    turns = tuple(turn(f"t{n}", "maya", f"This is sentence {n}.", at_ms=n * 2_000) for n in range(count))

    def breaks(asked: Asked) -> str:
        return shouted(asked) if len(translations(server)) == 1 else "I am tired."

    async with model_server(breaks) as server, at_work(bus, house(server, tmp_path)) as desk:
        await sealed(desk, space_id, replace(TALK, turns=turns), "fr")
        recording = await until(desk, space_id, lambda r: bool(r.made.untranslated))
        assert "tiny gave no answer that has the form" in recording.made.untranslated
        assert recording.made.languages == ()
        assert recording.made.transcript == 1, "the spoken language waits for nobody"
        kept = json.loads(await desk.files(space_id).get(layout.translation("fr")))
        assert len(kept["texts"]) == AT_ONCE


async def test_a_house_without_a_model_says_so(bus: Bus, space_id: str, tmp_path: Path) -> None:
    async with at_work(bus, Settings(data_dir=tmp_path)) as desk:
        await sealed(desk, space_id, TALK, "fr")
        recording = await until(desk, space_id, lambda r: bool(r.made.untranslated))
        assert "llm_url" in recording.made.untranslated
        assert not recording.made.model_refused


def test_a_translation_is_due_after_the_texts_and_never_while_somebody_is_being_removed() -> None:
    space = Space("buses", "Buses", State.ENDED, created_ms=0, epoch_ms=0)
    made = Made(edition=1, has_all=True, transcript=1, brief=1)
    wished = Recording("buses", made=made).wished(transcript=1, brief=1, languages=("fr",))
    assert is_to_translate(space, wished)
    assert not is_to_translate(space, wished.wished(transcript=2)), "the texts come first"
    assert not is_to_translate(space, wished.without(["maya"]))
    assert not is_to_translate(space, wished.wished(is_unwanted=True))
    assert not is_to_translate(space, replace(wished, made=replace(made, languages=("fr",))))
