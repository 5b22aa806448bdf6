"""Tells webhooks what happens: at least once, in any order, for three days.

Comes in: the book of webhooks, the stream of events. Goes out: signed messages, through the courier; what
became of each, into the log of deliveries. Never: an event lost by a restart: the stream keeps each until its
receiver has taken it, and counts the tries.

Every backstage of the house runs one: an endpoint's events are shared out among them by the stream.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing

import structlog

from stentor.backstage.control.webhook import GIVE_UP_AFTER_S, headers_of, wait_s
from stentor.backstage.control.webhook_book import Attempt, Webhook, WebhookBook
from stentor.backstage.control.webhook_courier import Courier, Outcome
from stentor.backstage.control.webhook_store import WebhookStore
from stentor.clock import Clock
from stentor.errors import Conflict, LogAway, NotFound
from stentor.log.house_events import Delivered, Reader
from stentor.process import end_tasks

log = structlog.get_logger()

AT_ONCE_MAX = 8
"""Messages on their way to one endpoint."""
_LOOK_EVERY_S = 5.0
_AGAIN_AFTER_S = 0.5
_GONE = 410

Tell = Callable[[Webhook], None]


class WebhookSender:
    """Args:
    on_try: for the figures.
    on_off: an endpoint was given up; the record says why.
    draw: 0…1, for the spread of waits.
    """

    def __init__(
        self,
        store: WebhookStore,
        courier: Courier,
        clock: Clock,
        *,
        on_try: Callable[[bool], None] = lambda _is_good: None,
        on_off: Tell = lambda _hook: None,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock
        self._on_try = on_try
        self._on_off = on_off
        self._draw = draw
        self._book = WebhookBook()
        self._group = asyncio.TaskGroup()
        self._serving: dict[str, tuple[tuple[str, ...], asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """For ever: one task per endpoint that is on."""
        async with self._courier, self._group, aclosing(self._store.watch()) as books:
            try:
                async for book in books:
                    self._book = book
                    await self._follow(book)
            finally:
                await end_tasks(*(task for _, task in self._serving.values()))

    async def _follow(self, book: WebhookBook) -> None:
        wanted = {hook.id: hook.subjects for hook in book.hooks if hook.is_on}
        over = [key for key, (subjects, _) in self._serving.items() if wanted.get(key) != subjects]
        await end_tasks(*(self._serving.pop(key)[1] for key in over))
        for key, subjects in wanted.items():
            if key not in self._serving:
                self._serving[key] = (subjects, self._group.create_task(self._serve(key)))

    async def _serve(self, webhook_id: str) -> None:
        while (hook := self._book.find(webhook_id)) is not None:
            reader: Reader | None = None
            try:
                reader = await self._store.reader(hook)
                while True:
                    events = await reader.next(AT_ONCE_MAX, wait_s=_LOOK_EVERY_S)
                    if events:
                        await self._deliver_all(webhook_id, events)
            except LogAway as error:
                log.warning("webhook waits", webhook=webhook_id, detail=error.detail)
            finally:
                if reader is not None:
                    await reader.close()
            await asyncio.sleep(_AGAIN_AFTER_S)

    async def _deliver_all(self, webhook_id: str, events: list[Delivered]) -> None:
        hook = self._book.find(webhook_id)
        if hook is None or not hook.is_on:
            return
        done = await asyncio.gather(*(self._deliver(hook, event) for event in events))
        try:
            # One write for all: eight that each want to be the last line would get in each other's way.
            await self._store.note(hook.id, [attempt for attempt, _ in done])
        except (LogAway, Conflict) as error:
            log.warning("deliveries not noted", webhook=hook.id, detail=error.detail)
        because = next((because for _, because in done if because is not None), None)
        if because is not None:
            # A task of its own: the one that serves this endpoint ends once the book says that it is off.
            self._group.create_task(self._give_up(hook, because))

    async def _deliver(self, hook: Webhook, event: Delivered) -> tuple[Attempt, str | None]:
        """Returns: what became of it, and why the endpoint is given up; None: it is not."""
        now_ms = self._clock.wall_ms()
        message_id = f"msg_{hook.id}_{event.sequence}"
        secrets = hook.secrets(wall_ms=now_ms)
        headers = headers_of(event.payload, message_id=message_id, at_s=now_ms // 1000, secrets=secrets)
        outcome = await self._courier.post(hook.url, event.payload, headers)
        self._on_try(outcome.failure is None)
        wait, because = self._judged(event, outcome)
        if wait is None:
            await event.done()
        else:
            await event.again(after_s=wait)
        attempt = Attempt(
            message_id=message_id,
            type=event.type,
            at_ms=now_ms,
            try_number=event.try_number,
            took_ms=outcome.took_ms,
            status=outcome.status,
            failure=outcome.failure,
            again_ms=None if wait is None else self._clock.wall_ms() + round(1000 * wait),
        )
        return attempt, because

    def _judged(self, event: Delivered, outcome: Outcome) -> tuple[float | None, str | None]:
        """When it is tried again, and why the endpoint is given up; None: it is not."""
        if outcome.failure is None:
            return None, None
        if outcome.status == _GONE:
            return None, "It answered 410: it wants no more."
        age_s = max(0.0, (self._clock.wall_ms() - event.at_ms) / 1000)
        wait = wait_s(event.try_number, age_s=age_s, draw=self._draw(), asked_s=outcome.asked_s)
        days = GIVE_UP_AFTER_S / 86_400
        because = f"It did not take an event for {days:g} days. Last: {outcome.failure}"
        return wait, because if wait is None else None

    async def _give_up(self, hook: Webhook, because: str) -> None:
        """Off, until the owner switches it on again; what waited for it is gone."""
        log.error("webhook is off", webhook=hook.id, because=because)
        now_ms = self._clock.wall_ms()
        try:
            off = await self._store.change(
                hook.id, lambda now: now.switched(is_on=False, wall_ms=now_ms, because=because)
            )
        except (NotFound, Conflict, LogAway) as error:
            log.warning("webhook stays on", webhook=hook.id, detail=error.detail)
            return
        self._on_off(off)
