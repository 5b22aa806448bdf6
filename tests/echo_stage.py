"""A stage that sends everybody their own voice back: real WebRTC behind the bus, nothing of ours in it."""

import asyncio
from typing import Any

from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription

from stentor.log.bus import Bus, Subscription


class EchoStage:
    """Answers `stage.<id>.join` and `.leave` until it is closed."""

    def __init__(self) -> None:
        self.joins: list[dict[str, Any]] = []
        self.leaves: list[dict[str, Any]] = []
        self._connections: list[RTCPeerConnection] = []
        self._subscriptions: list[Subscription] = []

    async def open(self, bus: Bus, space_id: str) -> None:
        self._subscriptions = [
            await bus.serve(f"stage.{space_id}.join", self._join),
            await bus.serve(f"stage.{space_id}.leave", self._leave),
        ]

    async def close(self) -> None:
        for subscription in self._subscriptions:
            await subscription.close()
        await asyncio.gather(*(connection.close() for connection in self._connections))
        self._connections.clear()

    async def _join(self, question: dict[str, Any]) -> dict[str, Any]:
        self.joins.append(question)
        connection = RTCPeerConnection()
        self._connections.append(connection)

        def echo(track: MediaStreamTrack) -> None:
            connection.addTrack(track)

        connection.on("track", echo)
        await connection.setRemoteDescription(RTCSessionDescription(question["offer"], "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        return {"answer": connection.localDescription.sdp}

    async def _leave(self, question: dict[str, Any]) -> dict[str, Any]:
        self.leaves.append(question)
        return {}
