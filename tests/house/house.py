"""A whole house for tests: `stentor serve` as a newcomer starts it, on ports of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

DEBATE = Path(__file__).parents[2] / "src" / "stentor" / "data" / "debate"
ROLE_MODULES = {
    "backstage": "stentor.backstage.main",
    "keeper": "stentor.stage.keeper",
    "stage": "stentor.stage.space_stage",
    "edge": "stentor.edge.main",
    "scribe": "stentor.scribe.main",
    "nats": "nats-server",
}


DEAF = {"STENTOR_CAPTIONS_ENGINE": "off", "STENTOR_TRANSCRIPT_ENGINE": "off"}


class House:
    """Started by `running_house`."""

    def __init__(self, data_dir: Path, settings: dict[str, str] | None = None) -> None:
        self.data_dir, self._settings = data_dir, settings or {}
        self.edge_port, self.backstage_port = free_port(), free_port()
        self.edge_url = f"http://127.0.0.1:{self.edge_port}"
        self.door_url = f"http://127.0.0.1:{self.backstage_port}"
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self._settings,
            "STENTOR_DATA_DIR": str(self.data_dir),
            "STENTOR_EDGE_PORT": str(self.edge_port),
            "STENTOR_BACKSTAGE_PORT": str(self.backstage_port),
        }

    def start(self) -> None:
        self.run("serve")
        for url in (self.edge_url, self.door_url):
            eventually(lambda url=url: get(f"{url}/readyz")[0] == 200, f"{url} is ready", timeout_s=30)

    def run(self, *arguments: str) -> subprocess.Popen[bytes]:
        """`stentor …` in the background; ended with the house."""
        return self._spawn([sys.executable, "-m", "stentor", *arguments])

    def speak(
        self, space_id: str, voices: dict[str, Path], *, start_ms: int | None = None
    ) -> subprocess.Popen[bytes]:
        """Each file goes on stage under its name, in step with the others; `start_ms` is its beginning."""
        tokens = {name: self.invite(space_id, name) for name in voices}
        pairs = [f"--voice={tokens[name]}={file}" for name, file in voices.items()]
        start = [] if start_ms is None else ["--start-ms", str(start_ms)]
        url = f"{self.door_url}/whip/{space_id}"
        return self._spawn([sys.executable, "-m", "stentor.rehearsal.voice", "--url", url, *start, *pairs])

    def stop(self) -> None:
        for process in reversed(self._processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self._processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def serve_pid(self) -> int:
        """The supervisor's."""
        return self._processes[0].pid

    def pid_of(self, role: str) -> int | None:
        """The process of a role, by what it runs; None while there is none."""
        serve = psutil.Process(self.serve_pid)
        for process in serve.children(recursive=True):
            try:
                if any(ROLE_MODULES[role] in word for word in process.cmdline()):
                    return process.pid
            except psutil.Error:
                continue
        return None

    def kill(self, role: str) -> int:
        """`kill -9`. Returns the pid that died."""
        pid = self.pid_of(role)
        assert pid is not None, f"no {role} runs"
        os.kill(pid, signal.SIGKILL)
        return pid

    # ── the stage door's API ──

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        token = (self.data_dir / "owner.token").read_text().strip()
        request = urllib.request.Request(
            self.door_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def open_space(self, space_id: str, *, title: str = "A talk", state: str = "on_air") -> dict[str, str]:
        """Returns the links."""
        space = self.call("POST", "/api/spaces", {"id": space_id, "title": title})
        if state != space["state"]:
            self.call("POST", f"/api/spaces/{space_id}/state", {"state": state})
        links: dict[str, str] = space["links"]
        return links

    def invite(self, space_id: str, name: str, role: str = "speaker") -> str:
        """Returns the token."""
        told = self.call("POST", f"/api/spaces/{space_id}/invitations", {"role": role, "name": name})
        return str(told["link"]).rpartition("/")[2]

    # ── the front door ──

    def space(self, space_id: str) -> dict[str, Any]:
        status, body = get(f"{self.edge_url}/s/{space_id}/space.json")
        found: dict[str, Any] = json.loads(body) if status == 200 else {"status": status, "head": None}
        return found

    def head(self, space_id: str) -> int:
        """The newest chunk's number at the edge, −1 while there is none."""
        head = self.space(space_id).get("head")
        return -1 if head is None else int(head)

    def until_speaking(self, space_id: str, *names: str) -> None:
        """Waits until the ticks say that these people are on stage."""
        eventually(
            lambda: set(names) <= {p["name"] for p in self.space(space_id).get("people", [])},
            f"{names} are on stage",
        )

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        log = (self.data_dir.parent / "house.log").open("ab")
        process = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        log.close()
        self._processes.append(process)
        return process


@contextmanager
def running_house(directory: Path, *, hears: bool = False, **settings: str) -> Iterator[House]:
    """A house of its own, gone afterwards.

    Args:
        hears: speech is recognised, which costs a fifth of a core while somebody speaks.
        settings: by their names in the environment.
    """
    house = House(directory / "data", settings if hears else DEAF | settings)
    try:
        house.start()
        yield house
    finally:
        house.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(url: str, *, timeout_s: float = 5, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body; 0 when nobody answers."""
    try:
        request = urllib.request.Request(url, headers=headers or {})
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return 0, b""


def eventually(holds: Any, what: str, *, timeout_s: float = 20) -> float:
    """Waits for a condition of another process. Returns how long it took; fails after `timeout_s`."""
    began = time.monotonic()
    while time.monotonic() - began < timeout_s:
        if holds():
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError(f"not within {timeout_s} s: {what}")
