"""What a Space's files on the shelf are called. Pure.

Every Space has the prefix of its id. Versions are written once and never changed; what is made from them is
replaced as a whole; the two lists of files are written last and name everything that belongs together.
"""

from typing import Final

MANIFEST: Final = "manifest.json"
"""Of the scribe: programme, voices, downloads, logs."""
WORDS: Final = "words.json"
"""Of the words' process: transcripts, briefs, chapters, translations. Each list has one writer."""
RECORDING: Final = "recording.m4a"
CHAPTERS: Final = "chapters.json"
ACTIVITY: Final = "activity.json"
"""Who was heard in which chunks, from the ticks: lanes, jumps and skipped silence need no transcript."""
COUNTS: Final = "counts.jsonl"
EVENTS: Final = "events.jsonl"
NUMBER: Final = "log"
"""Member of each of its lines: the event's place in the Space's log, which never goes back."""

TRANSLATIONS: Final = "translation/"
TRANSCRIPT_TEXTS: Final = ("vtt", "srt", "txt", "html", "json")
BRIEF_TEXTS: Final = ("md", "html", "json")

MIME: Final = {
    "m4a": "audio/mp4",
    "mp4": "audio/mp4",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "idx": "application/octet-stream",
}
"""By the end of the name. `chapters.json` is `application/json+chapters` where it is given out."""


def programme(rung: str, edition: int) -> str:
    """The sealed fMP4: init segment, then every chunk from RECORD_FIRST on."""
    return f"programme.{rung}.e{edition}.mp4"


def programme_index(rung: str, edition: int) -> str:
    return f"programme.{rung}.e{edition}.idx"


def voice(person_id: str) -> str:
    return f"voices/{person_id}.opus"


def transcript_version(version: int) -> str:
    return f"transcript/{version}.json"


def brief_version(version: int) -> str:
    return f"brief/{version}.json"


def translation(language: str) -> str:
    """Sentence by sentence what was translated so far; no text for readers."""
    return f"{TRANSLATIONS}{language}.json"


def transcript_text(kind: str, language: str | None = None) -> str:
    """Made from the newest version. Args: language: of a translation; None: what was spoken."""
    return f"transcript.{kind}" if language is None else f"transcript.{language}.{kind}"


def brief_text(kind: str, language: str | None = None) -> str:
    return f"brief.{kind}" if language is None else f"brief.{language}.{kind}"
