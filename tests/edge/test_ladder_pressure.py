"""The ladder under a line that is really full: down, visible, heard on without a fault, and up again."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from edge_door import front_door
from edge_process import edge_process
from listeners import Beat, all_hear, beats, listening, metric, next_beat, until_told
from stentor.backstage.control.beat import Beat as ControllerBeat
from stentor.backstage.control.count import Count
from stentor.clock import HandClock, SystemClock
from stentor.edge.ladder import DOWN_AFTER_S, UP_AFTER_S, Quality
from stentor.formats.cmaf import init_segment
from stentor.limits import BEAT_INTERVAL_S, CHUNK_MS
from stentor.log.bus import Bus
from stentor.rehearsal.listener_client import ListenerClient
from stentor.space.rung import Codec, Rung
from synthetic_stage import SyntheticStage, rung_chunk

LISTENERS = 30
HIGH_BITS_PER_S = 8 * 4_800 / 0.64 * LISTENERS
"""What they take of `opus32`, box and tick included; `opus16` is about half."""


def rungs_heard(client: ListenerClient) -> list[Rung]:
    """The rung of each chunk. Every byte of the media must be one rung's of that number, or this raises."""
    media, rungs = bytes(client.media), []
    at = len(init_segment(Codec.OPUS))
    for heard in client.heard:
        whole = {rung: rung_chunk(rung, heard.number) for rung in (Rung.OPUS32, Rung.OPUS16)}
        found = next(rung for rung, data in whole.items() if media.startswith(data, at))
        at += len(whole[found])
        rungs.append(found)
    assert at == len(media)
    return rungs


def step_of(beat: Beat) -> tuple[str, int]:
    return beat["rung"], beat["cadence"]


class HandMovedSeconds(HandClock):
    """The steward's clock: it beats in real time, and half a minute passes when the test says so."""

    def wall_ms(self) -> int:
        return SystemClock().wall_ms()


async def test_a_full_line_takes_the_edge_down_to_the_lower_rung_and_room_brings_it_up_again(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage, clock = await SyntheticStage.open(bus, space_id), HandMovedSeconds()
    settings: dict[str, Any] = {
        "line_bits_per_s": int(1.15 * HIGH_BITS_PER_S),  # full is 0.8 of it; the lower rung is half of it
        "revolution_s": CHUNK_MS / 1000,  # as in life: a second's bytes are a second's bytes
    }
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(
            front_door(nats_url, pages_dir=tmp_path, steward_clock=clock, **settings)
        )
        await stack.enter_async_context(stage.live())
        told = await stack.enter_async_context(beats(bus, space_id))
        stayer = ListenerClient([url], space_id, keeps_media=True, quiet_s=10)
        crowd = [ListenerClient([url], space_id, quiet_s=10) for _ in range(LISTENERS - 1)]
        async with listening(stayer):
            async with listening(*crowd):
                await all_hear([stayer, *crowd], 3)
                # Their coming alone, two seconds of sound for each in one, may have been more than the line.
                beat = await next_beat(told)
                for _ in range(int(DOWN_AFTER_S) + 4):
                    if step_of(beat) != ("high", 1):
                        break
                    clock.advance(BEAT_INTERVAL_S)
                    beat = await next_beat(told)
                assert step_of(beat) == ("low", 1)
                await all_hear([stayer, *crowd], 3)
                # At this rung the line is neither full nor roomy: half a minute later nothing has moved.
                clock.advance(UP_AFTER_S)
                assert step_of(await next_beat(told)) == ("low", 1)
                assert await metric(url, "stentor_edge_rung_low") == 1
            assert [client.faults for client in crowd] == [[]] * len(crowd)
            assert [client.joins for client in crowd] == [1] * len(crowd)
            await until_told(told, lambda b: b.get("admitted") == 1)
            await next_beat(told)
            clock.advance(UP_AFTER_S)
            assert step_of(await next_beat(told)) == ("high", 1)
            await all_hear([stayer], 2)
            assert await metric(url, "stentor_edge_rung_low") == 0
    assert stayer.faults == []
    assert stayer.joins == 1
    rungs = rungs_heard(stayer)
    changes = [rung for rung, before in zip(rungs, [None, *rungs], strict=False) if rung is not before]
    assert changes == [Rung.OPUS32, Rung.OPUS16, Rung.OPUS32]


@pytest.mark.timeout(100)
async def test_an_edge_whose_line_is_far_too_small_takes_bits_lets_nobody_new_in_and_keeps_everybody(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    line = {"line_bits_per_s": int(HIGH_BITS_PER_S / 6)}
    async with AsyncExitStack() as stack:
        edge = await stack.enter_async_context(edge_process(nats_url, tmp_path / "edge", **line))
        await stack.enter_async_context(stage.live())
        told = await stack.enter_async_context(beats(bus, space_id))
        clients = [
            ListenerClient([edge.url], space_id, keeps_media=True, quiet_s=10) for _ in range(LISTENERS)
        ]
        await stack.enter_async_context(listening(*clients))
        leaver = ListenerClient([edge.url], space_id, quiet_s=10)
        async with listening(leaver):
            await all_hear([leaver], 1)
        seen, count = list[tuple[str, int]](), Count()
        async with asyncio.timeout(30):
            while True:
                beat = await told.get()
                count.heard(ControllerBeat.parse(json.dumps(beat).encode()), now_s=0.0)
                if not seen or step_of(beat) != seen[-1]:
                    seen.append(step_of(beat))
                if beat.get("door") == "held":
                    break
        assert beat["held"] == "line"
        figures = count.figures([], now_s=0.0)[space_id]
        assert (figures.rung, figures.cadence) == ("low", 1)  # so the tick says it
        await all_hear(clients, 2)
        assert await metric(edge.url, "stentor_edge_rung_low") == 1
        assert await metric(edge.url, "stentor_edge_cadence") == 1
        late = ListenerClient([edge.url], space_id, quiet_s=10)
        back = ListenerClient([edge.url], space_id, quiet_s=10, pass_=leaver.pass_)
        async with listening(late, back), asyncio.timeout(10):
            await late.until(lambda c: c.refusals[:1] == [503])
            await all_hear([back], 1)  # who was here before is let in all the same
        assert (late.joins, back.refusals) == (0, [])
    assert seen == [("high", 1), ("low", 1)]
    assert [client.faults for client in clients] == [[]] * LISTENERS
    assert [client.joins for client in clients] == [1] * LISTENERS
    for client in clients:
        rungs = rungs_heard(client)
        assert rungs == sorted(rungs, key=[Quality.HIGH.rung(Codec.OPUS), Quality.LOW.rung(Codec.OPUS)].index)
