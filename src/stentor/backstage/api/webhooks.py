"""Webhooks: other programs are told what happens in the Spaces. The owner of the house keeps them.

A message is `{"type", "timestamp", "data": {"space", …}}`, signed as Standard Webhooks says. It is told at
least once; `webhook-id` is the same each time, so that a receiver can tell.
"""

import os
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from stentor.backstage.access.asker import Keeper
from stentor.backstage.api.idempotency import OnceHere
from stentor.backstage.api.models import Strict
from stentor.backstage.api.pages_of import Page, PageWanted, paged
from stentor.backstage.control.webhook import secret_of
from stentor.backstage.control.webhook_address import URL_LENGTH_MAX, checked_url
from stentor.backstage.control.webhook_book import Attempt, Webhook
from stentor.backstage.door import Door, DoorHere
from stentor.limits import SPACE_ID_LENGTH_MAX
from stentor.log.event_types import EVENT_TYPES
from stentor.space.names import new_id

_SECRET_BYTES = 32

routes = APIRouter(prefix="/api/webhooks", tags=["webhooks"])

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=URL_LENGTH_MAX,
        examples=["https://example.org/stentor"],
        description="https, to a public address; `webhook_private` allows one's own network.",
    ),
]
Events = Annotated[
    list[Annotated[str, Field(json_schema_extra={"enum": [*sorted(EVENT_TYPES)]})]],
    Field(
        max_length=len(EVENT_TYPES),
        examples=[["space.on_air", "space.ended"]],
        description="What is told; empty: everything.",
    ),
]


class WebhookWanted(Strict):
    """An endpoint to be told."""

    url: Url
    events: Events = Field(default_factory=list)
    space: Annotated[str, Field(max_length=SPACE_ID_LENGTH_MAX)] | None = Field(
        default=None, description="The id of the one Space it is told of; null: all."
    )


class WebhookEdited(Strict):
    """What is left out stays."""

    url: Url | None = None
    events: Events | None = None
    is_on: bool | None = Field(
        default=None, description="Off: nothing is told or kept. On: what happens from now on is told."
    )


class WebhookTold(BaseModel):
    """An endpoint. `secret` is told when it is made and when it is replaced, and never again."""

    id: str
    url: str
    events: list[str]
    space: str | None
    created_ms: int
    is_on: bool
    off_ms: int | None = Field(description="Since when it is told nothing.")
    off_because: str | None = Field(description="By whom or what.")
    old_secret_until_ms: int | None = Field(
        description="So long messages carry a signature by the secret before as well."
    )
    secret: str | None = Field(default=None, examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])

    @classmethod
    def of(cls, hook: Webhook, *, with_secret: bool = False) -> "WebhookTold":
        return cls(
            id=hook.id,
            url=hook.url,
            events=list(hook.events),
            space=hook.space_id,
            created_ms=hook.created_ms,
            is_on=hook.is_on,
            off_ms=hook.off_ms,
            off_because=hook.off_because,
            old_secret_until_ms=None if hook.old_secret is None else hook.old_until_ms,
            secret=hook.secret if with_secret else None,
        )


class DeliveryTold(BaseModel):
    """One try to tell an endpoint one event."""

    message_id: str = Field(description="`webhook-id`: the same for every try of one event.")
    type: str
    at_ms: int
    try_number: int
    took_ms: int
    status: int | None = Field(description="Of the receiver's answer; null: there was none.")
    failure: str | None = Field(description="Why it was not taken; null: it was.")
    again_ms: int | None = Field(description="When it is tried again.")

    @classmethod
    def of(cls, attempt: Attempt) -> "DeliveryTold":
        return cls(
            message_id=attempt.message_id,
            type=attempt.type,
            at_ms=attempt.at_ms,
            try_number=attempt.try_number,
            took_ms=attempt.took_ms,
            status=attempt.status,
            failure=attempt.failure,
            again_ms=attempt.again_ms,
        )


