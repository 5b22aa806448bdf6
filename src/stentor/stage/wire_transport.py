"""A voice over NATS: RTP from a worker of the house, behind the same seam as WebRTC.

Comes in: RTP datagrams on the core subject `stage.<id>.rtp.<person>`. Goes out: the same, to the desk. Never:
anything back (nobody listens there), a packet of a session that was replaced, a wait.

The offer is the person's id, the answer says where to publish and with which source number (SSRC): a worker
whose session was replaced goes on with its old number, and is not heard.
"""

import asyncio
import json
import random
from collections.abc import Callable
from typing import Final

from stentor.errors import BadInput
from stentor.limits import SPEAKER_GONE_AFTER_S
from stentor.log.bus import Bus, Subscription
from stentor.space.names import is_space_id
from stentor.stage.transport import OnClosed, OnRtp

OnEnd = Callable[["WirePeer"], object]

PAYLOAD_TYPE: Final = 111
DATAGRAM_BYTES_MAX: Final = 1_500
"""Opus at 510 kbit/s is 1,275 bytes in 20 ms."""
_PENDING_MAX: Final = 64
_SSRC_AT: Final = slice(8, 12)


class WireTransport:
    """`Transport` on NATS, for one Space.

    Args:
        silent_after_s: a session whose worker has been silent for so long is over.
    """

    def __init__(self, bus: Bus, space_id: str, *, silent_after_s: float = SPEAKER_GONE_AFTER_S) -> None:
        self._bus = bus
        self._space_id = space_id
        self._silent_after_s = silent_after_s
        self._peers: set[WirePeer] = set()

    @property
    def peer_count(self) -> int:
        return len(self._peers)

    async def join(self, offer: str, *, on_rtp: OnRtp, on_closed: OnClosed) -> "WirePeer":
        """As `Transport.join`. Raises: BadInput: the id cannot be part of a subject."""
        if not is_space_id(offer):
            raise BadInput(f"A source's id is {offer[:60]!r}; it must be small letters, digits and hyphens.")
        peer = WirePeer(
            subject=f"stage.{self._space_id}.rtp.{offer}",
            on_rtp=on_rtp,
            on_closed=on_closed,
            on_end=self._peers.discard,
            silent_after_s=self._silent_after_s,
        )
        self._peers.add(peer)
        await peer.open(self._bus)
        return peer

    async def close(self) -> None:
        for peer in list(self._peers):
            await peer.close()


class WirePeer:
    """`Peer` on one subscription."""

    payload_type = PAYLOAD_TYPE
    level_id = None
    is_deaf = True

    def __init__(
        self, *, subject: str, on_rtp: OnRtp, on_closed: OnClosed, on_end: OnEnd, silent_after_s: float
    ) -> None:
        self.ssrc = random.getrandbits(32)
        self.answer = json.dumps({"ssrc": self.ssrc, "payload_type": PAYLOAD_TYPE, "subject": subject})
        self.stranger_count = 0
        self._ssrc_bytes = self.ssrc.to_bytes(4, "big")
        self._subject = subject
        self._on_rtp = on_rtp
        self._on_closed = on_closed
        self._on_end = on_end
        self._silent_after_s = silent_after_s
        self._subscription: Subscription | None = None
        self._heard_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    async def open(self, bus: Bus) -> None:
        self._subscription = await bus.subscribe(self._subject, self._take, pending_max=_PENDING_MAX)
        self._heard_s = asyncio.get_running_loop().time()
        self._look()

    def send(self, rtp: bytes) -> None:
        """Nobody is there to hear it."""

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await subscription.close()
        elif self._closing is not None and self._closing is not asyncio.current_task():
            await asyncio.shield(self._closing)
        self._on_end(self)

    def _take(self, _subject: str, datagram: bytes) -> None:
        if datagram[_SSRC_AT] != self._ssrc_bytes or len(datagram) > DATAGRAM_BYTES_MAX:
            self.stranger_count += 1
        elif self._subscription is not None:
            self._heard_s = asyncio.get_running_loop().time()
            self._on_rtp(datagram)

    def _look(self) -> None:
        """Asks the clock once per silence, not once per packet."""
        loop = asyncio.get_running_loop()
        due_s = self._heard_s + self._silent_after_s
        if loop.time() < due_s:
            self._timer = loop.call_at(due_s, self._look)
            return
        self._closing = loop.create_task(self.close())
        self._on_closed()
