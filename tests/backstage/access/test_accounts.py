"""The roll of accounts: whatever is done to it, somebody who can come in stays its owner."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.backstage.access.accounts import ACCOUNTS_MAX, Account, Identity, Roll
from stentor.backstage.access.rights import Rank
from stentor.errors import Conflict, Full, NotFound

ANA = Account("ana", "Ana", Rank.OWNER, created_ms=1, seen_ms=2)
INVITED = Account("ivo", "Ivo", Rank.OWNER, created_ms=3)
BY_PROVIDER = Account("pia", "Pia", Rank.OWNER, seen_ms=4, identity=Identity("https://id", "1", "pia@x.org"))

ACCOUNTS = st.builds(
    Account,
    id=st.sampled_from("abcdef"),
    name=st.just("x"),
    rank=st.sampled_from(Rank),
    seen_ms=st.sampled_from([None, 5]),
    identity=st.sampled_from([None, None, Identity("https://id", "1")]),
)
STEPS = st.lists(st.tuples(st.sampled_from(["add", "remove", "rank", "see"]), ACCOUNTS), max_size=30)


@given(STEPS)
def test_once_an_owner_came_there_is_always_one_who_can_come(
    steps: list[tuple[str, Account]],
) -> None:
    roll = Roll((ANA,))
    for what, account in steps:
        try:
            if what == "add" and roll.find(account.id) is None:
                roll = roll.added(account)
            elif what == "remove":
                roll = roll.removed(account.id)
            elif what == "rank":
                roll = roll.changed(account.id, rank=account.rank)
            elif what == "see":
                roll = roll.seen(account.id, wall_ms=9)
        except (NotFound, Conflict):
            continue
        own = [a for a in roll.accounts if a.identity is None and a.seen_ms is not None]
        assert any(a.rank is Rank.OWNER for a in own)
        assert Roll.from_json(roll.as_json()) == roll


@pytest.mark.parametrize("other", [INVITED, BY_PROVIDER], ids=["only invited", "by the provider"])
def test_an_owner_who_may_never_come_does_not_count(other: Account) -> None:
    with pytest.raises(Conflict, match="last owner"):
        Roll((ANA, other)).removed("ana")


def test_an_owner_who_was_never_here_can_be_removed() -> None:
    assert Roll((ANA, INVITED)).removed("ivo").accounts == (ANA,)
    assert Roll((INVITED,)).removed("ivo").accounts == ()


def test_the_providers_people_have_the_rank_of_the_settings() -> None:
    with pytest.raises(Conflict, match="oidc_allowed"):
        Roll((ANA, BY_PROVIDER)).changed("pia", rank=Rank.HOST)
    met = Roll((BY_PROVIDER,)).met(replace(BY_PROVIDER, rank=Rank.HOST, created_ms=99))
    assert (met.accounts[0].rank, met.accounts[0].created_ms) == (Rank.HOST, 0)


def test_the_roll_has_a_bound() -> None:
    full = Roll(tuple(replace(ANA, id=str(n)) for n in range(ACCOUNTS_MAX)))
    with pytest.raises(Full):
        full.added(ANA)
    assert len(Roll(full.accounts[1:]).added(ANA).accounts) == ACCOUNTS_MAX


def test_the_owners_link_is_for_the_first_owner_of_the_house_itself() -> None:
    assert Roll((BY_PROVIDER, ANA, INVITED)).first_owner is ANA
    assert Roll((BY_PROVIDER,)).first_owner is None
