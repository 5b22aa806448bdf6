"""The pure part of webhooks: signatures, waits, addresses, the book."""

import ipaddress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook as Standard

from stentor.backstage.control.webhook import (
    GIVE_UP_AFTER_S,
    headers_of,
    secret_of,
    wait_s,
)
from stentor.backstage.control.webhook_address import checked_url, may_connect
from stentor.backstage.control.webhook_book import (
    DELIVERIES_KEPT,
    OLD_SECRET_MS,
    WEBHOOKS_MAX,
    Attempt,
    Deliveries,
    Webhook,
    WebhookBook,
)
from stentor.errors import BadInput, Conflict, Full, NotFound
from stentor.log.event_types import EVENT_TYPES, message_of

HOOK = Webhook("one", "https://example.org/", (), None, "whsec_a", created_ms=0)


@given(st.binary(min_size=24, max_size=64), st.binary(min_size=24, max_size=64), st.text(max_size=50))
def test_a_signature_is_the_standard_s_by_each_secret(first: bytes, second: bytes, title: str) -> None:
    event = {"kind": "created", "at_ms": 1_700_000_000_123, "title": title}
    body = message_of("demo", event)
    now_s = int(datetime.now(UTC).timestamp())
    secrets = [secret_of(first), secret_of(second)]
    headers = headers_of(body, message_id="msg_1", at_s=now_s, secrets=secrets)
    for secret in secrets:
        told = Standard(secret).verify(body, headers)
        assert told == {
            "type": "space.created",
            "timestamp": "2023-11-14T22:13:20.123+00:00",
            "data": {"space": "demo", "title": title},
        }


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_a_wait_is_bounded_and_ends_after_three_days(draw: float, try_number: int) -> None:
    wait = wait_s(try_number, age_s=0, draw=draw)
    assert wait is not None
    assert 4 <= wait < 1.21 * 6 * 3600
    assert wait_s(try_number, age_s=GIVE_UP_AFTER_S, draw=draw) is None


def test_there_are_about_seventeen_tries_in_three_days() -> None:
    age_s, tries = 0.0, 1
    while (wait := wait_s(tries, age_s=age_s, draw=0.5)) is not None:
        age_s, tries = age_s + wait, tries + 1
    assert 15 <= tries <= 19
    assert age_s > GIVE_UP_AFTER_S - 6 * 3600


@pytest.mark.parametrize(("asked_s", "expected_s"), [(None, 5), (1, 5), (60, 60), (1e9, 6 * 3600)], ids=str)
def test_the_receiver_s_own_wish_to_wait_is_heard_within_bounds(
    asked_s: float | None, expected_s: float
) -> None:
    assert wait_s(1, age_s=0, draw=0.5, asked_s=asked_s) == expected_s


