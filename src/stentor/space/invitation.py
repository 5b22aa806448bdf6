"""An invitation: a link that makes its holder a person on one stage. The link is the capability."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from stentor.errors import BadInput, Gone
from stentor.limits import INVITATION_USES_MAX
from stentor.space.names import checked_space_id
from stentor.space.people import Role, checked_name

ASKED = "asked"
"""`parent_id` of an invitation that a listener got by asking to speak."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the bucket `invitations` holds under the token's hash; the token itself is never stored.

    A personal one (`person_id` is set) is its holder: coming back with the same link is the same person. A
    shared one has none: each who uses it gives a name and gets a personal invitation of their own.

    Args:
        person_id: who its holder is on stage; None: shared.
        uses_max: of a shared one, how many people may use it; a personal one is for one.
        uses: people who have used it; a personal one: 1 once it was opened.
        parent_id: the shared invitation that this personal one came from, or ASKED; None: made by a host.
        is_source: its holder is no person but a programme: an encoder, a file. It is mixed as it comes.
        expires_ms: from then on it lets nobody new in; whoever is in stays.
    """

    id: str
    space_id: str
    person_id: str | None
    name: str
    role: Role
    is_revoked: bool = False
    uses_max: int = 1
    uses: int = 0
    parent_id: str | None = None
    created_ms: int = 0
    expires_ms: int | None = None
    is_source: bool = False

    def __post_init__(self) -> None:
        checked_space_id(self.space_id)
        checked_name(self.name)
        if not 1 <= self.uses_max <= INVITATION_USES_MAX:
            raise BadInput(
                f"An invitation is for {self.uses_max} people; it must be from 1 to {INVITATION_USES_MAX}. "
                "Make several."
            )

    @property
    def is_shared(self) -> bool:
        return self.person_id is None

    def used(self, *, wall_ms: int) -> Self:
        """After one more use; opening a personal one again is no new use.

        Raises: Gone: it has expired, or is used up.
        """
        if not self.is_shared and self.uses:
            return self
        if self.expires_ms is not None and wall_ms >= self.expires_ms:
            raise Gone("This invitation has expired. Ask the host for a new link.")
        if self.is_shared and self.uses >= self.uses_max:
            raise Gone(
                f"This invitation was for {self.uses_max} people and all have come. Ask the host for another."
            )
        return replace(self, uses=self.uses + 1)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "role": self.role.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "role": Role(data["role"])})
