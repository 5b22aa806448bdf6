"""What has happened: the event log a page at a time, the audience over time from the count log."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stage_door import OpenDoor, opened_door
from stentor.backstage.audience import POINTS_MAX, read_series
from stentor.backstage.control.count_logs import NAME, CountLogs

BEGIN_MS = 1_700_000_000_000


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


def counted(shelf: Path, space_id: str, seconds: list[int]) -> Path:
    """A count log whose figures are the seconds at which they were counted."""
    logs = CountLogs(shelf)
    for second in seconds:
        figures = {"hearing": second, "admitted": second + 1, "arrived": second + 2, "unknown": 0}
        logs.write(space_id, {**figures, "rung": "high"}, at_ms=BEGIN_MS + second * 1000)
    return shelf / space_id / NAME


async def test_the_event_log_is_read_a_page_at_a_time_with_who_did_it(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id, state="on_air")
    maya = await door.invite(space_id, host)
    for what in ("mute", "unmute", "remove"):
        await door.ask("POST", f"/api/spaces/{space_id}/people/{maya['person']}/{what}", headers=host)
    await door.door.events.drained(timeout_s=5)
    path, found, cursor = f"/api/spaces/{space_id}/events", [], ""
    while True:
        status, page = await door.ask("GET", f"{path}?limit=2{cursor}", headers=host)
        assert (status, len(page["items"]) <= 2) == (200, True)
        found += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [e["kind"] for e in found] == ["created", "state", "invited", "muted", "unmuted", "removed"]
    assert [e["by"] for e in found[:2]] == ["owner", found[3]["by"]]
    assert found[3]["facts"] == {"person": maya["person"]}
    assert (await door.ask("GET", path, headers=maya["headers"]))[0] == 403
    _, spaces = await door.ask("GET", "/api/spaces?limit=1", headers=door.owner)
    if spaces["next"]:
        assert (await door.ask("GET", f"{path}?cursor={spaces['next']}", headers=host))[0] == 400


async def test_the_audience_is_told_over_time(door: OpenDoor, space_id: str) -> None:
    host = await door.space(space_id)
    path = f"/api/spaces/{space_id}/audience"
    status, told = await door.ask("GET", path, headers=host)
    assert (status, told["from_ms"], told["hearing"]) == (200, None, [])
    counted(door.door.settings.counts_dir, space_id, list(range(60)))
    _, told = await door.ask("GET", f"{path}?step_s=20", headers=host)
    assert told == {
        "step_s": 20,
        "from_ms": BEGIN_MS,
        "hearing": [0, 20, 40],
        "admitted": [1, 21, 41],
        "arrived": [2, 22, 42],
        "unknown": [0, 0, 0],
    }
    for wrong in ("0", "-1", "x", "100000"):
        assert (await door.ask("GET", f"{path}?step_s={wrong}", headers=host))[0] == 400


def test_a_time_in_which_nobody_counted_is_not_made_up(tmp_path: Path) -> None:
    series = read_series(counted(tmp_path, "demo", [0, 1, 2, 30, 31]), step_s=1)
    hearing = series.columns["hearing"]
    assert hearing[:3] == [0, 1, 2]
    assert hearing[7] == 2  # a figure holds for five seconds
    assert hearing[8:30] == [None] * 22
    assert hearing[30:] == [30, 31]


def test_a_long_evening_has_as_many_points_as_a_graph(tmp_path: Path) -> None:
    path = counted(tmp_path, "demo", list(range(3 * POINTS_MAX + 1)))
    series = read_series(path, step_s=1)
    assert (series.step_s, len(series.columns["hearing"])) == (4, 541)
    assert series.columns["hearing"][:3] == [0, 4, 8]
    with path.open("ab") as file:  # the writer is in the middle of a line
        file.write(b'{"at_ms":17')
    assert read_series(path, step_s=4) == series


def test_no_log_and_an_empty_one_have_no_points(tmp_path: Path) -> None:
    path = tmp_path / NAME
    assert read_series(path, step_s=1).columns["hearing"] == []
    path.write_bytes(b"")
    assert read_series(path, step_s=1).from_ms is None
    path.write_bytes(b'{"at_ms":1')
    assert read_series(path, step_s=1).from_ms is None


@given(st.sets(st.integers(0, 300), min_size=1, max_size=60), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_each_point_is_the_last_figure_of_the_five_seconds_before(
    tmp_path_factory: pytest.TempPathFactory, seconds: set[int], step_s: int
) -> None:
    known = sorted(seconds)
    path = counted(tmp_path_factory.mktemp("shelf"), "demo", known)
    told = read_series(path, step_s=step_s).columns["hearing"]
    at = range(known[0], known[-1] + 1, step_s)
    wanted = [max((s for s in known if t - 5 <= s <= t), default=None) for t in at]
    assert told == wanted


async def test_an_event_of_a_space_that_is_gone_holds_up_nobody(door: OpenDoor, space_id: str) -> None:
    await door.space(space_id)
    await door.door.events.drained(timeout_s=5)
    await door.door.bus.history(space_id).remove()
    door.door.events.note(space_id, "left", person="late")
    other = await door.space(f"{space_id}-2")
    await door.door.events.drained(timeout_s=5)
    async with asyncio.timeout(5):
        _, page = await door.ask("GET", f"/api/spaces/{space_id}-2/events", headers=other)
    assert [event["kind"] for event in page["items"]] == ["created"]
