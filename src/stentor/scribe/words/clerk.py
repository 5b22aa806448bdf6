"""The words of all Spaces: which are heard, which are written anew, what is said of them.

Comes in: every Space and every recording, as they change. Goes out: transcripts, then all that is made of
them; the recording's record; events. Never: work on a Space whose lease another scribe holds; a recording's
facts before the files that they speak of.
"""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import structlog

from stentor.backoff import Backoff
from stentor.config import Settings
from stentor.errors import EngineFailed, LogAway, StentorError
from stentor.limits import LEASE_TTL_S
from stentor.log.state import CrewStore
from stentor.record.recording import Recording, Stage
from stentor.scribe.brief.extractive import Extractive
from stentor.scribe.brief.port import Briefer, Translator
from stentor.scribe.recording.desk import Desk
from stentor.scribe.words.due import is_over, is_to_ask_model, is_to_hear, is_to_publish, is_to_translate
from stentor.scribe.words.editor import Editor
from stentor.scribe.words.fetched import fetch_voices
from stentor.scribe.words.hearing import Hearing
from stentor.scribe.words.interpreter import Interpreter, versions_of
from stentor.scribe.words.listening import FOLDER
from stentor.shelf import layout
from stentor.shelf.manifest import Manifest
from stentor.space.record import Space

log = structlog.get_logger()

_RENEW_S: Final = LEASE_TTL_S / 4
_LOOK_S: Final = 1.0
_AGAIN_FIRST_S: Final = 1.0
_AGAIN_LAST_S: Final = 60.0
_FETCH_AFTER_MS: Final = 60_000
"""So long after the seal whoever has the working folder is waited for."""


