"""Proxies started for real from what `stentor deploy` makes, with ports and a directory of their own."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from caches.debian import need
from caches.servers import running
from caches.test_haproxy import certificate
from house.house import free_port
from stentor.config import Settings
from stentor.deployment.haproxy import haproxy
from stentor.deployment.nginx import nginx
from stentor.deployment.place import Place


@dataclass(frozen=True, slots=True)
class Answer:
    """What came before the line was closed or enough was there."""

    status: int
    fields: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Front:
    """A proxy that runs."""

    directory: Path
    front_port: int
    stage_port: int

    def logged(self) -> str:
        """All that it has written anywhere."""
        return "".join(path.read_text() for path in self.directory.glob("*.log"))

    async def ask(
        self,
        path: str,
        *,
        source: str = "127.0.9.1",
        fields: str = "",
        is_stage: bool = False,
        bytes_max: int = 1 << 20,
        method: str = "GET",
        body: bytes = b"",
    ) -> Answer:
        """One request on a connection of its own, from one of this machine's own addresses.

        Raises: OSError: nobody takes the connection.
        """
        context = ssl.create_default_context(cafile=str(self.directory / "cert.pem"))
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1",
                self.stage_port if is_stage else self.front_port,
                ssl=context,
                local_addr=(source, 0),
            )
            try:
                fields += f"Content-Length: {len(body)}\r\n" if body else ""
                head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n"
                writer.write(head.encode() + body)
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                pairs = (line.partition(": ") for line in lines[1:] if line)
                told = {name.lower(): value for name, _, value in pairs}
                answer = b""
                while len(answer) < bytes_max and (more := await reader.read(1 << 16)):
                    answer += more
                return Answer(int(lines[0].split()[1]), told, answer)
            finally:
                writer.transport.abort()


def place(directory: Path, settings: Settings, *, edge_port: int, backstage_port: int) -> Place:
    certificate(directory)
    for name in ("listen.example.org.pem", "stage.example.org.pem"):
        (directory / name).write_bytes((directory / "both.pem").read_bytes())
    ports = {"edge_port": edge_port, "backstage_port": backstage_port}
    return Place(settings.model_copy(update=ports), certificates=PurePosixPath(directory))


def replaced(text: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        assert old in text, f"there is no {old!r}"
        text = text.replace(old, new)
    return text


@asynccontextmanager
async def haproxy_front(
    directory: Path, settings: Settings, *, edge_port: int, backstage_port: int
) -> AsyncIterator[Front]:
    front = Front(directory, free_port(), free_port())
    text = haproxy(place(directory, settings, edge_port=edge_port, backstage_port=backstage_port))
    ports = {
        "bind :80\n": f"bind 127.0.0.1:{free_port()}\n",
        "bind :::80 ": f"bind ::1:{free_port()} ",
        "bind :::443 ": f"bind ::1:{front.front_port} ",
        "bind :::8443 ": f"bind ::1:{front.stage_port} ",
        "bind :443 ": f"bind 127.0.0.1:{front.front_port} ",
        "bind :8443 ": f"bind 127.0.0.1:{front.stage_port} ",
        # Descriptors and tables of a small machine.
        "    maxconn ": "    maxconn 500 #",
        "size 100000 ": "size 1k ",
    }
    config = directory / "haproxy.cfg"
    config.write_text(replaced(text, ports))
    command = [need("haproxy", "haproxy"), "-db", "-f", str(config)]
    async with running(command, front.front_port, directory):
        yield front


@asynccontextmanager
async def nginx_front(
    directory: Path, settings: Settings, *, edge_port: int, backstage_port: int, extra: str = ""
) -> AsyncIterator[Front]:
    """Args: extra: lines of the test's own, beside the file."""
    program = need("nginx", "nginx-light")
    front = Front(directory, free_port(), free_port())
    text = nginx(place(directory, settings, edge_port=edge_port, backstage_port=backstage_port))
    ports = {
        "/var/log/nginx/": f"{directory}/",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen [::]:80;": f"listen [::1]:{free_port()};",
        "listen [::]:443 ": f"listen [::1]:{front.front_port} ",
        "listen [::]:8443 ": f"listen [::1]:{front.stage_port} ",
        "listen 443 ": f"listen 127.0.0.1:{front.front_port} ",
        "listen 8443 ": f"listen 127.0.0.1:{front.stage_port} ",
        ":16m": ":1m",
    }
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{kind}_temp_path {directory}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = directory / "nginx.conf"
    config.write_text(
        f"{user} worker_processes 1; daemon off; pid {directory}/nginx.pid;\n"
        f"events {{ worker_connections 512; }}\n"
        f"http {{ {temporary} {extra}\n{replaced(text, ports)}\n}}\n"
    )
    command = [program, "-e", f"{directory}/start.log", "-c", str(config)]
    async with running(command, front.front_port, directory):
        yield front
