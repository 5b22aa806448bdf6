"""HAProxy's own tables, in a network of the test's: IPv6 is counted, by /64, /56 and /48; IPv4 not as one."""

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from caches.debian import need
from deploy.fronts import place
from deploy.two_networks import OTHERS_6, TwoNetworks, two_networks
from house.house import eventually
from stentor.config import Settings
from stentor.deployment.haproxy import haproxy

PER_S = 2
"""In two seconds: 4 connections of an address or a /64, 16 of a /24 or a /56, 32 of a /48; four times as many
are told so."""


@pytest.fixture
def networks(tmp_path: Path) -> Iterator[TwoNetworks]:
    """Nobody is behind it: 503 is whoever was let through."""
    settings = Settings(door_connections_per_s=PER_S)
    config = tmp_path / "haproxy.cfg"
    text = haproxy(place(tmp_path, settings, edge_port=1, backstage_port=1))
    config.write_text(text.replace("    maxconn ", "    maxconn 200 #").replace("size 100000 ", "size 1k "))
    with two_networks() as found:
        with found.machine(), (tmp_path / "output.log").open("wb") as log:
            program = [need("haproxy", "haproxy"), "-db", "-f", str(config)]
            process = subprocess.Popen(program, stdout=log, stderr=log)
        try:
            eventually(lambda: found.connects(OTHERS_6, 80), "HAProxy is open", timeout_s=10)
            yield found
        finally:
            process.terminate()
            process.wait(10)


def test_each_size_of_network_is_counted_and_neighbours_are_not(
    networks: TwoNetworks, tmp_path: Path
) -> None:
    context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))

    def ask(source: str) -> int:
        with (
            networks.connection(source, 443, wait_s=5) as line,
            context.wrap_socket(line, server_hostname="127.0.0.1") as tls,
        ):
            tls.sendall(b"GET /spaces.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return int(tls.recv(1 << 16).split()[1])

    household = [ask(f"2001:db8:1:1::{n:x}") for n in range(1, 7)]
    assert household == [503] * 4 + [429] * 2
    # What the /64 has asked for in vain is counted for the /56 around it.
    site = [ask(f"2001:db8:1:{n:x}::1") for n in range(2, 14)]
    assert site == [503] * 10 + [429] * 2
    assert ask("2001:db8:1:100::1") == 503
    assert ask("2001:db8:2:1::1") == 503
    assert [ask("198.51.100.7") for _ in range(5)] == [503] * 4 + [429]
    assert ask("198.51.100.8") == 503
