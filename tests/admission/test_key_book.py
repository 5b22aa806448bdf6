"""The door's keys: a token opens at every door for its whole life, whatever its sealer's clock and news."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.key_book import ANNOUNCED_S, KEPT_S, KEY_S, KEYS_MAX, KeyBook
from stentor.admission.token import LEEWAY_S, TICKET_S, Pass, Ticket, TokenKey
from stentor.errors import BadInput

NOW_S = 1_800_000_000
DAY_S = 24 * 3600
PACE_S = 60


def books(*, days: int) -> list[tuple[int, KeyBook]]:
    """The book as a leader keeps it, with the time from which it stands so."""
    book = KeyBook.first(bytes(32))
    kept: list[tuple[int, KeyBook]] = []
    for at_s in range(NOW_S, NOW_S + days * DAY_S, PACE_S):
        then = book.rotated(secret=at_s.to_bytes(32), now_s=at_s)
        if then != book or not kept:
            kept.append((at_s, then))
        book = then
    return kept


KEPT = books(days=8)


def book_at(at_s: float) -> KeyBook:
    return [book for since_s, book in KEPT if since_s <= at_s][-1]


@given(
    sealed_s=st.integers(NOW_S + DAY_S, NOW_S + 6 * DAY_S),
    age_s=st.integers(0, TICKET_S),
    skew_s=st.integers(-LEEWAY_S // 2, LEEWAY_S // 2),
    deaf_s=st.integers(0, KEPT_S),
    lag_s=st.integers(0, 60),
)
def test_a_token_opens_everywhere_for_its_whole_life(
    sealed_s: int, age_s: int, skew_s: int, deaf_s: int, lag_s: int
) -> None:
    """Whoever seals has a clock of their own and may not have heard of any change for half a day; whoever
    opens hears of a change up to a minute late."""
    ring = book_at(sealed_s - deaf_s).ring
    issued_s = sealed_s + skew_s
    token = ring.sealed_ticket(Ticket(issued_s, b"ticket-1", 3), space_id="demo")
    opener = book_at(sealed_s + age_s - lag_s).ring
    assert opener.opened_ticket(token, space_id="demo", now_s=issued_s + age_s) is not None
    token = ring.sealed_pass(Pass(issued_s, b"session1"), space_id="demo")
    assert opener.opened_pass(token, space_id="demo", now_s=issued_s + min(age_s, 3 * 3600)) is not None


def test_a_day_brings_one_key_and_few_are_kept() -> None:
    assert len(KEPT) < 4 * 8
    assert max(len(book.keys) for _, book in KEPT) <= 3 < KEYS_MAX
    begins = sorted({key.since_s for _, book in KEPT for key in book.keys})[1:]
    assert len(begins) == 8
    assert all(abs(b - a - KEY_S) <= PACE_S for a, b in pairwise(begins))


def test_a_key_is_known_before_it_seals() -> None:
    for at_s, book in KEPT:
        newest = book.keys[-1]
        is_new = newest.since_s > at_s
        assert not is_new or newest.since_s == at_s + ANNOUNCED_S


def test_numbers_begin_again_and_never_meet() -> None:
    book = KeyBook((TokenKey(255, bytes(32), NOW_S - KEY_S),))
    then = book.rotated(secret=b"n" * 32, now_s=NOW_S)
    assert [key.number for key in then.keys] == [255, 0]


def test_a_book_comes_back_from_the_bucket_as_it_went_in() -> None:
    assert KeyBook.from_json(KEPT[-1][1].as_json()) == KEPT[-1][1]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"keys": []},
        {"keys": 3},
        {"keys": [{"number": 0, "secret": "00", "since_s": 0}]},
        {"keys": [{"number": 256, "secret": "00" * 32, "since_s": 0}]},
        {"keys": [{"number": n, "secret": "00" * 32, "since_s": n} for n in range(KEYS_MAX + 1)]},
    ],
)
def test_what_is_no_book_is_bad_input(data: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        KeyBook.from_json(data)


def test_secrets_stand_in_no_words_about_a_book() -> None:
    book = KeyBook.first(b"\xab" * 32)
    assert "\\xab" not in repr(book)
