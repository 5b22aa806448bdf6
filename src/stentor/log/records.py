"""Records of one kind in a key-value bucket: read, made, changed by compare-and-set, watched.

Watching is a core subscription used as a hint plus a slow look round: the library's own watcher is an
ordered consumer, which was blind for up to 18 s after a leader's death (measured, facts of delivery).
"""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, Protocol, Self, TypeVar

from stentor.errors import Conflict, LogAway, StentorError
from stentor.log.bucket import Bucket, Entry
from stentor.log.bus import Bus
from stentor.log.freshness import Freshness, Hints

_TRIES_MAX = 40
_AGAIN_FIRST_S = 0.002
_AGAIN_LAST_S = 0.1
"""Between two tries, by chance up to so long: sixteen people who join in one moment are all let in."""


class Record(Protocol):
    """What a bucket can hold: a frozen dataclass that writes and reads itself."""

    def as_json(self) -> dict[str, Any]: ...

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self: ...


R = TypeVar("R", bound=Record)


class Records(Generic[R]):
    """The records of one bucket. Every call may raise LogAway.

    Args:
        kind: the class that is kept here.
        missing: the error for a key that is not there.
    """

    def __init__(
        self, bus: Bus, bucket: Bucket, kind: type[R], *, missing: Callable[[str], StentorError]
    ) -> None:
        self._bus = bus
        self._bucket = bucket
        self._kind = kind
        self._missing = missing

    async def find(self, key: str) -> R | None:
        found = await self._entry(key)
        return None if found is None else found[0]

    async def newest(self, key: str) -> R | None:
        """As `find`, but nothing that was written before is missing in it. One question to the leader."""
        entry = await self._bucket.newest(key)
        return None if entry is None else self._record(entry)

    async def get(self, key: str) -> R:
        """Raises: what `missing` says. LogAway."""
        record = await self.find(key)
        if record is None:
            raise self._missing(key)
        return record

    async def create(self, key: str, record: R) -> None:
        """Raises: Conflict: the key is taken. LogAway."""
        await self._bucket.create(key, self._bytes(record))

    async def change(self, key: str, move: Callable[[R], R], *, first: R | None = None) -> R:
        """Reads, applies the pure `move`, writes; again, a moment later, when somebody else was faster.

        Args:
            first: what to begin with where nothing is yet; None: that is an error.
        Raises: what `missing` says. LogAway. Whatever `move` raises.
        """
        for attempt in range(_TRIES_MAX):
            if attempt:
                longest_s = min(_AGAIN_LAST_S, _AGAIN_FIRST_S * 2**attempt)
                await asyncio.sleep(random.uniform(0, longest_s))  # noqa: S311
            found = await self._entry(key)
            if found is None and first is None:
                raise self._missing(key)
            record, revision = found or (first, None)
            assert record is not None
            then = move(record)
            if then == record and revision is not None:
                return record
            try:
                if revision is None:
                    await self._bucket.create(key, self._bytes(then))
                else:
                    await self._bucket.update(key, self._bytes(then), revision=revision)
            except Conflict:
                continue
            return then
        raise Conflict(f"{self._bucket.name}/{key} is being changed by many at once. Try again.")

    async def delete(self, key: str) -> None:
        await self._bucket.delete(key)

    async def all(self) -> list[R]:
        """Every record, by key. Bounds: one read per record."""
        found = await self._read(await self._bucket.keys())
        return [self._record(entry) for entry in found.values() if entry]

    async def keys(self) -> list[str]:
        return await self._bucket.keys()

    async def watch(self, key: str | None = None) -> AsyncGenerator[tuple[str, R], None]:
        """Every record (or one key's) as it is, then each that changes, for ever; waits while NATS is away.

        A change is read when it is hinted at; a slow look round asks only whether there was one without a
        hint, so a house of a thousand records costs a watcher what a house of one does. A record that is
        deleted is not told: it stays as it was last.

        Close it (`contextlib.aclosing`) to end its subscription at once.
        """
        known: dict[str, tuple[int, R]] = {}
        hints = Hints()
        first = set() if key is None else {key}
        changed = asyncio.Event()

        def take_hint(subject: str, value: bytes) -> None:
            hints.take(self._bucket.key_of(subject), value)
            changed.set()

        subject = self._bucket.subject if key is None else self._bucket.subject_of(key)
        hint = await self._bus.subscribe(subject, take_hint)
        freshness = Freshness()
        try:
            while True:
                changed.clear()
                wait_s = freshness.wait_s
                try:
                    found = await self._read(sorted(hints.keys | first))
                    freshness.saw([entry.revision for entry in found.values() if entry])
                    if freshness.lacks(await self._bucket.last_revision()):
                        found |= await self._read(await self._bucket.keys() if key is None else [key])
                        freshness.looked_at_all([entry.revision for entry in found.values() if entry])
                    for name, entry in found.items():
                        hints.saw(name, entry.value if entry else b"")
                    first.clear()
                    wait_s = min(freshness.wait_s, hints.wait_s)
                except LogAway:
                    found = {}
                for name, record in self._news(found, known):
                    yield name, record
                try:
                    async with asyncio.timeout(wait_s):
                        await changed.wait()
                except TimeoutError:
                    continue
        finally:
            await hint.close()

    def _news(
        self, found: Mapping[str, Entry | None], known: dict[str, tuple[int, R]]
    ) -> Iterator[tuple[str, R]]:
        """What `found` adds to `known`; a replica that is behind must not bring back what was before."""
        for name, entry in found.items():
            revision, record = known.get(name, (0, None))
            if entry is None or entry.revision <= revision:
                continue
            then = self._record(entry)
            known[name] = (entry.revision, then)
            if then != record:
                yield name, then

    async def _entry(self, key: str) -> tuple[R, int] | None:
        entry = await self._bucket.get(key)
        return None if entry is None else (self._record(entry), entry.revision)

    async def _read(self, keys: Iterable[str]) -> dict[str, Entry | None]:
        """What stands under each of the keys."""
        return {key: await self._bucket.get(key) for key in keys}

    def _record(self, entry: Entry) -> R:
        return self._kind.from_json(json.loads(entry.value))

    def _bytes(self, record: R) -> bytes:
        return json.dumps(record.as_json(), ensure_ascii=False).encode()
