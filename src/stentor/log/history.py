"""A Space's stream as something to read back and, in the end, to remove.

Comes in: a place in the stream. Goes out: the events behind it. Never: a consumer: a page of an event log is
a few direct gets, and leaves nothing on the server.
"""

import json
from dataclasses import dataclass
from typing import Any

import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.js import JetStreamContext

from stentor.errors import LogAway, NotFound
from stentor.log.subjects import event_subject, stream_of

_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a Space's event log.

    Args:
        sequence: its place in the stream; grows, with holes.
        facts: as it was written, with `at_ms` and `kind`.
    """

    sequence: int
    facts: dict[str, Any]


class History:
    """One Space's. Made by `Bus.history`. Every call may raise LogAway."""

    def __init__(self, client: Client, js: JetStreamContext, space_id: str) -> None:
        self._client = client
        self._js = js
        self._space_id = space_id

    async def events(self, *, after: int, limit: int) -> list[Event]:
        """Up to `limit` events behind a place, the oldest first; 0: from the beginning.

        Bounds: one small question per event.
        """
        found: list[Event] = []
        while len(found) < limit:
            event = await self._next(found[-1].sequence if found else after)
            if event is None:
                break
            found.append(event)
        return found

    async def exists(self) -> bool:
        try:
            await self._js.stream_info(stream_of(self._space_id))
        except nats.js.errors.NotFoundError:
            return False
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise self._away(error) from None
        return True

    async def age_s(self) -> float:
        """After how long its messages go by themselves; 0: never. Raises: NotFound: there is no stream."""
        try:
            info = await self._js.stream_info(stream_of(self._space_id))
        except nats.js.errors.NotFoundError:
            raise NotFound(f"The Space {self._space_id!r} has no log.") from None
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise self._away(error) from None
        return float(info.config.max_age or 0)

    async def remove(self) -> None:
        """All of it: chunks, ticks, voices, events. Again is no error."""
        try:
            await self._js.delete_stream(stream_of(self._space_id))
        except nats.js.errors.NotFoundError:
            return
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise self._away(error) from None

    async def expire(self, age_s: int) -> None:
        """From now on what is older goes by itself; again, and of a stream that is gone, is no error.

        Only once the shelf has all of it: until then a stream has no age limit.
        """
        try:
            info = await self._js.stream_info(stream_of(self._space_id))
            window_s = min(info.config.duplicate_window or age_s, age_s)
            await self._js.update_stream(info.config.evolve(max_age=age_s, duplicate_window=window_s))
        except nats.js.errors.NotFoundError:
            return
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise self._away(error) from None

    async def begin_again(self, age_s: int) -> None:
        """All of it is gone from the disk, as by `remove`; what comes then has the numbers behind.

        An empty stream in its place: events of a Space go on, and their numbers never go back.
        """
        try:
            info = await self._js.stream_info(stream_of(self._space_id))
            await self._js.delete_stream(stream_of(self._space_id))
            window_s = min(info.config.duplicate_window or age_s, age_s)
            first = info.state.last_seq + 1
            fresh = info.config.evolve(max_age=age_s, duplicate_window=window_s, first_seq=first)
            await self._js.add_stream(fresh)
        except nats.js.errors.NotFoundError:
            return
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise self._away(error) from None

    async def _next(self, after: int) -> Event | None:
        asked = {"seq": after + 1, "next_by_subj": event_subject(self._space_id)}
        subject = f"$JS.API.DIRECT.GET.{stream_of(self._space_id)}"
        try:
            message = await self._client.request(subject, json.dumps(asked).encode(), timeout=_TIMEOUT_S)
        except (nats.errors.Error, TimeoutError) as error:
            raise self._away(error) from None
        headers = message.headers or {}
        if headers.get("Status") == "404":
            return None
        if "Nats-Sequence" not in headers:
            raise LogAway(f"the events of {self._space_id} (status {headers.get('Status')})")
        return Event(int(headers["Nats-Sequence"]), json.loads(message.data))

    def _away(self, error: Exception) -> LogAway:
        return LogAway(f"the stream of {self._space_id} ({type(error).__name__})")
