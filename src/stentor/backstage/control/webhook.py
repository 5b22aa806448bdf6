"""Webhooks, the thinking: how a message is signed, when it is tried again. What it says: log/event_types.py.

Comes in: bodies, secrets, the time, a random draw. Goes out: headers, waits. Pure. Never: a socket.

Source: Standard Webhooks 1.0 (standardwebhooks.com): `webhook-id`, `webhook-timestamp`, `webhook-signature`,
secrets as `whsec_` and base64, a rotation with two signatures, retries over days.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

GIVE_UP_AFTER_S: Final = 3 * 86_400.0
_FIRST_WAIT_S: Final = 5.0
_LAST_WAIT_S: Final = 6 * 3600.0
_GROWTH: Final = 4
_JITTER: Final = 0.2
_PREFIX: Final = "whsec_"


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
