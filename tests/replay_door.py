"""A Space that is over, its record on a shelf and an edge before it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np

from edge_door import client, front_door
from sealed_record import SealedRecord
from stentor.edge.waits import Waits
from stentor.log.bus import Bus
from stentor.space.lifecycle import State
from synthetic_stage import SyntheticStage

CHUNKS = 40
"""Four segments and four chunks."""


@dataclass(slots=True)
class Over:
    """A Space that is over, its record, a door."""

    base: str
    http: aiohttp.ClientSession
    record: SealedRecord
    stage: SyntheticStage

    @property
    def path(self) -> str:
        return f"/s/{self.stage.space_id}"

    async def got(self, path: str, *, status: int = 200, **headers: str) -> bytes:
        async with self.http.get(f"{self.path}/{path}", headers=headers) as answer:
            assert answer.status == status, (path, answer.status, await answer.text())
            return await answer.read()

    async def json(self, path: str) -> Any:
        async with self.http.get(f"{self.path}/{path}") as answer:
            assert answer.status == 200
            return await answer.json()

    async def until(self, path: str, status: int) -> None:
        """The door hears of changes a moment later."""
        async with asyncio.timeout(5):
            while True:
                async with self.http.get(f"{self.path}/{path}") as answer:
                    if answer.status == status:
                        return
                await asyncio.sleep(0.02)


@asynccontextmanager
async def ended(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path, *, waits: Waits | None = None
) -> AsyncIterator[Over]:
    stage = await SyntheticStage.open(bus, space_id)
    await stage.move(State.ENDED)
    shelf = tmp_path / "shelf"
    record = await SealedRecord.make(bus, shelf, await stage.store.get(space_id), chunks=CHUNKS)
    async with (
        front_door(nats_url, pages_dir=tmp_path, shelf_dir=shelf, waits=waits) as base,
        client(base) as http,
    ):
        over = Over(base, http, record, stage)
        await over.until("replay/index.m3u8", 200)
        yield over


def loudness(samples: bytes) -> tuple[float, float]:
    """The loudest frequency of a sound and how much of its power is there."""
    power = np.abs(np.fft.rfft(np.frombuffer(samples, np.int16).astype(float))) ** 2
    hertz = np.fft.rfftfreq(len(samples) // 2, 1 / 48_000)
    peak = float(hertz[int(power.argmax())])
    return peak, float(power[np.abs(hertz - peak) < 5].sum() / power.sum())
