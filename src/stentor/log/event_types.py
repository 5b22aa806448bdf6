"""What the events of a Space are called outside the house, and how they are told. Pure.

Comes in: lines of an event log, from the stage door or the scribe. Goes out: their types, message bodies.
Never: a word that somebody said; facts are ids, states, versions and the hosts' own titles.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from stentor.space.lifecycle import State

TEST: Final = "webhook.test"
_TYPES: Final = {
    **{state.value: f"space.{state.value}" for state in State},
    "created": "space.created",
    "changed": "space.changed",
    "end_asked": "space.end_asked",
    "invited": "invitation.created",
    "claimed": "invitation.claimed",
    "revoked": "invitation.revoked",
    "joined": "person.joined",
    "left": "person.left",
    "asked": "person.asked",
    "unasked": "person.unasked",
    "accepted": "person.accepted",
    "declined": "person.declined",
    "put_back": "person.put_back",
    "audience": "person.audience",
    "muted": "person.muted",
    "locked": "person.locked",
    "unmuted": "person.unmuted",
    "all_muted": "person.all_muted",
    "all_unmuted": "person.all_unmuted",
    "removed": "person.removed",
    "let_back": "person.let_back",
    "role": "person.role",
    "host": "person.host",
    "banned": "person.banned",
    "unbanned": "person.unbanned",
    "question_on": "question.on_screen",
    "question_off": "question.off_screen",
    "question_away": "question.put_away",
    "question_banned": "question.banned",
    "questions_open": "question.open",
    "source_started": "source.started",
    "source_ended": "source.ended",
    "sound_added": "sound.added",
    "sound_played": "sound.played",
    "sound_stopped": "sound.stopped",
    "sound_removed": "sound.removed",
    "doors": "space.doors",
    "recording_made": "recording.made",
    "recording_changed": "recording.changed",
    "recording_wished": "recording.wished",
    "recording_unwanted": "recording.unwanted",
    "recording_removed": "recording.removed",
    "transcript_made": "transcript.made",
    "transcript_edited": "transcript.edited",
    "brief_made": "brief.made",
    "brief_edited": "brief.edited",
    "brief_asked": "brief.asked",
    "chapters_changed": "chapters.changed",
    "chapter_marked": "chapters.marked",
    "removal_asked": "person.removal_asked",
    "removal_undone": "person.removal_undone",
    "removed_from_record": "person.removed_from_record",
}
"""Kind in the event log → type outside. A test compares the keys with what is noted."""
EVENT_TYPES: Final = frozenset(_TYPES.values())


def type_of(event: Mapping[str, Any]) -> str:
    """What an event of the log is called outside; a move of a Space by the state that it came to."""
    kind = str(event["state"] if event["kind"] == "state" else event["kind"])
    return kind if kind == TEST else _TYPES.get(kind, f"other.{kind}")


def message_of(space_id: str | None, event: Mapping[str, Any]) -> bytes:
    """The body: type, timestamp, data: the Space, if it is about one, and the event's own facts."""
    at = datetime.fromtimestamp(event["at_ms"] / 1000, UTC).isoformat(timespec="milliseconds")
    facts = {name: value for name, value in event.items() if name not in {"at_ms", "kind"}}
    body = {"type": type_of(event), "timestamp": at, "data": {"space": space_id, **facts}}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
