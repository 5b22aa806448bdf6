"""Tells a WebSub hub that feeds have changed, so that players need not look every minute.

Comes in: the house's events about records and Spaces. Goes out: one message per feed that may have changed,
a few seconds after the last of a burst. Never: a word about a private Space; an event lost by a restart: the
stream keeps it until the hub has taken the message, and counts the tries.

Of several stage doors each event goes to one, which pings. Source: W3C WebSub, sections 2 and 6.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

import structlog

from stentor.backstage.control.webhook_courier import Courier
from stentor.errors import LogAway
from stentor.log.house_events import Delivered, HouseEvents
from stentor.log.state import SpaceStore

log = structlog.get_logger()

DURABLE: Final = "websub"
EVENTS: Final = (
    *("recording.made", "recording.changed", "recording.unwanted", "recording.removed"),
    *("transcript.made", "transcript.edited", "brief.made", "brief.edited", "chapters.changed"),
    *("person.removal_asked", "person.removal_undone", "person.removed_from_record"),
    *("space.created", "space.changed", "space.scheduled", "space.on_air", "space.ended", "space.deleted"),
)
"""After which a feed may say something else."""
QUIET_S: Final = 6.0
"""A record comes in several events; and caches of the house keep a feed for five seconds."""
AT_ONCE_MAX: Final = 32
TRIES_MAX: Final = 8
"""With doubling waits: an hour."""
_AGAIN_FIRST_S: Final = 30.0
_LOOK_S: Final = 5.0
_AWAY_S: Final = 2.0
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class HubPings:
    """One stage door's.

    Args:
        hub_url: who is told.
        house_url: the front door, with which the feeds' own addresses begin.
        quiet: waits until a burst of events is over.

    Bounds: AT_ONCE_MAX events in one message's time; TRIES_MAX tries; the courier's time-out.
    """

    events: HouseEvents
    spaces: SpaceStore
    courier: Courier
    hub_url: str
    house_url: str
    quiet: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(QUIET_S)

    async def run(self) -> None:
        """For ever; a moment later when the log is away."""
        async with self.courier:
            while True:
                try:
                    await self._follow()
                except LogAway as error:
                    log.warning("no feed is announced while the log is away", detail=error.detail)
                    await asyncio.sleep(_AWAY_S)

    async def _follow(self) -> None:
        """Raises: LogAway."""
        await self.events.place(DURABLE, [f"event.*.{kind}" for kind in EVENTS])
        reader = await self.events.reader(DURABLE)
        try:
            while True:
                found = await reader.next(AT_ONCE_MAX, wait_s=_LOOK_S)
                if found:
                    await self.quiet()
                    found += await reader.next(AT_ONCE_MAX, wait_s=0.1)
                    await self._announce(found)
        finally:
            await reader.close()

    async def _announce(self, found: list[Delivered]) -> None:
        """Each feed once; the events are done when the hub has taken all. Raises: LogAway."""
        feeds = await self._feeds({event.space_id for event in found})
        # Side by side: one after the other they could take longer than the stream waits before it asks again.
        failures = [failure for failure in await asyncio.gather(*map(self._ping, sorted(feeds))) if failure]
        for event in found:
            if not failures:
                await event.done()
            elif event.try_number >= TRIES_MAX:
                log.error("the hub was not told", because=failures[0], tries=event.try_number)
                await event.done()
            else:
                await event.again(after_s=wait_s(event.try_number))

    async def _feeds(self, space_ids: Iterable[str]) -> set[str]:
        """Which may have changed. Raises: LogAway."""
        feeds = set()
        for space_id in space_ids:
            space = await self.spaces.find(space_id)
            if space is not None and space.is_private:
                continue
            feeds.add(f"{self.house_url}/feed.xml")
            if space is not None and space.account_id is not None:
                feeds.add(f"{self.house_url}/hosts/{quote(space.account_id, safe='')}/feed.xml")
        return feeds

    async def _ping(self, feed_url: str) -> str | None:
        """What went wrong; None: the hub has taken it."""
        body = urlencode({"hub.mode": "publish", "hub.url": feed_url}).encode()
        outcome = await self.courier.post(self.hub_url, body, _FORM)
        return outcome.failure


def wait_s(try_number: int) -> float:
    """Before the next try: 30 s, a minute, two …"""
    return _AGAIN_FIRST_S * 2.0 ** (try_number - 1)
