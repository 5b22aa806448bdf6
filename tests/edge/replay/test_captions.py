"""WebVTT from ticks, by example and by a reader that no one here wrote."""

import json
from io import StringIO

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.replay.captions import cues_of, mapped, timestamp
from stentor.edge.replay.captions import webvtt as written
from stentor.errors import BadInput
from stentor.space.tick import TickWriter

PEOPLE = [{"id": "ada", "name": "Ada <b> & Co", "role": "host", "muted": False}]


def line(id_: str, text: str, *, person: str = "ada", is_final: bool = True) -> dict[str, object]:
    return {"id": id_, "person": person, "text": text, "is_final": is_final}


def ticks(*shown: list[dict[str, object]], first: int = 9) -> list[bytes]:
    writer = TickWriter()
    return [
        writer.write(number=n, wall_ms=n, facts={"people": PEOPLE, "captions": captions})
        for n, captions in enumerate(shown, first)
    ]


def test_a_line_stands_for_as_long_as_the_ticks_showed_it() -> None:
    shown = ticks([], [line("1", "Good evening")], [line("1", "Good evening")], [])
    (cue,) = cues_of(shown, first=9, shown_from=9)
    assert (cue.start_ms, cue.end_ms, cue.text) == (10 * 640, 12 * 640, "Good evening")


def test_what_was_still_being_said_is_replaced_by_what_was_said() -> None:
    shown = ticks([line("1", "Good", is_final=False)], [line("1", "Good evening")])
    assert [(c.start_ms, c.end_ms, c.text) for c in cues_of(shown, first=9, shown_from=9)] == [
        (5760, 6400, "Good"),
        (6400, 7040, "Good evening"),
    ]


def test_a_part_has_its_own_chunk_only() -> None:
    shown = ticks([line("1", "Good")], [line("1", "Good")], [line("1", "Good"), line("2", "evening")])
    assert [(c.start_ms, c.end_ms, c.text) for c in cues_of(shown, first=9, shown_from=11)] == [
        (7040, 7680, "Good"),
        (7040, 7680, "evening"),
    ]


def test_a_lost_tick_leaves_what_was_known() -> None:
    one, two, three = ticks([line("1", "Good")], [], [])
    assert cues_of([one, None, three], first=9, shown_from=9)[0].end_ms == 12 * 640
    assert cues_of([None, b"torn", two], first=9, shown_from=9) == []


def test_text_and_names_cannot_break_the_file() -> None:
    shown = ticks([line("1", "a < b & 00:00 --> 00:09\n\nWEBVTT")])
    text = written(cues_of(shown, first=9, shown_from=9))
    assert "<v Ada &lt;b&gt; &amp; Co>a &lt; b &amp; 00:00 --&gt; 00:09 WEBVTT</v>" in text
    assert len(webvtt.from_buffer(StringIO(text))) == 1


def test_a_silent_segment_is_a_head() -> None:
    assert written([]) == "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n"


@given(st.text(max_size=80), st.text(max_size=20))
def test_whatever_is_said_it_is_one_cue_or_none(text: str, name: str) -> None:
    people = [{"id": "ada", "name": name, "role": "host"}]
    tick = json.dumps({"n": 9, "full": True, "people": people, "captions": [line("1", text)]}).encode()
    found = webvtt.from_buffer(StringIO(written(cues_of([tick], first=9, shown_from=9))))
    assert len(found) == bool(text.split())


def test_times_have_hours_and_no_end() -> None:
    assert timestamp(0) == "00:00:00.000"
    assert timestamp(3_723_004) == "01:02:03.004"
    assert timestamp(100 * 3_600_000) == "100:00:00.000"


def test_a_whole_file_is_laid_on_the_medias_clock() -> None:
    text = mapped(b"WEBVTT - Tea\r\n\n00:00.000 --> 00:01.000\nHello\n", media_ms=23_040)
    assert text.startswith(b"WEBVTT - Tea\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:2073600\n\n00:00")
    # A decoder's clock has 33 bits and goes round after 26.5 hours.
    assert b"MPEGTS:28\n" in mapped(b"WEBVTT\n\n", media_ms=95_443_718)
    with pytest.raises(BadInput):
        mapped(b"<html>", media_ms=0)
