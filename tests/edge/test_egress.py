"""What a gate may send of the line: what live leaves, HLS before replays, never nothing."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_door import client, front_door
from listeners import beats, hear, listening, until_told
from stentor.edge.egress import BURST_S, DEBT_S, LEAST, Egress, Use, left_by_live
from stentor.edge.ladder import LINE_FULL
from stentor.errors import LineFull
from stentor.log.bus import Bus
from stentor.rehearsal.listener_client import ListenerClient
from synthetic_stage import SyntheticStage

LINE = 100_000_000


def egress(bytes_per_s: int) -> Egress:
    found = Egress()
    found.told(8 * bytes_per_s, now_s=0)
    return found


def test_where_nobody_knows_the_line_nothing_is_bounded() -> None:
    assert left_by_live(0, live_bits_per_s=1e9, gates=2) is None
    free = Egress()
    free.told(None, now_s=0)
    free.took(10**12)
    free.check(Use.REPLAY, now_s=0)


@pytest.mark.parametrize(
    ("live", "gates", "each"),
    [(0, 1, LINE_FULL), (0.5, 1, LINE_FULL - 0.5), (0.5, 2, (LINE_FULL - 0.5) / 2), (0.9, 2, LEAST / 2)],
)
def test_gates_share_what_live_leaves_and_never_less_than_a_twentieth(
    live: float, gates: int, each: float
) -> None:
    told = left_by_live(LINE, live_bits_per_s=live * LINE, gates=gates)
    assert told == pytest.approx(each * LINE, rel=1e-6)


def test_replays_stop_while_half_of_the_bucket_is_left_for_hls_at_the_live_edge() -> None:
    bucket = egress(1000)
    bucket.took(int(BURST_S * 1000 / 2))
    assert (bucket.may(Use.REPLAY, now_s=0), bucket.may(Use.LIVE, now_s=0)) == (False, True)
    bucket.took(1000)
    with pytest.raises(LineFull, match="listen live come first") as refused:
        bucket.check(Use.LIVE, now_s=0)
    assert refused.value.headers()["Retry-After"] == "2"
    assert bucket.may(Use.LIVE, now_s=0.1)
    assert bucket.may(Use.REPLAY, now_s=1.1)


def test_one_large_text_is_sent_whole_and_paid_back_in_bounded_time() -> None:
    bucket = egress(1000)
    bucket.took(10**9)
    assert not bucket.may(Use.LIVE, now_s=DEBT_S)
    assert bucket.may(Use.LIVE, now_s=DEBT_S + 0.1)


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 5_000), st.sampled_from(Use)), max_size=200))
def test_over_any_time_no_more_is_sent_than_was_allowed_and_one_burst_and_one_object(
    asked: list[tuple[float, int, Use]],
) -> None:
    bucket, now_s, sent = egress(1000), 0.0, 0
    for wait_s, size, use in asked:
        now_s += wait_s
        if bucket.may(use, now_s=now_s):
            bucket.took(size)
            sent += size
        assert sent <= 1000 * (now_s + BURST_S) + 5_000 + 1


async def test_players_of_hls_take_from_a_full_line_what_live_leaves_and_are_told_to_come_again(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id, chunks=60)
    line: dict[str, Any] = {"line_bits_per_s": 400_000}
    async with (
        front_door(nats_url, pages_dir=tmp_path, **line) as base,
        stage.live(),
        beats(bus, space_id) as told,
    ):
        listener = ListenerClient([base], space_id, quiet_s=10)
        async with listening(listener), client(base) as http:
            await until_told(
                told, lambda beat: beat.get("hearing") == 1
            )  # each beat comes with a word to gates
            refusal, taken = await _fetched_until_refused(http, f"/s/{space_id}/hls/seg/4.m4s")
            assert 1 <= taken <= 10
            assert refusal.headers["Cache-Control"] == "public, max-age=1"
            assert refusal.headers["Retry-After"] == "2"
            assert (await refusal.json())["title"] == "The line is full"
            await hear(listener, 3)
        assert (listener.faults, listener.joins) == ([], 1)


async def _fetched_until_refused(
    http: aiohttp.ClientSession, path: str
) -> tuple[aiohttp.ClientResponse, int]:
    for taken in range(20):
        async with http.get(path) as answer:
            size = len(await answer.read())
            if answer.status != 200:
                assert answer.status == 503
                return answer, taken
            assert size > 10_000
    raise AssertionError("20 segments through a line of 400 kbit/s")
