"""Who is connected to a stage right now. The crew says who may; only the stage knows who is there.

Comes in: a Space's id. Goes out: its stage's answer on `stage.<id>.who`. Never: an error: a stage that does
not run has nobody on it.
"""

from dataclasses import dataclass
from typing import Final

from stentor.errors import NoAnswer, RemoteProblem
from stentor.log.bus import Bus

ANSWER_TIMEOUT_S: Final = 1.0
"""Shorter than for a join: no answer is worth waiting for where «nobody» will do."""
PEOPLE_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Presence:
    """Args:
    lead: who leads: the host, or a co-host while the host is not there.
    here: people whose line works, in order of arrival.
    away: people whose line is lost and who may be back in a moment.
    """

    lead: str | None = None
    here: tuple[str, ...] = ()
    away: tuple[str, ...] = ()


NOBODY: Final = Presence()


async def presence_of(bus: Bus, space_id: str) -> Presence:
    """Bounds: waits at most 1 s; at once where no stage runs."""
    try:
        told = await bus.request(f"stage.{space_id}.who", {}, timeout_s=ANSWER_TIMEOUT_S)
    except (NoAnswer, RemoteProblem):
        return NOBODY
    lead, people = told.get("lead"), told.get("people")
    found = [p for p in people[:PEOPLE_MAX] if isinstance(p, dict)] if isinstance(people, list) else []
    return Presence(
        lead=lead if isinstance(lead, str) else None,
        here=tuple(str(p.get("id")) for p in found if not p.get("is_away")),
        away=tuple(str(p.get("id")) for p in found if p.get("is_away")),
    )
