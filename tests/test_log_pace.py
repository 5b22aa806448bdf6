"""Logs under flood: the first ten, then how many more."""

import json
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from stentor.log_pace import KINDS_MAX, PER_S, LogPace

LOUD = """
import logging, structlog, stentor.logs
stentor.logs.configure("test", "info")
log = structlog.get_logger()
for number in range(10_000):
    log.warning("a stranger knocks", number=number)
    logging.getLogger("library").error("%s went wrong", number)
log.error("something else")
"""


def test_ten_of_a_kind_in_a_second_and_then_how_many_were_left_out() -> None:
    pace = LogPace()
    assert [pace.left_out("a", now_s=0.0) for _ in range(PER_S)] == [0] * PER_S
    assert [pace.left_out("a", now_s=0.5) for _ in range(1234)] == [None] * 1234
    assert pace.left_out("b", now_s=0.5) == 0
    assert pace.left_out("a", now_s=1.0) == 1234
    assert pace.left_out("a", now_s=1.0) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 2)), max_size=300))
def test_every_event_is_written_or_counted(events: list[tuple[str, float]]) -> None:
    pace, now_s, written, told = LogPace(per_s=2), 0.0, 0, 0
    for event, gap_s in events:
        now_s += gap_s
        found = pace.left_out(event, now_s=now_s)
        if found is not None:
            written, told = written + 1, told + found
    pending = sum(pace.left_out(kind, now_s=now_s + 9) or 0 for kind in "abc")
    assert written + told + pending == len(events)


def test_the_table_is_bounded() -> None:
    pace = LogPace()
    for number in range(3 * KINDS_MAX):
        assert pace.left_out(str(number), now_s=0.0) == 0
    assert len(pace._kinds) == KINDS_MAX


def test_a_process_that_is_flooded_writes_a_few_lines_and_what_matters() -> None:
    done = subprocess.run([sys.executable, "-c", LOUD], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert PER_S < len(lines) <= 20 * PER_S
    assert any("went wrong" in line for line in lines)
    assert json.loads(lines[-1])["event"] == "something else"
