"""The field: network namespaces of this run's own, for the house and for each kind of people.

    the house ── a line ── the internet ─┬─ the crowd     10.64.0.0/12   who are in
                                         ├─ the arrivals  10.96.0.0/12   honest newcomers
                                         └─ the attackers 10.128.0.0/12

Comes in: nothing. Goes out: «run this in that place». Never: a name in the file system, a packet that leaves
the machine. The namespaces are anonymous: they hang on descriptors of this process and on the processes that
were started within, so whatever ends this run, `kill -9` included, ends them too. The house's line is one
device for everybody, so a line that is full is full for all.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

_CLONE_NEWNET = 0x40000000
HOUSE_ADDRESS = "10.0.0.2"
_GATEWAY = "10.0.0.1"
_SNAT_ADDRESSES = 1024
"""For tools that know one source address only: the attackers' own translator deals these out by chance."""
_LINE_QUEUE_MS = 50


class Place(StrEnum):
    """Who is where."""

    HOUSE = "house"
    INTERNET = "internet"
    CROWD = "crowd"
    ARRIVALS = "arrivals"
    ATTACKERS = "attackers"


NETWORKS = {
    Place.CROWD: "10.64.0.0/12",
    Place.ARRIVALS: "10.96.0.0/12",
    Place.ATTACKERS: "10.128.0.0/12",
}


FLOODS = "10.128.0.0/13"
"""Of the attackers' network: our own floods' half. The tools' translated addresses are in the other."""


class NoField(Exception):
    """This machine cannot give us a field; the message says why and what helps."""


@dataclass(slots=True)
class Field:
    """Open while the block runs. Only the thread that made it may enter its places."""

    _home_fd: int
    _fds: dict[Place, int]
    has_many_addresses: bool = False

    @classmethod
    def laid_out(cls) -> Self:
        """Raises: NoField."""
        if missing := [name for name in ("ip", "tc") if _tool(name) is None]:
            raise NoField(f"missing: {', '.join(missing)}. Next step: apt install iproute2")
        home_fd = _this_namespace()
        fds: dict[Place, int] = {}
        for place in Place:
            if _libc().unshare(_CLONE_NEWNET) != 0:
                why = os.strerror(ctypes.get_errno())
                raise NoField(f"no network namespace: {why}. Next step: run it as root, or `unshare -rn`")
            fds[place] = _this_namespace()
        field = cls(home_fd, fds)
        field._enter(home_fd)
        field._lay_lines()
        return field

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._enter(self._home_fd)
        for fd in (*self._fds.values(), self._home_fd):
            os.close(fd)
        self._fds.clear()

    @contextmanager
    def within(self, place: Place) -> Iterator[None]:
        """Processes and sockets that this thread makes meanwhile are in that place."""
        self._enter(self._fds[place])
        try:
            yield
        finally:
            self._enter(self._home_fd)

    @contextmanager
    def narrow_line(self, bits_per_s: int) -> Iterator[None]:
        """From the house to everybody no more than this goes through, for as long as the block runs."""
        burst = max(32_000, bits_per_s // 8 // 50)
        rate = ("rate", f"{bits_per_s}bit", "burst", str(burst), "latency", f"{_LINE_QUEUE_MS}ms")
        self._run(Place.HOUSE, "tc", "qdisc", "replace", "dev", "line", "root", "tbf", *rate)
        try:
            yield
        finally:
            self._run(Place.HOUSE, "tc", "qdisc", "del", "dev", "line", "root")

    def _lay_lines(self) -> None:
        for place in Place:
            self._run(place, "ip", "link", "set", "lo", "up")
        self._line(Place.HOUSE, "line", _GATEWAY, HOUSE_ADDRESS)
        for index, (place, network) in enumerate(NETWORKS.items(), start=1):
            self._line(place, "line", f"10.0.{index}.1", f"10.0.{index}.2")
            self._run(Place.INTERNET, "ip", "route", "add", network, "via", f"10.0.{index}.2")
            # Every address of the network is this place's own, so a socket may be bound to any of them.
            self._run(place, "ip", "route", "add", "local", network, "dev", "lo")
        with self.within(Place.INTERNET):
            Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
        for place in (Place.CROWD, Place.ARRIVALS, Place.ATTACKERS):
            with self.within(place):
                Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("1024 65000")
        self.has_many_addresses = self._translates()

    def _line(self, place: Place, name: str, near: str, far: str) -> None:
        """A pair of devices: one in the internet under the place's name, its peer in that place."""
        device = f"to-{place}"
        peer = f"/proc/{os.getpid()}/fd/{self._fds[place]}"
        ends = ("link", "add", device, "type", "veth", "peer", "name", name)
        self._run(Place.INTERNET, "ip", *ends)
        self._run(Place.INTERNET, "ip", "link", "set", name, "netns", peer)
        for where, what, address in ((Place.INTERNET, device, near), (place, name, far)):
            self._run(where, "ip", "addr", "add", f"{address}/24", "dev", what)
            self._run(where, "ip", "link", "set", what, "up")
        self._run(place, "ip", "route", "add", "default", "via", near)

    def _translates(self) -> bool:
        if _tool("nft") is None:
            return False
        base = int.from_bytes(b"\x0a\x88\x00\x01", "big")
        dealt = (base + index * 257 for index in range(_SNAT_ADDRESSES))
        pairs = ", ".join(
            f"{index} : {'.'.join(map(str, address.to_bytes(4, 'big')))}"
            for index, address in enumerate(dealt)
        )
        rules = (
            "table ip siege {\n"
            # Our own floods have addresses; following each of their connections would be their brake.
            "chain own {\ntype filter hook output priority -300;\n"
            f"ip saddr {FLOODS} notrack\n}}\n"
            "chain back {\ntype filter hook prerouting priority -300;\n"
            f"ip daddr {FLOODS} notrack\n}}\n"
            "chain out {\ntype nat hook postrouting priority 100;\n"
            f"ip saddr {self._own_address(Place.ATTACKERS)} ip daddr {HOUSE_ADDRESS} "
            f"snat to numgen random mod {_SNAT_ADDRESSES} map {{ {pairs} }}\n}}\n}}\n"
        )
        with self.within(Place.ATTACKERS):
            found = subprocess.run(
                ["nft", "-f", "-"], input=rules, text=True, capture_output=True, check=False
            )
        return found.returncode == 0

    def _own_address(self, place: Place) -> str:
        return f"10.0.{1 + list(NETWORKS).index(place)}.2"

    def _run(self, place: Place, *command: str) -> None:
        with self.within(place):
            found = subprocess.run(
                [_tool(command[0]) or command[0], *command[1:]], capture_output=True, text=True, check=False
            )
        if found.returncode != 0:
            raise NoField(f"`{' '.join(command)}` in {place}: {found.stderr.strip()}")

    def _enter(self, fd: int) -> None:
        if _libc().setns(fd, _CLONE_NEWNET) != 0:
            raise NoField(f"a namespace cannot be entered: {os.strerror(ctypes.get_errno())}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _this_namespace() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY)


def _tool(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
