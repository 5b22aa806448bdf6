"""Who may do what: one table. Pure.

Comes in: who is asking, for which Space, what they want to do. Goes out: yes or no. Never: a route with a
rule of its own.
"""

from dataclasses import dataclass
from enum import StrEnum

from stentor.space.people import Role


class Rank(StrEnum):
    """What an account of this house may do."""

    OWNER = "owner"
    OPERATOR = "operator"
    HOST = "host"


class Action(StrEnum):
    """What a route asks to be allowed."""

    KEEP_HOUSE = "keep_house"
    """Accounts and the house's own settings."""
    OPERATE = "operate"
    """Edges, ladders, every Space."""
    CREATE = "create"
    """Make a Space, and see one's own."""
    LEAD = "lead"
    """Move a Space through its life, invite, moderate."""
    END = "end"
    """End a Space, delete it, hand over the host's role: for who leads it now."""
    TAKE_PART = "take_part"
    """Speak or wait to speak: for holders of an invitation."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is, seen from one Space.

    Args:
        rank: of their account; None: they have none.
        is_theirs: the Space belongs to that account.
        role: in the Space, by an invitation; None: they have none for this Space.
        leads: they lead it now, as its host or because the host's connection is lost.
    """

    rank: Rank | None = None
    is_theirs: bool = False
    role: Role | None = None
    leads: bool = False


_HOUSE = {
    Action.KEEP_HOUSE: {Rank.OWNER},
    Action.OPERATE: {Rank.OWNER, Rank.OPERATOR},
    Action.CREATE: {Rank.OWNER, Rank.OPERATOR, Rank.HOST},
    Action.LEAD: {Rank.OWNER, Rank.OPERATOR},
    Action.END: {Rank.OWNER, Rank.OPERATOR},
    Action.TAKE_PART: set[Rank](),
}


def may(who: Standing, action: Action) -> bool:
    """Whether this is allowed."""
    if who.rank in _HOUSE[action]:
        return True
    if action in {Action.LEAD, Action.END} and who.rank is Rank.HOST and who.is_theirs:
        return True
    if who.role is None:
        return False
    if action is Action.END:
        return who.role is Role.HOST or (who.role is Role.COHOST and who.leads)
    if action is Action.LEAD:
        return who.role.may_lead
    return action is Action.TAKE_PART
