"""A speaker without a browser: an audio file goes on stage over real WebRTC, and comes back by itself.

Comes in: the stage door's WHIP address, an invitation, an Ogg Opus file. Goes out: that voice on the stage.
Never: anything but what a speaker's page does too.

    python -m stentor.rehearsal.voice --url http://127.0.0.1:8081/whip/demo --token T --file maya.opus
    python -m stentor.rehearsal.voice --url … --voice TOKEN=maya.opus --voice TOKEN=daniel.opus
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import structlog

from stentor.clock import Clock, SteadyClock
from stentor.errors import BadInput, StentorError
from stentor.logs import configure
from stentor.process import stop_event
from stentor.rehearsal.opus_file import Speech, in_step, speech_of
from stentor.rehearsal.peer import Hear, Peer, SpeechTrack
from stentor.rehearsal.whip_client import DoorAway, WhipSession, join, leave

log = structlog.get_logger()

_BACK_OFF_S = (0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Part:
    """Who speaks where and what.

    Args:
        url: the WHIP endpoint.
        token: the invitation.
        start_ms: wall time of the speech's first packet.
    """

    url: str
    token: str
    speech: Speech
    start_ms: int


class Voice:
    """One voice. `run` keeps it on stage until it is cancelled.

    Args:
        hear: gets the mix without this voice; None: it is received and thrown away.
    """

    def __init__(self, part: Part, *, clock: Clock, hear: Hear | None = None) -> None:
        self._part = part
        self._clock = clock
        self._hear = hear
        self.join_count = 0
        self.on_stage = asyncio.Event()
        """Set while the connection stands."""

    async def run(self) -> None:
        """Joins, speaks, joins again when the stage goes away; leaves politely when it is cancelled.

        Raises: WhipRefused: the door's final no. BadOffer: an answer that makes no sense.
        Bounds: one connection at a time; waits 0.25 to 2 s between attempts, or as long as the door says.
        """
        failed_count = 0
        async with aiohttp.ClientSession() as http:
            while True:
                joined_before = self.join_count
                wait_s = 0.0
                try:
                    reason = await self._once(http)
                except DoorAway as error:
                    reason, wait_s = error.detail, error.retry_after_s or 0.0
                failed_count = 0 if self.join_count > joined_before else failed_count + 1
                wait_s = max(wait_s, _back_off_s(failed_count))
                log.warning("voice is off the stage", reason=reason, again_in_s=round(wait_s, 2))
                await asyncio.sleep(wait_s)

    async def _once(self, http: aiohttp.ClientSession) -> str:
        """One stay on stage. Returns: why it ended."""
        track = SpeechTrack(self._part.speech, start_ms=self._part.start_ms, clock=self._clock)
        peer = Peer(track, hear=self._hear, clock=self._clock)
        session: WhipSession | None = None
        try:
            session = await join(http, self._part.url, token=self._part.token, offer=await peer.offer())
            try:
                await peer.connect(session.answer)
            except TimeoutError:
                return "no connection came about"
            self.join_count += 1
            log.info("voice is on stage", joins=self.join_count)
            self.on_stage.set()
            return await peer.lost()
        finally:
            self.on_stage.clear()
            goodbye = [peer.close()]
            if session is not None:
                await asyncio.gather(leave(http, session, token=self._part.token), *goodbye)
            else:
                await asyncio.gather(*goodbye)


def _back_off_s(failed_count: int) -> float:
    """The wait before the next attempt, spread so that a stage's return is not met by all at once."""
    return _BACK_OFF_S[min(failed_count, len(_BACK_OFF_S) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311


async def speak(parts: Sequence[Part]) -> None:
    """Several voices until a signal. Raises: the first voice's StentorError, in a group."""
    stop = stop_event()
    clock = SteadyClock()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(Voice(part, clock=clock).run()) for part in parts]
        await stop.wait()
        for task in tasks:
            task.cancel()


def main(arguments: Sequence[str] | None = None) -> int:
    failed_count = 0
    try:
        parts = _parts(arguments)
        configure("voice", "info")
        asyncio.run(speak(parts))
    except* StentorError as group:
        failed_count = len(group.exceptions)
        for error in group.exceptions:
            sys.stderr.write(f"{error}\n")
    return min(failed_count, 1)


def _parts(arguments: Sequence[str] | None) -> list[Part]:
    parser = argparse.ArgumentParser(prog="python -m stentor.rehearsal.voice", description=__doc__)
    parser.add_argument(
        "--url", required=True, help="the WHIP endpoint, such as http://127.0.0.1:8081/whip/demo"
    )
    parser.add_argument("--token", help="an invitation's token")
    parser.add_argument("--file", help="an Ogg Opus file with packets of 20 ms")
    parser.add_argument("--voice", action="append", default=[], metavar="TOKEN=FILE", help="several voices")
    parser.add_argument("--start-ms", type=int, help="wall time of the first packet; default: now")
    chosen = parser.parse_args(arguments)
    pairs = [(token, file) for token, _, file in (text.partition("=") for text in chosen.voice)]
    if chosen.token and chosen.file:
        pairs.append((chosen.token, chosen.file))
    if not pairs or not all(token and file for token, file in pairs):
        raise BadInput("Name at least one voice: --token T --file F, or --voice TOKEN=FILE.")
    start_ms = SteadyClock().wall_ms() if chosen.start_ms is None else chosen.start_ms
    speeches = in_step([speech_of(Path(path)) for _, path in pairs])
    return [
        Part(chosen.url, token, speech, start_ms) for (token, _), speech in zip(pairs, speeches, strict=True)
    ]


if __name__ == "__main__":
    raise SystemExit(main())
