"""The count log: whole, it verifies; changed anywhere, it says where."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.backstage.control.count_logs import NAME, CountLogs
from stentor.errors import BadInput
from stentor.formats.count_log import FIRST, line, verify

SPACE = "demo"


def chain(count: int) -> list[bytes]:
    lines, prev = [], FIRST
    for n in range(count):
        data, prev = line(prev=prev, at_ms=1000 * n, figures={"hearing": n})
        lines.append(data)
    return lines


def test_a_whole_log_verifies() -> None:
    lines = chain(5)
    verdict = verify(lines)
    assert (verdict.lines, verdict.last_ms) == (5, 4000)
    assert verdict.last_hash == json.loads(lines[-1])["hash"]


@given(st.integers(0, 4), st.sampled_from(["change", "remove", "swap", "add"]))
def test_no_line_can_be_touched_unseen(at: int, how: str) -> None:
    lines = chain(6)
    if how == "change":
        lines[at] = lines[at].replace(b'"hearing":%d' % at, b'"hearing":%d' % (at + 1000))
    elif how == "remove":
        del lines[at]
    elif how == "swap":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    else:
        lines.insert(
            at, line(prev=FIRST if at == 0 else json.loads(lines[at])["prev"], at_ms=0, figures={})[0]
        )
    with pytest.raises(BadInput, match=r"^Line"):
        verify(lines)


def test_an_empty_log_proves_nothing() -> None:
    with pytest.raises(BadInput, match="no line"):
        verify([])


def test_a_log_goes_on_after_a_restart_and_after_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / SPACE / NAME
    for life in range(3):
        logs = CountLogs(tmp_path)
        for second in range(4):
            logs.write(SPACE, {"hearing": second}, at_ms=1000 * (4 * life + second))
        with path.open("ab") as file:
            file.write(b'{"at_ms": 12, "hea')
    lines = path.read_bytes().splitlines(keepends=True)
    assert verify(lines[:-1]).lines == 12


def test_two_writers_make_one_chain(tmp_path: Path) -> None:
    one, other = CountLogs(tmp_path), CountLogs(tmp_path)
    for second in range(6):
        (one if second % 3 else other).write(SPACE, {"hearing": second}, at_ms=second)
    assert verify((tmp_path / SPACE / NAME).read_bytes().splitlines()).lines == 6


def test_a_name_that_is_none_of_ours_makes_no_file(tmp_path: Path) -> None:
    CountLogs(tmp_path).write("../evil", {"hearing": 1}, at_ms=0)
    assert list(tmp_path.iterdir()) == []
