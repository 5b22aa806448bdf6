"""Webhooks where they are kept: the book, their places in the stream of events, their last deliveries.

Comes in: what routes and the sender want. Goes out: records. Never: a delivery; that is the sender's.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Self

from stentor.backstage.control.webhook_book import Attempt, Deliveries, Webhook, WebhookBook
from stentor.errors import NotFound
from stentor.log.bus import Bus
from stentor.log.event_types import TEST, message_of
from stentor.log.house_events import HouseEvents, Reader
from stentor.log.records import Records
from stentor.space.names import new_id

_KEY = "house"


class WebhookStore:
    """The buckets `webhooks` and `webhook_log`, the stream of events. Every call may raise LogAway."""

    def __init__(
        self, book: Records[WebhookBook], deliveries: Records[Deliveries], events: HouseEvents
    ) -> None:
        self._book = book
        self._deliveries = deliveries
        self._events = events

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(
            Records(bus, await bus.bucket("webhooks"), WebhookBook, missing=NotFound),
            Records(bus, await bus.bucket("webhook_log"), Deliveries, missing=NotFound),
            await bus.house_events(),
        )

    @property
    def events(self) -> HouseEvents:
        return self._events

    async def all(self) -> WebhookBook:
        return await self._book.find(_KEY) or WebhookBook()

    async def watch(self) -> AsyncGenerator[WebhookBook, None]:
        """The book as it is, then whenever it changes."""
        async with aclosing(self._book.watch(_KEY)) as changes:
            async for _, book in changes:
                yield book

    async def create(self, hook: Webhook) -> None:
        """From the answer on, no event passes it by. Raises: Full."""
        await self._events.place(_durable(hook.id), hook.subjects)
        await self._change(lambda book: book.added(hook))

    async def change(self, webhook_id: str, move: Callable[[Webhook], Webhook]) -> Webhook:
        """Who is switched on is told what happens from then on. Raises: NotFound. What `move` raises."""
        was_on = True

        def moved(book: WebhookBook) -> WebhookBook:
            nonlocal was_on
            was_on = book.get(webhook_id).is_on
            return book.replaced(move(book.get(webhook_id)))

        hook = (await self._change(moved)).get(webhook_id)
        if not (hook.is_on and was_on):
            # Also when it is switched on: a place that a late reader has made again since holds old events.
            await self._events.forget(_durable(hook.id))
        if hook.is_on:
            await self._events.place(_durable(hook.id), hook.subjects)
        return hook

    async def remove(self, webhook_id: str) -> None:
        """Raises: NotFound."""
        await self._change(lambda book: book.removed(webhook_id))
        await self._events.forget(_durable(webhook_id))
        await self._deliveries.delete(webhook_id)

    async def reader(self, hook: Webhook) -> Reader:
        """Its place, made again if the stream has lost it."""
        await self._events.place(_durable(hook.id), hook.subjects)
        return await self._events.reader(_durable(hook.id))

    async def send_test(self, hook: Webhook, *, by: str, wall_ms: int) -> None:
        """An event for this endpoint only."""
        event = {"kind": TEST, "at_ms": wall_ms, "by": by}
        await self._events.append(hook.test_subject, message_of(None, event), message_id=new_id(16))

    async def note(self, webhook_id: str, attempts: Sequence[Attempt]) -> None:
        """Raises: Conflict: too many note at once."""
        await self._deliveries.change(webhook_id, lambda d: d.with_more(attempts), first=Deliveries())

    async def deliveries(self, webhook_id: str) -> Deliveries:
        return await self._deliveries.find(webhook_id) or Deliveries()

    async def _change(self, move: Callable[[WebhookBook], WebhookBook]) -> WebhookBook:
        return await self._book.change(_KEY, move, first=WebhookBook())


def _durable(webhook_id: str) -> str:
    return f"webhook-{webhook_id}"
