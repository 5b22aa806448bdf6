"""Every text that is made of a transcript. Pure."""

import json
from textwrap import fill

from stentor.record.texts.moments import BESIDE_THE_RECORD, clock
from stentor.record.texts.subtitles import label, subrip, webvtt
from stentor.record.texts.transcript_page import transcript_page
from stentor.record.transcript import Transcript

_WIDTH = 100


def transcript_texts(
    transcript: Transcript, *, title: str, link: str = BESIDE_THE_RECORD
) -> dict[str, bytes]:
    """The files by the end of their names: vtt, srt, txt, html, json.

    Args:
        title: the Space's.
        link: as in `moments.moment_link`.
    """
    return {
        "vtt": webvtt(transcript),
        "srt": subrip(transcript),
        "txt": plain(transcript, title=title),
        "html": transcript_page(transcript, title=title, link=link),
        "json": transcript_json(transcript, title=title),
    }


def plain(transcript: Transcript, *, title: str) -> bytes:
    """Plain text: a paragraph for each turn, under who said it and when."""
    head = [title, label(transcript)]
    turns = (
        f"{transcript.names.get(turn.person_id, turn.person_id)} [{clock(turn.start_ms)}]\n"
        + fill(turn.text, _WIDTH, break_long_words=False, break_on_hyphens=False)
        for turn in transcript.turns
    )
    return ("\n\n".join([*filter(None, head), *turns]) + "\n").encode()


def transcript_json(transcript: Transcript, *, title: str) -> bytes:
    """The transcript as it is, with the Space's title and what must be said of it."""
    told = transcript.as_json() | {"title": title, "label": label(transcript) or None}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
