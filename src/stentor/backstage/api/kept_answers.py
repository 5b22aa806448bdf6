"""The answers that are kept for 24 h, so that a creation that is asked for twice happens once.

Comes in: a key and the hash of a wish. Goes out: leave to grant it, or the sealed answer of the first time.
Never: an answer that can be read here: `idempotency.py` seals it with a secret of the asker's.
"""

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import Self

from stentor.errors import BeingDone, Conflict, Full, KeyReused
from stentor.log.bucket import Bucket, Entry
from stentor.log.bus import Bus

KEPT_FOR_S = 24 * 3600.0
KEYS_PER_ASKER_MAX = 2_000
_BUCKET_BYTES_MAX = 16 << 20
_DEAD_AFTER_MS = 30_000
"""Longer than any creation takes: whoever has not answered by then was killed; the next one takes over."""
_WAIT_S = 4.0
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Kept:
    """What the bucket `idempotency` holds under `<asker>.<key>`, both hashed.

    Args:
        wish: hash of what was asked for.
        began_ms: when.
        sealed: the answer; None while it is being made, "" when it was refused.
    """

    wish: str
    began_ms: int
    sealed: str | None = None

    def is_free(self, *, wall_ms: int) -> bool:
        """Whether the next one may try: the first was refused, or died."""
        return self.sealed == "" or (self.sealed is None and wall_ms - self.began_ms > _DEAD_AFTER_MS)

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(**json.loads(entry.value))


class KeptAnswers:
    """The bucket of answers. Every call may raise LogAway.

    Bounds: 24 h, 2,000 keys per asker, 16 MiB in all.
    """

    def __init__(self, bucket: Bucket, *, wait_s: float) -> None:
        self._bucket = bucket
        self._wait_s = wait_s

    @classmethod
    async def open(cls, bus: Bus, *, wait_s: float = _WAIT_S) -> Self:
        """Args: wait_s: how long the second of two waits for the first."""
        return cls(
            await bus.bucket("idempotency", ttl_s=KEPT_FOR_S, bytes_max=_BUCKET_BYTES_MAX), wait_s=wait_s
        )

    async def taken(self, name: str, wish: str, *, wall_ms: int) -> int | str:
        """A revision: the wish is the caller's to grant. A text: the sealed answer that was given.

        Raises: KeyReused. BeingDone: also after a short wait. Full: this asker's keys.
        """
        deadline_s = asyncio.get_running_loop().time() + self._wait_s
        mine = Kept(wish, wall_ms)
        while True:
            entry = await self._bucket.get(name)
            try:
                if entry is None:
                    await self._must_have_room(name)
                    return await self._bucket.create(name, mine.as_bytes())
                kept = Kept.of(entry)
                if kept.is_free(wall_ms=wall_ms):
                    return await self._bucket.update(name, mine.as_bytes(), revision=entry.revision)
            except Conflict:  # somebody was faster
                continue
            if kept.wish != wish:
                raise KeyReused
            if kept.sealed is not None:
                return kept.sealed
            if asyncio.get_running_loop().time() > deadline_s:
                raise BeingDone
            await asyncio.sleep(_LOOK_EVERY_S)

    async def finish(self, name: str, kept: Kept, *, revision: int) -> None:
        """Keeps the answer, or that there is none."""
        try:
            await self._bucket.update(name, kept.as_bytes(), revision=revision)
        except Conflict:  # we were taken for dead; whoever took over keeps theirs
            return

    async def _must_have_room(self, name: str) -> None:
        asker = name.partition(".")[0]
        if len(await self._bucket.keys(asker)) >= KEYS_PER_ASKER_MAX:
            raise Full("Today's list of idempotency keys", limit=KEYS_PER_ASKER_MAX, retry_after_s=3600)
