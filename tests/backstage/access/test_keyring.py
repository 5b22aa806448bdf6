"""An account's passkeys: bounded, known once, and a count that goes back is a copy."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.backstage.access.keyring import PASSKEYS_PER_ACCOUNT_MAX, Keyring, Passkey
from stentor.errors import Conflict, Full, NotFound

KEY = Passkey("k", "cose", 5, "On a phone", created_ms=1)
RING = Keyring("ana", "handle", (KEY,))


@given(st.integers(0, 9), st.integers(0, 9))
def test_a_count_must_rise_where_there_is_one(before: int, after: int) -> None:
    ring = Keyring("ana", "h", (replace(KEY, sign_count=before),))
    is_good = after > before or before == after == 0
    try:
        used = ring.used("k", sign_count=after, wall_ms=7)
    except Conflict:
        assert not is_good
    else:
        assert is_good
        assert (used.passkeys[0].sign_count, used.passkeys[0].used_ms) == (after, 7)


def test_a_passkey_is_known_once_and_their_number_has_a_bound() -> None:
    with pytest.raises(Conflict):
        RING.added(KEY)
    full = Keyring("ana", "h", tuple(replace(KEY, id=str(n)) for n in range(PASSKEYS_PER_ACCOUNT_MAX)))
    with pytest.raises(Full):
        full.added(KEY)


def test_what_is_not_there_is_neither_used_nor_removed() -> None:
    with pytest.raises(NotFound):
        RING.used("other", sign_count=9, wall_ms=0)
    with pytest.raises(NotFound):
        RING.removed("other")
    assert RING.removed("k").passkeys == ()


def test_a_keyring_comes_back_as_it_was() -> None:
    assert Keyring.from_json(RING.as_json()) == RING
