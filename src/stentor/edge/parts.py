"""What the processes of one edge have in common: names and subjects.

Comes in: the edge's name. Goes out: the same names in every process. Never: I/O.
"""

import json
from typing import Final

from stentor.edge.ladder import CADENCES, Extras, Quality, Step
from stentor.limits import BEAT_INTERVAL_S
from stentor.read_json import read_json
from stentor.space.names import new_id

FANOUT: Final = "fanout-"
GATE: Final = "gate-"


def part_subject(edge_id: str, part: str) -> str:
    """Where a part reports; `*` for `part` hears them all."""
    return f"edge.{edge_id}.part.{part}"


def step_subject(edge_id: str) -> str:
    """Where the edge tells its parts the ladder's step."""
    return f"edge.{edge_id}.step"


def order_subject(edge_id: str) -> str:
    """Where an operator's orders for the ladder arrive."""
    return f"edge.{edge_id}.ladder"


def beat_subject(edge_id: str) -> str:
    return f"edge.{edge_id}.beat"


def moved_subject(edge_id: str) -> str:
    """Where an edge tells the others which sessions sit with it now; `*` for the edge hears them all."""
    return f"edge.{edge_id}.moved"


def encoded_step(
    step: Step,
    extras: Extras = Extras.ON,
    newcomers: int | None = None,
    egress_bits_per_s: int | None = None,
) -> bytes:
    """None: not said.

    Args:
        newcomers: who may come in at each gate until the next message.
        egress_bits_per_s: what each gate may send.
    """
    facts: dict[str, object] = {
        "rung": step.quality.value,
        "cadence": step.cadence,
        "extras": extras.value,
        "newcomers": newcomers,
        "egress": egress_bits_per_s,
    }
    return json.dumps({name: value for name, value in facts.items() if value is not None}).encode()


def decoded_step(data: bytes) -> Step | None:
    """None: not a step; the parts of an edge are of one version, so it is nobody of ours."""
    try:
        facts = read_json(data)
        step = Step(Quality(facts["rung"]), facts["cadence"])
    except (ValueError, KeyError, TypeError):
        return None
    return step if step.cadence in CADENCES else None


def decoded_extras(data: bytes) -> Extras | None:
    """The other half of the same message, for gates. None: not a step."""
    try:
        return Extras(read_json(data)["extras"])
    except (ValueError, KeyError, TypeError):
        return None


def decoded_newcomers(data: bytes) -> int | None:
    """The third part of it. None: it says nothing of newcomers."""
    return _whole_number(data, "newcomers")


def decoded_egress(data: bytes) -> int | None:
    """The fourth part of it, in bits per second. None: it says nothing of what gates may send."""
    return _whole_number(data, "egress")


def _whole_number(data: bytes, name: str) -> int | None:
    try:
        found = read_json(data).get(name)
    except (ValueError, AttributeError):
        return None
    return found if type(found) is int else None


def boot_id() -> str:
    """Names one life of a process."""
    return new_id()


def until_report_s(wall_ms: int, *, after_ms: int = 0) -> float:
    """How long to wait for the next report: parts speak on the full second, their steward `after_ms` later.

    So a part's figures are told to the house a moment after they were taken, not up to a second.
    """
    interval_ms = round(1000 * BEAT_INTERVAL_S)
    wait_ms = interval_ms - (wall_ms - after_ms) % interval_ms
    # A timer that fires a little early must not make two reports of one.
    return (wait_ms if wait_ms > interval_ms // 4 else wait_ms + interval_ms) / 1000
