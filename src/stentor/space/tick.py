"""The tick: what is going on, one small JSON object per chunk. docs/PROTOCOL.md section 2 is its contract.

Changes only; the first chunk of each segment carries everything, so a reader who comes anywhere knows all
after at most 5.76 s, and a reader whom an edge hands the merged state knows all at once.
"""

import json
from collections.abc import Mapping
from typing import Any

from stentor.errors import BadInput
from stentor.limits import TICK_SIZE_BYTES_MAX
from stentor.read_json import read_json
from stentor.space.timeline import part_of

_PER_TICK = frozenset({"n", "t", "full", "reactions"})
"""True of one chunk only; a tick without them does not mean that they are as they were."""
_NAME_SIZES_BYTES = (36, 12, 6, 0)
_TEXT_SIZES_BYTES = (None, 600, 200)
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
        news = {k: v for k, v in facts.items() if is_full or k in _PER_TICK or self._said.get(k, ...) != v}
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
    """Compact UTF-8 JSON of at most `TICK_SIZE_BYTES_MAX`.

    A tick over the limit loses its captions first, but for the newest, then the ends of names, then of the
    title and the question. When that is not enough, which takes some 55 people of whom all are locked, who
    cannot be heard is left out, the last to come first: an audience misses nothing by it, and hosts have the
    whole list from the crew.
    """
    if "captions" in tick and len(_json(tick)) > TICK_SIZE_BYTES_MAX:
        tick = {**tick, "captions": tick["captions"][-1:]}
    for name_size in (None, *_NAME_SIZES_BYTES):
        for text_size in _TEXT_SIZES_BYTES if name_size == _NAME_SIZES_BYTES[-1] else (None,):
            data = _json(_shortened(tick, name_size=name_size, text_size=text_size))
            if len(data) <= TICK_SIZE_BYTES_MAX:
                return data
    shortest = _shortened(tick, name_size=_NAME_SIZES_BYTES[-1], text_size=_TEXT_SIZES_BYTES[-1])
    people = shortest.get("people", [])
    audible_first = sorted(people, key=lambda p: p.get("muted", False) or p.get("away", False))
    while audible_first and len(data) > TICK_SIZE_BYTES_MAX:
        left_out = audible_first.pop()
        people = [person for person in people if person is not left_out]
        data = _json({**shortest, "people": people})
    return data


def decoded(data: bytes) -> dict[str, Any]:
    """Raises: BadInput: not a tick."""
    if len(data) > TICK_SIZE_BYTES_MAX:
        raise BadInput(f"A tick has {len(data)} bytes; the limit is {TICK_SIZE_BYTES_MAX}.")
    try:
        tick = read_json(data)
    except ValueError as error:
        raise BadInput(f"A tick is not JSON: {error}.") from None
    if not isinstance(tick, dict) or not isinstance(tick.get("n"), int):
        raise BadInput("A tick has no chunk number 'n'.")
    return tick


def level_step(level_db: float) -> int:
    """A level in the tick's coarse steps, so that a steady voice is no news."""
    return max(_FLOOR_DB, min(0, round(level_db / _STEP_DB) * _STEP_DB))


def _shortened(tick: Mapping[str, Any], *, name_size: int | None, text_size: int | None) -> dict[str, Any]:
    short = dict(tick)
    if name_size is not None and "people" in short:
        short["people"] = [{**p, "name": _cut(p["name"], name_size)} for p in short["people"]]
    if text_size is not None and "title" in short:
        short["title"] = _cut(short["title"], text_size)
    if text_size is not None and short.get("question"):
        question = short["question"]
        short["question"] = {**question, **{k: _cut(question[k], text_size) for k in ("text", "name")}}
    return short


def _cut(text: str, size_bytes: int) -> str:
    """The beginning of a text that has at most so many bytes in UTF-8; never half a character."""
    return text.encode()[:size_bytes].decode(errors="ignore")


def _json(tick: Mapping[str, Any]) -> bytes:
    return json.dumps(tick, separators=(",", ":"), ensure_ascii=False).encode()
