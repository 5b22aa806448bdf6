"""Icecast 2.4 beside the fan-out: Debian's, with listeners of the same bit rate. Not there: not compared.

Comes in: ADTS of the same programme, frame by frame in real time, as an encoder sends it. Goes out: its
address. No burst on connect; no log of accesses; the queue is the default.
"""

import asyncio
import base64
import os
import pwd
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from crowd_load import Target
from stentor.formats.adts import adts
from stentor.process import die_with_parent, end_process, end_tasks
from stentor.space.rung import Rung
from synthetic_stage import LOOP_CHUNKS, encoded_loop

_CONFIGURATION = """<icecast>
  <limits><clients>20000</clients><sources>2</sources><queue-size>524288</queue-size>
    <client-timeout>30</client-timeout><header-timeout>15</header-timeout><source-timeout>10</source-timeout>
    <burst-on-connect>0</burst-on-connect><burst-size>0</burst-size></limits>
  <authentication><source-password>bench</source-password><relay-password>bench</relay-password>
    <admin-user>admin</admin-user><admin-password>bench</admin-password></authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>{port}</port><bind-address>{host}</bind-address></listen-socket>
  <fileserve>0</fileserve>
  <paths><basedir>/usr/share/icecast2</basedir><logdir>{folder}</logdir>
    <webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
  <logging><accesslog>-</accesslog><errorlog>error.log</errorlog><loglevel>1</loglevel></logging>
  <security><chroot>0</chroot></security>
</icecast>
"""
_FRAME_S = 1024 / 48_000
_START_S = 10.0
_WARM_S = 1.0
"""A mount that has no data yet may be 404."""


@dataclass(frozen=True, slots=True)
class Icecast:
    """A running server."""

    pid: int
    target: Target


def is_here() -> bool:
    return shutil.which("icecast2") is not None


@asynccontextmanager
async def running_icecast(rung: Rung, *, host: str = "127.0.0.1") -> AsyncIterator[Icecast]:
    """Icecast with one mount that is fed."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "icecast.xml").write_text(_CONFIGURATION.format(host=host, port=port, folder=folder))
        user = _somebody_else(folder)
        process = await asyncio.create_subprocess_exec(
            *("icecast2", "-c", str(folder / "icecast.xml")),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=die_with_parent,
            user=user,
        )
        is_live = asyncio.Event()
        source = asyncio.create_task(_feed(host, port, rung, is_live))
        try:
            async with asyncio.timeout(_START_S):
                await is_live.wait()
            yield Icecast(process.pid, Target(host, port, "/live", has_numbers=False))
        finally:
            await end_tasks(source)
            await end_process(process, patience_s=5)


def _somebody_else(folder: Path) -> str | None:
    """Icecast refuses to be root."""
    if os.geteuid() != 0:
        return None
    name = "icecast2" if "icecast2" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"
    shutil.chown(folder, name)
    return name


async def _feed(host: str, port: int, rung: Rung, is_live: asyncio.Event) -> None:
    """The source client, until cancelled."""
    frames = [adts([packet]) for part in encoded_loop(rung)[:LOOP_CHUNKS] for packet in part]
    until_s = time.monotonic() + _START_S
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, port)
            break
        except OSError:
            if time.monotonic() > until_s:
                raise
            await asyncio.sleep(0.05)
    pass_ = base64.b64encode(b"source:bench").decode()
    writer.write(
        f"SOURCE /live HTTP/1.0\r\nAuthorization: Basic {pass_}\r\nContent-Type: audio/aac\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    due_s, index = time.monotonic(), 0
    try:
        while True:
            writer.write(frames[index % len(frames)])
            await writer.drain()
            index += 1
            if index * _FRAME_S > _WARM_S:
                is_live.set()
            due_s += _FRAME_S
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
    finally:
        writer.close()
