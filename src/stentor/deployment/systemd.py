"""systemd units: a house, or one role each, with what each may have. Pure."""

from dataclasses import dataclass
from typing import Final

from stentor.deployment.place import Place
from stentor.deployment.template import filled

_FILES_MIN: Final = 65_536
_HOUSE: Final = "house"


@dataclass(frozen=True, slots=True)
class _Share:
    """What a unit may have when the machine is short of it.

    Args:
        weight: of the processor, 100 is everybody's. oom: −1000…1000, the highest is killed first.
        memory: of the machine's.
        tasks: threads and processes; speech has a pool of them.
    """

    weight: int
    oom: int
    memory: str
    tasks: int
    why: str


_SHARES: Final = {
    _HOUSE: _Share(500, -500, "90%", 2048, "Among its roles the supervisor sees to the order."),
    "stage": _Share(1000, -900, "50%", 512, "It mixes every 20 ms: it goes before everything else."),
    "backstage": _Share(500, -500, "50%", 512, "Hosts must be able to act on the evening of all evenings."),
    "edge": _Share(200, 0, "80%", 1024, "It holds nothing that another edge has not: it goes first."),
    "scribe": _Share(
        50, -300, "60%", 2048, "Words may be late. What it writes on disk is whole whenever it ends."
    ),
}
UNITS: Final = tuple(_SHARES)


def systemd(place: Place, unit: str = _HOUSE) -> str:
    """`/etc/systemd/system/stentor.service`, or `stentor-<role>.service`."""
    is_house = unit == _HOUSE
    share = _SHARES[unit]
    needs = "" if is_house else "# Roles meet in NATS only: nats_url must be set in stentor.toml."
    files = place.connections if unit in {_HOUSE, "edge"} else 0
    return filled(
        "stentor.service",
        {
            "what": "The whole house on one machine: `stentor serve`"
            if is_house
            else f"One role: the {unit}",
            "file": "stentor" if is_house else f"stentor-{unit}",
            "needs": needs,
            "description": "Stentor, live audio spaces" if is_house else f"Stentor, {unit}",
            "command": "serve" if is_house else f"role {unit}",
            # A quarter more than there are connections: pipes, logs, the shelf.
            "files_max": max(_FILES_MIN, files + files // 4),
            "weight": share.weight,
            "oom": share.oom,
            "memory": share.memory,
            "tasks": share.tasks,
            "why": share.why,
            "oom_policy": "continue" if is_house else "stop",
        },
    )
