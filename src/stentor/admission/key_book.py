"""The door's keys over time: which there are, when the next begins, when an old one goes. Pure.

Comes in: the keys so far, the time, a new secret. Goes out: the keys from now on. Never: a token that was
sealed with a key which is gone before the token is over; a key that seals before every door can know it.

                announced          since_s                      next since_s            dropped
    key n   ────────┼─────────────────┼───── seals ─────────────────┼──── opens only ──────┼────
"""

from dataclasses import dataclass
from typing import Any, Final, Self

from stentor.admission.token import KEY_BYTES, LEEWAY_S, PASS_S, TICKET_S, KeyRing, TokenKey
from stentor.errors import BadInput

KEY_S: Final = 24 * 3600
"""So long a key seals."""
ANNOUNCED_S: Final = 5 * 60
"""So long before it seals it is known: an edge whose clock is LEEWAY_S fast begins with it early, and by then
every other must have heard of it, also one that had lost NATS for a moment."""
KEPT_S: Final = 12 * 3600
"""Beyond what its tokens live: an edge that is cut off from NATS for so long goes on sealing with it."""
KEYS_MAX: Final = 8
_NUMBERS: Final = 256

assert ANNOUNCED_S > 2 * LEEWAY_S
assert KEY_S > ANNOUNCED_S


@dataclass(frozen=True, slots=True)
class KeyBook:
    """All keys that open, the oldest first; at least one, at most KEYS_MAX."""

    keys: tuple[TokenKey, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.keys) <= KEYS_MAX:
            raise BadInput(f"There are {len(self.keys)} door keys; there must be 1 to {KEYS_MAX}.")

    @classmethod
    def first(cls, secret: bytes) -> Self:
        """The book of a new house. Its key has always been; the first leader announces the next one."""
        return cls((TokenKey(0, secret, 0),))

    @property
    def ring(self) -> KeyRing:
        return KeyRing(self.keys)

    def rotated(self, *, secret: bytes, now_s: float) -> Self:
        """The book as it has to be now; the same when nothing is due.

        Args:
            secret: of the next key, used if one is due.
        """
        keys = _living(self.keys, now_s=now_s)
        newest = keys[-1]
        if newest.since_s + KEY_S <= now_s + ANNOUNCED_S:
            next_ = TokenKey((newest.number + 1) % _NUMBERS, secret, int(now_s) + ANNOUNCED_S)
            keys = (*keys, next_)
        return self if keys == self.keys else type(self)(keys)

    def as_json(self) -> dict[str, Any]:
        return {
            "keys": [
                {"number": key.number, "secret": key.secret.hex(), "since_s": key.since_s}
                for key in self.keys
            ]
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises: BadInput: not a book of keys."""
        try:
            keys = tuple(
                TokenKey(int(key["number"]), bytes.fromhex(key["secret"]), int(key["since_s"]))
                for key in data["keys"]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"The door's keys cannot be read: {type(error).__name__}.") from None
        if any(len(key.secret) != KEY_BYTES or not 0 <= key.number < _NUMBERS for key in keys):
            raise BadInput("The door's keys cannot be read: one is not of this kind.")
        return cls(keys)


def _living(keys: tuple[TokenKey, ...], *, now_s: float) -> tuple[TokenKey, ...]:
    """Without those whose last token is over: sealed when the next key began, or later by a door that had not
    heard of it."""
    token_s = max(TICKET_S, PASS_S) + LEEWAY_S + KEPT_S
    return tuple(
        key
        for key, next_ in zip(keys, (*keys[1:], None), strict=True)
        if next_ is None or now_s <= next_.since_s + token_s
    )
