"""Where speakers' media arrives."""

import pytest

from stentor.errors import CannotStart
from stentor.stage.addresses import HostAddress, PortRange, host_addresses


def test_a_machine_without_a_network_can_still_be_spoken_to() -> None:
    """Loopback is among the addresses."""
    assert HostAddress("127.0.0.1", "127.0.0.1") in host_addresses(())


def test_an_address_that_is_not_ours_is_announced_and_bound_to_every_one() -> None:
    """One-to-one NAT: a cloud machine knows only its private address."""
    assert host_addresses(["203.0.113.7"]) == [HostAddress("0.0.0.0", "203.0.113.7")]
    assert host_addresses(["2001:db8::7"]) == [HostAddress("::", "2001:db8::7")]
    assert host_addresses(["127.0.0.1"]) == [HostAddress("127.0.0.1", "127.0.0.1")]


def test_ports_are_tried_each_once_and_not_for_ever() -> None:
    """A small range fully, a large one 64 times."""
    small, large = PortRange.parse("40000-40003"), PortRange.parse("20000-60000")
    assert small is not None
    assert large is not None
    assert sorted(small.tries()) == [40000, 40001, 40002, 40003]
    assert len(set(large.tries())) == 64
    assert PortRange.parse("") is None


@pytest.mark.parametrize("text", ["5-4", "0-5", "1-65536"])
def test_a_range_that_is_none_stops_the_start(text: str) -> None:
    """With the next step in the message."""
    with pytest.raises(CannotStart, match="40000-40999"):
        PortRange.parse(text)
