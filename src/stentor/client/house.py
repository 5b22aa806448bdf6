"""The house: accounts, webhooks. For its owner. Each verb is a route of docs/API.md."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

from stentor.client.asking import Noun, at, given
from stentor.client.models import (
    AccountMade,
    AccountTold,
    DeliveryTold,
    LinkTold,
    Page,
    Rank,
    WebhookTold,
)


class Accounts(Noun):
    """Every verb may raise RemoteProblem and Broken."""

    async def create(self, name: str, rank: Rank, *, key: str | None = None) -> AccountMade:
        """Its one-time link is told this once."""
        return await self._ask(AccountMade, "POST", at("accounts"), {"name": name, "rank": rank}, key=key)

    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[AccountTold]:
        query = {"limit": limit, "cursor": cursor}
        return await self._ask(Page[AccountTold], "GET", at("accounts"), query=query)

    async def edit(
        self, account_id: str, *, name: str | None = None, rank: Rank | None = None
    ) -> AccountTold:
        return await self._ask(AccountTold, "PATCH", at("accounts", account_id), given(name=name, rank=rank))

    async def remove(self, account_id: str) -> None:
        await self._tell("DELETE", at("accounts", account_id))

    async def link(self, account_id: str) -> LinkTold:
        """A new one-time link for whoever lost their passkeys."""
        return await self._ask(LinkTold, "POST", at("accounts", account_id, "link"))

    async def owner_link(self, *, only_first: bool = False) -> LinkTold:
        return await self._ask(LinkTold, "POST", at("accounts", "owner-link"), {"only_first": only_first})


class WebhookChanges(TypedDict, total=False):
    """What is left out stays."""

    url: str
    events: Sequence[str]
    is_on: bool


class Webhooks(Noun):
    """Programs that are told what happens."""

    async def create(
        self,
        url: str,
        *,
        events: Sequence[str] = (),
        space: str | None = None,
        key: str | None = None,
    ) -> WebhookTold:
        """Its secret is told this once. Args: events: none means all."""
        body = given(url=url, events=list(events), space=space)
        return await self._ask(WebhookTold, "POST", at("webhooks"), body, key=key)

    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[WebhookTold]:
        query = {"limit": limit, "cursor": cursor}
        return await self._ask(Page[WebhookTold], "GET", at("webhooks"), query=query)

    async def read(self, webhook_id: str) -> WebhookTold:
        return await self._ask(WebhookTold, "GET", at("webhooks", webhook_id))

    async def edit(self, webhook_id: str, **changes: Unpack[WebhookChanges]) -> WebhookTold:
        return await self._ask(WebhookTold, "PATCH", at("webhooks", webhook_id), changes)

    async def remove(self, webhook_id: str) -> None:
        await self._tell("DELETE", at("webhooks", webhook_id))

    async def replace_secret(self, webhook_id: str) -> WebhookTold:
        """For a day both sign."""
        return await self._ask(WebhookTold, "POST", at("webhooks", webhook_id, "secret"))

    async def test(self, webhook_id: str) -> WebhookTold:
        """Look at `deliveries` for what became of it."""
        return await self._ask(WebhookTold, "POST", at("webhooks", webhook_id, "test"))

    async def deliveries(
        self, webhook_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[DeliveryTold]:
        query = {"limit": limit, "cursor": cursor}
        path = at("webhooks", webhook_id, "deliveries")
        return await self._ask(Page[DeliveryTold], "GET", path, query=query)
