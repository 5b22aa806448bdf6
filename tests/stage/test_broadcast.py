"""Numbers of the broadcast: where it starts, what it appends."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stentor.formats import cmaf
from stentor.limits import CHUNK_MS, OPUS_FRAMES_PER_CHUNK, RUNWAY_CHUNKS
from stentor.log.subjects import number_of
from stentor.space.rung import Rung
from stentor.space.timeline import Timeline
from stentor.stage.broadcast import Broadcast, where_to_start
from stentor.stage.desk import ChunkOut

EPOCH_MS = 1_700_000_000_000
LINE = Timeline(EPOCH_MS)


@given(st.integers(0, 10**7), st.none() | st.integers(0, 20_000))
def test_a_start_never_takes_a_used_number_and_leaves_at_most_what_time_took(
    since_epoch_ms: int, last_used: int | None
) -> None:
    """Whatever the wall clock says and whatever the former process wrote."""
    now_ms = EPOCH_MS + since_epoch_ms
    start = where_to_start(LINE, now_ms=now_ms, last_used=last_used)
    assert start.first >= RUNWAY_CHUNKS
    assert last_used is None or start.first > last_used
    assert 0 <= start.silent_ticks < OPUS_FRAMES_PER_CHUNK
    if len(start.runway):
        assert start.runway.start == (0 if last_used is None else last_used + 1)
        assert start.runway.stop == start.first, "no hole between the silence and the first word"
    else:
        assert last_used is not None
    assert LINE.wall_ms_of(start.first) <= max(
        now_ms, EPOCH_MS + CHUNK_MS * max(RUNWAY_CHUNKS, (last_used or 0) + 1)
    )


def test_the_first_word_after_going_on_the_air_is_in_the_first_chunk() -> None:
    """Whoever says «good evening» at once is heard: the chunk begins in its middle."""
    on_air_ms = EPOCH_MS + RUNWAY_CHUNKS * CHUNK_MS
    start = where_to_start(LINE, now_ms=on_air_ms + 45, last_used=None)
    assert (start.runway, start.first, start.silent_ticks) == (range(RUNWAY_CHUNKS), RUNWAY_CHUNKS, 2)


def test_a_crash_costs_the_chunks_that_the_clock_took() -> None:
    """Last was 100, two seconds are gone: 104 is under way, 101 to 103 are the hole."""
    start = where_to_start(LINE, now_ms=LINE.wall_ms_of(104) + 100, last_used=100)
    assert (start.first, start.silent_ticks, len(start.runway)) == (104, 5, 0)


def test_a_wall_clock_that_was_set_back_repeats_no_number() -> None:
    """The first free number is taken, and its time has not come yet."""
    start = where_to_start(LINE, now_ms=LINE.wall_ms_of(90), last_used=100)
    assert (start.first, start.silent_ticks) == (101, 0)


def test_a_chunk_is_four_rungs_the_voices_and_a_tick() -> None:
    """The tick last: who has it may look for the others."""
    said: list[tuple[str, bytes]] = []
    broadcast = Broadcast(
        space_id="demo", timeline=LINE, append=lambda s, p: said.append((s, p)), first_number=36
    )
    while not broadcast.push(np.zeros(960, np.float32)):
        continue
    broadcast.finish(ChunkOut({"maya": -12}, {"maya": b"SV1\0"}), {"state": "on_air"})
    subjects = [subject for subject, _ in said]
    assert subjects == [
        *(f"space.demo.chunk.{rung}.36" for rung in Rung),
        "space.demo.voice.maya.36",
        "space.demo.tick.36",
    ]
    tick = json.loads(said[-1][1])
    assert tick["t"] == LINE.wall_ms_of(36)
    assert (tick["speaking"], tick["full"]) == ({"maya": -12}, True)
    assert [cmaf.chunk_number(data) for subject, data in said[:4]] == [36] * 4


def test_the_runway_is_full_of_silence_and_the_first_number_follows() -> None:
    """36 numbers, each complete."""
    said: list[tuple[str, bytes]] = []
    broadcast = Broadcast(
        space_id="demo", timeline=LINE, append=lambda s, p: said.append((s, p)), first_number=36
    )
    broadcast.lay_runway(range(36), {"state": "on_air"})
    assert len(said) == 36 * (len(Rung) + 1)
    assert {number_of(subject) for subject, _ in said} == set(range(36))
    assert broadcast.number == 36


def test_a_hole_is_numbers_that_nobody_writes() -> None:
    """Only at a border: no chunk is torn."""
    broadcast = Broadcast(space_id="demo", timeline=LINE, append=lambda _s, _p: None, first_number=36)
    broadcast.skip_chunks(3)
    assert broadcast.number == 39
    assert broadcast.is_at_border
