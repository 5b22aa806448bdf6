"""What is made of a record's words: versions stay, what rests on them is made again, people can go."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from stentor.errors import BadInput
from stentor.record.brief import Brief, Line, Section
from stentor.record.proof import quote
from stentor.record.recording import Made, Recording, Stage, Wishes
from stentor.record.transcript import Transcript, Turn, Word
from stentor.scribe.words.due import is_to_publish
from stentor.scribe.words.editor import Editor
from stentor.shelf import layout
from stentor.shelf.store import Shelf, SpaceShelf
from stentor.space.lifecycle import State
from stentor.space.record import Space


def turn(turn_id: str, person: str, text: str, *, at_ms: int) -> Turn:
    said = enumerate(text.split())
    words = tuple(Word(word, at_ms + 300 * i, at_ms + 300 * i + 250, 0.9) for i, word in said)
    return Turn(turn_id, person, words)


TRANSCRIPT = Transcript(
    1,
    "en",
    "whisper tiny.en",
    {"maya": "Maya", "daniel": "Daniel"},
    (
        turn("t1", "maya", "Last winter we had 41 days above the legal limit.", at_ms=0),
        turn("t2", "daniel", "One electric bus saves 60 tons of carbon every year.", at_ms=6_000),
    ),
)
SPACE = Space("buses", "Buses", State.ENDED, created_ms=0, epoch_ms=0)


@pytest.fixture
def files(tmp_path: Path) -> SpaceShelf:
    return Shelf.open(tmp_path / "shelf").of("buses")


def sealed(**wishes: object) -> Recording:
    made = Made(edition=1, has_all=True)
    return Recording("buses", made=made).wished(**wishes)


def editor(files: SpaceShelf) -> Editor:
    return Editor(files, title="Buses", description="")


async def publish(files: SpaceShelf, recording: Recording) -> Recording:
    published = await editor(files).publish(recording, language="en", wall_ms=7)
    return published.facts(recording)


async def test_what_is_published_is_due_no_more_until_somebody_wishes_something(files: SpaceShelf) -> None:
    await editor(files).keep_first(TRANSCRIPT)
    recording = sealed(transcript=1)
    assert is_to_publish(SPACE, recording)
    recording = await publish(files, recording)
    assert not is_to_publish(SPACE, recording)
    assert is_to_publish(SPACE, recording.wished(brief_asked=1))
    assert is_to_publish(SPACE, recording.wished(transcript=2))
    assert not is_to_publish(SPACE, recording.without(["maya"])), "the programme comes first"


async def test_what_failed_and_was_made_after_all_is_no_problem_any_more(files: SpaceShelf) -> None:
    await editor(files).keep_first(TRANSCRIPT)
    failed = replace(sealed(transcript=1), brief=Stage.FAILED, problem="The shelf was away.")
    assert (await publish(files, failed)).problem is None
    other = replace(sealed(transcript=1), programme=Stage.FAILED, problem="The disk is full.")
    assert (await publish(files, other)).problem == "The disk is full."


async def test_a_silent_space_has_an_empty_transcript_and_an_empty_brief(files: SpaceShelf) -> None:
    await editor(files).keep_first(replace(TRANSCRIPT, turns=()))
    recording = await publish(files, sealed(transcript=1))
    assert (recording.made.transcript, recording.made.brief) == (1, 1)
    assert (await files.get("transcript.vtt")).startswith(b"WEBVTT")


async def test_the_first_version_is_written_once(files: SpaceShelf) -> None:
    await editor(files).keep_first(TRANSCRIPT)
    await editor(files).keep_first(replace(TRANSCRIPT, turns=()))
    kept = Transcript.from_json(json.loads(await files.get(layout.transcript_version(1))))
    assert kept == TRANSCRIPT


async def test_of_an_edited_brief_only_what_does_not_stand_any_more_goes(files: SpaceShelf) -> None:
    await editor(files).keep_first(TRANSCRIPT)
    recording = await publish(files, sealed(transcript=1))
    lines = tuple(
        Line(f"{TRANSCRIPT.names[t.person_id]} spoke.", (quote(t, 0, 3),)) for t in TRANSCRIPT.turns
    )
    own = Brief(
        2, 1, "en", "extractive", "Buses", TRANSCRIPT.names, lines, (), (), is_machine=False, by="Ana"
    )
    await files.put(layout.brief_version(2), json.dumps(own.as_json()).encode(), is_new=True)
    second = replace(TRANSCRIPT, version=2, turns=TRANSCRIPT.turns[:1], is_machine=False)
    await files.put(layout.transcript_version(2), json.dumps(second.as_json()).encode(), is_new=True)
    recording = await publish(files, recording.wished(brief=2, transcript=2))
    assert recording.wishes.brief == 3
    brief = Brief.from_json(json.loads(await files.get(layout.brief_version(3))))
    assert [line.text for line in brief.summary] == ["Maya spoke."]
    assert (brief.by, brief.is_machine, brief.transcript) == ("Ana", False, 2)


async def test_a_hosts_edit_that_comes_meanwhile_is_not_covered(files: SpaceShelf) -> None:
    await editor(files).keep_first(TRANSCRIPT)
    before = sealed(transcript=1)
    published = await editor(files).publish(before, language="en", wall_ms=7)
    meanwhile = replace(before, wishes=replace(before.wishes, brief=5))
    then = published.facts(meanwhile)
    assert then.wishes.brief == 5
    assert is_to_publish(SPACE, then)


async def test_who_is_out_is_named_in_no_version_of_a_brief_either(files: SpaceShelf) -> None:
    await editor(files).keep_first(TRANSCRIPT)
    recording = await publish(files, sealed(transcript=1))
    maya, daniel = (quote(t, 0, 3) for t in TRANSCRIPT.turns)
    lines = (Line("They differ.", (maya, daniel)), Line("Daniel is answered.", (maya,)), Line("So.", (maya,)))
    own = replace(
        Brief(2, 1, "en", "x", "Buses", TRANSCRIPT.names, lines, (), ()),
        sections=(Section("Daniel’s carbon", 0, 9_000, lines),),
        is_machine=False,
        by="Ana",
    )
    await files.put(layout.brief_version(2), json.dumps(own.as_json()).encode(), is_new=True)
    recording = await publish(files, recording.wished(brief=2))
    removed = recording.without(["daniel"])
    await publish(files, replace(removed, made=replace(removed.made, removed=("daniel",))))
    for name in await files.names():
        assert b"aniel" not in await files.get(name), name
    kept = Brief.from_json(json.loads(await files.get(layout.brief_version(2))))
    assert [line.text for line in kept.summary] == ["So."]
    assert kept.sections[0].heading == "…’s carbon"


async def test_a_version_that_is_no_json_is_said_by_its_name(files: SpaceShelf) -> None:
    await files.put(layout.transcript_version(1), b"\x00")
    with pytest.raises(BadInput, match="transcript/1"):
        await publish(files, Recording("buses", wishes=Wishes(transcript=1), made=Made(edition=1)))
