"""Caches started for real from the configurations in `deploy/`, with a port and a directory of their own.

The shipped file is what runs: only addresses and paths are replaced, each of which must be there.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from caches.debian import need
from house.house import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
START_WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache that runs; `directory` has its files and logs."""

    name: str
    port: int
    directory: Path

    @property
    def request_log(self) -> Path:
        """`<time> <method> <path> <status>` per line."""
        return self.directory / ("ats/log/stentor.log" if self.name == "trafficserver" else "stentor.log")

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def shipped(name: str, values: dict[str, str]) -> str:
    """A file of `deploy/` with some words replaced. Fails if one is not there."""
    text = (DEPLOY / name).read_text()
    for old, new in values.items():
        assert old in text, f"deploy/{name} has no {old!r}"
        text = text.replace(old, new)
    return text


@asynccontextmanager
async def nginx(edge_port: int, directory: Path) -> AsyncIterator[Cache]:
    program, port = need("nginx", "nginx-light"), free_port()
    site = shipped(
        "nginx/stentor-cache.conf",
        {
            "/var/cache/nginx/": f"{directory}/",
            "/var/log/nginx/": f"{directory}/",
            "server 127.0.0.1:8080;": f"server 127.0.0.1:{edge_port};",
            "listen 127.0.0.1:8090;": f"listen 127.0.0.1:{port};",
        },
    )
    temporary = "\n".join(
        f"{kind}_temp_path {directory}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    config = directory / "nginx.conf"
    config.write_text(
        f"{user} worker_processes 1; daemon off;\n"
        f"pid {directory}/nginx.pid; error_log {directory}/error.log;\n"
        f"events {{ worker_connections 4096; }}\n"
        f"http {{ access_log {directory}/access.log; {temporary}\n{site}\n}}\n"
    )
    async with running([program, "-e", f"{directory}/error.log", "-c", str(config)], port, directory):
        yield Cache("nginx", port, directory)


@asynccontextmanager
async def varnish(edge_port: int, directory: Path) -> AsyncIterator[Cache]:
    program, port = need("varnishd", "varnish"), free_port()
    vcl = directory / "stentor.vcl"
    vcl.write_text(shipped("varnish/stentor.vcl", {'.port = "8080"': f'.port = "{edge_port}"'}))
    command = [
        program, "-F", "-j", "none", "-n", str(directory / "varnish"), "-a", f"127.0.0.1:{port}",
        "-f", str(vcl), "-s", "malloc,64m", "-p", "thread_pool_max=5000",
    ]  # fmt: skip
    log = [
        need("varnishncsa", "varnish"), "-n", str(directory / "varnish"),
        "-F", "%{%FT%TZ}t %m %{VCL_Log:asked}x %s", "-w", str(directory / "stentor.log"),
    ]  # fmt: skip
    async with running(command, port, directory), running(log, port, directory):
        yield Cache("varnish", port, directory)


@asynccontextmanager
async def trafficserver(edge_port: int, directory: Path) -> AsyncIterator[Cache]:
    program, port = need("traffic_server", "trafficserver"), free_port()
    root = directory / "ats"
    # Debian's own folders under another root: the layout is the package's, the files are ours.
    for name in ("etc", "cache", "run", "log", "lib"):
        (root / name).mkdir(parents=True)
    (root / "runroot.yaml").write_text(
        f"prefix: {root}\nexec_prefix: {root}\nbindir: /usr/bin\nsbindir: /usr/sbin\n"
        f"sysconfdir: {root}/etc\ndatadir: {root}/lib\nincludedir: {root}/lib\nlibdir: {root}/lib\n"
        f"libexecdir: /usr/lib/trafficserver/modules\nlocalstatedir: {root}/run\nruntimedir: {root}/run\n"
        f"logdir: {root}/log\ncachedir: {root}/cache\n"
    )
    headers = root / "etc" / "stentor-headers.config"
    values = {
        "records.config": {"server_ports STRING 8090": f"server_ports STRING {port}:ip-in=127.0.0.1"},
        "remap.config": {
            "127.0.0.1:8080": f"127.0.0.1:{edge_port}",
            "/etc/trafficserver/stentor-headers.config": str(headers),
        },
        "storage.config": {"/var/cache/trafficserver 256M": f"{root}/cache 64M"},
        "stentor-headers.config": {},
        "logging.yaml": {},
    }
    for name, words in values.items():
        (root / "etc" / name).write_text(shipped(f"trafficserver/{name}", words))
    (root / "etc" / "ip_allow.yaml").write_text(Path("/etc/trafficserver/ip_allow.yaml").read_text())
    user = None
    if os.geteuid() == 0:
        # Traffic Server refuses to run as root, and its package has made it a user.
        user = "trafficserver"
        for path in (root, *root.rglob("*")):
            shutil.chown(path, user)
    async with running([program, f"--run-root={root}/runroot.yaml"], port, directory, user=user):
        yield Cache("trafficserver", port, directory)


STARTERS: dict[str, Callable[[int, Path], AbstractAsyncContextManager[Cache]]] = {
    "nginx": nginx,
    "varnish": varnish,
    "trafficserver": trafficserver,
}


@asynccontextmanager
async def running(
    command: list[str], port: int, directory: Path, *, user: str | None = None
) -> AsyncIterator[None]:
    """The process for as long as the block; it may not end before."""
    with (directory / "output.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=directory, user=user
        )
    try:
        await _until_open(process, port, directory)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _until_open(process: asyncio.subprocess.Process, port: int, directory: Path) -> None:
    try:
        async with asyncio.timeout(START_WAIT_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    assert process.returncode is None, (directory / "output.log").read_text()
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return
    except TimeoutError:
        raise AssertionError((directory / "output.log").read_text()) from None
