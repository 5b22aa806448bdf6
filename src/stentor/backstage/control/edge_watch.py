"""The edges as operators see them: each one's last beat, and what has happened to it. Pure.

Comes in: beats, with their time. Goes out: edges; notes for the house's log. Never: a guess: what a beat does
not say is unknown.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from stentor.backstage.control.beat import Beat
from stentor.backstage.control.count import EDGE_FORGOTTEN_AFTER_S, EDGES_MAX
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.read_json import read_json

SETTLE_S = 3.0
"""Edges that are heard so soon after the watch began were there before: a door that starts again tells nobody
that edges came."""
ORDERS = ("rung", "cadence", "extras", "door")


@dataclass(frozen=True, slots=True)
class Felt:
    """What an edge felt in its last second. None: its beat does not say.

    Args:
        line: share of the configured line; None also where none is configured.
        slow: share of its listeners with a backlog.
        queue_ms: how late the loop of its latest gate was.
    """

    line: float | None = None
    late_ms: float | None = None
    slow: float | None = None
    queue_ms: float | None = None

    @classmethod
    def of(cls, facts: object) -> "Felt":
        found = facts if isinstance(facts, dict) else {}
        return cls(*(_number(found.get(name)) for name in ("line", "late_ms", "slow", "queue_ms")))


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge's last beat.

    Args:
        seats: streams that its fan-outs may hold together; None: not said.
        forced: what an operator has said, of rung, cadence, extras and door.
    """

    beat: Beat
    heard_s: float
    felt: Felt
    seats: int | None
    extras: str
    door: str
    forced: tuple[str, ...]
    is_lost: bool = False

    @property
    def step(self) -> tuple[str, int, str, str]:
        return self.beat.rung, self.beat.cadence, self.extras, self.door


@dataclass(frozen=True, slots=True)
class Happened:
    """A line for the house's log."""

    kind: str
    facts: dict[str, Any]


class EdgeWatch:
    """Bounds: EDGES_MAX edges; one that is silent for a minute is forgotten."""

    def __init__(self, *, began_s: float) -> None:
        self._began_s = began_s
        self._edges: dict[str, Edge] = {}

    @property
    def edges(self) -> list[Edge]:
        return [self._edges[name] for name in sorted(self._edges)]

    def has(self, edge: str) -> bool:
        return edge in self._edges

    def heard(self, payload: bytes, *, now_s: float) -> list[Happened]:
        """Takes a beat. Returns: what it means. Raises: BadInput: not a beat."""
        beat = Beat.parse(payload)
        facts = read_json(payload)
        known = self._edges.get(beat.edge)
        if beat.is_bye:
            return [] if self._edges.pop(beat.edge, None) is None else [_of("edge_left", beat)]
        if known is None and len(self._edges) >= EDGES_MAX:
            return []
        edge = Edge(
            beat=beat,
            heard_s=now_s,
            felt=Felt.of(facts.get("pressure")),
            seats=facts["seats"] if type(facts.get("seats")) is int else None,
            extras=str(facts["extras"]) if facts.get("extras") in {"paced", "off"} else "on",
            door="held" if facts.get("door") == "held" else "open",
            forced=tuple(name for name in ORDERS if name in (facts.get("forced") or ())),
        )
        self._edges[beat.edge] = edge
        if known is None:
            return [_of("edge_came", beat)] if now_s - self._began_s > SETTLE_S else []
        return _news(known, edge)

    def look(self, *, now_s: float) -> list[Happened]:
        """Who has fallen silent since the last look."""
        happened = []
        for name, edge in list(self._edges.items()):
            silent_s = now_s - edge.heard_s
            if silent_s > EDGE_FORGOTTEN_AFTER_S:
                del self._edges[name]
            elif silent_s > BEAT_UNKNOWN_AFTER_S and not edge.is_lost:
                self._edges[name] = replace(edge, is_lost=True)
                listeners = sum(audience.admitted for audience in edge.beat.spaces.values())
                happened.append(_of("edge_lost", edge.beat, listeners=listeners))
        return happened


def _news(known: Edge, edge: Edge) -> list[Happened]:
    happened = []
    if known.beat.boot != edge.beat.boot:
        happened.append(_of("edge_restarted", edge.beat))
    elif known.is_lost:
        happened.append(_of("edge_back", edge.beat))
    if known.beat.silent < edge.beat.silent:
        happened.append(_of("edge_part_silent", edge.beat, parts=edge.beat.silent))
    if known.step != edge.step and known.forced == edge.forced:
        # An order changes the step too, and is noted with who gave it.
        happened.append(_moved(known, edge))
    return happened


def _moved(known: Edge, edge: Edge) -> Happened:
    """The ladder's step, with what the edge felt in that second: the reason."""
    before, now = (dict(zip(ORDERS, each.step, strict=True)) for each in (known, edge))
    changed = {name: [before[name], now[name]] for name in ORDERS if before[name] != now[name]}
    felt = {
        "line": edge.felt.line,
        "late_ms": edge.felt.late_ms,
        "slow": edge.felt.slow,
        "queue_ms": edge.felt.queue_ms,
    }
    return _of("ladder", edge.beat, **changed, felt={k: v for k, v in felt.items() if v is not None})


def _of(kind: str, beat: Beat, **facts: Any) -> Happened:
    return Happened(kind, {"edge": beat.edge, **facts})


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
