"""All Spaces' events in one stream, for those who are told of all of them: webhooks.

Comes in: events, from the stage doors' event logs. Goes out: to each durable reader those that it asked for,
at least once, over restarts of everybody. Never: the truth about a Space: that is its own log; this is a copy
with a shorter life.

One stream rather than a consumer per Space and reader: a house has thousands of Spaces and tens of readers.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import nats.errors
import nats.js.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api

from stentor.errors import LogAway
from stentor.limits import NATS_ACK_TIMEOUT_S

STREAM = "EVENTS"
KEPT_FOR_S = 4 * 86_400
"""A day longer than anybody tries to pass an event on."""
_FORGOTTEN_AFTER_S = 30 * 86_400
"""A place that nobody reads from for so long ends by itself."""
_BYTES_MAX = 64 << 20
"""About 200,000 events. NATS sets this much of the disk aside at once, and a small house must start too."""
_DUPLICATE_WINDOW_S = 120
ACK_WAIT_S = 30.0
IN_FLIGHT_MAX = 64
"""Events of one reader that wait for another try; while there are so many, no new ones come."""


def subject_of(space_id: str, kind: str) -> str:
    """Args: kind: words with dots between, such as `space.on_air`."""
    return f"event.{space_id}.{kind}"


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event in a reader's hands, until it says what became of it.

    Args:
        try_number: 1 at first; counted by the stream, so that it outlives the reader.
    """

    sequence: int
    subject: str
    payload: bytes
    at_ms: int
    try_number: int
    _message: Msg

    @property
    def type(self) -> str:
        """`event.demo.space.on_air` → `space.on_air`."""
        return ".".join(self.subject.split(".")[2:4])

    @property
    def space_id(self) -> str:
        """`event.demo.space.on_air` → `demo`."""
        return self.subject.split(".")[1]

    async def done(self) -> None:
        """It is never told again, unless this word is lost."""
        with suppress(nats.errors.Error):
            await self._message.ack()

    async def again(self, *, after_s: float) -> None:
        with suppress(nats.errors.Error):
            await self._message.nak(delay=after_s)


class Reader:
    """A durable place in the stream."""

    def __init__(self, pull: JetStreamContext.PullSubscription) -> None:
        self._pull = pull

    async def next(self, most: int, *, wait_s: float) -> list[Delivered]:
        """Up to so many events; none when there is nothing new for `wait_s`. Raises: LogAway."""
        try:
            messages = await self._pull.fetch(most, timeout=wait_s)
        except TimeoutError:
            return []
        except (nats.errors.Error, nats.js.errors.Error) as error:
            raise LogAway(f"the events ({type(error).__name__})") from None
        return [_delivered(message) for message in messages]

    async def close(self) -> None:
        with suppress(nats.errors.Error):
            await self._pull.unsubscribe()


class HouseEvents:
    """The stream EVENTS. Made by `Bus.house_events`. Every call may raise LogAway.

    Bounds: 4 days, 64 MiB; the oldest go first.
    """

    def __init__(self, js: JetStreamContext, *, replicas: int, is_connected: Callable[[], bool]) -> None:
        self._js = js
        self._replicas = replicas
        self._is_connected = is_connected

    async def ensure(self) -> None:
        """The stream exists afterwards."""
        config = api.StreamConfig(
            name=STREAM,
            subjects=["event.>"],
            storage=api.StorageType.FILE,
            discard=api.DiscardPolicy.OLD,
            max_age=KEPT_FOR_S,
            max_bytes=_BYTES_MAX,
            duplicate_window=_DUPLICATE_WINDOW_S,
            num_replicas=self._replicas,
        )
        try:
            await self._js.add_stream(config)
        except nats.js.errors.BadRequestError:
            return  # it is there, made by another version: its readers' places are worth more than our bounds
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"the stream of events ({type(error).__name__})") from None

    async def append(self, subject: str, payload: bytes, *, message_id: str) -> None:
        """Writes an event once, however often it is written with this id within two minutes."""
        if not self._is_connected():
            raise LogAway(f"{subject} (no connection)")
        headers = {api.Header.MSG_ID.value: message_id}
        try:
            await self._js.publish(subject, payload, timeout=NATS_ACK_TIMEOUT_S, headers=headers)
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"{subject} ({type(error).__name__})") from None

    async def place(self, durable: str, subjects: Sequence[str]) -> None:
        """Makes a durable place at the stream's end, or changes what an existing one asks for.

        Args: subjects: patterns that do not overlap.
        """
        config = api.ConsumerConfig(
            durable_name=durable,
            deliver_policy=api.DeliverPolicy.NEW,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT_S,
            max_ack_pending=IN_FLIGHT_MAX,
            filter_subjects=list(subjects),
            inactive_threshold=_FORGOTTEN_AFTER_S,
        )
        try:
            await self._js.add_consumer(STREAM, config)
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"the place of {durable} ({type(error).__name__})") from None

    async def reader(self, durable: str) -> Reader:
        """Reads from where the durable place stands; several may read from one, each event goes to one."""
        try:
            return Reader(await self._js.pull_subscribe_bind(durable=durable, stream=STREAM))
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"the place of {durable} ({type(error).__name__})") from None

    async def forget(self, durable: str) -> None:
        """Its place, and what waits there, is gone. Again is no error."""
        try:
            await self._js.delete_consumer(STREAM, durable)
        except nats.js.errors.NotFoundError:
            return
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"the place of {durable} ({type(error).__name__})") from None


def _delivered(message: Msg) -> Delivered:
    about = message.metadata
    return Delivered(
        sequence=about.sequence.stream,
        subject=message.subject,
        payload=message.data,
        at_ms=int(about.timestamp.timestamp() * 1000),
        try_number=about.num_delivered,
        _message=message,
    )
