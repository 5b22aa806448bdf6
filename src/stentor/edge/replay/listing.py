"""`record.json`: what a listener may know of a record. Pure.

Comes in: the recording, the shelf's two lists, chapters. Goes out: a document. Never: a file that is the
hosts' own, somebody who was removed.
"""

from collections.abc import Callable, Iterable
from typing import Any

from stentor.errors import BadInput
from stentor.read_json import read_json
from stentor.record.chapters import Chapter
from stentor.record.recording import Recording
from stentor.shelf.giving import mime_of
from stentor.shelf.manifest import FileKept, Manifest, Words
from stentor.space.record import Space


def record_told(
    recording: Recording,
    manifest: Manifest,
    words: Words | None,
    *,
    chapters: Iterable[Chapter],
    feeds: Iterable[str],
    is_public: Callable[[str], bool],
) -> dict[str, Any]:
    """docs/PROTOCOL.md section 3 is its contract."""
    files = {**manifest.files, **(words.files if words else {})}
    removed = set(recording.wishes.removed)
    return {
        "title": manifest.title,
        "on_air_ms": manifest.on_air_ms,
        "duration_ms": manifest.duration_ms,
        "edition": manifest.edition,
        "people": [
            {"id": person.id, "name": person.name, "role": person.role}
            for person in manifest.people
            if person.id not in removed
        ],
        "chapters": [
            {"start_ms": c.start_ms, "title": c.title, "is_machine": c.is_machine} for c in chapters
        ],
        "language": words.language if words else manifest.language,
        "languages": list(words.languages) if words else [],
        "transcript": {
            "version": words.transcript,
            "is_machine": words.is_machine_transcript,
            "engine": words.engine,
        }
        if words and words.transcript
        else None,
        "brief": {"version": words.brief, "is_machine": words.is_machine_brief}
        if words and words.brief
        else None,
        "feeds": list(feeds),
        "files": [_file(name, files[name]) for name in sorted(files) if is_public(name)],
    }


def record_hinted(recording: Recording, manifest: Manifest, words: Words | None) -> dict[str, Any]:
    """What `space.json` says of it: enough to draw the page."""
    return {
        "edition": manifest.edition,
        "duration_ms": manifest.duration_ms,
        "has_transcript": bool(words and words.transcript),
        "has_brief": bool(words and words.brief),
        "is_machine_transcript": words.is_machine_transcript if words else True,
        "languages": list(words.languages) if words else list(recording.made.languages),
    }


def feeds_of(space: Space) -> list[str]:
    """The podcasts that it is an episode of: its host's, the house's; a private one of none."""
    if space.is_private:
        return []
    own = [] if space.account_id is None else [f"/hosts/{space.account_id}/feed.xml"]
    return [*own, "/feed.xml"]


def chapters_of(data: bytes) -> tuple[Chapter, ...]:
    """The chapters of a `chapters.json`, found by a machine. Raises: BadInput: it is none."""
    try:
        listed = read_json(data)["chapters"]
        return tuple(
            Chapter(round(each["startTime"] * 1000), each["title"], is_machine=True) for each in listed
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"This is no chapters.json: {error}.") from None


def _file(name: str, kept: FileKept) -> dict[str, Any]:
    return {"name": name, "size_bytes": kept.size_bytes, "sha256": kept.sha256, "mime": mime_of(name)}
