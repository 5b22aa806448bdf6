"""Webhooks, the thinking: what an event is called outside, how a message is signed, when it is tried again.

Comes in: events, secrets, the time, a random draw. Goes out: bodies, headers, waits. Pure. Never: a socket.

Source: Standard Webhooks 1.0 (standardwebhooks.com): `webhook-id`, `webhook-timestamp`, `webhook-signature`,
secrets as `whsec_` and base64, a rotation with two signatures, retries over days.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from stentor.space.lifecycle import State

GIVE_UP_AFTER_S: Final = 3 * 86_400.0
_FIRST_WAIT_S: Final = 5.0
_LAST_WAIT_S: Final = 6 * 3600.0
_GROWTH: Final = 4
_JITTER: Final = 0.2
_PREFIX: Final = "whsec_"

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
}
"""Kind in the event log → type outside. A test compares the keys with what the routes note."""
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


def headers_of(body: bytes, *, message_id: str, at_s: int, secrets: Iterable[str]) -> dict[str, str]:
    """The three headers; while a secret is being replaced there is a signature by each.

    Args:
        at_s: when it is sent, so that a receiver can refuse what somebody else sends again later.
    """
    signed = f"{message_id}.{at_s}.".encode() + body
    signatures = (
        base64.b64encode(hmac.digest(_key_of(secret), signed, hashlib.sha256)).decode() for secret in secrets
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def secret_of(randomness: bytes) -> str:
    """A secret as receivers are given it. Args: randomness: 24 to 64 bytes."""
    return _PREFIX + base64.b64encode(randomness).decode()


def _key_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX))


def wait_s(try_number: int, *, age_s: float, draw: float, asked_s: float | None = None) -> float | None:
    """How long until the next try; None: that was the last.

    Args:
        try_number: of the one that failed, from 1.
        age_s: of the event.
        draw: 0…1, so that endpoints of one house are not all tried in the same second.
        asked_s: the receiver's own Retry-After.
    Returns: 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, then 6 h, each a fifth more or less; the sum of them is
        three days, about 17 tries.
    """
    steps = min(try_number - 1, 16)
    wait = min(_LAST_WAIT_S, _FIRST_WAIT_S * float(_GROWTH**steps)) * (1 + _JITTER * (2 * draw - 1))
    if asked_s is not None:
        wait = min(max(wait, asked_s), _LAST_WAIT_S)
    return None if age_s + wait > GIVE_UP_AFTER_S else wait
