"""Links to files of a record that open without a header: for `<audio>`, for a download manager. Pure.

Comes in: a key of the house, a file, a time. Goes out: a word for the link's end, and whether one is right.
Never: a word that opens another file, another Space, or anything for longer than some hours.

A page that came by an invitation shows who it is by a header, which a media element cannot send.
"""

import hashlib
import hmac
from typing import Final

VALID_FOR_S: Final = 6 * 3600
"""An evening at the transcript editor; whoever may no longer lead loses the last of their links by then."""
_WORD_LENGTH: Final = 32


class FileLinks:
    """Made with a secret that all stage doors of the house share."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def word(self, space_id: str, name: str, *, now_s: int) -> str:
        """What opens this file for VALID_FOR_S from now on."""
        until_s = now_s + VALID_FOR_S
        return f"{until_s}.{self._mac(space_id, name, until_s)}"

    def opens(self, word: str, space_id: str, name: str, *, now_s: int) -> bool:
        """Whether the word is this file's and its time is not over; in constant time."""
        until, _, mac = word.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) <= _WORD_LENGTH and mac.isascii()):
            return False
        is_right = hmac.compare_digest(mac, self._mac(space_id, name, int(until)))
        return is_right and now_s < int(until)

    def _mac(self, space_id: str, name: str, until_s: int) -> str:
        # A Space's id holds no slash, so the parts cannot be shifted into each other.
        message = f"{until_s}/{space_id}/{name}".encode()
        return hashlib.blake2b(message, key=self._secret, digest_size=16, person=b"stentor-file").hexdigest()
