"""The state that roles share: Spaces, invitations, leases. Compare-and-set in key-value buckets.

Watching is a core subscription used as a hint plus a slow look round: the library's own watcher is an
ordered consumer, which was blind for up to 18 s after a leader's death (measured, facts of delivery).
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Self

from stentor.errors import BadInvitation, Conflict, LogAway, NoSuchSpace, NotFound
from stentor.limits import LEASE_TTL_S
from stentor.log.bucket import Bucket
from stentor.log.bus import Bus
from stentor.log.freshness import Freshness
from stentor.space.invitation import Invitation
from stentor.space.names import token_key
from stentor.space.record import Space

_TRIES_MAX = 8


class SpaceStore:
    """The bucket `spaces`."""

    def __init__(self, bus: Bus, bucket: Bucket) -> None:
        self._bus = bus
        self._bucket = bucket

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(bus, await bus.bucket("spaces"))

    async def get(self, space_id: str) -> Space:
        """Raises: NoSuchSpace. LogAway."""
        entry = await self._bucket.get(space_id)
        if entry is None:
            raise NoSuchSpace(space_id)
        return Space.from_json(json.loads(entry.value))

    async def create(self, space: Space) -> None:
        """Raises: Conflict: the id is taken. LogAway."""
        try:
            await self._bucket.create(space.id, _bytes(space))
        except Conflict:
            raise Conflict(f"There is a Space called {space.id!r} already. Choose another id.") from None

    async def change(self, space_id: str, move: Callable[[Space], Space]) -> Space:
        """Reads, applies the pure `move`, writes; again when somebody else was faster.

        Raises: NoSuchSpace. LogAway. Whatever `move` raises.
        """
        for _ in range(_TRIES_MAX):
            entry = await self._bucket.get(space_id)
            if entry is None:
                raise NoSuchSpace(space_id)
            space = Space.from_json(json.loads(entry.value))
            then = move(space)
            if then == space:
                return space
            try:
                await self._bucket.update(space_id, _bytes(then), revision=entry.revision)
            except Conflict:
                continue
            return then
        raise Conflict(f"The Space {space_id!r} is being changed by many at once. Try again.")

    async def all(self) -> list[Space]:
        """Every Space, by id. Bounds: one read per Space."""
        return [space for space, _ in await self._read(await self._bucket.keys())]

    async def watch(self) -> AsyncGenerator[Space, None]:
        """Every Space as it is, then each that changes, for ever; waits while NATS is away.

        A change is read when it is hinted at; a slow look round asks only whether there was one without a
        hint, so a house of a thousand Spaces costs a watcher what a house of one does.

        Close it (`contextlib.aclosing`) to end its subscription at once.
        """
        known: dict[str, Space] = {}
        hinted: set[str] = set()
        changed = asyncio.Event()

        def take_hint(subject: str, _value: bytes) -> None:
            hinted.add(self._bucket.key_of(subject))
            changed.set()

        hint = await self._bus.subscribe(self._bucket.subject, take_hint)
        freshness = Freshness()
        try:
            while True:
                changed.clear()
                keys = sorted(hinted)
                hinted.clear()
                try:
                    found = await self._read(keys)
                    freshness.saw([revision for _, revision in found])
                    if freshness.lacks(await self._bucket.last_revision()):
                        found = await self._read(await self._bucket.keys())
                        freshness.looked_at_all([revision for _, revision in found])
                except LogAway:
                    hinted.update(keys)
                    found = []
                for space, _ in found:
                    if known.get(space.id) != space:
                        known[space.id] = space
                        yield space
                try:
                    async with asyncio.timeout(freshness.wait_s):
                        await changed.wait()
                except TimeoutError:
                    continue
        finally:
            await hint.close()

    async def _read(self, keys: Iterable[str]) -> list[tuple[Space, int]]:
        """Those of the keys that are there, with their revisions."""
        found = []
        for key in keys:
            entry = await self._bucket.get(key)
            if entry is not None:
                found.append((Space.from_json(json.loads(entry.value)), entry.revision))
        return found


class InvitationStore:
    """The bucket `invitations`: the key is the token's hash, so the store cannot be used to enter."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(await bus.bucket("invitations"))

    async def create(self, invitation: Invitation, *, token: str) -> None:
        await self._bucket.create(token_key(token), json.dumps(invitation.as_json()).encode())

    async def by_token(self, token: str) -> Invitation:
        """Raises: BadInvitation: unknown or revoked. LogAway."""
        entry = await self._bucket.get(token_key(token))
        if entry is None:
            raise BadInvitation
        invitation = Invitation.from_json(json.loads(entry.value))
        if invitation.is_revoked:
            raise BadInvitation
        return invitation

    async def of_space(self, space_id: str) -> list[Invitation]:
        """One Space's invitations. Bounds: reads every invitation of the house."""
        return [invitation for _, _, invitation in await self._entries(space_id)]

    async def revoke(self, space_id: str, invitation_id: str) -> Invitation:
        """Raises: NotFound. LogAway."""
        for key, revision, invitation in await self._entries(space_id):
            if invitation.id == invitation_id:
                value = json.dumps({**invitation.as_json(), "is_revoked": True}).encode()
                await self._bucket.update(key, value, revision=revision)
                return invitation
        raise NotFound(f"The Space {space_id!r} has no invitation {invitation_id[:60]!r}.")

    async def _entries(self, space_id: str) -> list[tuple[str, int, Invitation]]:
        found = []
        for key in await self._bucket.keys():
            entry = await self._bucket.get(key)
            if entry is None:
                continue
            invitation = Invitation.from_json(json.loads(entry.value))
            if invitation.space_id == space_id:
                found.append((key, entry.revision, invitation))
        return found


class Leases:
    """The bucket `leases`: who does what only one may do. What is not renewed ends by itself."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(await bus.bucket("leases", ttl_s=LEASE_TTL_S))

    async def take(self, key: str, owner: str) -> bool:
        """Takes or renews. False: somebody else holds it. Raises: LogAway."""
        entry = await self._bucket.get(key)
        if entry is not None and entry.value != owner.encode():
            return False
        try:
            if entry is None:
                await self._bucket.create(key, owner.encode())
            else:
                await self._bucket.update(key, owner.encode(), revision=entry.revision)
        except Conflict:
            return False
        return True

    async def give_up(self, key: str, owner: str) -> None:
        """Lets the next one have it at once. Raises: LogAway."""
        entry = await self._bucket.get(key)
        if entry is not None and entry.value == owner.encode():
            await self._bucket.delete(key)


def _bytes(space: Space) -> bytes:
    return json.dumps(space.as_json(), ensure_ascii=False).encode()
