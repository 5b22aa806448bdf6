"""What crosses the stage door as JSON about the house: its edges, its figures, its own log."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from stentor.admission.line.line_clock import Why
from stentor.backstage.control.edge_watch import Edge
from stentor.log.house_log import Note


class EdgeTold(BaseModel):
    """One edge. What its beat does not say is null."""

    id: str
    heard_s: Annotated[float, Field(description="How long ago it spoke; more than 5 s: it is lost.")]
    is_lost: bool
    spaces: Annotated[int, Field(description="Spaces that it serves.")]
    admitted: Annotated[int, Field(description="Open streams.")]
    hearing: Annotated[int, Field(description="Of these, whose machines acknowledge audio.")]
    estimated: Annotated[int, Field(description="Players of HLS.")]
    seats: Annotated[int | None, Field(description="Streams that it may hold.")]
    room: Annotated[int | None, Field(description="Newcomers for whom it has seats.")]
    joins_per_s: Annotated[float, Field(description="How many of them it can let in.")]
    held: Annotated[Why, Field(description="Why it has less room than seats.")]
    line: Annotated[float | None, Field(description="Share of its line in use; null: none is configured.")]
    late_ms: Annotated[float | None, Field(description="The latest write of its last second.")]
    slow: Annotated[float | None, Field(description="Share of its listeners with a backlog.")]
    queue_ms: Annotated[float | None, Field(description="How late the loop of its latest gate was.")]
    silent_parts: Annotated[int, Field(description="Processes of the edge that do not report.")]
    rung: str
    cadence: int
    extras: Annotated[str, Field(description="`on`, `paced` or `off`.")]
    door: Annotated[str, Field(description="`open`; `held`: newcomers wait, the ladder's last step.")]
    forced: Annotated[list[str], Field(description="What an operator has said: rung, cadence, extras, door.")]

    @classmethod
    def of(cls, edge: Edge, *, now_s: float) -> "EdgeTold":
        audiences = edge.beat.spaces.values()
        return cls(
            id=edge.beat.edge,
            heard_s=round(max(0.0, now_s - edge.heard_s), 1),
            is_lost=edge.is_lost,
            spaces=len(edge.beat.spaces),
            admitted=sum(a.admitted for a in audiences),
            hearing=sum(a.hearing for a in audiences),
            estimated=sum(a.hls for a in audiences),
            seats=edge.seats,
            room=edge.beat.room,
            joins_per_s=edge.beat.joins_per_s,
            held=edge.beat.held,
            line=edge.felt.line,
            late_ms=edge.felt.late_ms,
            slow=edge.felt.slow,
            queue_ms=edge.felt.queue_ms,
            silent_parts=edge.beat.silent,
            rung=edge.beat.rung,
            cadence=edge.beat.cadence,
            extras=edge.extras,
            door=edge.door,
            forced=list(edge.forced),
        )


class HouseFigures(BaseModel):
    """The sum over edges that speak; `unknown` counts edges, not listeners."""

    admitted: int
    hearing: int
    estimated: int
    edges: int
    unknown: int


class Capacity(BaseModel):
    """Seats of the edges that speak and say them; `is_whole`: all of them do."""

    seats: int
    taken: int
    room: Annotated[int, Field(description="Newcomers for whom there is a seat and a share of the line.")]
    is_whole: bool


class HouseTold(BaseModel):
    at_ms: int
    edges: Annotated[list[EdgeTold], Field(description="At most 500, by name.")]
    figures: HouseFigures
    capacity: Capacity


class LadderWanted(BaseModel):
    """What is absent stays; `auto` gives it back to the ladder."""

    model_config = ConfigDict(extra="forbid")

    rung: Literal["high", "low", "auto"] | None = None
    cadence: Literal[1, 2, 4, "auto"] | None = None
    extras: Literal["on", "off", "auto"] | None = None
    door: Literal["held", "auto"] | None = None


class LadderTold(BaseModel):
    """The step in force at that edge."""

    rung: str
    cadence: int
    extras: str | None = None
    door: str | None = None
    is_rung_forced: bool
    is_cadence_forced: bool
    is_extras_forced: bool | None = None
    is_door_forced: bool | None = None


class NoteTold(BaseModel):
    """What the house did by itself."""

    n: Annotated[int, Field(description="Numbers the notes; gaps are none.")]
    at_ms: int
    kind: Annotated[
        str,
        Field(
            description="edge_came, edge_left, edge_lost, edge_back, edge_restarted, edge_part_silent, "
            "ladder, ladder_order, space_ended, space_removed, stage_died, role_died, webhook_off, "
            "speaker_put_away (sent too much, or what is no sound), "
            "unsealed (a record that is not on the shelf two days after the end)."
        ),
    ]
    facts: dict[str, Any]

    @classmethod
    def of(cls, note: Note) -> "NoteTold":
        return cls(n=note.n, at_ms=note.at_ms, kind=note.kind, facts=note.facts)
