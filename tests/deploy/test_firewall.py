"""The firewall that `stentor deploy nftables` makes, in a kernel: what it lets through and what not."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from caches.debian import need
from deploy.two_networks import OTHERS_6, TwoNetworks, two_networks
from stentor.config import Settings
from stentor.deployment.nftables import nftables
from stentor.deployment.place import Place

PER_S = 1
"""The gate's budget; the firewall drops above four times that: 8 at once of an address or a /64, 32 of a /24
or /56, 64 of a /48."""
MEDIA = 41_000


@pytest.fixture(scope="module", params=[False, True], ids=["untracked", "tracked"])
def networks(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TwoNetworks]:
    rules = tmp_path_factory.mktemp("nft") / "stentor.nft"
    settings = Settings(stage_udp_ports=f"{MEDIA}-{MEDIA + 9}", door_connections_per_s=PER_S)
    rules.write_text(nftables(Place(settings, is_tracked=request.param)))
    with two_networks() as found:
        with found.machine():
            done = subprocess.run(
                [need("nft", "nftables"), "-f", str(rules)], capture_output=True, text=True, check=False
            )
        assert done.returncode == 0, done.stderr
        with found.listening(443):
            # The neighbours find each other through the firewall, which IPv6 needs before anything else.
            assert found.connects(OTHERS_6, 443, wait_s=3)
        yield found


def test_one_address_of_ipv4_is_counted_by_itself(networks: TwoNetworks) -> None:
    with networks.listening(443):
        assert 8 <= _taken(networks, ["198.51.100.7"] * 60) < 60
        assert networks.connects("198.51.100.8", 443)


def test_the_addresses_of_a_household_are_one(networks: TwoNetworks) -> None:
    with networks.listening(443):
        assert 8 <= _taken(networks, [f"2001:db8:1:1::{n:x}" for n in range(60)]) < 60
        assert networks.connects("2001:db8:1:2::1", 443)


def test_the_households_of_a_site_are_counted_together(networks: TwoNetworks) -> None:
    with networks.listening(443):
        assert 32 <= _taken(networks, [f"2001:db8:2:{n:x}::1" for n in range(120)]) < 120
        # The next /56 of the same /48 is a neighbour; of what the /48 may have, half is gone.
        assert networks.connects("2001:db8:2:100::1", 443)
        assert networks.connects("2001:db8:3:1::1", 443)


def test_nothing_is_open_but_the_doors_and_the_stages_media(networks: TwoNetworks) -> None:
    for port in (8080, 8081, 4222):
        with networks.listening(port):
            assert not networks.connects("198.51.100.20", port)
            assert not networks.connects("2001:db8:4::1", port)
    with networks.listening(8443):
        assert networks.connects("198.51.100.20", 8443)
    for port, is_open in ((MEDIA, True), (MEDIA + 10, False)):
        with networks.heard(port) as sock:
            networks.says("198.51.100.21", port, b"hello")
            assert _all_heard(sock) == ([b"hello"] if is_open else [])


def test_a_spray_of_datagrams_at_the_media_ports_ends_at_its_address(networks: TwoNetworks) -> None:
    sent = 2_000
    with networks.heard(MEDIA) as sock:
        networks.says("198.51.100.30", MEDIA, b"x" * 20, times=sent)
        networks.says("198.51.100.31", MEDIA, b"hello")
        heard = _all_heard(sock)
    assert heard[-1] == b"hello"
    assert len(heard) < sent / 2


def test_the_file_can_be_read_again_and_again(networks: TwoNetworks, tmp_path: Path) -> None:
    rules = tmp_path / "again.nft"
    rules.write_text(nftables(Place(Settings(stage_udp_ports="41000-41009"))))
    with networks.machine():
        for _ in range(2):
            subprocess.run([need("nft", "nftables"), "-c", "-f", str(rules)], check=True, timeout=10)


def _taken(networks: TwoNetworks, sources: list[str]) -> int:
    """How many came in before the first that did not; on a slow machine the budget grows meanwhile."""
    for count, source in enumerate(sources):
        if not networks.connects(source, 443):
            return count
    return len(sources)


def _all_heard(sock: socket.socket) -> list[bytes]:
    """A veth delivers before the sender's call returns: what is not here now does not come."""
    found = []
    try:
        while True:
            found.append(sock.recv(100))
    except BlockingIOError:
        return found
