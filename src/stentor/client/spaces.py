"""Spaces and the links to them. Each verb is a route of docs/API.md."""

from typing import TypedDict, Unpack

from stentor.client.asking import Noun, at, given
from stentor.client.models import (
    EventTold,
    InvitationTold,
    Page,
    Role,
    SeriesTold,
    SoundTold,
    SpaceTold,
    State,
)


class SpaceChanges(TypedDict, total=False):
    """What is left out stays; None takes a date or a number of speakers away."""

    title: str
    description: str
    starts_ms: int | None
    is_private: bool
    speakers_max: int | None
    is_recorded: bool
    language: str


class Spaces(Noun):
    """Every verb may raise RemoteProblem and Broken."""

    async def create(
        self,
        title: str,
        *,
        space_id: str | None = None,
        description: str | None = None,
        starts_ms: int | None = None,
        is_private: bool | None = None,
        speakers_max: int | None = None,
        is_recorded: bool | None = None,
        language: str | None = None,
        key: str | None = None,
    ) -> SpaceTold:
        """Args: key: makes asking again harmless, such as `str(uuid.uuid4())`."""
        body = given(
            id=space_id,
            title=title,
            description=description,
            starts_ms=starts_ms,
            is_private=is_private,
            speakers_max=speakers_max,
            is_recorded=is_recorded,
            language=language,
        )
        return await self._ask(SpaceTold, "POST", at("spaces"), body, key=key)

    async def list(
        self,
        *,
        state: State | None = None,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[SpaceTold]:
        query = {"state": state, "q": q, "limit": limit, "cursor": cursor}
        return await self._ask(Page[SpaceTold], "GET", at("spaces"), query=query)

    async def read(self, space_id: str) -> SpaceTold:
        return await self._ask(SpaceTold, "GET", at("spaces", space_id))

    async def edit(self, space_id: str, **changes: Unpack[SpaceChanges]) -> SpaceTold:
        return await self._ask(SpaceTold, "PATCH", at("spaces", space_id), changes)

    async def move(self, space_id: str, state: State) -> SpaceTold:
        """Asking for the end of a large Space may only note the wish: look at `end_asked`."""
        return await self._ask(SpaceTold, "POST", at("spaces", space_id, "state"), {"state": state})

    async def delete(self, space_id: str) -> SpaceTold:
        """Can be undone until `over_at_ms`, by a move to where it was."""
        return await self._ask(SpaceTold, "DELETE", at("spaces", space_id))

    async def events(
        self, space_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[EventTold]:
        query = {"limit": limit, "cursor": cursor}
        return await self._ask(Page[EventTold], "GET", at("spaces", space_id, "events"), query=query)

    async def audience(self, space_id: str, *, step_s: int | None = None) -> SeriesTold:
        path = at("spaces", space_id, "audience")
        return await self._ask(SeriesTold, "GET", path, query={"step_s": step_s})


class Invitations(Noun):
    """Links that bring people on stage."""

    async def create(
        self,
        space_id: str,
        role: Role,
        *,
        name: str | None = None,
        person: str | None = None,
        uses_max: int | None = None,
        expires_ms: int | None = None,
        is_source: bool | None = None,
        key: str | None = None,
    ) -> InvitationTold:
        body = given(
            role=role,
            name=name,
            person=person,
            uses_max=uses_max,
            expires_ms=expires_ms,
            is_source=is_source,
        )
        return await self._ask(InvitationTold, "POST", at("spaces", space_id, "invitations"), body, key=key)

    async def list(
        self, space_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[InvitationTold]:
        query = {"limit": limit, "cursor": cursor}
        path = at("spaces", space_id, "invitations")
        return await self._ask(Page[InvitationTold], "GET", path, query=query)

    async def revoke(self, space_id: str, invitation_id: str) -> None:
        """Its holder leaves the stage."""
        await self._tell("DELETE", at("spaces", space_id, "invitations", invitation_id))


class Sounds(Noun):
    """Files played into a Space."""

    async def add(self, space_id: str, name: str, file: bytes, *, key: str | None = None) -> SoundTold:
        path = at("spaces", space_id, "sounds")
        return await self._ask(SoundTold, "POST", path, query={"name": name}, key=key, file=file)

    async def list(
        self, space_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[SoundTold]:
        query = {"limit": limit, "cursor": cursor}
        return await self._ask(Page[SoundTold], "GET", at("spaces", space_id, "sounds"), query=query)

    async def play(self, space_id: str, sound_id: str) -> SoundTold:
        return await self._ask(SoundTold, "POST", at("spaces", space_id, "sounds", sound_id, "play"))

    async def stop(self, space_id: str, sound_id: str) -> SoundTold:
        return await self._ask(SoundTold, "POST", at("spaces", space_id, "sounds", sound_id, "stop"))

    async def remove(self, space_id: str, sound_id: str) -> None:
        await self._tell("DELETE", at("spaces", space_id, "sounds", sound_id))
