"""The finisher: what is due, by a clock moved by hand, against a real log."""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.backstage.control.finisher import Due, Finisher, due
from stentor.clock import HandClock
from stentor.log.bus import Bus
from stentor.log.lines import LineStates
from stentor.log.state import CrewStore, InvitationStore, Leases, QuestionStore, SpaceStore
from stentor.space.invitation import Invitation
from stentor.space.lifecycle import State
from stentor.space.names import new_token
from stentor.space.people import Role
from stentor.space.questions import Question
from stentor.space.record import Space

UNDO_MS = 10_000


def space(space_id: str, state: State = State.SCHEDULED) -> Space:
    return Space(id=space_id, title="A talk", state=state, created_ms=1)


@dataclass
class Set:
    finisher: Finisher
    clock: HandClock
    told: list[Space] = field(default_factory=list)
    notes: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)


@pytest.fixture
async def at_work(bus: Bus, tmp_path: Path) -> Set:
    clock, forgotten = HandClock(), list[str]()
    made: Set

    def note(space_id: str, kind: str, **facts: object) -> None:
        made.notes.append((space_id, kind, facts))

    made = Set(
        Finisher(
            bus=bus,
            spaces=await SpaceStore.open(bus),
            crews=await CrewStore.open(bus),
            questions=await QuestionStore.open(bus),
            invitations=await InvitationStore.open(bus),
            lines=await LineStates.open(bus),
            leases=await Leases.open(bus),
            owner="test",
            clock=clock,
            known=lambda: made.told,
            note=note,
            forget=forgotten.append,
            sounds_dir=tmp_path / "sounds",
            counts_dir=tmp_path / "counts",
        ),
        clock,
        forgotten=forgotten,
    )
    return made


@given(st.sampled_from(State), st.none() | st.integers(0, 100), st.integers(0, 100))
def test_nothing_is_due_before_its_time_and_only_these_two_states_ever_are(
    state: State, over_at_ms: int | None, now_ms: int
) -> None:
    found = due(replace(space("a", state), over_at_ms=over_at_ms), wall_ms=now_ms)
    is_time = over_at_ms is not None and now_ms >= over_at_ms
    assert found == ({State.ENDING: Due.END, State.DELETED: Due.REMOVE}.get(state) if is_time else None)


async def test_an_ending_space_ends_when_its_time_is_over_and_not_before(at_work: Set, space_id: str) -> None:
    store, clock = at_work.finisher.spaces, at_work.clock
    now_ms = clock.wall_ms()
    await store.create(space(space_id, State.ON_AIR).moved(State.ENDED, wall_ms=now_ms, undo_ms=UNDO_MS))
    at_work.told = [await store.get(space_id)]
    clock.advance(9.999)
    await at_work.finisher.step()
    assert (await store.get(space_id)).state is State.ENDING
    clock.advance(0.001)
    await at_work.finisher.step()
    await at_work.finisher.step()
    ended = await store.get(space_id)
    assert (ended.state, ended.ended_ms, ended.over_at_ms) == (State.ENDED, now_ms + UNDO_MS, None)
    assert at_work.notes == [(space_id, "state", {"by": "house", "state": "ended"})]


async def test_an_end_that_was_undone_in_the_last_moment_stays_undone(at_work: Set, space_id: str) -> None:
    store, clock = at_work.finisher.spaces, at_work.clock
    now_ms = clock.wall_ms()
    await store.create(space(space_id, State.ON_AIR).moved(State.ENDED, wall_ms=now_ms, undo_ms=UNDO_MS))
    at_work.told = [await store.get(space_id)]  # what was told last is older than the record
    await store.change(space_id, lambda s: s.moved(State.ON_AIR, wall_ms=now_ms))
    clock.advance(11)
    await at_work.finisher.step()
    assert (await store.get(space_id)).state is State.ON_AIR
    assert at_work.notes == []


async def test_of_a_deleted_space_nothing_is_left_and_its_record_goes_last(
    at_work: Set, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    parts = at_work.finisher
    await bus.ensure_stream(space_id, age_s=3600)
    await parts.spaces.create(space(space_id))
    token = new_token()
    await parts.invitations.create(Invitation("i", space_id, "p", "Ana", Role.HOST), token=token)
    await parts.crews.change(
        space_id, lambda c: c.invited("p", name="Ana", role=Role.HOST, invitation_id="i")
    )
    await parts.questions.change(space_id, lambda q: q.asked(Question("q", "Who?", "", 1)))
    await parts.lines.save(space_id, {"seed": "00"}, revision=None)
    sound = tmp_path / "sounds" / space_id / "jingle"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(b"OggS")
    await parts.spaces.change(
        space_id, lambda s: s.moved(State.DELETED, wall_ms=at_work.clock.wall_ms(), undo_ms=UNDO_MS)
    )
    at_work.told = [await parts.spaces.get(space_id)]
    at_work.clock.advance(9.9)
    await parts.step()
    assert sound.exists()
    assert await bus.history(space_id).exists()
    at_work.clock.advance(0.1)
    await parts.step()
    assert not await bus.history(space_id).exists()
    assert not sound.parent.exists()
    assert await parts.invitations.of_space(space_id) == []
    assert (await parts.crews.get(space_id)).members == ()
    assert (await parts.questions.get(space_id)).items == ()
    assert await parts.lines.load(space_id) is None
    # The scribe has not said yet that the folder on the shelf is gone: the id is still taken.
    assert (await parts.spaces.get(space_id)).state is State.DELETED
    await parts.spaces.change(space_id, lambda s: replace(s, is_off_shelf=True))
    await parts.step()
    assert await parts.spaces.find(space_id) is None
    assert at_work.forgotten == [space_id]


async def test_only_one_of_two_finishers_is_at_work(at_work: Set, bus: Bus, space_id: str) -> None:
    store = at_work.finisher.spaces
    at_work.told = [space(space_id, State.ON_AIR).moved(State.ENDED, wall_ms=0, undo_ms=1)]
    await store.create(at_work.told[0])
    await at_work.finisher.leases.take("finisher", "another")
    running = asyncio.create_task(at_work.finisher.run())
    await asyncio.sleep(0)
    assert (await store.get(space_id)).state is State.ENDING
    await at_work.finisher.leases.give_up("finisher", "another")
    async with asyncio.timeout(5):
        while (await store.get(space_id)).state is State.ENDING:
            pass
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
