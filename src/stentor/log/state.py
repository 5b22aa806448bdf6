"""The state that roles share: Spaces, their crews and questions, recordings, invitations, leases.

Compare-and-set in key-value buckets; `records.py` has the mechanics.
"""

import json
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from dataclasses import replace
from typing import Self

from stentor.errors import BadInvitation, Conflict, NoSuchSpace, NotFound
from stentor.limits import LEASE_TTL_S
from stentor.log.bucket import Bucket
from stentor.log.bus import Bus
from stentor.log.records import Records
from stentor.record.recording import Recording
from stentor.space.crew import Crew
from stentor.space.invitation import ASKED, Invitation
from stentor.space.names import token_key
from stentor.space.questions import Questions
from stentor.space.record import Space


class SpaceStore:
    """The bucket `spaces`. Key: the Space's id."""

    def __init__(self, bus: Bus, bucket: Bucket) -> None:
        self._records = Records(bus, bucket, Space, missing=NoSuchSpace)

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(bus, await bus.bucket("spaces"))

    async def get(self, space_id: str) -> Space:
        """Raises: NoSuchSpace. LogAway."""
        return await self._records.get(space_id)

    async def find(self, space_id: str) -> Space | None:
        """Raises: LogAway."""
        return await self._records.find(space_id)

    async def create(self, space: Space) -> None:
        """Raises: Conflict: the id is taken. LogAway."""
        try:
            await self._records.create(space.id, space)
        except Conflict:
            raise Conflict(f"There is a Space called {space.id!r} already. Choose another id.") from None

    async def change(self, space_id: str, move: Callable[[Space], Space]) -> Space:
        """Applies the pure `move` by compare-and-set. Raises: NoSuchSpace. LogAway. What `move` raises."""
        return await self._records.change(space_id, move)

    async def delete(self, space_id: str) -> None:
        await self._records.delete(space_id)

    async def all(self) -> list[Space]:
        """Every Space, by id. Bounds: one read per Space."""
        return await self._records.all()

    async def watch(self, space_id: str | None = None) -> AsyncGenerator[Space, None]:
        """Every Space (or the one) as it is, then each that changes, for ever; see `Records.watch`."""
        async with aclosing(self._records.watch(space_id)) as changes:
            async for _, space in changes:
                yield space


class CrewStore:
    """The bucket `crews`. Key: the Space's id. A Space without an entry has an empty crew."""

    def __init__(self, bus: Bus, bucket: Bucket) -> None:
        self._records = Records(bus, bucket, Crew, missing=NoSuchSpace)

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(bus, await bus.bucket("crews"))

    async def get(self, space_id: str) -> Crew:
        """Raises: LogAway."""
        return await self._records.find(space_id) or Crew(space_id)

    async def newest(self, space_id: str) -> Crew:
        """As `get`, but never a moment old; see `Records.newest`. Raises: LogAway."""
        return await self._records.newest(space_id) or Crew(space_id)

    async def change(self, space_id: str, move: Callable[[Crew], Crew]) -> Crew:
        """Applies the pure `move` by compare-and-set. Raises: LogAway. What `move` raises."""
        return await self._records.change(space_id, move, first=Crew(space_id))

    async def delete(self, space_id: str) -> None:
        await self._records.delete(space_id)

    async def watch(self, space_id: str | None = None) -> AsyncGenerator[Crew, None]:
        """Every crew (or the one) as it is, then each that changes; see `Records.watch`."""
        async with aclosing(self._records.watch(space_id)) as changes:
            async for _, crew in changes:
                yield crew


class QuestionStore:
    """The bucket `questions`. Key: the Space's id. Without an entry: none, and open for them."""

    def __init__(self, bus: Bus, bucket: Bucket) -> None:
        self._records = Records(bus, bucket, Questions, missing=NoSuchSpace)

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(bus, await bus.bucket("questions"))

    async def get(self, space_id: str) -> Questions:
        """Raises: LogAway."""
        return await self._records.find(space_id) or Questions(space_id)

    async def change(self, space_id: str, move: Callable[[Questions], Questions]) -> Questions:
        """Applies the pure `move` by compare-and-set. Raises: LogAway. What `move` raises."""
        return await self._records.change(space_id, move, first=Questions(space_id))

    async def delete(self, space_id: str) -> None:
        await self._records.delete(space_id)

    async def watch(self, space_id: str | None = None) -> AsyncGenerator[Questions, None]:
        """Every Space's questions (or the one's), then each that changes; see `Records.watch`."""
        async with aclosing(self._records.watch(space_id)) as changes:
            async for _, questions in changes:
                yield questions


