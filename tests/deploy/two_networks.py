"""Two places with a line between them: a machine that is protected, and everybody else. Network namespaces.

Everything is gone when the block is left. Its addresses are those of documentation (RFC 3849, RFC 5737).
"""

import ctypes
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MACHINE_4, MACHINE_6 = "192.0.2.1", "2001:db8:ffff::1"
OTHERS_4, OTHERS_6 = "192.0.2.2", "2001:db8:ffff::2"
_NEW_NETWORK = 0x40000000
_IPV6_FREEBIND = 78
_libc = ctypes.CDLL(None, use_errno=True)


class TwoNetworks:
    """Only the thread that made it may enter its places."""

    def __init__(self) -> None:
        self._home = self._now()
        self._machine, self._others = self._new(), self._new()
        with self.others():
            pair = ("link", "add", "line", "type", "veth", "peer", "name", "line")
            self._ip(*pair, "netns", f"/proc/{os.getpid()}/fd/{self._machine}")
        ends = (self.machine, MACHINE_4, MACHINE_6), (self.others, OTHERS_4, OTHERS_6)
        for place, four, six in ends:
            with place():
                # Nobody else is on this line: an address is good at once.
                for which in ("all", "default", "line"):
                    Path(f"/proc/sys/net/ipv6/conf/{which}/accept_dad").write_text("0")
                self._ip("addr", "add", f"{four}/24", "dev", "line")
                self._ip("addr", "add", f"{six}/64", "dev", "line", "nodad")
                for device in ("lo", "line"):
                    self._ip("link", "set", device, "up")
        with self.machine():
            self._ip("route", "add", "default", "via", OTHERS_4)
            self._ip("-6", "route", "add", "default", "via", OTHERS_6)
        with self.others():
            # Every address of these networks is their own: a socket may be bound to any.
            self._ip("route", "add", "local", "198.51.100.0/24", "dev", "lo")
            self._ip("-6", "route", "add", "local", "2001:db8::/36", "dev", "lo")

    def close(self) -> None:
        self._enter(self._home)
        for fd in (self._machine, self._others, self._home):
            os.close(fd)

    @contextmanager
    def machine(self) -> Iterator[None]:
        self._enter(self._machine)
        try:
            yield
        finally:
            self._enter(self._home)

    @contextmanager
    def others(self) -> Iterator[None]:
        self._enter(self._others)
        try:
            yield
        finally:
            self._enter(self._home)

    def connects(self, source: str, port: int, *, wait_s: float = 0.15) -> bool:
        """Whether the machine takes a connection from that address."""
        try:
            with self.connection(source, port, wait_s=wait_s):
                return True
        except OSError:
            return False

    @contextmanager
    def connection(self, source: str, port: int, *, wait_s: float) -> Iterator[socket.socket]:
        """A connection from that address to the machine. Raises: OSError: it takes none."""
        family, target = (socket.AF_INET6, MACHINE_6) if ":" in source else (socket.AF_INET, MACHINE_4)
        with self.others():
            sock = socket.socket(family, socket.SOCK_STREAM)
        with sock:
            sock.settimeout(wait_s)
            _bind(sock, source)
            sock.connect((target, port))
            yield sock

    def says(self, source: str, port: int, data: bytes, *, times: int = 1) -> None:
        """Datagrams from that address to the machine."""
        with self.others(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            _bind(sock, source)
            for _ in range(times):
                sock.sendto(data, (MACHINE_4, port))

    @contextmanager
    def heard(self, port: int) -> Iterator[socket.socket]:
        """The machine's end of that port, not blocking."""
        with self.machine():
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            sock.setblocking(False)
            sock.bind((MACHINE_4, port))
            yield sock

    @contextmanager
    def listening(self, port: int) -> Iterator[None]:
        """The machine takes connections there, in both families; the kernel does, nobody reads."""
        with self.machine():
            sock = socket.create_server(
                ("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=4096
            )
        with sock:
            yield

    @staticmethod
    def _now() -> int:
        return os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    def _new(self) -> int:
        if _libc.unshare(_NEW_NETWORK) != 0:
            pytest.skip("no network namespace: run it as root, or `unshare -rn`")
        try:
            return self._now()
        finally:
            self._enter(self._home)

    @staticmethod
    def _enter(fd: int) -> None:
        assert _libc.setns(fd, _NEW_NETWORK) == 0, os.strerror(ctypes.get_errno())

    @staticmethod
    def _ip(*arguments: str) -> None:
        program = shutil.which("ip", path="/usr/sbin:/sbin:/usr/bin")
        if program is None:
            pytest.skip("ip is missing. Next step: apt install iproute2")
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=10)
        assert done.returncode == 0, (arguments, done.stderr)


def _bind(sock: socket.socket, source: str) -> None:
    if sock.family is socket.AF_INET6:
        # By its route the address is here; IPv6 wants to be told so once more.
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_FREEBIND, 1)
    sock.bind((source, 0))


@contextmanager
def two_networks() -> Iterator[TwoNetworks]:
    if not Path("/proc/thread-self/ns/net").exists():
        pytest.skip("network namespaces are Linux's")
    found = TwoNetworks()
    try:
        yield found
    finally:
        found.close()
