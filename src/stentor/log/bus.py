"""NATS as Stentor needs it, set for live work. Only this file and `bucket.py` import `nats`.

Comes in: subjects and bytes. Goes out: the same, plus the answers of JetStream as plain values and leaves
of our error tree. Never: an unbounded wait, an unbounded queue, an object of the library.

Why the settings differ from the library's: a silently dead link must be noticed in 10 s, not 6 min (ping
interval); a restart of the server must cost tenths of a second, not two (reconnect wait); and a process
that outlives an hour without NATS must still come back (reconnects without end).
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import nats
import nats.errors
import nats.js.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription
from nats.js import JetStreamContext, api

from stentor.errors import LogAway, NoAnswer, RemoteProblem
from stentor.limits import NATS_ACK_TIMEOUT_S
from stentor.log.answering import AT_ONCE_MAX, Answer, Answering
from stentor.log.bucket import Bucket
from stentor.log.history import History
from stentor.log.house_events import HouseEvents
from stentor.log.subjects import event_subject, message_id, stream_of
from stentor.space.names import new_id

log = structlog.get_logger()

_PING_INTERVAL_S = 5
_RECONNECT_WAIT_S = 0.1
_CONNECT_TIMEOUT_S = 10.0
_FETCH_TIMEOUT_S = 1.0
_PENDING_BYTES_MAX = 8 << 20
_DUPLICATE_WINDOW_S = 120
_ALREADY_WRITTEN = frozenset({10071, 10164})
"""JetStream's two codes for «wrong last sequence»."""

Handle = Callable[[str, bytes], None]
Consume = Callable[[str, bytes, int], Awaitable[None]]
"""(subject, payload, sequence in the stream)"""
T = TypeVar("T")


class Subscription:
    """Something to close."""

    def __init__(self, inner: NatsSubscription) -> None:
        self._inner = inner

    async def close(self) -> None:
        with suppress(nats.errors.Error):
            await self._inner.unsubscribe()


