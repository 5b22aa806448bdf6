"""An invitation: a link that makes its holder a person on one stage. The link is the capability."""

from dataclasses import dataclass
from typing import Any, Self

from stentor.space.names import checked_space_id
from stentor.space.people import Role, checked_name


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the bucket `invitations` holds under the token's hash; the token itself is never stored.

    Args:
        person_id: who its holder is on stage; coming back with the same link is the same person.
    """

    id: str
    space_id: str
    person_id: str
    name: str
    role: Role
    is_revoked: bool = False

    def __post_init__(self) -> None:
        checked_space_id(self.space_id)
        checked_name(self.name)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "space_id": self.space_id,
            "person_id": self.person_id,
            "name": self.name,
            "role": self.role.value,
            "is_revoked": self.is_revoked,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "role": Role(data["role"])})
