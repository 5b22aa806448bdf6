"""One secret of the whole house, made by whichever process needs it first.

Comes in: a bus. Goes out: the key. Never: two keys: the first one written stays.

It lies in the bucket `house` and not in a file: an edge on another machine has to hash a network to the same
word as the stage door does.
"""

import secrets

from stentor.errors import Conflict, LogAway
from stentor.log.bus import Bus

_BUCKET = "house"
_BYTES = 32


async def house_key(bus: Bus, name: str) -> bytes:
    """32 random bytes, the same for everybody who asks for this name.

    Args:
        name: what it is for, such as `network`; another purpose gets another key.
    Raises: LogAway.
    """
    bucket = await bus.bucket(_BUCKET)
    key = f"key.{name}"
    entry = await bucket.get(key)
    if entry is None:
        made = secrets.token_bytes(_BYTES)
        try:
            await bucket.create(key, made)
        except Conflict:  # another process was faster
            entry = await bucket.get(key)
        else:
            return made
    if entry is None:
        raise LogAway(f"{_BUCKET}/{key} (written, not yet to be read)")
    return entry.value
