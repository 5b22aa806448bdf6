"""nginx beside the fan-out, in two ways: Debian's, each one worker. Not there: not compared.

*Files*: the same list and parts as plain files, written by a mirror of our gate. It is nginx at its
strongest: no upstream, no lock, lists packed beforehand (`gzip_static`), no log, parts' descriptors kept
open. It cannot hold a request, so the list says nothing of blocking and has no hint, and its players poll.

*Cache*: in front of our gate with the file that `deploy/` ships. Its players do blocking reloads; whoever
waits looks every 500 ms (fixed in nginx).

Without a master process: the worker's work for a request is the same, and one process ends with its parent.
"""

import asyncio
import gzip
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from crowd_hls_player import Listed
from stentor.process import die_with_parent, end_process, end_tasks

DEPLOY = Path(__file__).resolve().parent.parent / "deploy" / "nginx" / "stentor-cache.conf"
_START_S = 10.0
_REQUEST_S = 25.0
_FILES = """
    # Files this small are cheaper without: 22.2 against 23.8 us per answer, measured.
    sendfile off; tcp_nodelay on; keepalive_timeout 75s; keepalive_requests 1000000;
    access_log off; types {{ audio/mp4 mp4 m4s; application/vnd.apple.mpegurl m3u8; }}
    server {{
        listen {host}:{port} backlog=4096;
        root {folder};
        add_header Access-Control-Allow-Origin *;
        location ~ \\.m3u8$ {{ gzip_static on; add_header Cache-Control no-cache; }}
        location ~ \\.m4s$ {{
            open_file_cache max=1000 inactive=20s; open_file_cache_valid 60s;
            add_header Cache-Control "public, max-age=31536000, immutable";
        }}
    }}
"""
_AROUND = """{user}worker_processes 1; daemon off; master_process off;
pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 16000; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{http}
}}
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running server."""

    pid: int
    port: int


def program() -> str | None:
    """Where nginx is."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@asynccontextmanager
async def files_of(
    edge_url: str, space_id: str, folder: Path, *, host: str = "127.0.0.1"
) -> AsyncIterator[Nginx]:
    """nginx over the files of a mirror, once there are some."""
    hls = folder / "s" / space_id / "hls"
    (hls / "part").mkdir(parents=True)
    has_begun = asyncio.Event()
    mirroring = asyncio.create_task(_mirror(f"{edge_url}/s/{space_id}/hls/", hls, has_begun))
    try:
        async with asyncio.timeout(_START_S):
            waiting = asyncio.create_task(has_begun.wait())
            await asyncio.wait({waiting, mirroring}, return_when=asyncio.FIRST_COMPLETED)
        if mirroring.done():
            mirroring.result()
        port = _free_port()
        async with _running(
            _FILES.format(host=host, port=port, folder=folder), port, folder, host=host
        ) as server:
            yield server
    finally:
        await end_tasks(mirroring)


@asynccontextmanager
async def cache_of(edge_port: int, folder: Path) -> AsyncIterator[Nginx]:
    """nginx as deploy/ configures it, with a port and a directory of its own."""
    port = _free_port()
    text = DEPLOY.read_text()
    for old, new in {
        "/var/cache/nginx/": f"{folder}/",
        "/var/log/nginx/": f"{folder}/",
        "server 127.0.0.1:8080;": f"server 127.0.0.1:{edge_port};",
        "listen 127.0.0.1:8090;": f"listen 127.0.0.1:{port} backlog=4096;",
    }.items():
        if old not in text:
            raise ValueError(f"{DEPLOY.name} has no {old!r}; bench/crowd_nginx.py replaces it")
        text = text.replace(old, new)
    async with _running(text, port, folder) as server:
        yield server


@asynccontextmanager
async def _running(http: str, port: int, folder: Path, *, host: str = "127.0.0.1") -> AsyncIterator[Nginx]:
    user = "user root; " if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(_AROUND.format(user=user, folder=folder, http=http))
    with (folder / "output.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(program() or "nginx", "-e", f"{folder}/error.log", "-c", str(configuration)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=output,
            preexec_fn=die_with_parent,
        )
    try:
        async with asyncio.timeout(_START_S):
            await _until_open(process, host, port, folder)
        yield Nginx(process.pid, port)
    finally:
        await end_process(process, patience_s=5)


async def _until_open(process: asyncio.subprocess.Process, host: str, port: int, folder: Path) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            if process.returncode is not None:
                raise RuntimeError((folder / "output.log").read_text()) from None
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


async def _mirror(base: str, folder: Path, has_begun: asyncio.Event) -> None:
    """Follows the gate's list and writes what it names, until cancelled: parts first, then the list."""
    timeout = aiohttp.ClientTimeout(total=_REQUEST_S)
    async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True, auto_decompress=False) as http:
        (folder / "init.mp4").write_bytes(await _got(http, urljoin(base, "init.mp4")))
        query, has = "", -1
        while True:
            text = (await _got(http, f"{base}index.m3u8{query}")).decode()
            listed = Listed.read(text)
            for number in range(max(listed.first, has + 1), listed.last + 1):
                name = f"part/{number}.m4s"
                (folder / name).write_bytes(await _got(http, urljoin(base, name)))
                has = number
            _write_list(folder, _for_files(text))
            has_begun.set()
            query = "?_HLS_msn={}&_HLS_part={}".format(*listed.place)


async def _got(http: aiohttp.ClientSession, url: str) -> bytes:
    async with http.get(url, headers={"Accept-Encoding": "identity"}) as answer:
        return await answer.read()


def _for_files(text: str) -> str:
    """The same list without what files cannot do."""
    lines = (line for line in text.splitlines() if not line.startswith("#EXT-X-PRELOAD-HINT"))
    return "\n".join(lines).replace("CAN-BLOCK-RELOAD=YES,", "") + "\n"


def _write_list(folder: Path, text: str) -> None:
    """Both forms, each whole at any moment."""
    data = text.encode()
    for name, form in (("index.m3u8", data), ("index.m3u8.gz", gzip.compress(data, mtime=0))):
        (folder / f"{name}.new").write_bytes(form)
        (folder / f"{name}.new").replace(folder / name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
