"""Who of an OpenID provider's people may come in, and as what. Pure.

Comes in: the setting `oidc_allowed`, an identity. Goes out: a rank, or none. Never: a pattern: a whole
provider is not a guest list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from stentor.backstage.access.accounts import Identity
from stentor.backstage.access.rights import Rank
from stentor.errors import BadInput

_SUBJECT = "sub:"


@dataclass(frozen=True, slots=True)
class Allowed:
    """E-mail addresses (small letters) and subjects (`sub:…`) → rank."""

    ranks: Mapping[str, Rank]

    @classmethod
    def parsed(cls, lines: tuple[str, ...]) -> Self:
        """Args: lines: `ana@example.org=operator`, `sub:24400320=owner`. Raises: BadInput."""
        ranks = {}
        for line in lines:
            who, _, rank = line.rpartition("=")
            who, rank = who.strip(), rank.strip()
            is_subject = who.startswith(_SUBJECT)
            if rank not in {r.value for r in Rank} or not (is_subject or "@" in who):
                raise BadInput(
                    f"oidc_allowed has {line[:80]!r}; a line is an e-mail address or sub:…, then = and "
                    "owner, operator or host."
                )
            ranks[who if is_subject else who.lower()] = Rank(rank)
        return cls(ranks)

    def rank_of(self, identity: Identity) -> Rank | None:
        """None: not on the list. The subject is asked first: it never changes hands, an address may."""
        by_subject = self.ranks.get(_SUBJECT + identity.subject)
        return by_subject or (self.ranks.get(identity.email.lower()) if identity.email else None)
