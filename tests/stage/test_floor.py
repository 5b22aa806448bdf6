"""People come and go, with a tiny transport of the tests' own."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from stentor.clock import HandClock
from stentor.errors import BadInput, BadOffer, Full, NotAllowed, TooMany
from stentor.limits import AWAY_KEPT_S, SPEAKER_GONE_AFTER_S
from stentor.sound.opus import Encoder
from stentor.space.crew import Crew, Silence
from stentor.space.people import Role
from stentor.stage.floor import Floor
from stentor.stage.rtp import rtp_header
from stentor.stage.transport import OnClosed, OnRtp
from webrtc_peer import bursts

PT = 96


class Line:
    """A peer that is two callbacks and a list."""

    answer, payload_type, level_id, ssrc, is_deaf = "v=0 answer", PT, None, 1, False

    def __init__(self, on_rtp: OnRtp, on_closed: OnClosed) -> None:
        self.on_rtp, self.on_closed = on_rtp, on_closed
        self.sent: list[bytes] = []
        self.is_open = True

    def send(self, rtp: bytes) -> None:
        self.sent.append(rtp)

    async def close(self) -> None:
        self.is_open = False


class Lines:
    """The smallest transport: no network at all."""

    def __init__(self) -> None:
        self.made: list[Line] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def join(self, offer: str, *, on_rtp: OnRtp, on_closed: OnClosed) -> Line:
        if offer == "broken":
            raise BadOffer("broken")
        line = Line(on_rtp, on_closed)
        if offer == "dead":
            on_closed()
        self.made.append(line)
        self.meanwhile()
        return line

    async def close(self) -> None:
        for line in self.made:
            await line.close()


class Record:
    """The crew as its bucket has it; the stage's copy is what `obey` was told."""

    def __init__(self) -> None:
        self.crew = Crew("demo")
        self.read_count = 0
        for name in ("maya", "a", "b", "c"):
            role = Role.HOST if name == "maya" else Role.SPEAKER
            self.crew = self.crew.invited(name, name=name.title(), role=role, invitation_id=f"inv-{name}")
        self.crew = self.crew.invited(
            "obs", name="OBS", role=Role.SPEAKER, invitation_id="inv-obs", is_source=True
        )

    async def newest(self) -> Crew:
        self.read_count += 1
        return self.crew


def question(person: str = "maya", **changes: Any) -> dict[str, Any]:
    return {"person": person, "session": "s1", "offer": "v=0", **changes}


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def floor(lines: Lines, clock: HandClock, record: Record) -> Floor:
    return Floor(
        transport=lines,
        wire=Lines(),
        clock=clock,
        speakers_max=2,
        crew=record.crew,
        newest_crew=record.newest,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"person": ""},
        {"person": 7},
        {"session": None},
        {"offer": ""},
        {"person": "x" * 65},
    ],
)
async def test_a_question_that_lacks_something_is_bad_input(floor: Floor, changes: dict[str, Any]) -> None:
    """And nobody is on stage for it."""
    with pytest.raises(BadInput):
        await floor.join(question(**changes))
    assert floor.people == []


async def test_a_failed_join_leaves_nobody(floor: Floor, lines: Lines) -> None:
    """Neither a bad offer, nor a connection that ended at once, nor one too many."""
    for offer in ("broken", "dead"):
        with pytest.raises(BadOffer):
            await floor.join(question(offer=offer))
    await floor.join(question("a"))
    await floor.join(question("b"))
    with pytest.raises(Full):
        await floor.join(question("c"))
    assert [p.id for p in floor.people] == ["a", "b"]
    assert set(floor.desk.seats) == {"a", "b"}


async def test_a_replaced_connection_is_closed_and_its_end_changes_nothing(
    floor: Floor, lines: Lines, clock: HandClock
) -> None:
    """The late news of an old session do not take the new one off stage; the new one's make it away."""
    await floor.join(question(session="s1"))
    await floor.join(question(session="s2"))
    await asyncio.sleep(0)
    old, new = lines.made
    assert (old.is_open, new.is_open) == (False, True)
    old.on_closed()
    assert [p.is_away for p in floor.people] == [False]
    new.on_closed()
    assert [p.is_away for p in floor.people] == [True]
    assert not floor.desk.seats
    clock.advance(AWAY_KEPT_S)
    floor.look_round()
    assert floor.people == []


async def test_a_mute_in_the_record_holds_at_once_and_over_a_new_session(
    floor: Floor, record: Record
) -> None:
    """Nothing that a page does opens a microphone: only the record does."""
    await floor.join(question())
    record.crew = record.crew.silenced("maya", Silence.LOCKED)
    floor.obey(record.crew)
    assert floor.desk.seats["maya"].is_muted
    assert floor.people[0].is_locked
    await floor.leave(question())
    await floor.join(question(session="s2", muted=False))
    assert floor.desk.seats["maya"].is_muted
    floor.obey(record.crew.silenced("maya", Silence.NONE))
    assert not floor.desk.seats["maya"].is_muted


async def test_whoever_the_record_puts_off_the_stage_is_off_at_once(
    floor: Floor, lines: Lines, record: Record
) -> None:
    """No seat, no packet in the mix, the line closed; neither an old nor a new offer brings them back."""
    await floor.join(question("a"))
    record.crew = record.crew.removed("a")
    floor.obey(record.crew)
    assert floor.people == []
    assert not floor.desk.seats
    await asyncio.sleep(0)
    assert not lines.made[0].is_open
    for session in ("s1", "s2"):
        with pytest.raises(NotAllowed):
            await floor.join(question("a", session=session))
    assert floor.people == []


