"""Whether the clocks that one reads are the house's own, and its draw the one it had promised. Pure.

Comes in: the house's key, documents as they came. Goes out: clocks. Never: a clock that somebody between the
house and here has made, once the key is known.
"""

import base64
import json
from typing import Final

from stentor.admission.line.line_clock import LineClock
from stentor.admission.line.place import commitment_of
from stentor.admission.line.signing import ALGORITHM, is_signed_by
from stentor.errors import BadInput

HOUSE_PATH: Final = "/.well-known/stentor.json"
_KEY_BYTES: Final = 32


def key_of(document: bytes) -> bytes:
    """The key from the house's own document. Raises: BadInput: it tells none."""
    try:
        told = json.loads(document)
        key = base64.b64decode(told["clock_key"], validate=True)
        is_known = told["alg"] == ALGORITHM and len(key) == _KEY_BYTES
    except (ValueError, KeyError, TypeError):
        is_known = False
    if not is_known:
        raise BadInput("The house tells no key for its clocks.")
    return key


class ClockCheck:
    """One listener's memory of a line.

    Args:
        commitment: what the house had promised, if that is known from elsewhere.
    """

    def __init__(self, *, commitment: str = "") -> None:
        self.key: bytes | None = None
        self.commitment = commitment
        self._newest: LineClock | None = None

    def read(self, document: bytes) -> LineClock:
        """Raises: BadInput: no clock, not signed by the house whose key is known, of another Space than the
        first one, or older than one that was read."""
        if self.key is not None and not is_signed_by(self.key, document):
            raise BadInput("This clock is not signed by its house.")
        clock = LineClock.parse(document)
        newest = self._newest or clock
        if clock.space_id != newest.space_id or clock.number < newest.number:
            raise BadInput("This clock is of another Space, or an old one.")
        self._newest = clock
        if clock.seed is None:
            self.commitment = self.commitment or clock.commitment
        return clock

    def is_draw_true(self, clock: LineClock) -> bool | None:
        """None: the seed is not out yet, or nobody knows what had been promised before it was."""
        if clock.seed is None or not self.commitment:
            return None
        return is_seed_of(clock.seed, self.commitment)


def is_seed_of(seed: str, commitment: str) -> bool:
    """Args: both hexadecimal, as clocks tell them."""
    try:
        return commitment_of(bytes.fromhex(seed)) == commitment.lower()
    except ValueError:
        return False
