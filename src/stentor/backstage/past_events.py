"""A Space's event log from its beginning: what the shelf keeps of it, then what the log still has.

Comes in: a place in it. Goes out: the events behind, in order, each once. Never: a hole where the log has
expired: the scribe puts its events on the shelf before.
"""

import json

from stentor.errors import NotFound
from stentor.log.history import Event, History
from stentor.shelf import layout
from stentor.shelf.store import SpaceShelf


async def events_after(history: History, shelf: SpaceShelf | None, *, after: int, limit: int) -> list[Event]:
    """Up to `limit` events behind a place, the oldest first.

    Args:
        shelf: None: the Space is not over, so the log has everything.
    Raises: LogAway. ShelfAway.
    Bounds: reads the Space's whole file, 100 bytes per event.
    """
    found = [] if shelf is None else await _kept(shelf, after=after, limit=limit)
    if len(found) < limit and (shelf is None or await history.exists()):
        last = max(after, found[-1].sequence if found else 0)
        found += await history.events(after=last, limit=limit - len(found))
    return found


async def _kept(shelf: SpaceShelf, *, after: int, limit: int) -> list[Event]:
    try:
        lines = (await shelf.get(layout.EVENTS)).splitlines()
    except NotFound:
        return []
    read = [json.loads(line) for line in lines]
    behind = [facts for facts in read if facts[layout.NUMBER] > after][:limit]
    return [
        Event(facts[layout.NUMBER], {name: value for name, value in facts.items() if name != layout.NUMBER})
        for facts in behind
    ]
