"""The door's keys as the house shares them: bucket `house`, key `door_keys`.

Comes in: what stands there. Goes out: the ring with which this process opens and seals tokens, always the
newest it has heard of. Never: a second first key (whoever is first makes it), a secret in a log line.

A gate opens it and lets `run` go; the controller's leader rotates.
"""

import secrets
from contextlib import aclosing
from typing import Final, Self

import structlog

from stentor.admission.key_book import KeyBook
from stentor.admission.token import KEY_BYTES, KeyRing
from stentor.errors import StentorError
from stentor.log.bus import Bus
from stentor.log.records import Records

log = structlog.get_logger()

_BUCKET: Final = "house"
_KEY: Final = "door_keys"


class DoorKeys:
    """Made by `open`. `ring` may be read at any moment."""

    def __init__(self, records: Records[KeyBook], book: KeyBook) -> None:
        self._records = records
        self._take(book)

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        """The house's keys; makes the first one where there is none. Raises: LogAway."""
        records = Records(bus, await bus.bucket(_BUCKET), KeyBook, missing=_missing)
        first = KeyBook.first(secrets.token_bytes(KEY_BYTES))
        return cls(records, await records.change(_KEY, lambda book: book, first=first))

    @property
    def ring(self) -> KeyRing:
        return self._ring

    @property
    def book(self) -> KeyBook:
        return self._book

    async def run(self) -> None:
        """Takes each change, for ever; while NATS is away the keys stay as they are."""
        async with aclosing(self._records.watch(_KEY)) as changes:
            async for _, book in changes:
                self._take(book)

    async def rotate(self, now_s: float) -> None:
        """Announces the next key and drops old ones, if that is due. For the controller's leader.

        Bounds: reads or writes only when something is due: once a day.
        Raises: LogAway.
        """
        secret = secrets.token_bytes(KEY_BYTES)
        if self._book.rotated(secret=secret, now_s=now_s) == self._book:
            return
        before = self._book
        self._take(await self._records.change(_KEY, lambda book: book.rotated(secret=secret, now_s=now_s)))
        if self._book != before:
            log.info("the door's keys have changed", keys=[key.number for key in self._book.keys])

    def _take(self, book: KeyBook) -> None:
        self._book = book
        self._ring = book.ring


def _missing(key: str) -> StentorError:
    return StentorError(f"The house has no {key}.")