@routes.post("", status_code=201)
async def create_webhook(wanted: WebhookWanted, who: Keeper, door: DoorHere, once: OnceHere) -> WebhookTold:
    """Adds an endpoint; the answer has the secret that its messages are signed with, this once."""
    return await once.told(WebhookTold, by=who.id, make=lambda: _made(wanted, door))


async def _made(wanted: WebhookWanted, door: Door) -> WebhookTold:
    hook = Webhook(
        id=new_id(12),
        url=checked_url(wanted.url, may_be_private=door.settings.webhook_private),
        events=tuple(sorted(set(wanted.events))),
        space_id=wanted.space,
        secret=_new_secret(),
        created_ms=door.clock.wall_ms(),
    )
    if hook.space_id is not None:
        await door.spaces.get(hook.space_id)
    await door.webhooks.create(hook)
    return WebhookTold.of(hook, with_secret=True)


@routes.get("")
async def list_webhooks(who: Keeper, door: DoorHere, cut: PageWanted) -> Page[WebhookTold]:  # noqa: ARG001
    """All endpoints, the oldest first."""
    book = await door.webhooks.all()
    return paged(book.hooks, cut, key=lambda hook: (hook.created_ms, hook.id), tell=WebhookTold.of)


@routes.get("/{webhook_id}")
async def read_webhook(webhook_id: str, who: Keeper, door: DoorHere) -> WebhookTold:  # noqa: ARG001
    """One endpoint, without its secret."""
    return WebhookTold.of((await door.webhooks.all()).get(webhook_id))


@routes.patch("/{webhook_id}")
async def edit_webhook(
    webhook_id: str,
    wanted: WebhookEdited,
    who: Keeper,  # noqa: ARG001
    door: DoorHere,
) -> WebhookTold:
    """Changes where it is and what it is told, or switches it off and on."""
    url = None
    if wanted.url is not None:
        url = checked_url(wanted.url, may_be_private=door.settings.webhook_private)
    now_ms = door.clock.wall_ms()

    def move(hook: Webhook) -> Webhook:
        events = hook.events if wanted.events is None else tuple(sorted(set(wanted.events)))
        then = hook.edited(url=url or hook.url, events=events)
        return then if wanted.is_on is None else then.switched(is_on=wanted.is_on, wall_ms=now_ms)

    return WebhookTold.of(await door.webhooks.change(webhook_id, move))


@routes.delete("/{webhook_id}", status_code=204)
async def remove_webhook(webhook_id: str, who: Keeper, door: DoorHere) -> None:  # noqa: ARG001
    """It is told nothing more, and what waits for it is gone."""
    await door.webhooks.remove(webhook_id)


@routes.post("/{webhook_id}/secret")
async def replace_secret(webhook_id: str, who: Keeper, door: DoorHere) -> WebhookTold:  # noqa: ARG001
    """A new secret, told this once; for 24 h messages carry a signature by the old one as well."""
    secret, now_ms = _new_secret(), door.clock.wall_ms()
    hook = await door.webhooks.change(webhook_id, lambda hook: hook.with_secret(secret, wall_ms=now_ms))
    return WebhookTold.of(hook, with_secret=True)


@routes.post("/{webhook_id}/test", status_code=202)
async def send_test(webhook_id: str, who: Keeper, door: DoorHere) -> WebhookTold:
    """Tells it an event of the type `webhook.test`; what became of it is among its deliveries."""
    hook = (await door.webhooks.all()).get(webhook_id)
    hook.require_on()
    await door.webhooks.send_test(hook, by=who.id, wall_ms=door.clock.wall_ms())
    return WebhookTold.of(hook)


@routes.get("/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: str,
    who: Keeper,  # noqa: ARG001
    door: DoorHere,
    cut: PageWanted,
) -> Page[DeliveryTold]:
    """The last 50 tries, the newest first."""
    (await door.webhooks.all()).get(webhook_id)
    found = await door.webhooks.deliveries(webhook_id)
    return paged(
        found.items,
        cut,
        key=lambda attempt: (attempt.at_ms, attempt.message_id, attempt.try_number),
        tell=DeliveryTold.of,
        newest_first=True,
    )


def _new_secret() -> str:
    return secret_of(os.urandom(_SECRET_BYTES))
