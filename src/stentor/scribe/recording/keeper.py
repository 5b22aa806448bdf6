"""One Space's record under its lease: whatever is due is done, one after the other, until nothing is.

Comes in: the newest Space and recording. Goes out: works. Never: two scribes at one record; a seal while the
log has something that the disk has not; a fault that ends the scribe.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

import structlog

from stentor.backoff import Backoff
from stentor.errors import LogAway, StentorError
from stentor.limits import LEASE_TTL_S
from stentor.process import end_tasks
from stentor.record.recording import Recording, Stage
from stentor.scribe.recording import removal
from stentor.scribe.recording.desk import Desk
from stentor.scribe.recording.due import Work, due
from stentor.scribe.recording.making import make_downloads
from stentor.scribe.recording.recorder import Recorder, is_begun
from stentor.scribe.recording.sealing import seal
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.space.timeline import Timeline

log = structlog.get_logger()

_RENEW_S = LEASE_TTL_S / 4
_AGAIN_FIRST_S = 1.0
_AGAIN_LAST_S = 60.0
_LOOK_S = 0.25


class RecordKeeper:
    """One Space's.

    Args:
        newest: the Space as it was told last; None: it is gone.
    """

    def __init__(self, desk: Desk, space_id: str, *, newest: Callable[[], Space | None]) -> None:
        self._desk = desk
        self._space_id = space_id
        self._newest = newest

    async def run(self) -> None:
        """Until nothing is due; a moment later again when disk, shelf or log do not do their part."""
        backoff = Backoff(first_s=_AGAIN_FIRST_S, last_s=_AGAIN_LAST_S, good_life_s=600)
        while True:
            began_s = self._desk.clock.monotonic_s()
            try:
                work = await self._due()
                if work is None:
                    return
                if not await self._under_lease(partial(self._do, work)):
                    await asyncio.sleep(_RENEW_S)
            except (StentorError, OSError) as error:
                wait_s = backoff.after_death(lived_s=self._desk.clock.monotonic_s() - began_s)
                log.error("a record stands still", space=self._space_id, error=str(error), again_in_s=wait_s)
                await self._tell_problem(error)
                await asyncio.sleep(wait_s)

    async def _due(self) -> Work | None:
        space = await self._desk.spaces.find(self._space_id)
        if space is None:
            return None
        return due(
            space,
            await self._desk.recordings.get(self._space_id),
            wall_ms=self._desk.clock.wall_ms(),
            log_age_ms=self._desk.log_age_s * 1000,
            has_folder=is_begun(self._desk.folder(self._space_id)),
        )

    async def _do(self, work: Work) -> None:
        space = await self._desk.spaces.get(self._space_id)
        timeline = space.timeline
        match work:
            case Work.DELETE:
                await removal.delete_space(self._desk, space)
            case Work.REMOVE:
                await removal.remove_record(self._desk, space)
            case Work.FORGET:
                await removal.forget(self._desk, space)
            case _ if timeline is None:
                return
            case Work.RECORD:
                await self._record(timeline)
            case Work.PEOPLE:
                await removal.remove_people(self._desk, space, timeline)
            case Work.DOWNLOADS:
                await make_downloads(self._desk, space, timeline)
            case Work.TIDY:
                await removal.tidy(self._desk, space, timeline)

    async def _record(self, timeline: Timeline) -> None:
        """From wherever the folder stands to the end of the log."""
        await self._desk.recordings.change(self._space_id, _running)
        kept = await self._follow(timeline, quiet_s=self._desk.quiet.first_s)
        if kept is None:
            return
        has_seal = await self._seal(timeline)
        late = await self._follow(timeline, quiet_s=self._desk.quiet.last_s - self._desk.quiet.first_s)
        if late is None:
            return
        if late:
            log.info("something came late and is sealed too", space=self._space_id, messages=late)
            has_seal = await self._seal(timeline)
        await self._desk.bus.history(self._space_id).expire(self._desk.log_age_s)
        await self._desk.recordings.change(self._space_id, _complete)
        if has_seal:
            await self._desk.tell(self._space_id, "recording_made")
        log.info("the recording is complete", space=self._space_id)

    async def _seal(self, timeline: Timeline) -> bool:
        space = await self._desk.spaces.get(self._space_id)
        has_seal = await seal(self._desk, space, timeline)
        if has_seal and self._desk.keep_ms is not None:
            until_ms = (space.ended_ms or self._desk.clock.wall_ms()) + self._desk.keep_ms
            await self._desk.recordings.change(self._space_id, lambda r: _kept_until(r, until_ms))
        return has_seal

    async def _follow(self, timeline: Timeline, *, quiet_s: float) -> int | None:
        """Records until the Space has ended, the log is quiet for so long and the disk has all of it.

        Returns: how many messages were new; None: the Space is deleted, or its record unwanted.
        """
        recorder = Recorder(
            self._desk.bus,
            self._space_id,
            timeline,
            directory=self._desk.folder(self._space_id),
            clock=self._desk.clock,
            on_kept=self._desk.on_kept,
        )
        recording = asyncio.create_task(recorder.run())
        try:
            while True:
                await asyncio.wait([recording], timeout=_LOOK_S)
                if recording.done():
                    recording.result()
                space = self._newest()
                if space is None or space.state is State.DELETED:
                    if await self._due() is not Work.RECORD:
                        return None
                elif space.state is State.ENDED and recorder.quiet_s >= quiet_s:
                    # Silence may also be a log that does not answer: its own word counts.
                    with suppress(LogAway):
                        if await recorder.lacks() == 0:
                            return recorder.kept_count
        finally:
            await end_tasks(recording)

    async def _under_lease(self, work: Callable[[], Awaitable[None]]) -> bool:
        """False: another scribe has it, or took it.

        A lease that cannot be renewed because NATS is away is not lost: without NATS nobody else gets it.
        """
        leases, key, owner = self._desk.leases, f"scribe.{self._space_id}", self._desk.owner
        if not await leases.take(key, owner):
            return False
        working = asyncio.ensure_future(work())
        try:
            while True:
                await asyncio.wait([working], timeout=_RENEW_S)
                if working.done():
                    working.result()
                    return True
                with suppress(LogAway):
                    if not await leases.take(key, owner):
                        log.warning("another scribe has the lease", space=self._space_id)
                        return False
        finally:
            await end_tasks(working)
            with suppress(LogAway):
                await leases.give_up(key, owner)

    async def _tell_problem(self, error: Exception) -> None:
        problem = error.detail if isinstance(error, StentorError) else f"The disk: {error}."
        with suppress(StentorError):
            await self._desk.recordings.change(self._space_id, lambda r: replace(r, problem=problem))


def _running(recording: Recording) -> Recording:
    return recording if recording.is_sealed else replace(recording, programme=Stage.RUNNING)


def _complete(recording: Recording) -> Recording:
    programme = recording.programme if recording.is_sealed else Stage.NONE
    return replace(recording, programme=programme, made=replace(recording.made, has_all=True))


def _kept_until(recording: Recording, until_ms: int) -> Recording:
    if recording.wishes.keep_until_ms is not None:
        return recording
    return recording.wished(keep_until_ms=until_ms)
