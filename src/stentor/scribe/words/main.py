"""The words' process: voices of recorded Spaces → transcript, brief, chapters and every text of them.

    python -m stentor.scribe.words.main        (the scribe starts it)

Comes in: the working folders that the recorder fills, what hosts wish. Goes out: the words' part of the
shelf, what the recording's record says of it, the search over all of it. Never: a wait that others feel: it
is niced and recognises on one thread; a Space whose words fail has its programme all the same.

Of several scribes, whoever has the working folder holds the Space's lease `words.<id>`.
"""

import asyncio
from pathlib import Path
from typing import Final

from stentor.config import Settings
from stentor.log.bus import connected
from stentor.log.state import CrewStore
from stentor.process import end_tasks, first_to_end, give_way, stop_event, until
from stentor.role import run_role
from stentor.scribe.main import desk_of
from stentor.scribe.owner import owner_name
from stentor.scribe.words.clerk import Clerk, fetched_dir
from stentor.scribe.words.hearing import Hearing
from stentor.scribe.words.minds import briefers, translator
from stentor.scribe.words.searching import FILE, Searching

NICE: Final = 15


async def serve(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    give_way(nice=NICE)
    stop, hearing, own = stop_event(), Hearing(settings), fetched_dir(settings)
    with owner_name(own) as owner:
        await _serve(stop, settings, hearing, owner=owner, fetched=own)


async def _serve(
    stop: asyncio.Event, settings: Settings, hearing: Hearing, *, owner: str, fetched: Path
) -> None:
    async with connected(settings.nats_url, name="words", replicas=settings.nats_replicas) as bus:
        desk = await desk_of(bus, settings, owner=owner)
        clerk = Clerk(
            desk,
            await CrewStore.open(bus),
            hearing,
            briefers(settings),
            translator=translator(settings),
            fetched=fetched,
        )
        searching = Searching(
            bus, desk.spaces, desk.recordings, desk.shelf, desk.clock, settings.recording_dir / FILE
        )
        work = [asyncio.create_task(clerk.run()), asyncio.create_task(searching.run())]
        running = asyncio.create_task(first_to_end(*work))
        try:
            await until(stop, running)
        finally:
            await end_tasks(running, *work)
            hearing.close()


def main() -> int:
    """Returns the exit code."""
    return run_role("words", serve)


if __name__ == "__main__":
    raise SystemExit(main())
