"""The seam between the stage and the lines to it: an offer in, an answer out, RTP both ways, an end.

Everything above this line knows RTP and Opus only; everything about ICE, DTLS and SRTP is below. The product
has two transports: WebRTC (`aiortc_transport.py`; one on libdatachannel was measured to cost the same), and
RTP over NATS for what the house itself decodes (`wire_transport.py`).
"""

from collections.abc import Callable
from typing import Protocol

OnRtp = Callable[[bytes], None]
OnClosed = Callable[[], None]


class Peer(Protocol):
    """One connection. Made by `Transport.join`."""

    @property
    def answer(self) -> str:
        """The answer, complete: no candidate comes later. SDP, or what the transport speaks."""
        ...

    @property
    def payload_type(self) -> int:
        """Opus's payload type, both ways."""
        ...

    @property
    def level_id(self) -> int | None:
        """The id of RFC 6464's audio level in incoming packets; None: not negotiated."""
        ...

    @property
    def ssrc(self) -> int:
        """What outgoing packets must carry."""
        ...

    @property
    def is_deaf(self) -> bool:
        """Nobody listens at the other end: nothing need be sent."""
        ...

    def send(self, rtp: bytes) -> None:
        """Sends one packet now, or drops it: not connected yet, not any more, or the socket is full.

        Bounds: never waits, never queues, never raises for the network's sake.
        """
        ...

    async def close(self) -> None:
        """Ends the connection and gives back its sockets and tasks. May be called twice."""
        ...


class Transport(Protocol):
    """Answers offers."""

    async def join(self, offer: str, *, on_rtp: OnRtp, on_closed: OnClosed) -> Peer:
        """Answers an offer; ICE and DTLS go on by themselves afterwards.

        Args:
            offer: SDP, or what the transport speaks.
            on_rtp: called in the loop's thread with each decrypted, authenticated RTP packet, in order of
                arrival, duplicates and losses included; must not block or raise.
            on_closed: called once when the connection has ended by itself: it never came about within 15 s,
                failed, was closed by the other side, or lost consent (RFC 7675). Not called for `close`.

        Raises: BadOffer: no audio, no Opus, or not SDP. TooLarge: above `SDP_SIZE_BYTES_MAX`. Full: no UDP
            port is free. After any of them nothing is left behind.
        Bounds: answers in some 10 ms; waits for nobody's network.
        """
        ...

    async def close(self) -> None:
        """Closes every connection that is left."""
        ...
