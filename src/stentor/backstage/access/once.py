"""What may be used once and only for a while: links, challenges, sign-ins begun elsewhere.

Comes in: a secret and what it stands for. Goes out: that, to the first who brings the secret. Never: the
secret in the store; a second use: whoever loses the compare-and-set has used nothing.
"""

import json
from typing import Any, Self

from stentor.errors import Conflict
from stentor.log.bucket import Bucket
from stentor.log.bus import Bus
from stentor.space.names import token_key


class OnceStore:
    """A bucket whose entries go by themselves. Keys: `<slot>.<the secret's hash>`. May raise LogAway."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @classmethod
    async def open(cls, bus: Bus, name: str, *, ttl_s: float) -> Self:
        return cls(await bus.bucket(name, ttl_s=ttl_s))

    async def put(self, slot: str, secret: str, facts: dict[str, Any], *, until_ms: int) -> None:
        value = json.dumps({"until_ms": until_ms, "facts": facts}, ensure_ascii=False).encode()
        await self._bucket.create(f"{slot}.{token_key(secret)}", value)

    async def take(self, secret: str, *, wall_ms: int, slot: str = "*") -> tuple[str, dict[str, Any]] | None:
        """The slot and the facts, once. None: unknown, used, over, or for another slot."""
        found = await self._bucket.matching(f"{slot}.{token_key(secret)}")
        if found is None:
            return None
        key, entry = found
        record = json.loads(entry.value)
        if record is None:
            return None
        try:
            await self._bucket.update(key, b"null", revision=entry.revision)
        except Conflict:
            return None
        if wall_ms >= record["until_ms"]:
            return None
        return key.partition(".")[0], record["facts"]

    async def clear(self, slot: str) -> None:
        """Whatever waits in this slot can no longer be used."""
        for key in await self._bucket.keys(slot):
            await self._bucket.delete(key)
