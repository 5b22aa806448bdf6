"""A Space's record: what the key-value bucket `spaces` holds."""

from dataclasses import dataclass, replace
from typing import Any, Self

from stentor.errors import BadInput
from stentor.limits import CHUNK_MS, RUNWAY_CHUNKS, TITLE_LENGTH_MAX
from stentor.space.lifecycle import State, checked_move
from stentor.space.names import checked_space_id
from stentor.space.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Space:
    """One live audio space.

    Args:
        epoch_ms: wall time of sample 0; set once, when it first goes on the air, never changed.
        created_ms, on_air_ms, ended_ms: wall times, None until they happen.
    """

    id: str
    title: str
    state: State
    created_ms: int
    epoch_ms: int | None = None
    on_air_ms: int | None = None
    ended_ms: int | None = None

    def __post_init__(self) -> None:
        checked_space_id(self.id)
        if not 1 <= len(self.title) <= TITLE_LENGTH_MAX:
            raise BadInput(
                f"The title has {len(self.title)} characters; it must have 1 to {TITLE_LENGTH_MAX}."
            )

    @property
    def timeline(self) -> Timeline | None:
        return None if self.epoch_ms is None else Timeline(self.epoch_ms)

    def moved(self, then: State, *, wall_ms: int) -> Self:
        """The record after a move. Raises: Conflict.

        Going on the air for the first time fixes the epoch so that the runway's silence ends now.
        """
        checked_move(self.state, then)
        space = replace(self, state=then)
        if then is State.ON_AIR and self.epoch_ms is None:
            space = replace(space, epoch_ms=wall_ms - RUNWAY_CHUNKS * CHUNK_MS, on_air_ms=wall_ms)
        if then is State.ENDED and self.ended_ms is None:
            space = replace(space, ended_ms=wall_ms)
        return space

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "state": self.state.value,
            "created_ms": self.created_ms,
            "epoch_ms": self.epoch_ms,
            "on_air_ms": self.on_air_ms,
            "ended_ms": self.ended_ms,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "state": State(data["state"])})
