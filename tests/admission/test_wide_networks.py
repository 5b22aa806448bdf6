"""Wide networks: what an operator writes, and which address is in which."""

import pytest

from stentor.admission.wide_networks import NONE_WIDE, WideNetworks
from stentor.errors import BadInput


def test_the_smallest_network_that_holds_an_address_counts() -> None:
    wide = WideNetworks.parsed(["192.0.2.0/24=100", "192.0.2.7=500", "2001:db8::/32=9"])
    found = [wide.of(address) for address in ("192.0.2.7", "::ffff:192.0.2.8", "2001:db8::1", "2001:db9::1")]
    assert [one and one.times for one in found] == [500, 100, 9, None]


def test_nobody_is_wide_unless_it_is_said_and_what_is_no_address_never() -> None:
    assert NONE_WIDE.of("192.0.2.7") is None
    assert WideNetworks.parsed(["0.0.0.0/0=2"]).of("unix:") is None


@pytest.mark.parametrize("text", ["192.0.2.7", "192.0.2.7=0", "192.0.2.7=many", "192.0.2.7/24=5", "=5", ""])
def test_what_is_no_network_and_number_is_said_at_the_start(text: str) -> None:
    with pytest.raises(BadInput, match=r"192\.0\.2\.7=500"):
        WideNetworks.parsed([text])