@pytest.mark.parametrize(
    ("address", "is_public", "is_own"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1::1", True, True),
        ("127.0.0.1", False, True),
        ("10.1.2.3", False, True),
        ("192.168.0.1", False, True),
        ("fd00::1", False, True),
        ("::1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("2002:0a00:0001::1", False, True),
        ("64:ff9b::10.0.0.1", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("100.64.0.1", False, False),
        ("255.255.255.255", False, True),
    ],
)
def test_what_is_not_public_is_reached_only_when_it_may(address: str, is_public: bool, is_own: bool) -> None:
    parsed = ipaddress.ip_address(address)
    assert may_connect(parsed, may_be_private=False) == is_public
    assert may_connect(parsed, may_be_private=True) == is_own


@pytest.mark.parametrize(
    ("url", "is_public", "is_own"),
    [
        ("https://example.org/hook?a=b", True, True),
        ("https://example.org:8443/", True, True),
        ("http://example.org/", False, False),
        ("http://localhost:9000/", False, True),
        ("http://127.0.0.1:9000/", False, True),
        ("http://10.0.0.1/", False, False),
        ("https://10.0.0.1/", False, True),
        ("https://[fe80::1%25eth0]/", False, False),
        ("https://example.org:99999/", False, False),
        ("https://user@example.org/", False, False),
        ("https://example.org/#part", False, False),
        ("https:///hook", False, False),
        ("https://127.1/", False, False),
        ("https://2130706433/", False, False),
        ("https://0177.0.0.1/", False, False),
        ("https://0x7f000001/", False, False),
        ("https://127.0.0.1./", False, False),
        ("https://127.0.0.%31/", False, False),
        ("https://[::ffff:127.0.0.1]/", False, True),
        ("https://[::ffff:169.254.169.254]/", False, False),
        ("https://[64:ff9b::a9fe:a9fe]/", False, False),
        ("https://example.org\\@127.0.0.1/", False, False),
        ("https://4.example.org./hook", True, True),
        ("ftp://example.org/", False, False),
        ("https://exämple.org/", False, False),
        ("https://example.org/a b", False, False),
        ("https://example.org/a\r\nX: y", False, False),
        ("https://example.org/" + "x" * 500, False, False),
    ],
)
def test_a_url_is_https_and_public_unless_it_may_be_one_s_own(
    url: str, is_public: bool, is_own: bool
) -> None:
    for may_be_private, is_good in ((False, is_public), (True, is_own)):
        if is_good:
            assert checked_url(url, may_be_private=may_be_private) == url
        else:
            with pytest.raises(BadInput):
                checked_url(url, may_be_private=may_be_private)


@given(st.text(max_size=80) | st.text(max_size=80).map("https://{}".format))
def test_no_text_breaks_the_check_of_a_url(text: str) -> None:
    try:
        assert checked_url(text, may_be_private=False) == text
    except BadInput:
        return


def test_an_old_secret_signs_for_a_day() -> None:
    hook = HOOK.with_secret("whsec_b", wall_ms=1_000)
    assert hook.secrets(wall_ms=1_000 + OLD_SECRET_MS - 1) == ("whsec_b", "whsec_a")
    assert hook.secrets(wall_ms=1_000 + OLD_SECRET_MS) == ("whsec_b",)
    assert HOOK.secrets(wall_ms=0) == ("whsec_a",)


def test_the_book_is_bounded_and_is_read_back_as_it_was_written() -> None:
    book = WebhookBook()
    for number in range(WEBHOOKS_MAX):
        book = book.added(Webhook(str(number), HOOK.url, ("space.ended",), "demo", "s", created_ms=number))
    with pytest.raises(Full):
        book.added(HOOK)
    assert WebhookBook.from_json(book.as_json()) == book
    assert len(book.removed("3").added(HOOK).hooks) == WEBHOOKS_MAX
    for move in (book.get, book.removed, lambda name: book.replaced(HOOK)):
        with pytest.raises(NotFound):
            move("nobody")


def test_who_is_off_says_so_and_keeps_the_first_reason() -> None:
    off = HOOK.switched(is_on=False, wall_ms=5, because="It is gone.")
    assert (off.is_on, off.off_ms) == (False, 5)
    assert off.switched(is_on=False, wall_ms=9, because="Later.") == off
    assert off.switched(is_on=True, wall_ms=9) == HOOK
    with pytest.raises(Conflict, match="It is gone"):
        off.require_on()
    HOOK.require_on()


@given(st.sets(st.sampled_from(sorted(EVENT_TYPES))), st.none() | st.just("demo"))
def test_patterns_of_one_endpoint_never_overlap(events: set[str], space: str | None) -> None:
    hook = Webhook("one", HOOK.url, tuple(events), space, "s", created_ms=0)
    followed = hook.subjects
    assert len(set(followed)) == len(followed)
    for kind in EVENT_TYPES:
        matching = [p for p in followed if _matches(p, f"event.demo.{kind}")]
        assert len(matching) == (not events or kind in events)


def test_only_the_last_fifty_deliveries_are_kept() -> None:
    log = Deliveries()
    for number in range(DELIVERIES_KEPT + 5):
        log = log.with_more([Attempt(f"m{number}", "t", at_ms=number, try_number=1, took_ms=1)])
    assert [attempt.at_ms for attempt in log.items] == list(range(5, DELIVERIES_KEPT + 5))
    assert Deliveries.from_json(log.as_json()) == log


def _matches(pattern: str, subject: str) -> bool:
    parts, words = pattern.split("."), subject.split(".")
    return len(parts) == len(words) and all(p in {"*", w} for p, w in zip(parts, words, strict=True))
