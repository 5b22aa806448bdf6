"""A Space's record: what the key-value bucket `spaces` holds, and how it moves through its life. Pure."""

import hmac
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from stentor.errors import BadInput, Conflict
from stentor.limits import (
    CHUNK_MS,
    DESCRIPTION_LENGTH_MAX,
    END_ASKED_FOR_MS,
    RUNWAY_CHUNKS,
    TITLE_LENGTH_MAX,
)
from stentor.space.doors import DoorsOrder
from stentor.space.lifecycle import State, checked_move
from stentor.space.names import checked_language, checked_space_id
from stentor.space.timeline import Timeline


@dataclass(frozen=True, slots=True)
class EndAsked:
    """Somebody wants to end a Space with a large audience; somebody else must agree within a minute."""

    by: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Space:
    """One live audio space.

    Args:
        epoch_ms: wall time of sample 0; set once, when it first goes on the air, never changed.
        created_ms, on_air_ms, ended_ms: wall times, None until they happen.
        description: plain text; line breaks are kept, nothing else has a meaning.
        starts_ms: when it is announced for; None: whenever its host comes.
        listen_key: makes it private: the link of its listeners carries it. None: public.
        account_id: whose it is; None: the house's own.
        speakers_max: on its stage; None: the house's setting.
        over_at_ms: in ENDING when it becomes ENDED, in DELETED when its things are removed.
        end_asked: one of the two who must want its end.
        is_recorded: its programme and voices are kept; its speakers are told before they join.
        language: what is spoken, BCP 47: captions and transcript listen for it.
        is_off_shelf: DELETED, and the scribe has removed its folder: the record may go.
        doors: a host's or an operator's word about who may come in now.
        listeners_max: seats for its listeners, on all edges together; None: as many as the house has.
    """

    id: str
    title: str
    state: State
    created_ms: int
    epoch_ms: int | None = None
    on_air_ms: int | None = None
    ended_ms: int | None = None
    description: str = ""
    starts_ms: int | None = None
    listen_key: str | None = None
    account_id: str | None = None
    speakers_max: int | None = None
    over_at_ms: int | None = None
    end_asked: EndAsked | None = None
    is_recorded: bool = True
    language: str = "en"
    is_off_shelf: bool = False
    doors: DoorsOrder = DoorsOrder.AUTO
    listeners_max: int | None = None

    def __post_init__(self) -> None:
        checked_space_id(self.id)
        for name, text, shortest, longest in (
            ("title", self.title, 1, TITLE_LENGTH_MAX),
            ("description", self.description, 0, DESCRIPTION_LENGTH_MAX),
        ):
            if not shortest <= len(text) <= longest:
                raise BadInput(
                    f"The {name} has {len(text)} characters; it must have {shortest} to {longest}."
                )
        checked_language(self.language)

    @property
    def timeline(self) -> Timeline | None:
        return None if self.epoch_ms is None else Timeline(self.epoch_ms)

    @property
    def is_private(self) -> bool:
        return self.listen_key is not None

    def places(self, ceiling: int) -> int:
        """How many people may be on its stage.

        Args:
            ceiling: what the house's stages carry.
        """
        return ceiling if self.speakers_max is None else min(self.speakers_max, ceiling)

    @property
    def public_name(self) -> str:
        """The last part of the listeners' link: the id, for a private Space `id.key`."""
        return self.id if self.listen_key is None else f"{self.id}.{self.listen_key}"

    def opens_to(self, key: str | None) -> bool:
        """Whether a listener with this key may come in; in constant time."""
        return hmac.compare_digest((self.listen_key or "").encode(), (key or "").encode())

    def moved(self, then: State, *, wall_ms: int, undo_ms: int = 0) -> Self:
        """The record after a move. Raises: Conflict.

        Args:
            undo_ms: how long an end or a deletion can be undone; 0: it is final at once.

        Going on the air for the first time fixes the epoch so that the runway's silence ends now. Asking for
        the end of what is heard gives ENDING first, if that can be undone; asking twice changes nothing.
        """
        if then is State.ENDED and self.state is State.ENDING:
            return self
        if then is State.ENDED and self.state.has_programme and undo_ms > 0:
            then = State.ENDING
        if self.state is State.DELETED and then is not State.DELETED:
            self._must_be_whole(then, wall_ms=wall_ms)
        checked_move(self.state, then)
        if then is self.state:
            return self
        space = replace(self, state=then, over_at_ms=None, end_asked=None)
        if then is State.ON_AIR and self.epoch_ms is None:
            space = replace(space, epoch_ms=wall_ms - RUNWAY_CHUNKS * CHUNK_MS, on_air_ms=wall_ms)
        if then in {State.ENDING, State.DELETED}:
            space = replace(space, over_at_ms=wall_ms + undo_ms)
        if then is State.ENDED and self.ended_ms is None:
            space = replace(space, ended_ms=wall_ms)
        return space

    def finished(self, *, wall_ms: int) -> Self:
        """The record once the time to undo is over: an ENDING Space has ended; others stay as they are."""
        is_due = self.over_at_ms is not None and wall_ms >= self.over_at_ms
        if self.state is not State.ENDING or not is_due:
            return self
        return replace(self, state=State.ENDED, ended_ms=wall_ms, over_at_ms=None)

    def asked_to_end(self, *, by: str, wall_ms: int) -> Self:
        """The record after one of two has asked for its end; whose word is the second, `moved` is for."""
        return replace(self, end_asked=EndAsked(by, wall_ms))

    def end_needs_another(self, *, by: Collection[str], wall_ms: int) -> bool:
        """Whether one alone does not suffice: nobody else has asked within the last minute.

        Args:
            by: everything that this one is called.
        """
        asked = self.end_asked
        return asked is None or asked.by in by or wall_ms - asked.at_ms > END_ASKED_FOR_MS

    def _must_be_whole(self, then: State, *, wall_ms: int) -> None:
        """Raises: Conflict: too late to undo a deletion, or not back to where it was."""
        was = State.SCHEDULED if self.ended_ms is None else State.ENDED
        if then is not was or self.over_at_ms is None or wall_ms >= self.over_at_ms:
            raise Conflict(
                f"This Space was deleted. That can be undone for a few seconds, by {was.value!r} only."
            )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "state": self.state.value, "doors": self.doors.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        asked = data.get("end_asked")
        return cls(
            **{
                **data,
                "state": State(data["state"]),
                "doors": DoorsOrder(data.get("doors", DoorsOrder.AUTO)),
                "end_asked": None if asked is None else EndAsked(**asked),
            }
        )
