"""People come and go, with a tiny transport of the tests' own."""

from typing import Any

import pytest

from stentor.clock import HandClock
from stentor.errors import BadInput, BadOffer, Full, NotFound
from stentor.limits import SPEAKER_GONE_AFTER_S
from stentor.stage.floor import Floor
from stentor.stage.opus import Encoder
from stentor.stage.rtp import rtp_header
from stentor.stage.transport import OnClosed, OnRtp
from webrtc_peer import bursts

PT = 96


class Line:
    """A peer that is two callbacks and a list."""

    answer, payload_type, level_id, ssrc = "v=0 answer", PT, None, 1

    def __init__(self, on_rtp: OnRtp, on_closed: OnClosed) -> None:
        self.on_rtp, self.on_closed = on_rtp, on_closed
        self.sent: list[bytes] = []
        self.is_open = True

    def send(self, rtp: bytes) -> None:
        self.sent.append(rtp)

    async def close(self) -> None:
        self.is_open = False


class Lines:
    """The second, smallest transport: no network at all."""

    def __init__(self) -> None:
        self.made: list[Line] = []

    async def join(self, offer: str, *, on_rtp: OnRtp, on_closed: OnClosed) -> Line:
        if offer == "broken":
            raise BadOffer("broken")
        line = Line(on_rtp, on_closed)
        if offer == "dead":
            on_closed()
        self.made.append(line)
        return line

    async def close(self) -> None:
        for line in self.made:
            await line.close()


def question(person: str = "maya", **changes: Any) -> dict[str, Any]:
    return {"person": person, "name": "Maya", "role": "host", "session": "s1", "offer": "v=0", **changes}


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def floor(lines: Lines, clock: HandClock) -> Floor:
    return Floor(transport=lines, clock=clock, speakers_max=2)


@pytest.mark.parametrize(
    "changes",
    [
        {"person": ""},
        {"person": 7},
        {"session": None},
        {"offer": ""},
        {"role": "king"},
        {"name": "\n"},
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
    floor: Floor, lines: Lines
) -> None:
    """The late news of an old session do not take the new one off stage."""
    await floor.join(question(session="s1"))
    await floor.join(question(session="s2"))
    old, new = lines.made
    assert (old.is_open, new.is_open) == (False, True)
    old.on_closed()
    assert len(floor.people) == 1
    new.on_closed()
    assert floor.people == []
    assert not floor.desk.seats


async def test_mute_is_for_those_on_stage_and_for_truths(floor: Floor) -> None:
    """404 and 400 otherwise."""
    with pytest.raises(NotFound):
        await floor.mute({"person": "maya", "muted": True})
    await floor.join(question())
    with pytest.raises(BadInput):
        await floor.mute({"person": "maya", "muted": "yes"})
    await floor.mute({"person": "maya", "muted": True})
    assert floor.people[0].muted
    assert floor.desk.seats["maya"].is_muted


async def test_whoever_sends_nothing_for_three_seconds_is_gone_until_they_do(
    floor: Floor, lines: Lines, clock: HandClock
) -> None:
    """Their place stays theirs."""
    await floor.join(question())
    assert floor.look_round() == frozenset()
    clock.advance(SPEAKER_GONE_AFTER_S)
    assert floor.look_round() == {"maya"}
    header = rtp_header(payload_type=PT, sequence=1, timestamp=0, ssrc=3)
    lines.made[0].on_rtp(header + Encoder(bitrate_bps=32_000).encode(bursts(0.02, pitch_hz=100, seed=1)))
    assert floor.look_round() == frozenset()
    assert len(floor.people) == 1


async def test_everybody_gets_a_packet_each_tick(floor: Floor, lines: Lines) -> None:
    """Also when nobody talks."""
    await floor.join(question("a"))
    await floor.join(question("b"))
    for tick in range(3):
        floor.send(floor.desk.turn(tick_in_chunk=tick, is_logged=False).returns)
    assert [len(line.sent) for line in lines.made] == [3, 3]
    await floor.close()
    assert not any(line.is_open for line in lines.made)
