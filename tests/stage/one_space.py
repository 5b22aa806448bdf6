"""One Space with its real stage for the tests: real NATS, real WebRTC, the messages that the log got."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np

from stentor.clock import SteadyClock
from stentor.config import Settings
from stentor.formats import cmaf
from stentor.log.bus import Bus
from stentor.log.subjects import chunk_subject, number_of
from stentor.log.writer import LogWriter
from stentor.space import tick as ticks
from stentor.space.crew import Crew
from stentor.space.lifecycle import State
from stentor.space.people import Role
from stentor.space.record import Space
from stentor.space.rung import Codec, Rung
from stentor.stage.aiortc_transport import AiortcTransport
from stentor.stage.space_stage import SpaceStage, Stores, spool_dir
from webrtc_peer import Samples


class House:
    """One Space with its record, its stage and the messages that the log got."""

    def __init__(self, bus: Bus, stores: Stores, space_id: str, data_dir: Path) -> None:
        self.bus, self.stores, self.space_id = bus, stores, space_id
        self.settings = Settings(data_dir=data_dir)
        self.clock = SteadyClock()
        self.ticks: dict[int, dict[str, Any]] = {}
        self._news = asyncio.Event()

    async def move(self, state: State, *, undo_ms: int = 0) -> Space:
        return await self.stores.spaces.change(
            self.space_id, lambda space: space.moved(state, wall_ms=self.clock.wall_ms(), undo_ms=undo_ms)
        )

    def take_tick(self, subject: str, payload: bytes) -> None:
        self.ticks[number_of(subject)] = ticks.decoded(payload)
        self._news.set()

    async def until(self, holds: Callable[[], bool], *, within_s: float = 20.0) -> None:
        async with asyncio.timeout(within_s):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def ask(self, verb: str, **question: Any) -> dict[str, Any]:
        return await self.bus.request(f"stage.{self.space_id}.{verb}", question, timeout_s=4.0)

    async def invite(self, person: str, *, role: Role = Role.SPEAKER, is_source: bool = False) -> None:
        """Into the crew's record, as backstage does; again is nothing new."""
        await self.crew(
            lambda crew: crew.invited(
                person, name=person.title(), role=role, invitation_id=f"inv-{person}", is_source=is_source
            )
        )

    async def crew(self, move: Callable[[Crew], Crew]) -> Crew:
        return await self.stores.crews.change(self.space_id, move)

    async def join(self, person: str, peer: Any, *, session: str = "s1") -> None:
        await self.invite(person)
        reply = await self.ask("join", person=person, session=session, offer=await peer.offer())
        await peer.accept(reply["answer"])
        async with asyncio.timeout(10):
            await peer.connected.wait()

    @asynccontextmanager
    async def stage(self, *, speakers_max: int = 4) -> AsyncIterator[SpaceStage]:
        transport = AiortcTransport(addresses=["127.0.0.1"])
        stage = SpaceStage(
            await self.stores.spaces.get(self.space_id),
            bus=self.bus,
            stores=self.stores,
            writer=LogWriter(self.bus, spool_dir(self.settings, self.space_id), spool_bytes_max=1 << 24),
            transport=transport,
            clock=self.clock,
            speakers_max=speakers_max,
        )
        stop = asyncio.Event()
        task = asyncio.create_task(stage.run(stop))
        try:
            async with asyncio.timeout(10):
                await stage.is_ready.wait()
            yield stage
        finally:
            stop.set()
            await task
            assert transport.peer_count == 0


async def fetched(house: House, subject: str) -> bytes:
    data = await house.bus.fetch(house.space_id, subject)
    assert data is not None, subject
    return data


async def programme(house: House, rung: Rung, numbers: range) -> Samples:
    """The programme as a listener's FFmpeg decodes it."""
    decoder: Any = av.CodecContext.create("libopus" if rung.codec is Codec.OPUS else "aac", "r")
    if rung.codec is Codec.AAC:
        decoder.extradata = cmaf.AAC_CONFIG
    decoder.sample_rate, decoder.layout = 48_000, "mono"
    blocks = []
    for number in numbers:
        data = await fetched(house, chunk_subject(house.space_id, rung, number))
        assert cmaf.chunk_number(data) == number
        for packet in cmaf.packets_of(data):
            blocks += [frame.to_ndarray()[0] for frame in decoder.decode(av.Packet(packet))]
    samples = np.concatenate(blocks)
    scale = 32768 if samples.dtype == np.int16 else 1
    return (samples / scale).astype(np.float32)
