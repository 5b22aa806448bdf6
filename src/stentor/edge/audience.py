"""Who listens to HLS here, by estimate. Pure. Live streams are counted where they sit (`seats.py`).

Comes in: pieces of media that were given out, with the time. Goes out: figures per Space. Never: an
address (what is remembered of a requester is a keyed hash whose key dies with the process); a requester who
asks for the same things again and again: a player's objects have rising numbers, a flood's have not.
"""

import hashlib
import secrets

_BUCKET_S = 6.0
"""A plain-HLS player asks every 5.76 s, so two buckets see each at least once."""
_REQUESTERS_MAX = 50_000
"""Per Space and bucket, a short key and a small number each: about 7 MB. Above, the estimate stays there."""
_NOTHING = 0


class Audience:
    """The estimate of one gate.

    Args:
        key: of the hash; random for each process.

    Behind a cache an HLS requester is the cache: the estimate is named one wherever it is shown.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(16)
        self._now: dict[str, dict[bytes, int]] = {}
        self._before: dict[str, dict[bytes, int]] = {}
        self._bucket = 0

    def took(self, space_id: str, *, chunk: int, address: str, agent: str, now_s: float) -> None:
        """A piece of media was given out.

        Args:
            chunk: the first one in it.
        """
        self._turn(now_s)
        seen = self._now.setdefault(space_id, {})
        name = self._name(space_id, address, agent)
        if name not in seen and len(seen) >= _REQUESTERS_MAX:
            return
        # Twice the newest chunk, and one more if something newer than before was taken in this bucket.
        known = seen.get(name, self._before.get(space_id, {}).get(name, _NOTHING) & ~1)
        newest = 2 * (chunk + 1)
        seen[name] = newest | 1 if known and newest > known else max(known, newest)

    def is_known(self, space_id: str, *, address: str, agent: str, now_s: float) -> bool:
        """Whether the same has played in this bucket or the one before."""
        self._turn(now_s)
        name = self._name(space_id, address, agent)
        return any(bucket.get(space_id, {}).get(name, _NOTHING) & 1 for bucket in (self._now, self._before))

    def figures(self, now_s: float) -> dict[str, int]:
        """Listeners by Space; Spaces without anybody are left out."""
        self._turn(now_s)
        found = {
            space: len(_playing(self._now.get(space, {})) | _playing(self._before.get(space, {})))
            for space in sorted(self._now.keys() | self._before.keys())
        }
        return {space: players for space, players in found.items() if players}

    def _name(self, space_id: str, address: str, agent: str) -> bytes:
        name = f"{space_id}\0{address}\0{agent}".encode()
        return hashlib.blake2b(name, key=self._key, digest_size=8).digest()

    def _turn(self, now_s: float) -> None:
        bucket = int(now_s // _BUCKET_S)
        if bucket == self._bucket:
            return
        self._before = self._now if bucket == self._bucket + 1 else {}
        self._now = {}
        self._bucket = bucket


def _playing(seen: dict[bytes, int]) -> set[bytes]:
    return {name for name, trace in seen.items() if trace & 1}