class Clerk:
    """Of one process.

    Args:
        translator: None: the house has none.
        fetched: where voices lie that come from the shelf: a folder per Space.
    """

    def __init__(
        self,
        desk: Desk,
        crews: CrewStore,
        hearing: Hearing,
        briefers: Sequence[Briefer],
        *,
        translator: Translator | None = None,
        fetched: Path,
    ) -> None:
        self._desk = desk
        self._crews = crews
        self._hearing = hearing
        self._briefers = briefers
        self._has_model = any(not isinstance(engine, Extractive) for engine in briefers)
        self._writing = asyncio.Lock()
        self._interpreter = Interpreter(desk, translator, self._writing)
        self._fetched = fetched
        self._spaces: dict[str, Space] = {}
        self._recordings: dict[str, Recording] = {}
        self._fetched_ids = {path.name for path in fetched.glob("*")}
        """Spaces with a folder there; what a kill has left too."""
        self._changed = asyncio.Event()
        self._held: set[str] = set()
        self._unheard: dict[str, str] = {}
        """Space → its language, for which there is no engine."""
        self._later: dict[str, tuple[Backoff, float]] = {}
        """Space → when it is tried again after a failure, monotonic s."""

    async def run(self) -> None:
        """For ever. Bounds: one Space is heard at a time, published, translated, asked of a model."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow_spaces(), name="spaces")
            group.create_task(self._follow_recordings(), name="recordings")
            group.create_task(self._renew(), name="leases")
            group.create_task(self._again_and_again(self._hear), name="hearing")
            group.create_task(self._again_and_again(self._publish), name="publishing")
            group.create_task(self._again_and_again(self._translate), name="translating")
            group.create_task(self._again_and_again(self._ask_model), name="asking")

    async def _follow_spaces(self) -> None:
        async for space in self._desk.spaces.watch():
            self._spaces[space.id] = space
            self._changed.set()

    async def _follow_recordings(self) -> None:
        async for recording in self._desk.recordings.watch():
            self._recordings[recording.space_id] = recording
            self._changed.set()

    async def _again_and_again(self, step: Callable[[], Coroutine[Any, Any, bool]]) -> None:
        """Args: step: returns whether there may be more to do at once."""
        while True:
            try:
                if await step():
                    continue
            except LogAway as error:
                log.warning("words stand still while the log is away", detail=error.detail)
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._changed.wait()

    # ── hearing ──

    async def _hear(self) -> bool:
        """Begins what has begun, hears a little, writes down what is heard to its end. Raises: LogAway."""
        for space in list(self._spaces.values()):
            is_meant = is_to_hear(space, self._recording(space.id))
            if self._hearing.hears(space.id) and (not is_meant or space.id not in self._held):
                await self._hearing.end(space.id)
                continue
            if not is_meant and space.id in self._fetched_ids:
                await self._forget_fetched(space.id)
            elif is_meant and not self._hearing.hears(space.id) and self._is_time(space.id):
                await self._guarded(space, self._begin)
        over = {space_id for space_id in self._spaces if is_over(self._recording(space_id))}
        try:
            heard = await self._hearing.step(wall_ms=self._desk.clock.wall_ms(), over=over)
        except OSError as error:
            log.error("voices cannot be heard", error=str(error))
            return False
        if heard is not None and self._is_time(heard):
            await self._guarded(self._spaces[heard], self._finish)
        return self._hearing.was_busy

    async def _begin(self, space: Space) -> None:
        if self._unheard.get(space.id) == space.language:
            return
        folder = await self._folder(space)
        if folder is None or space.timeline is None:
            return
        if not await self._hold(space.id):
            return
        if not is_to_hear(space, await self._desk.recordings.get(space.id)):
            return  # at the start Spaces may be known before their recordings
        crew = await self._crews.get(space.id)
        hints = (space.title, *(member.name for member in crew.members if not member.is_source))
        try:
            await self._hearing.begin(space, space.timeline, folder=folder, hints=hints)
        except EngineFailed as error:
            if space.language not in self._unheard.values():
                log.warning("no transcripts", language=space.language, because=error.detail)
            self._unheard[space.id] = space.language
            return
        await self._desk.recordings.change(space.id, lambda r: replace(r, transcript=Stage.RUNNING))

    async def _finish(self, space: Space) -> None:
        """Everything is heard: version 1."""
        files = self._desk.files(space.id)
        manifest = Manifest.from_bytes(await files.get(layout.MANIFEST))
        folder = await self._folder(space)
        if folder is None:
            await self._hearing.end(space.id)
            return
        transcript = await self._hearing.transcript(
            space,
            folder=folder,
            names={person.id: person.name for person in manifest.people},
            wall_ms=self._desk.clock.wall_ms(),
        )
        await self._editor(space).keep_first(transcript)
        self._recordings[space.id] = await self._desk.recordings.change(space.id, with_first)
        await self._hearing.end(space.id)
        await self._desk.tell(space.id, "transcript_made", version=1)
        log.info("a transcript is made", space=space.id, turns=len(transcript.turns))

    async def _folder(self, space: Space) -> Path | None:
        """Where its voices are on this machine; None: nowhere yet."""
        folder = self._desk.folder(space.id)
        if folder.exists():
            return folder
        recording = self._recording(space.id)
        sealed_ms = recording.sealed_ms
        is_late = sealed_ms is not None and self._desk.clock.wall_ms() > sealed_ms + _FETCH_AFTER_MS
        if not (is_over(recording) and is_late and await self._hold(space.id)):
            return None
        if not self._hearing.hears(space.id):
            files = self._desk.files(space.id)
            manifest = Manifest.from_bytes(await files.get(layout.MANIFEST))
            self._fetched_ids.add(space.id)
            await fetch_voices(files, manifest, self._fetched / space.id)
        return self._fetched / space.id

    async def _forget_fetched(self, space_id: str) -> None:
        """Copies of voices go when nothing is to be heard: all is, or the record is unwanted."""
        await asyncio.to_thread(shutil.rmtree, self._fetched / space_id, ignore_errors=True)
        self._fetched_ids.discard(space_id)

    # ── publishing ──

    async def _publish(self) -> bool:
        """One Space's words as they are wished. Raises: LogAway."""
        for space in list(self._spaces.values()):
            recording = self._recording(space.id)
            if is_to_publish(space, recording) and self._is_time(space.id) and await self._hold(space.id):
                async with self._writing:
                    await self._guarded(space, self._publish_one)
                return True
        return False

    async def _translate(self) -> bool:
        """What one Space's translations lack, beside the publishing of others. Raises: LogAway."""
        for space in list(self._spaces.values()):
            is_due = is_to_translate(space, self._recording(space.id)) and self._interpreter.is_time(space.id)
            if is_due and self._is_time(space.id) and await self._hold(space.id):
                await self._guarded(space, self._translate_one)
                return True
        return False

    async def _translate_one(self, space: Space) -> None:
        recording = await self._desk.recordings.get(space.id)
        problem = await self._interpreter.fill(recording, await self._editor(space).newest(recording))

        def told(now: Recording) -> Recording:
            return replace(now, made=replace(now.made, untranslated=problem))

        async with self._writing:
            self._recordings[space.id] = await self._desk.recordings.change(space.id, told)
            if is_to_translate(space, self._recordings[space.id]):
                await self._publish_one(space)

    async def _ask_model(self) -> bool:
        """For one Space's brief, beside the publishing of others. Raises: LogAway."""
        for space in list(self._spaces.values()):
            is_due = self._has_model and is_to_ask_model(space, self._recording(space.id))
            if is_due and self._is_time(space.id) and await self._hold(space.id):
                await self._guarded(space, self._ask_model_one)
                return True
        return False

    async def _ask_model_one(self, space: Space) -> None:
        """What it writes is a version like a host's: it is published when it is there."""
        recording, editor = await self._desk.recordings.get(space.id), self._editor(space)
        making = await editor.by_model(recording, wall_ms=self._desk.clock.wall_ms())
        async with self._writing:
            now = await self._desk.recordings.get(space.id)
            self._recordings[space.id] = now
            if versions_of(now) != versions_of(recording) or not is_to_ask_model(space, now):
                return  # somebody was removed or something edited meanwhile
            kept = await editor.keep_model(making, now)

            def told(latest: Recording) -> Recording:
                is_untouched = latest.wishes.brief == now.wishes.brief
                wishes = replace(latest.wishes, brief=kept.wishes.brief) if is_untouched else latest.wishes
                made = replace(
                    latest.made,
                    waits_for_model=kept.made.waits_for_model,
                    model_refused=kept.made.model_refused,
                )
                return replace(latest, wishes=wishes, made=made)

            then = await self._desk.recordings.change(space.id, told)
            self._recordings[space.id] = then
            version = kept.wishes.brief
            is_new = version != now.wishes.brief
            if is_new and then.wishes.brief != version:
                # A host was faster by a moment; the number must be free for their next version.
                await self._desk.files(space.id).remove(layout.brief_version(version))
                return
        if is_new:
            await self._desk.tell(space.id, "brief_made", version=version)

    async def _publish_one(self, space: Space) -> None:
        recording = await self._desk.recordings.get(space.id)
        published = await self._editor(space).publish(
            recording, language=space.language, wall_ms=self._desk.clock.wall_ms()
        )
        then = await self._desk.recordings.change(space.id, published.facts)
        self._recordings[space.id] = then
        await self._forget_heard(space.id)
        if published.is_new_brief:
            await self._desk.tell(space.id, "brief_made", version=then.made.brief)
        log.info(
            "words are on the shelf", space=space.id, transcript=then.made.transcript, brief=then.made.brief
        )

    async def _forget_heard(self, space_id: str) -> None:
        """What was heard is not needed any more once it is on the shelf, and must not outlive a removal."""
        if self._recording(space_id).made.transcript:
            folder = self._desk.folder(space_id) / FOLDER
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _editor(self, space: Space) -> Editor:
        return Editor(
            self._desk.files(space.id),
            title=space.title,
            description=space.description,
            briefers=self._briefers,
        )

    # ── leases and failures ──

    async def _guarded(self, space: Space, work: Callable[[Space], Coroutine[Any, Any, None]]) -> None:
        """Does it; a failure is said in the recording and tried again later. Raises: LogAway."""
        try:
            await work(space)
        except LogAway:
            raise
        except (StentorError, OSError) as error:
            backoff, _ = self._later.get(space.id, (Backoff(_AGAIN_FIRST_S, _AGAIN_LAST_S), 0.0))
            now_s = self._desk.clock.monotonic_s()
            self._later[space.id] = backoff, now_s + backoff.after_death(lived_s=0.0)
            detail = error.detail if isinstance(error, StentorError) else f"The disk: {error}."
            log.error("a record's words stand still", space=space.id, error=detail)
            await self._desk.recordings.change(space.id, lambda r: _failed(r, detail))
        else:
            self._later.pop(space.id, None)

    def _is_time(self, space_id: str) -> bool:
        _, at_s = self._later.get(space_id, (None, 0.0))
        return self._desk.clock.monotonic_s() >= at_s

    def _recording(self, space_id: str) -> Recording:
        return self._recordings.get(space_id) or Recording(space_id)

    async def _hold(self, space_id: str) -> bool:
        """Whether this process has the Space's lease. Raises: LogAway."""
        if space_id not in self._held and await self._desk.leases.take(_lease(space_id), self._desk.owner):
            self._held.add(space_id)
        return space_id in self._held

    async def _renew(self) -> None:
        """Leases of what is heard or was just published; one that is not needed any more is given up."""
        while True:
            await asyncio.sleep(_RENEW_S)
            for space_id in list(self._held):
                # A lease that cannot be renewed because NATS is away is not lost: nobody else gets it.
                with suppress(LogAway):
                    if self._is_needed(space_id):
                        if not await self._desk.leases.take(_lease(space_id), self._desk.owner):
                            log.warning("another scribe has the words", space=space_id)
                            self._held.discard(space_id)
                    else:
                        self._held.discard(space_id)
                        await self._desk.leases.give_up(_lease(space_id), self._desk.owner)

    def _is_needed(self, space_id: str) -> bool:
        space, recording = self._spaces[space_id], self._recording(space_id)
        if self._hearing.hears(space_id) or is_to_publish(space, recording):
            return True
        return is_to_hear(space, recording) and space_id not in self._unheard


def with_first(recording: Recording) -> Recording:
    """The record when version 1 of its transcript is on the shelf.

    Whoever was removed while it was written may be in it: the words' removals are done once more.
    """
    return replace(
        recording,
        wishes=replace(recording.wishes, transcript=max(1, recording.wishes.transcript)),
        made=replace(recording.made, words_removed=()),
        transcript=Stage.MADE,
        brief=recording.brief if recording.wishes.brief else Stage.RUNNING,
    )


def fetched_dir(settings: Settings) -> Path:
    return settings.data_dir / "words"


def _lease(space_id: str) -> str:
    return f"words.{space_id}"


def _failed(recording: Recording, detail: str) -> Recording:
    """Args: detail: no words spoken, no names."""
    if recording.made.transcript:
        return replace(recording, brief=Stage.FAILED, problem=detail)
    return replace(recording, transcript=Stage.FAILED, problem=detail)
