from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stentor.log.spool import Spool


def test_what_was_not_acknowledged_is_there_after_a_crash(tmp_path: Path) -> None:
    spool = Spool(tmp_path, bytes_max=1 << 20)
    places = [spool.append(f"space.a.tick.{n}", b"x" * n) for n in range(600)]
    for place in places[:512]:
        spool.acknowledge(place)
    # No close: the process was killed.
    again = Spool(tmp_path, bytes_max=1 << 20)
    left = list(again.left_over())
    assert [subject for subject, _ in left] == [f"space.a.tick.{n}" for n in range(512, 600)]
    assert [again.read(place) for _, place in left] == [b"x" * n for n in range(512, 600)]


def test_a_file_is_deleted_when_all_in_it_is_acknowledged(tmp_path: Path) -> None:
    spool = Spool(tmp_path, bytes_max=1 << 20)
    places = [spool.append("space.a.tick.1", b"x") for _ in range(3)]
    for place in places:
        spool.acknowledge(place)
    spool.close()
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=30)
@given(st.integers(0, 400))
def test_a_torn_tail_costs_only_the_torn_record(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    directory = tmp_path_factory.mktemp("spool")
    spool = Spool(directory, bytes_max=1 << 20)
    for n in range(4):
        spool.append(f"space.a.tick.{n}", b"x" * 60)
    (path,) = directory.iterdir()
    data = path.read_bytes()
    path.write_bytes(data[: max(0, len(data) - cut)])
    left = list(Spool(directory, bytes_max=1 << 20).left_over())
    record_bytes = len(data) // 4
    assert len(left) == max(0, len(data) - cut) // record_bytes


def test_above_its_limit_the_oldest_file_is_given_up_and_counted(tmp_path: Path) -> None:
    spool = Spool(tmp_path, bytes_max=400_000)
    first = spool.append("space.a.tick.0", b"x" * 500)
    for n in range(1, 1100):
        spool.append(f"space.a.tick.{n}", b"x" * 500)
    assert spool.size_bytes <= 400_000
    assert spool.lost_count == 512
    assert spool.read(first) is None
    spool.acknowledge(first)  # a late answer harms nothing
