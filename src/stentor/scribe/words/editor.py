"""What is made of one record's words: versions, texts, brief, chapters, translations, and the list of them.

Comes in: a recording's wishes, the newest transcript. Goes out: files on the shelf, read back; `words.json`
last. Never: a version changed, but to take a person out of it; a quote that its transcript does not carry.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from stentor.errors import BadInput, Conflict, NotFound
from stentor.limits import TITLE_LENGTH_MAX
from stentor.record.brief import Brief
from stentor.record.chapters import Chapter, chapters_json, in_order
from stentor.record.proof import proved
from stentor.record.recording import Recording, Stage
from stentor.record.texts.briefs import brief_texts
from stentor.record.texts.transcripts import transcript_texts
from stentor.record.transcript import Transcript
from stentor.scribe.brief.extractive import Extractive
from stentor.scribe.brief.making import Making, make
from stentor.scribe.brief.port import Briefer, Material
from stentor.scribe.words.due import chapters_of
from stentor.scribe.words.interpreter import Versions
from stentor.scribe.words.translations import Rendered, rendered
from stentor.shelf import layout
from stentor.shelf.manifest import Words
from stentor.shelf.store import SpaceShelf

log = structlog.get_logger()

_TRIES_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class Published:
    """What has been made.

    Args:
        facts: writes it into the recording.
        is_new_brief: nobody has read it yet.
    """

    facts: Callable[[Recording], Recording]
    is_new_brief: bool


class Editor:
    """One Space's.

    Args:
        briefers: the extractive one writes at once; others are asked behind everything else (`by_model`).
    """

    def __init__(
        self, files: SpaceShelf, *, title: str, description: str, briefers: Sequence[Briefer] = ()
    ) -> None:
        self._files = files
        self._title = title
        self._description = description
        self._own = [engine for engine in briefers if isinstance(engine, Extractive)]
        self._models = [engine for engine in briefers if not isinstance(engine, Extractive)]

    async def keep_first(self, transcript: Transcript) -> None:
        """Version 1, unless there is one: a kill came between writing it and saying so."""
        try:
            await self._files.put(layout.transcript_version(1), _bytes(transcript), is_new=True)
        except Conflict:
            log.info("the transcript was written before")

    async def publish(self, recording: Recording, *, language: str, wall_ms: int) -> Published:
        """Makes what is wished and not yet made. Raises: ShelfAway. BadInput: a version cannot be read.

        Bounds: a transcript of an hour, 10,000 words, takes 3 s of a core without its brief.
        """
        wishes = recording.wishes
        is_removal = set(wishes.removed) != set(recording.made.words_removed)
        if is_removal:
            await self._forget(frozenset(wishes.removed))
        transcript = await self._transcript(wishes.transcript) if wishes.transcript else None
        texts: dict[str, bytes] = {}
        brief, translations = None, Rendered()
        if transcript is not None:
            made = await asyncio.to_thread(transcript_texts, transcript, title=self._title)
            texts |= {layout.transcript_text(kind): text for kind, text in made.items()}
            brief = await self._brief(recording, transcript, is_removal=is_removal, wall_ms=wall_ms)
            texts |= {layout.brief_text(kind): text for kind, text in brief_texts(brief).items()}
            translations = await rendered(self._files, wishes.languages, transcript, brief, title=self._title)
            texts |= translations.texts
        chapters = wishes.chapters or (chapters_in(brief) if brief else ())
        if chapters:
            texts[layout.CHAPTERS] = chapters_json(chapters)
        words = await self._list(
            texts, transcript, brief, language=language, languages=translations.languages
        )
        is_new_brief = brief is not None and brief.version != wishes.brief
        is_machines = brief is not None and is_new_brief and brief.is_machine

        def facts(now: Recording) -> Recording:
            then = _with_facts(now, recording, words)
            if not is_machines:
                return then
            made = replace(then.made, waits_for_model=bool(self._models), model_refused="")
            return replace(then, made=made)

        return Published(facts, is_new_brief)

    async def by_model(self, recording: Recording, *, wall_ms: int) -> Making:
        """The newest brief as the house's language model writes it; one that a person has changed stays.

        Raises: ShelfAway. BadInput.
        Bounds: minutes: what `Briefer.draft` of the models takes.
        """
        newest = await self.newest(recording)
        if not newest.brief.is_machine:
            return Making(newest.brief)
        material = Material(self._title, self._description, newest.transcript, recording.wishes.chapters)
        made = await make(material, engines=self._models, version=newest.brief.version + 1, made_ms=wall_ms)
        return replace(made, brief=newest.brief) if made.given_up else made

    async def keep_model(self, making: Making, recording: Recording) -> Recording:
        """The facts once it was asked; its brief, if there is one, is the next version. Raises: ShelfAway."""
        wishes, made = recording.wishes, recording.made
        if making.brief.version != wishes.brief:
            kept = await self._keep_brief(making.brief, after=wishes.brief)
            wishes = replace(wishes, brief=kept.version)
        made = replace(made, waits_for_model=False, model_refused=making.given_up)
        return replace(recording, wishes=wishes, made=made)

    async def newest(self, recording: Recording) -> Versions:
        """The versions of which the texts on the shelf are made. Raises: ShelfAway. BadInput."""
        made = recording.made
        return Versions(await self._transcript(made.transcript), await self._version_of_brief(made.brief))

    async def _list(
        self,
        texts: dict[str, bytes],
        transcript: Transcript | None,
        brief: Brief | None,
        *,
        language: str,
        languages: tuple[str, ...],
    ) -> Words:
        """Writes the texts and then their list; what the last one named and this one does not goes."""
        try:
            before = Words.from_bytes(await self._files.get(layout.WORDS)).files
        except NotFound:
            before = {}
        words = Words(
            transcript=transcript.version if transcript else 0,
            brief=brief.version if brief else 0,
            language=transcript.language if transcript else language,
            languages=languages,
            is_machine_transcript=transcript is None or transcript.is_machine,
            is_machine_brief=brief is None or brief.is_machine,
            engine=transcript.engine if transcript else "",
            files={name: await self._files.put(name, text) for name, text in texts.items()},
        )
        await self._files.put(layout.WORDS, words.as_bytes())
        for name in set(before) - set(words.files):
            await self._files.remove(name)
        return words

    async def _brief(
        self, recording: Recording, transcript: Transcript, *, is_removal: bool, wall_ms: int
    ) -> Brief:
        """The newest one where it still stands, else the next version.

        A machine's is made anew after each change of the transcript; of an edited one only what does not
        stand any more is dropped.
        """
        wishes = recording.wishes
        is_asked = wishes.brief == 0 or wishes.brief_asked != recording.made.brief_asked
        if not is_asked:
            newest = await self._version_of_brief(wishes.brief)
            proof = proved(newest, transcript)
            is_same = newest.transcript == transcript.version and not proof.dropped
            if is_same and not (is_removal and newest.is_machine):
                return newest
            if not newest.is_machine:
                log.info("an edited brief was proved again", dropped=len(proof.dropped))
                return await self._keep_brief(replace(proof.brief, made_ms=wall_ms), after=wishes.brief)
        material = Material(self._title, self._description, transcript, wishes.chapters)
        version = wishes.brief + 1
        made = await make(material, engines=self._own, version=version, made_ms=wall_ms)
        return await self._keep_brief(made.brief, after=wishes.brief)

    async def _keep_brief(self, brief: Brief, *, after: int) -> Brief:
        """As the next version that is free: one may be there from before a kill."""
        for version in range(after + 1, after + 1 + _TRIES_MAX):
            kept = replace(brief, version=version)
            try:
                await self._files.put(layout.brief_version(version), _bytes(kept), is_new=True)
            except Conflict:
                continue
            return kept
        raise Conflict(f"Versions {after + 1} to {after + _TRIES_MAX} of the brief are taken.")

    async def _forget(self, people: Collection[str]) -> None:
        """These are in no version any more: neither their words nor their names."""
        transcripts: dict[int, Transcript] = {}
        for name in await self._files.names("transcript/"):
            before = Transcript.from_json(await self._read(name))
            transcripts[before.version] = before.without(people)
            await self._files.put(name, _bytes(transcripts[before.version]))
        for name in await self._files.names("brief/"):
            brief = Brief.from_json(await self._read(name))
            transcript = transcripts.get(brief.transcript)
            if transcript is None:
                await self._files.remove(name)
            else:
                await self._files.put(name, _bytes(proved(brief.without(people), transcript).brief))

    async def _transcript(self, version: int) -> Transcript:
        return Transcript.from_json(await self._read(layout.transcript_version(version)))

    async def _version_of_brief(self, version: int) -> Brief:
        return Brief.from_json(await self._read(layout.brief_version(version)))

    async def _read(self, name: str) -> dict[str, Any]:
        """Raises: BadInput: it is no JSON object, so nothing that a scribe or a host has written."""
        try:
            found = json.loads(await self._files.get(name))
        except ValueError as error:
            raise BadInput(f"{name} cannot be read: {error}.") from None
        if not isinstance(found, dict):
            raise BadInput(f"{name} is not an object.")
        return found


def chapters_in(brief: Brief) -> tuple[Chapter, ...]:
    """The brief's topics, for a record whose hosts have set no chapters."""
    return in_order(
        Chapter(section.start_ms, section.heading[:TITLE_LENGTH_MAX], is_machine=True)
        for section in brief.sections
        if section.heading
    )


def _with_facts(now: Recording, then: Recording, words: Words) -> Recording:
    """Args: now: as it stands. then: as it stood when the work began: what changed since is due again."""
    made = replace(
        now.made,
        transcript=words.transcript,
        brief=words.brief,
        brief_asked=then.wishes.brief_asked,
        languages=words.languages,
        words_removed=then.wishes.removed,
        chapters_of=chapters_of(then.wishes.chapters),
        words_sha256=words.sha256,
    )
    is_untouched = now.wishes.brief == then.wishes.brief
    return replace(
        now,
        wishes=replace(now.wishes, brief=words.brief) if is_untouched else now.wishes,
        made=made,
        problem=None if Stage.FAILED in {now.transcript, now.brief} else now.problem,
        transcript=Stage.MADE if words.transcript else now.transcript,
        brief=Stage.MADE if words.brief else now.brief,
    )


def _bytes(version: Transcript | Brief) -> bytes:
    return json.dumps(version.as_json(), ensure_ascii=False, separators=(",", ":")).encode()
