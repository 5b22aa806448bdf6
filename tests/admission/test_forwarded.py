import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.forwarded import NOBODY, Trusted
from stentor.errors import BadInput

OURS = Trusted.parsed(("10.0.0.0/8", "192.0.2.7", "2001:db8::/32"))


def test_nobody_is_believed_unless_an_operator_says_so() -> None:
    assert NOBODY.requester("10.0.0.1", "198.51.100.1") == "10.0.0.1"
    assert OURS.requester("198.51.100.9", "198.51.100.1") == "198.51.100.9"


@pytest.mark.parametrize(
    ("peer", "header", "wanted"),
    [
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.66, 198.51.100.1, 192.0.2.7", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8::1", "2001:DB9:0::5", "2001:db9::5"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.66, nonsense, 10.0.0.2", "10.0.0.2"),
    ],
)
def test_the_nearest_address_that_is_not_ours_has_asked(peer: str, header: str, wanted: str) -> None:
    assert OURS.requester(peer, header) == wanted


@given(st.text(max_size=60))
def test_whatever_a_client_sends_before_our_proxy_adds_its_address_is_not_believed(
    claimed: str,
) -> None:
    assert Trusted.parsed(("192.0.2.7",)).requester("192.0.2.7", f"{claimed},203.0.113.5") == "203.0.113.5"


def test_a_network_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(BadInput):
        Trusted.parsed(("10.0.0.1/8",))
