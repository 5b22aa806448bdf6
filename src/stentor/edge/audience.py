"""Who listens to HLS here, by estimate. Pure. Live streams are counted where they sit (`seats.py`).

Comes in: HLS requests with the time. Goes out: figures per Space. Never: an
address; what is remembered of a requester is a keyed hash whose key dies with the process.
"""

import hashlib
import secrets

_BUCKET_S = 6.0
"""A plain-HLS player asks every 5.76 s, so two buckets see each at least once."""
_REQUESTERS_MAX = 50_000
"""Per Space and bucket, 8 bytes each and their set: about 4 MB. Above, the estimate stays there."""


class Audience:
    """The estimate of one gate.

    Args:
        key: of the hash; random for each process.

    Behind a cache an HLS requester is the cache: the estimate is named one wherever it is shown.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(16)
        self._now: dict[str, set[bytes]] = {}
        self._before: dict[str, set[bytes]] = {}
        self._bucket = 0

    def asked_hls(self, space_id: str, *, address: str, agent: str, now_s: float) -> None:
        """One request for a playlist or a piece of media."""
        self._turn(now_s)
        seen = self._now.setdefault(space_id, set())
        if len(seen) < _REQUESTERS_MAX:
            seen.add(self._name(space_id, address, agent))

    def is_known(self, space_id: str, *, address: str, agent: str, now_s: float) -> bool:
        """Whether the same asked in this bucket or the one before."""
        self._turn(now_s)
        name = self._name(space_id, address, agent)
        return any(name in bucket.get(space_id, ()) for bucket in (self._now, self._before))

    def figures(self, now_s: float) -> dict[str, int]:
        """Listeners by Space; Spaces without anybody are left out."""
        self._turn(now_s)
        spaces = self._now.keys() | self._before.keys()
        return {
            space: len(self._now.get(space, set()) | self._before.get(space, set()))
            for space in sorted(spaces)
        }

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