class RecordingStore:
    """The bucket `recordings`. Key: the Space's id. Without an entry: nothing wished, nothing made."""

    def __init__(self, bus: Bus, bucket: Bucket) -> None:
        self._records = Records(bus, bucket, Recording, missing=NoSuchSpace)

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(bus, await bus.bucket("recordings"))

    async def get(self, space_id: str) -> Recording:
        """Raises: LogAway."""
        return await self._records.find(space_id) or Recording(space_id)

    async def change(self, space_id: str, move: Callable[[Recording], Recording]) -> Recording:
        """Applies the pure `move` by compare-and-set. Raises: LogAway. What `move` raises."""
        return await self._records.change(space_id, move, first=Recording(space_id))

    async def delete(self, space_id: str) -> None:
        await self._records.delete(space_id)

    async def all(self) -> list[Recording]:
        """Every recording, by its Space's id. Bounds: one read per recording."""
        return await self._records.all()

    async def watch(self, space_id: str | None = None) -> AsyncGenerator[Recording, None]:
        """Every recording (or the one's), then each that changes; see `Records.watch`."""
        async with aclosing(self._records.watch(space_id)) as changes:
            async for _, recording in changes:
                yield recording


class InvitationStore:
    """The bucket `invitations`. Key: `<space>.<the token's hash>`, so the store cannot be used to enter."""

    def __init__(self, bus: Bus, bucket: Bucket) -> None:
        self._bucket = bucket
        self._records = Records(bus, bucket, Invitation, missing=lambda _key: BadInvitation())

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(bus, await bus.bucket("invitations"))

    async def create(self, invitation: Invitation, *, token: str) -> None:
        await self._bucket.create(f"{invitation.space_id}.{token_key(token)}", _bytes(invitation))

    async def by_token(self, token: str) -> Invitation:
        """Raises: BadInvitation: unknown or revoked. LogAway."""
        found = await self._bucket.matching(f"*.{token_key(token)}")
        if found is None:
            raise BadInvitation
        invitation = Invitation.from_json(json.loads(found[1].value))
        if invitation.is_revoked:
            raise BadInvitation
        return invitation

    async def used(self, token: str, *, wall_ms: int) -> Invitation:
        """Counts a use. Raises: BadInvitation. Gone: expired or used up. LogAway."""

        def use(invitation: Invitation) -> Invitation:
            if invitation.is_revoked:
                raise BadInvitation
            return invitation.used(wall_ms=wall_ms)

        found = await self._bucket.matching(f"*.{token_key(token)}")
        if found is None:
            raise BadInvitation
        return await self._records.change(found[0], use)

    async def of_space(self, space_id: str) -> list[Invitation]:
        """One Space's invitations, the oldest first. Bounds: one read per invitation of the Space."""
        found = [invitation for _, _, invitation in await self._entries(space_id)]
        return sorted(found, key=lambda invitation: (invitation.created_ms, invitation.id))

    async def revoke(self, space_id: str, invitation_id: str) -> list[Invitation]:
        """Revokes an invitation and those that came from it. Returns: those. Raises: NotFound. LogAway."""
        if not any(invitation.id == invitation_id for invitation in await self.of_space(space_id)):
            raise NotFound(f"The Space {space_id!r} has no invitation {invitation_id[:60]!r}.")
        return await self._revoke(space_id, lambda i: invitation_id in {i.id, i.parent_id})

    async def revoke_one(self, space_id: str, invitation_id: str) -> None:
        """Revokes an invitation but not those that came from it. Raises: LogAway."""
        await self._revoke(space_id, lambda invitation: invitation.id == invitation_id)

    async def delete_all(self, space_id: str) -> None:
        """Removes every invitation of a Space. Raises: LogAway."""
        for key in await self._bucket.keys(space_id):
            await self._bucket.forget(key)

    async def count(self, space_id: str) -> int:
        """How many there are, of every kind; one question. Raises: LogAway."""
        return len(await self._bucket.keys(space_id))

    async def sweep(self, space_id: str, *, kept: Collection[str]) -> None:
        """Removes what listeners got by asking and is nobody's any more. Raises: LogAway.

        Args:
            kept: ids of those that are somebody's.
        """
        for key, _, invitation in await self._entries(space_id):
            if invitation.parent_id == ASKED and invitation.id not in kept:
                await self._bucket.forget(key)

    async def _revoke(self, space_id: str, is_meant: Callable[[Invitation], bool]) -> list[Invitation]:
        revoked = []
        for key, _, invitation in await self._entries(space_id):
            if is_meant(invitation):
                await self._records.change(key, lambda found: replace(found, is_revoked=True))
                revoked.append(invitation)
        return revoked

    async def _entries(self, space_id: str) -> list[tuple[str, int, Invitation]]:
        found = []
        for key in await self._bucket.keys(space_id):
            entry = await self._bucket.get(key)
            if entry is not None:
                found.append((key, entry.revision, Invitation.from_json(json.loads(entry.value))))
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


def _bytes(invitation: Invitation) -> bytes:
    return json.dumps(invitation.as_json(), ensure_ascii=False).encode()
