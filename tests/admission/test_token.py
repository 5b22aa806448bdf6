"""Tickets and passes: what this house sealed for this Space is read back; nothing else ever is."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.token import (
    EFFORT_MAX,
    LEEWAY_S,
    PASS_S,
    TICKET_S,
    TOKEN_LENGTH_MAX,
    KeyRing,
    Pass,
    Ticket,
    TokenKey,
)

NOW_S = 1_800_000_000
RING = KeyRing.of(b"k" * 32)
TICKET = Ticket(NOW_S, b"ticket-1", 17, effort=1, network=b"netw")
PASS = Pass(NOW_S, b"session1", b"netw")


@given(
    id_=st.binary(min_size=8, max_size=8),
    bucket=st.integers(0, 2**32 - 1),
    effort=st.integers(0, EFFORT_MAX),
    network=st.binary(min_size=4, max_size=4),
)
def test_a_ticket_comes_back_as_it_was_sealed(id_: bytes, bucket: int, effort: int, network: bytes) -> None:
    ticket = Ticket(NOW_S, id_, bucket, effort, network)
    token = RING.sealed_ticket(ticket, space_id="demo")
    assert len(token) <= TOKEN_LENGTH_MAX
    assert RING.opened_ticket(token, space_id="demo", now_s=NOW_S) == ticket


@given(session=st.binary(min_size=8, max_size=8), network=st.binary(min_size=4, max_size=4))
def test_a_pass_comes_back_as_it_was_sealed(session: bytes, network: bytes) -> None:
    pass_ = Pass(NOW_S, session, network)
    token = RING.sealed_pass(pass_, space_id="demo")
    assert RING.opened_pass(token, space_id="demo", now_s=NOW_S) == pass_


@given(at=st.integers(0, 400), bit=st.integers(0, 7))
def test_a_changed_bit_makes_it_nobodys(at: int, bit: int) -> None:
    token = RING.sealed_pass(PASS, space_id="demo")
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[at % len(raw)] ^= 1 << bit
    forged = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
    assert RING.opened_pass(forged, space_id="demo", now_s=NOW_S) is None
    assert RING.opened_ticket(forged, space_id="demo", now_s=NOW_S) is None


@given(st.text(max_size=200))
def test_no_text_is_a_token_and_none_raises(text: str) -> None:
    assert RING.opened_ticket(text, space_id="demo", now_s=NOW_S) is None
    assert RING.opened_pass(text, space_id="demo", now_s=NOW_S) is None


def test_a_ticket_is_no_pass_and_a_pass_no_ticket() -> None:
    assert RING.opened_pass(RING.sealed_ticket(TICKET, space_id="a"), space_id="a", now_s=NOW_S) is None
    assert RING.opened_ticket(RING.sealed_pass(PASS, space_id="a"), space_id="a", now_s=NOW_S) is None


def test_another_spaces_token_opens_nothing_here() -> None:
    assert RING.opened_pass(RING.sealed_pass(PASS, space_id="a"), space_id="b", now_s=NOW_S) is None


@pytest.mark.parametrize(
    ("age_s", "is_good"),
    [(-LEEWAY_S, True), (-LEEWAY_S - 1, False), (PASS_S, True), (PASS_S + 1, False)],
)
def test_a_pass_has_its_time_and_clocks_may_differ(age_s: int, *, is_good: bool) -> None:
    token = RING.sealed_pass(PASS, space_id="a")
    assert (RING.opened_pass(token, space_id="a", now_s=NOW_S + age_s) is not None) is is_good


def test_a_ticket_has_its_time() -> None:
    token = RING.sealed_ticket(TICKET, space_id="a")
    assert RING.opened_ticket(token, space_id="a", now_s=NOW_S + TICKET_S) == TICKET
    assert RING.opened_ticket(token, space_id="a", now_s=NOW_S + TICKET_S + 1) is None


def test_keys_rotate_with_overlap() -> None:
    old, new = TokenKey(255, b"o" * 32, 0), TokenKey(0, b"n" * 32, NOW_S + 60)
    token = KeyRing([old]).sealed_pass(PASS, space_id="a")
    both = KeyRing([old, new])
    assert both.opened_pass(token, space_id="a", now_s=NOW_S) == PASS, "the previous key stays good"
    early = both.sealed_pass(PASS, space_id="a")
    assert early == token, "a key that has not begun seals nothing: edges learn it first"
    late = both.sealed_pass(Pass(NOW_S + 60, b"session1"), space_id="a")
    assert KeyRing([new]).opened_pass(late, space_id="a", now_s=NOW_S + 60) is not None
    assert KeyRing([new]).opened_pass(token, space_id="a", now_s=NOW_S) is None, "after the overlap"
