from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput, Gone
from stentor.limits import INVITATION_USES_MAX
from stentor.space.invitation import Invitation
from stentor.space.people import Role

NOW_MS = 1_000


def shared(uses_max: int, *, expires_ms: int | None = None) -> Invitation:
    return Invitation("i", "demo", None, "Guests", Role.SPEAKER, uses_max=uses_max, expires_ms=expires_ms)


PERSONAL = Invitation("i", "demo", "maya", "Maya", Role.SPEAKER)


def test_a_personal_one_is_used_once_however_often_it_is_opened() -> None:
    once = PERSONAL.used(wall_ms=NOW_MS)
    assert (once.uses, once.used(wall_ms=NOW_MS)) == (1, once)


def test_who_is_in_stays_when_it_expires_and_nobody_new_comes() -> None:
    until = replace(PERSONAL, expires_ms=NOW_MS)
    assert until.used(wall_ms=NOW_MS - 1).used(wall_ms=NOW_MS).uses == 1
    with pytest.raises(Gone, match="expired"):
        until.used(wall_ms=NOW_MS)
    with pytest.raises(Gone, match="expired"):
        shared(5, expires_ms=NOW_MS).used(wall_ms=NOW_MS)


@given(st.integers(2, INVITATION_USES_MAX))
def test_a_shared_one_is_for_so_many_and_not_one_more(uses_max: int) -> None:
    invitation = shared(uses_max)
    for _ in range(uses_max):
        invitation = invitation.used(wall_ms=NOW_MS)
    with pytest.raises(Gone, match=f"for {uses_max} people"):
        invitation.used(wall_ms=NOW_MS)


@pytest.mark.parametrize("uses_max", [0, INVITATION_USES_MAX + 1])
def test_an_invitation_for_nobody_or_for_everybody_is_refused(uses_max: int) -> None:
    with pytest.raises(BadInput):
        shared(uses_max)


def test_what_cannot_be_a_name_or_a_space_is_refused() -> None:
    with pytest.raises(BadInput):
        replace(PERSONAL, name="")
    with pytest.raises(BadInput):
        replace(PERSONAL, space_id="a.b")


def test_an_invitation_survives_its_json() -> None:
    for invitation in (PERSONAL, shared(7, expires_ms=5), replace(PERSONAL, is_source=True, parent_id="p")):
        assert Invitation.from_json(invitation.as_json()) == invitation
