"""An account of this house: somebody who comes without an invitation."""

from dataclasses import dataclass
from typing import Final

from stentor.backstage.access.rights import Rank


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who keeps, operates or uses this house.

    Args:
        id: how the event log calls them.
        name: for people.
    """

    id: str
    name: str
    rank: Rank


OWNER: Final = Account("owner", "Owner", Rank.OWNER)
"""Whoever holds the owner's token, which lies in the data directory: the command line."""
