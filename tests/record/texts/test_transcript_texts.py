"""What people and players read of a transcript."""

import html
import json
import subprocess
from dataclasses import replace
from io import StringIO
from itertools import pairwise
from pathlib import Path

import webvtt as webvtt_reader

from stentor.record.sentences import sentence_starts
from stentor.record.texts.cues import CUE_MS_MAX, LINE_LETTERS_MAX, LINES_MAX, cues
from stentor.record.texts.moments import clock, fragment, timestamp
from stentor.record.texts.page import POLICY
from stentor.record.texts.subtitles import subrip, webvtt
from stentor.record.texts.transcripts import transcript_texts
from stentor.record.transcript import Transcript, Turn, Word


def turn(turn_id: str, person: str, text: str, *, start_ms: int, each_ms: int = 330) -> Turn:
    words = tuple(
        Word(word, start_ms + at * each_ms, start_ms + at * each_ms + each_ms - 40, 0.9)
        for at, word in enumerate(text.split())
    )
    return Turn(turn_id, person, words, sentence_starts(words))


LONG = (
    "Thanks Maya. My answer is no. Free is never free. The bus network costs eighty two million euros a "
    "year, and tickets pay for almost a third of it."
)
TRANSCRIPT = Transcript(
    version=1,
    language="en",
    engine="whisper tiny.en",
    names={"maya": "Maya <1>", "daniel": "Daniel"},
    turns=(
        turn("t1", "maya", "Is R&D --> free?", start_ms=600),
        turn("t2", "daniel", LONG, start_ms=7530),
        turn("t3", "maya", "Mm hmm.", start_ms=9000, each_ms=200),
    ),
)


def test_a_cue_fits_on_the_screen_and_cues_hold_every_word_once() -> None:
    found = cues(TRANSCRIPT)
    assert all(len(cue.lines) <= LINES_MAX for cue in found)
    assert all(len(line) <= LINE_LETTERS_MAX for cue in found for line in cue.lines)
    assert all(0 < cue.end_ms - cue.start_ms <= CUE_MS_MAX for cue in found)
    said = " ".join(line for cue in found if cue.person_id == "daniel" for line in cue.lines)
    assert said == LONG
    assert [cue.start_ms for cue in found] == sorted(cue.start_ms for cue in found)


def test_cues_of_one_person_do_not_overlap() -> None:
    own = [cue for cue in cues(TRANSCRIPT) if cue.person_id == "daniel"]
    assert all(one.end_ms <= after.start_ms for one, after in pairwise(own))


def test_webvtt_names_who_speaks_and_what_made_it() -> None:
    text = webvtt(TRANSCRIPT).decode()
    assert text.startswith("WEBVTT\n\nNOTE Machine transcript")
    assert "00:00:00.600 --> 00:00:01.880\n<v Maya &lt;1&gt;>Is R&amp;D --&gt; free?" in text


def test_subrip_says_first_that_it_is_a_machines() -> None:
    text = subrip(TRANSCRIPT).decode()
    assert text.startswith("1\n00:00:00,000 --> 00:00:01,000\n[Machine transcript")
    assert "\n2\n00:00:00,600 --> 00:00:01,880\nMaya <1>: Is R&D → free?\n" in text


def test_a_reader_that_no_one_here_wrote_reads_both() -> None:
    found = cues(TRANSCRIPT)
    vtt = webvtt_reader.from_buffer(StringIO(webvtt(TRANSCRIPT).decode()))
    assert [caption.start for caption in vtt.captions] == [timestamp(cue.start_ms) for cue in found]
    assert [html.unescape(caption.text) for caption in vtt.captions] == [
        "\n".join(cue.lines) for cue in found
    ]
    assert html.unescape(vtt[0].voice or "") == "Maya <1>"
    srt = webvtt_reader.from_buffer(StringIO(subrip(TRANSCRIPT).decode()), format="srt")
    assert len(srt) == 1 + len(found)


def test_nothing_that_was_said_or_how_somebody_is_called_is_a_cue_of_its_own(tmp_path: Path) -> None:
    cue = "00:00:05,000 --> 00:00:06,000\nforged"
    bad = ("x\n\n" + cue, "NOTE", "STYLE\n\n::cue{}", "\r\n\r\n7\r\n" + cue, "\u2028\n\n" + cue)
    words = tuple(Word(text, 9_000 * at, 9_000 * at + 400, 0.9) for at, text in enumerate(bad))
    names = {"eve": "Eve\n\n00:00:01.000 --> 00:00:02.000\nforged>"}
    hostile = replace(
        TRANSCRIPT, names=names, turns=(Turn("t1", "eve", words, (0, 1, 2, 3, 4)),), is_machine=False
    )
    for kind in ("vtt", "srt"):
        file = tmp_path / f"hostile.{kind}"
        file.write_bytes(transcript_texts(hostile, title="T")[kind])
        assert len(webvtt_reader.from_buffer(StringIO(file.read_text()), format=kind)) == len(bad)
        command = ["ffprobe", "-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0", str(file)]
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.split()
        assert [float(start) for start in told] == [9.0 * at for at in range(len(bad))], kind


def test_what_a_person_has_corrected_is_called_a_machines_no_more() -> None:
    texts = transcript_texts(replace(TRANSCRIPT, is_machine=False), title="Buses")
    assert all(b"achine transcript" not in text for text in texts.values())
    assert all(b"achine transcript" in text for text in transcript_texts(TRANSCRIPT, title="Buses").values())


def test_a_translation_says_so_in_its_own_language() -> None:
    french = replace(TRANSCRIPT, language="fr", translated_from="en", is_machine=False)
    for text in transcript_texts(french, title="Les bus").values():
        assert "Traduction automatique" in html.unescape(text.decode())


def test_the_page_is_inert_and_links_each_turn_to_its_second() -> None:
    page = transcript_texts(TRANSCRIPT, title="<script>alert(1)</script>")["html"].decode()
    assert "<script" not in page
    assert POLICY in page
    assert '<html lang="en" dir="ltr">' in page
    assert 'id="t=7.53"' in page
    assert 'href="../#t=7.53">0:07</a>' in page


def test_the_json_is_the_transcript() -> None:
    told = json.loads(transcript_texts(TRANSCRIPT, title="Buses")["json"])
    label = told.pop("label")
    assert told.pop("title") == "Buses"
    assert label.startswith("Machine transcript")
    assert Transcript.from_json(told) == TRANSCRIPT


def test_who_is_taken_out_is_in_none_of_the_texts() -> None:
    texts = transcript_texts(TRANSCRIPT.without({"maya"}), title="Buses")
    for text in texts.values():
        assert b"Mm hmm" not in text
        assert b"<1>" not in text
        assert b"&lt;1&gt;" not in text


def test_times_are_written_as_each_format_wants_them() -> None:
    assert (fragment(12_500), fragment(0), fragment(60_000), fragment(7)) == (
        "#t=12.5",
        "#t=0",
        "#t=60",
        "#t=0.007",
    )
    assert timestamp(3_723_004) == "01:02:03.004"
    assert (clock(7_999), clock(3_723_004)) == ("0:07", "1:02:03")