class Bus:
    """One connection of one process. Made by `connected`."""

    def __init__(self, client: Client, *, replicas: int) -> None:
        self._client = client
        self._js: JetStreamContext = client.jetstream(timeout=NATS_ACK_TIMEOUT_S)
        self._replicas = replicas
        self._lost = asyncio.Event()
        self._back_s = float("-inf")

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected

    @property
    def since_return_s(self) -> float:
        """How long ago a lost connection came back; infinite when none was lost. Others may still be away."""
        return time.monotonic() - self._back_s

    def note_lost(self) -> None:
        """The connection is gone: whoever waits for an answer need not."""
        self._lost.set()

    def note_back(self) -> None:
        self._lost.clear()
        self._back_s = time.monotonic()

    # ── core: at most once, now ──────────────────────────────────────────────────────────────────────

    async def publish(self, subject: str, payload: bytes) -> None:
        """Sends to whoever listens now; lost when nobody does or NATS is away."""
        if self._client.is_connected:
            with suppress(nats.errors.Error):
                await self._client.publish(subject, payload)

    async def subscribe(self, subject: str, handle: Handle, *, pending_max: int = 512) -> Subscription:
        """Calls `handle(subject, payload)` in order of arrival.

        Bounds: at most `pending_max` messages wait; what comes above is dropped by the library and counted,
            and the reader repairs it by number.
        """

        async def deliver(message: Msg) -> None:
            handle(message.subject, message.data)

        inner = await self._client.subscribe(
            subject, cb=deliver, pending_msgs_limit=pending_max, pending_bytes_limit=_PENDING_BYTES_MAX
        )
        return Subscription(inner)

    async def serve(self, subject: str, answer: Answer, *, queue: str = "") -> Subscription:
        """Answers requests with JSON. A StentorError that `answer` raises travels as a problem.

        Args:
            queue: of those who serve a subject in one queue, one answers each question.
        """
        answering = Answering(self._client, subject, answer)
        inner = await self._client.subscribe(
            subject, queue=queue, cb=answering.take, pending_msgs_limit=AT_ONCE_MAX
        )
        return Subscription(inner)

    async def request(self, subject: str, question: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        """Raises: NoAnswer: nobody serves the subject, or not in time. RemoteProblem: the other's error."""
        try:
            message = await self._client.request(subject, json.dumps(question).encode(), timeout=timeout_s)
        except (nats.errors.Error, TimeoutError):
            raise NoAnswer(subject) from None
        reply: dict[str, Any] = json.loads(message.data)
        if "problem" in reply:
            raise RemoteProblem(reply["problem"])
        return reply

    # ── the log ──────────────────────────────────────────────────────────────────────────────────────

    async def ensure_stream(self, space_id: str, *, age_s: int = 0) -> None:
        """Makes the Space's stream if it is not there. Raises: LogAway.

        Args: age_s: 0: for ever, until the shelf has it; see `History.expire`.
        """
        config = api.StreamConfig(
            name=stream_of(space_id),
            subjects=[f"space.{space_id}.>"],
            storage=api.StorageType.FILE,
            retention=api.RetentionPolicy.LIMITS,
            discard=api.DiscardPolicy.OLD,
            max_age=age_s,
            allow_direct=True,
            duplicate_window=_DUPLICATE_WINDOW_S,
            num_replicas=self._replicas,
        )
        try:
            await self._js.add_stream(config)
        except nats.js.errors.BadRequestError:
            await self._guard(self._js.update_stream(config), f"the stream of {space_id}")
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"the stream of {space_id} ({type(error).__name__})") from None

    async def append(self, subject: str, payload: bytes) -> int | None:
        """Writes a number once and for ever.

        Returns: the stream's sequence, or None when this number was already written (its first writer won).
        Raises: LogAway: no acknowledgement; the caller keeps the bytes and asks again.
        """
        if not self._client.is_connected:
            raise LogAway(f"{message_id(subject)} (no connection)")
        headers = {
            api.Header.MSG_ID.value: message_id(subject),
            api.Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value: "0",
        }
        try:
            ack = await self._unless_lost(
                self._js.publish(subject, payload, timeout=NATS_ACK_TIMEOUT_S, headers=headers)
            )
        except nats.js.errors.APIError as error:
            if error.err_code in _ALREADY_WRITTEN:
                return None
            raise LogAway(f"{message_id(subject)} ({error.description})") from None
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"{message_id(subject)} ({type(error).__name__})") from None
        return None if ack.duplicate else ack.seq

    async def append_event(self, space_id: str, event: dict[str, Any]) -> None:
        """One line of the Space's event log. Raises: LogAway."""
        headers = {api.Header.MSG_ID.value: f"event/{new_id(16)}"}
        payload = json.dumps(event, ensure_ascii=False).encode()
        await self._guard(
            self._js.publish(event_subject(space_id), payload, headers=headers), f"an event of {space_id}"
        )

    async def fetch(self, space_id: str, subject: str) -> bytes | None:
        """One message by its subject, from any replica. None: not there. Raises: LogAway."""
        if not self._client.is_connected:
            raise LogAway(f"{message_id(subject)} (no connection)")
        asked = f"$JS.API.DIRECT.GET.{stream_of(space_id)}.{subject}"
        try:
            message = await self._client.request(asked, b"", timeout=_FETCH_TIMEOUT_S)
        except (nats.errors.Error, TimeoutError) as error:
            raise LogAway(f"{message_id(subject)} ({type(error).__name__})") from None
        status = (message.headers or {}).get("Status")
        if status == "404":
            return None
        if status is not None:
            raise LogAway(f"{message_id(subject)} (status {status})")
        return message.data

    async def last_subject(self, space_id: str, pattern: str) -> str | None:
        """The subject of the newest message that matches, such as `space.demo.tick.*`. Raises: LogAway."""
        try:
            message = await self._js.get_last_msg(stream_of(space_id), pattern)
        except nats.js.errors.NotFoundError:
            return None
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"the last of {pattern} ({type(error).__name__})") from None
        return message.subject

    async def consume(
        self,
        space_id: str,
        durable: str,
        handle: Consume,
        *,
        settle: Callable[[], Awaitable[None]] | None = None,
        batch_max: int = 64,
    ) -> None:
        """Reads a Space's log from where `durable` stood, for ever.

        Each batch is handled in order, settled (one sync to the disk, say), then acknowledged as a whole: a
        crash repeats at most one batch.
        """
        config = api.ConsumerConfig(
            durable_name=durable, ack_policy=api.AckPolicy.ALL, ack_wait=30, max_ack_pending=4 * batch_max
        )
        while True:
            try:
                pull = await self._js.pull_subscribe("", durable, stream_of(space_id), config=config)
                await self._drain(pull, handle, settle, batch_max)
            except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
                if self._client.is_closed:
                    # The library turns a cancellation into this once the connection is closed.
                    raise LogAway(f"the consumer {durable} (the connection was closed)") from None
                log.warning(
                    "consumer starts again", space=space_id, durable=durable, error=type(error).__name__
                )
                await asyncio.sleep(_RECONNECT_WAIT_S * 5)

    async def consumer_position(self, space_id: str, durable: str) -> int:
        """The stream sequence up to which `durable` has acknowledged. Raises: LogAway."""
        info = await self._guard(
            self._js.consumer_info(stream_of(space_id), durable), f"the consumer {durable} of {space_id}"
        )
        position: int = info.ack_floor.stream_seq if info.ack_floor else 0
        return position

    async def consumer_lacks(self, space_id: str, durable: str) -> int:
        """How many messages of the stream `durable` has not acknowledged. Raises: LogAway."""
        info = await self._guard(
            self._js.consumer_info(stream_of(space_id), durable), f"the consumer {durable} of {space_id}"
        )
        return int((info.num_pending or 0) + (info.num_ack_pending or 0))

    async def _drain(
        self,
        pull: JetStreamContext.PullSubscription,
        handle: Consume,
        settle: Callable[[], Awaitable[None]] | None,
        batch_max: int,
    ) -> None:
        try:
            while True:
                try:
                    messages = await pull.fetch(batch_max, timeout=5)
                except TimeoutError:  # nothing new is no fault
                    continue
                if not messages:  # a batch that only said «later», as a server in trouble does
                    continue
                for message in messages:
                    await handle(message.subject, message.data, message.metadata.sequence.stream)
                if settle is not None:
                    await settle()
                await messages[-1].ack()
        finally:
            # Else the server would hand the next batch to this question, which nobody reads any more.
            with suppress(nats.errors.Error):
                await pull.unsubscribe()

    def history(self, space_id: str) -> History:
        """A Space's events, and the end of its stream."""
        return History(self._client, self._js, space_id)

    async def house_events(self) -> HouseEvents:
        """All Spaces' events in one stream. Raises: LogAway."""
        events = HouseEvents(
            self._js, replicas=self._replicas, is_connected=lambda: self._client.is_connected
        )
        await events.ensure()
        return events

    # ── state ────────────────────────────────────────────────────────────────────────────────────────

    async def bucket(self, name: str, *, ttl_s: float | None = None, bytes_max: int | None = None) -> Bucket:
        """A key-value bucket, made if it is not there; a full one refuses. Raises: LogAway."""
        config = api.KeyValueConfig(
            bucket=name, history=1, ttl=ttl_s, max_bytes=bytes_max, replicas=self._replicas, direct=True
        )
        try:
            try:
                inner = await self._js.key_value(name)
            except nats.js.errors.NotFoundError:
                inner = await self._js.create_key_value(config)
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"the bucket {name} ({type(error).__name__})") from None
        return Bucket(name, inner, self._js, is_connected=lambda: self._client.is_connected)

    async def _unless_lost(self, call: Coroutine[Any, Any, T]) -> T:
        """The call's result. Raises: ConnectionClosedError: the connection was lost while it waited."""
        calling = asyncio.ensure_future(call)
        losing = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({calling, losing}, return_when=asyncio.FIRST_COMPLETED)
            if not calling.done():
                raise nats.errors.ConnectionClosedError
            return calling.result()
        finally:
            losing.cancel()
            calling.cancel()

    async def _guard(self, call: Awaitable[Any], what: str) -> Any:
        try:
            return await call
        except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
            raise LogAway(f"{what} ({type(error).__name__})") from None


