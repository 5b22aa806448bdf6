"""The lines' states, so that another controller goes on: bucket `lines`, key: the Space's id.

Comes in: a state as JSON, from whoever leads. Goes out: the last one. Never: states of two leaders mixed: who
writes after somebody else is told so.
"""

import json
from typing import Any, Final, Self

from stentor.errors import TooLarge
from stentor.log.bucket import Bucket
from stentor.log.bus import Bus

STATE_BYTES_MAX: Final = 16 * 1024


class LineStates:
    """Every call may raise LogAway."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(await bus.bucket("lines"))

    async def load(self, space_id: str) -> tuple[dict[str, Any], int] | None:
        """The newest state and its revision; None: there is none."""
        entry = await self._bucket.newest(space_id)
        return None if entry is None else (json.loads(entry.value), entry.revision)

    async def save(self, space_id: str, state: dict[str, Any], *, revision: int | None) -> int:
        """Returns: the new revision.

        Args:
            revision: of the state that this one follows; None: there is none yet.
        Raises: Conflict: somebody else has written since. TooLarge.
        """
        data = json.dumps(state, separators=(",", ":")).encode()
        if len(data) > STATE_BYTES_MAX:
            raise TooLarge(f"The line of {space_id}", size_bytes=len(data), limit_bytes=STATE_BYTES_MAX)
        if revision is None:
            return await self._bucket.create(space_id, data)
        return await self._bucket.update(space_id, data, revision=revision)

    async def forget(self, space_id: str) -> None:
        await self._bucket.delete(space_id)

    async def space_ids(self) -> list[str]:
        """Whose states there are; some of them may be forgotten already."""
        return await self._bucket.keys()
