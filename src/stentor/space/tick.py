"""The tick: what is going on, one small JSON object per chunk. docs/PROTOCOL.md section 2 is its contract.

Changes only; the first chunk of each segment carries everything, so a reader who comes anywhere knows all
after at most 5.76 s, and a reader whom an edge hands the merged state knows all at once.
"""

import json
from collections.abc import Mapping
from typing import Any

from stentor.errors import BadInput
from stentor.limits import TICK_SIZE_BYTES_MAX
from stentor.space.timeline import part_of

_PER_TICK = frozenset({"n", "t", "full"})
_STEP_DB = 3
_FLOOR_DB = -60


class TickWriter:
    """Turns states into ticks: remembers what was said and says only what is new."""

    def __init__(self) -> None:
        self._said: dict[str, Any] = {}

    def write(self, *, number: int, wall_ms: int, facts: Mapping[str, Any]) -> bytes:
        """The tick of chunk `number`.

        Args:
            facts: every field that is true now, without `n`, `t` and `full`.
        """
        is_full = part_of(number) == 0 or not self._said
        news = {k: v for k, v in facts.items() if is_full or self._said.get(k) != v}
        self._said = dict(facts)
        tick: dict[str, Any] = {"n": number, "t": wall_ms}
        if is_full:
            tick["full"] = True
        return encoded({**tick, **news})


def merged(known: Mapping[str, Any], tick: Mapping[str, Any]) -> dict[str, Any]:
    """What a reader knows after `tick`."""
    base = {} if tick.get("full") else {k: v for k, v in known.items() if k not in _PER_TICK}
    return {**base, **tick}


def as_full(known: Mapping[str, Any]) -> dict[str, Any]:
    """The merged state as a tick of its own, for a reader who joins at `known["n"]`."""
    return {**known, "full": True}


def encoded(tick: Mapping[str, Any]) -> bytes:
    """Compact UTF-8 JSON. A tick over the limit loses names first, never numbers."""
    data = json.dumps(tick, separators=(",", ":"), ensure_ascii=False).encode()
    if len(data) > TICK_SIZE_BYTES_MAX and "people" in tick:
        short = [{**p, "name": p["name"][:12]} for p in tick["people"]]
        data = json.dumps({**tick, "people": short}, separators=(",", ":"), ensure_ascii=False).encode()
    return data


def decoded(data: bytes) -> dict[str, Any]:
    """Raises: BadInput: not a tick."""
    if len(data) > TICK_SIZE_BYTES_MAX:
        raise BadInput(f"A tick has {len(data)} bytes; the limit is {TICK_SIZE_BYTES_MAX}.")
    try:
        tick = json.loads(data)
    except ValueError as error:
        raise BadInput(f"A tick is not JSON: {error}.") from None
    if not isinstance(tick, dict) or not isinstance(tick.get("n"), int):
        raise BadInput("A tick has no chunk number 'n'.")
    return tick


def level_step(level_db: float) -> int:
    """A level in the tick's coarse steps, so that a steady voice is no news."""
    return max(_FLOOR_DB, min(0, round(level_db / _STEP_DB) * _STEP_DB))