@asynccontextmanager
async def connected(url: str, *, name: str, replicas: int = 1) -> AsyncIterator[Bus]:
    """A connection that comes back by itself for as long as the block runs.

    Args:
        url: one server, or several of a cluster with commas between; whichever answers is used, and another
            when it does not.
    Raises: LogAway: the first connection did not come about within 10 s.
    """

    # The library tries ten times a second: one line when it is lost, one when it is back.
    is_told = False

    async def report(error: Exception) -> None:
        nonlocal is_told
        if not is_told:
            log.warning("nats", error=type(error).__name__, detail=str(error))
        is_told = is_told or not client.is_connected

    async def was_lost() -> None:
        bus.note_lost()

    async def came_back() -> None:
        nonlocal is_told
        is_told = False
        bus.note_back()
        log.info("nats is back")

    client = Client()
    bus = Bus(client, replicas=replicas)
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            await client.connect(
                servers_of(url),
                name=f"stentor-{name}",
                ping_interval=_PING_INTERVAL_S,
                max_outstanding_pings=2,
                reconnect_time_wait=_RECONNECT_WAIT_S,  # type: ignore[arg-type]  # a float works and is slept
                max_reconnect_attempts=-1,
                connect_timeout=2,
                error_cb=report,
                disconnected_cb=was_lost,
                reconnected_cb=came_back,
                drain_timeout=1,
                pending_size=_PENDING_BYTES_MAX,
            )
    except (TimeoutError, OSError, nats.errors.Error) as error:
        with suppress(nats.errors.Error, OSError):
            await client.close()
        raise LogAway(f"no connection to {_without_password(url)} ({type(error).__name__})") from None
    try:
        yield bus
    finally:
        await _close(client)


async def _close(client: Client) -> None:
    task = asyncio.current_task()
    try:
        with suppress(nats.errors.Error, OSError):
            await client.close()
    except asyncio.CancelledError:
        # A connection that broke in this very moment cancels the library's own wait, not us.
        if task is None or task.cancelling():
            raise


def servers_of(url: str) -> list[str]:
    """The addresses in the setting `nats_url`."""
    return [server for word in url.split(",") if (server := word.strip())]


def _without_password(url: str) -> str:
    return ", ".join(
        f"{server.split('//')[0]}//{server.rpartition('@')[2]}" if "@" in server else server
        for server in servers_of(url)
    )