async def test_a_removal_while_the_line_is_made_wins(floor: Floor, lines: Lines, record: Record) -> None:
    """The offer was good when it came."""
    lines.meanwhile = lambda: floor.obey(record.crew.removed("a"))
    with pytest.raises(NotAllowed):
        await floor.join(question("a"))
    assert not lines.made[0].is_open
    assert floor.people == []


async def test_whoever_was_let_in_a_moment_ago_need_not_wait_for_the_news(
    floor: Floor, record: Record
) -> None:
    """The record is asked afresh, and the join goes on when the change has come by its own way."""
    record.crew = record.crew.invited("d", name="D", role=Role.SPEAKER, invitation_id="inv-d")
    joining = asyncio.create_task(floor.join(question("d")))
    while not record.read_count:
        await asyncio.sleep(0)
    floor.obey(record.crew)
    assert (await joining)["answer"]
    with pytest.raises(NotAllowed):
        await floor.join(question("nobody"))


async def test_a_number_of_places_that_shrinks_takes_nobody_off(floor: Floor) -> None:
    await floor.join(question("a"))
    await floor.join(question("b"))
    floor.resize(speakers_max=1)
    await floor.join(question("b", session="s2"))
    with pytest.raises(Full):
        await floor.join(question("c"))
    assert len(floor.people) == 2


async def test_the_co_host_leads_while_the_host_is_away(
    floor: Floor, lines: Lines, record: Record, clock: HandClock
) -> None:
    """And the host again from the first packet on."""
    record.crew = record.crew.with_role("a", Role.COHOST)
    floor.obey(record.crew)
    await floor.join(question("maya"))
    await floor.join(question("a"))
    assert floor.lead == "maya"
    clock.advance(SPEAKER_GONE_AFTER_S)
    lines.made[1].on_rtp(packet())
    assert floor.look_round() == {"maya"}
    assert floor.lead == "a"
    assert await floor.who({}) == {
        "lead": "a",
        "people": [
            {"id": "maya", "is_away": True, "session": "s1"},
            {"id": "a", "is_away": False, "session": "s1"},
        ],
    }
    lines.made[0].on_rtp(packet())
    assert floor.look_round() == frozenset()
    assert floor.lead == "maya"


async def test_a_programme_is_seated_as_one_by_either_door(floor: Floor) -> None:
    """By WHIP and by wire; what the record says it is, is what it is."""
    await floor.join(question("obs"))
    assert floor.desk.seats["obs"].is_programme
    await floor.join(question("a"))
    await floor.join(question("b"))
    assert [p.is_source for p in floor.people] == [True, False, False]


async def test_whoever_sends_nothing_for_three_seconds_is_away_until_they_do(
    floor: Floor, lines: Lines, clock: HandClock
) -> None:
    """Their place stays theirs."""
    await floor.join(question())
    assert floor.look_round() == frozenset()
    clock.advance(SPEAKER_GONE_AFTER_S)
    assert floor.look_round() == {"maya"}
    lines.made[0].on_rtp(packet())
    assert floor.look_round() == frozenset()
    assert len(floor.people) == 1


def packet() -> bytes:
    header = rtp_header(payload_type=PT, sequence=1, timestamp=0, ssrc=3)
    return header + Encoder(bitrate_bps=32_000).encode(bursts(0.02, pitch_hz=100, seed=1))


async def test_everybody_gets_a_packet_each_tick(floor: Floor, lines: Lines) -> None:
    """Also when nobody talks."""
    await floor.join(question("a"))
    await floor.join(question("b"))
    for tick in range(3):
        floor.send(floor.desk.turn(tick_in_chunk=tick, is_logged=False).returns)
    assert [len(line.sent) for line in lines.made] == [3, 3]
    await floor.close()
    assert not any(line.is_open for line in lines.made)


def nonsense(number: int) -> bytes:
    """Opus by its first byte only."""
    return (
        rtp_header(payload_type=PT, sequence=number, timestamp=number * 960, ssrc=3) + b"\xfb\x03" + b"x" * 4
    )


async def test_a_voice_that_is_no_sound_is_silenced_and_then_put_away(
    lines: Lines, clock: HandClock, record: Record
) -> None:
    """Its hosts are told, its line is closed, and it cannot come back at once."""
    told: list[tuple[str, str]] = []
    floor = Floor(
        transport=lines,
        wire=Lines(),
        clock=clock,
        speakers_max=2,
        crew=record.crew,
        newest_crew=record.newest,
        on_put_away=lambda person, because: told.append((person, because)),
    )
    await floor.join(question("a"))
    await floor.join(question("b"))
    silenced_at = None
    for tick in range(600):
        for person in (0, 1):
            lines.made[person].on_rtp(nonsense(tick) if person == 0 else packet())
        floor.desk.turn(tick_in_chunk=0, is_logged=True)
        if tick % 25 == 0:
            clock.advance(0.5)
            floor.look_round()
            if "a" in floor.desk.seats and floor.desk.seats["a"].is_silenced:
                silenced_at = silenced_at or tick
    assert silenced_at is not None
    assert silenced_at <= 50
    assert told == [("a", "broken")]
    assert set(floor.desk.seats) == {"b"}
    assert not floor.desk.seats["b"].is_silenced
    assert "a" not in floor.desk.end_chunk().voices
    with pytest.raises(TooMany):
        await floor.join(question("a"))
    await floor.close()
    assert not any(line.is_open for line in lines.made)


async def test_a_thousand_offers_of_one_person_make_a_dozen_connections(floor: Floor, lines: Lines) -> None:
    """Each would cost all others a piece of the mixer's time."""
    refused = 0
    for number in range(1_000):
        try:
            await floor.join(question("a", session=f"s{number}"))
        except TooMany:
            refused += 1
    assert refused == 1_000 - len(lines.made) > 980
    await floor.join(question("b"))
    await floor.close()
