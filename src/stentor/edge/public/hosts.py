"""Who hosts which Space: their names, for lists, previews and the page before the start.

Comes in: the crews' records, watched. Goes out: the host's and co-hosts' names. Never: anybody else of a
crew, a note, a ban: what a gate does not keep it cannot tell.
"""

from contextlib import aclosing

from stentor.log.state import CrewStore
from stentor.space.crew import Crew
from stentor.space.people import Role

_RANK = {Role.HOST: 0, Role.COHOST: 1}


class Hosts:
    """Names by Space. Bounds: one look-up; a Space without a crew has none."""

    def __init__(self, store: CrewStore) -> None:
        self._store = store
        self._names: dict[str, tuple[str, ...]] = {}

    def names(self, space_id: str) -> tuple[str, ...]:
        """The host first, then co-hosts as they came."""
        return self._names.get(space_id, ())

    async def run(self) -> None:
        """Watches until cancelled."""
        async with aclosing(self._store.watch()) as changes:
            async for crew in changes:
                self._names[crew.space_id] = names_of(crew)


def names_of(crew: Crew) -> tuple[str, ...]:
    leading = [m for m in crew.members if m.role in _RANK and not m.is_out and not m.is_source]
    return tuple(m.name for m in sorted(leading, key=lambda m: _RANK[m.role]))
