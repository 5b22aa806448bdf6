"""A key-value bucket: small values with a revision, changed by compare-and-set.

Reads go to any replica and may be a moment old; a change based on an old read fails its comparison and is
done again, so nothing is lost by that.
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import nats.errors
import nats.js.errors
from nats.js import JetStreamContext
from nats.js.kv import KeyValue

from stentor.errors import Conflict, LogAway

T = TypeVar("T")

_KEY = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and the revision that a compare-and-set names."""

    value: bytes
    revision: int


class Bucket:
    """Made by `Bus.bucket`. Keys: letters, digits, `-`, `_`, `.`. Every call may raise LogAway."""

    def __init__(
        self, name: str, inner: KeyValue, js: JetStreamContext, *, is_connected: Callable[[], bool]
    ) -> None:
        self.name = name
        self._inner = inner
        self._js = js
        self._is_connected = is_connected

    @property
    def subject(self) -> str:
        """Every change passes here; a hint to read again, since refused changes pass too."""
        return self.subject_of(">")

    def subject_of(self, key: str) -> str:
        """Where the changes of one key pass."""
        return f"$KV.{self.name}.{key}"

    async def get(self, key: str) -> Entry | None:
        """None: not there, or deleted; also what no key can be called, such as a stranger's `*`."""
        if _KEY.fullmatch(key) is None:
            return None
        try:
            entry = await self._guard(self._inner.get(key), key)
        except nats.js.errors.NotFoundError:
            return None
        return Entry(entry.value or b"", entry.revision or 0)

    async def newest(self, key: str) -> Entry | None:
        """As `get`, from the bucket's leader: what somebody else was told is written is in it."""
        try:
            message = await self._guard(
                self._js.get_msg(f"KV_{self.name}", subject=self.subject_of(key)), key
            )
        except nats.js.errors.NotFoundError:
            return None
        if "KV-Operation" in (message.headers or {}):
            return None
        return Entry(message.data or b"", message.seq or 0)

    async def create(self, key: str, value: bytes) -> int:
        """Returns the revision. Raises: Conflict: the key is there."""
        try:
            return await self._guard(self._inner.create(key, value), key)
        except nats.js.errors.KeyWrongLastSequenceError:
            raise Conflict(f"{self.name}/{key} exists already.") from None

    async def update(self, key: str, value: bytes, *, revision: int) -> int:
        """Returns the new revision. Raises: Conflict: somebody else changed it first."""
        try:
            return await self._guard(self._inner.update(key, value, last=revision), key)
        except nats.js.errors.KeyWrongLastSequenceError:
            raise Conflict(f"{self.name}/{key} was changed by somebody else first.") from None

    async def delete(self, key: str) -> None:
        await self._guard(self._inner.delete(key), key)

    async def forget(self, key: str) -> None:
        """Removes a key without a trace; a watcher is not told. For what was many and is nobody's."""
        await self._guard(self._js.purge_stream(f"KV_{self.name}", subject=self.subject_of(key)), key)

    async def matching(self, pattern: str) -> tuple[str, Entry] | None:
        """The newest entry whose key matches a pattern such as `*.<token>`, with its key."""
        try:
            message = await self._guard(
                self._js.get_msg(f"KV_{self.name}", subject=f"$KV.{self.name}.{pattern}", direct=True),
                pattern,
            )
        except nats.js.errors.NotFoundError:
            return None
        if "KV-Operation" in (message.headers or {}):
            return None
        return self.key_of(message.subject or ""), Entry(message.data or b"", message.seq or 0)

    async def keys(self, under: str = "") -> list[str]:
        """Every key that was ever written and not purged; `get` tells which are deleted.

        Args:
            under: only those below it: `a` for `a.b` and `a.c.d`.
        """
        prefix = f"$KV.{self.name}."
        pattern = f"{prefix}{under}.>" if under else f"{prefix}>"
        info = await self._guard(self._js.stream_info(f"KV_{self.name}", subjects_filter=pattern), "its keys")
        return sorted(subject.removeprefix(prefix) for subject in info.state.subjects or {})

    async def last_revision(self) -> int:
        """The newest revision of any key, deletions too: one small question, however many keys there are."""
        info = await self._guard(self._js.stream_info(f"KV_{self.name}"), "its newest revision")
        return info.state.last_seq

    def key_of(self, subject: str) -> str:
        """The key of a change that passed on `subject`."""
        return subject.removeprefix(f"$KV.{self.name}.")

    async def _guard(self, call: Coroutine[Any, Any, T], key: str) -> T:
        if not self._is_connected():
            # The library would wait for its time-out; whoever is to stop now must not.
            call.close()
            raise LogAway(f"{self.name}/{key} (no connection)")
        try:
            return await call
        except (nats.js.errors.NotFoundError, nats.js.errors.KeyWrongLastSequenceError):
            raise
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"{self.name}/{key} ({type(error).__name__})") from None
