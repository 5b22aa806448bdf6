"""Real WebRTC people for the stage's benchmarks, who send recorded speech packets as they are.

Run as a process of its own by bench/stage_cpu.py; prints one JSON line when all are connected.
"""

import argparse
import asyncio
import json
import random
from contextlib import AsyncExitStack
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from stage_house import let_on_stage
from stentor.log.bus import Bus, connected

DEBATE = Path(__file__).parent.parent / "src" / "stentor" / "data" / "debate"


def debate_packets(name: str) -> list[bytes]:
    """The Opus packets of one voice of the built-in debate, 20 ms each."""
    with av.open(str(DEBATE / f"{name}.opus")) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


class PacketTrack(MediaStreamTrack):
    """Sends encoded packets at their pace, over and over: the load costs no encode."""

    kind = "audio"

    def __init__(self, packets: list[bytes]) -> None:
        super().__init__()
        self._packets = packets
        self._sent = 0
        self._start_s: float | None = None

    async def recv(self) -> Any:
        loop = asyncio.get_running_loop()
        if self._start_s is None:
            self._start_s = loop.time()
        await asyncio.sleep(max(0.0, self._start_s + self._sent * 0.02 - loop.time()))
        packet = av.Packet(self._packets[self._sent % len(self._packets)])
        packet.pts, packet.time_base = self._sent * 960, Fraction(1, 48_000)
        self._sent += 1
        return packet


async def join(bus: Bus, space_id: str, person: str, track: PacketTrack) -> Any:
    """One person on stage, connected."""
    pc: Any = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.addTrack(track)
    up = asyncio.Event()
    pc.on("connectionstatechange", lambda: up.set() if pc.connectionState == "connected" else None)
    await pc.setLocalDescription(await pc.createOffer())
    await let_on_stage(bus, space_id, person)
    question = {"person": person, "session": person, "offer": pc.localDescription.sdp}
    reply = await bus.request(f"stage.{space_id}.join", question, timeout_s=5)
    await pc.setRemoteDescription(RTCSessionDescription(reply["answer"], "answer"))
    async with asyncio.timeout(10):
        await up.wait()
    return pc


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nats", required=True)
    parser.add_argument("--space", required=True)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--talking", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    arguments = parser.parse_args()
    silence = [b"\xf8\xff\xfe"]
    chance = random.Random(1)
    async with connected(arguments.nats, name="bench-load") as bus, AsyncExitStack() as people:
        for index in range(arguments.people):
            packets = silence
            if index < arguments.talking:
                packets = debate_packets(("maya", "daniel")[index % 2])
                at = chance.randrange(len(packets))
                packets = packets[at:] + packets[:at]
            pc = await join(bus, arguments.space, f"p{index}", PacketTrack(packets))
            people.push_async_callback(pc.close)
        print(json.dumps({"connected": arguments.people}), flush=True)
        await asyncio.sleep(arguments.seconds)


if __name__ == "__main__":
    asyncio.run(main())
