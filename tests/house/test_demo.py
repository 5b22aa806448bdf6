"""`stentor demo` as `make demo` runs it: ends by itself, or within 5 s of Ctrl-C, and leaves nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from house.house import eventually, free_port, get


def start(ports: tuple[int, int], output: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "STENTOR_EDGE_PORT": str(ports[0]),
        "STENTOR_BACKSTAGE_PORT": str(ports[1]),
        "COLUMNS": "200",
    }
    with output.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "stentor", "demo", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )


def until_up(port: int) -> None:
    url = f"http://127.0.0.1:{port}/s/demo/space.json"
    eventually(lambda: get(url)[0] == 200, "it is up", timeout_s=30)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def test_it_says_where_to_listen_and_ends_by_itself(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    output = tmp_path / "out"
    demo = start(ports, output, "--for", "6")
    assert demo.wait(60) == 0
    text = output.read_text()
    assert f"http://127.0.0.1:{ports[0]}/s/demo" in text
    assert f"http://127.0.0.1:{ports[1]}/i/" in text
    assert "on_air" in text
    assert "Maya" in text
    assert all(is_free(port) for port in ports)


def test_ctrl_c_stops_everything_within_5_s(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    demo = start(ports, tmp_path / "out")
    eventually(
        lambda: get(f"http://127.0.0.1:{ports[0]}/s/demo/space.json")[0] == 200, "it is up", timeout_s=30
    )
    children = psutil.Process(demo.pid).children(recursive=True)
    assert len(children) >= 6
    began_s = time.monotonic()
    demo.send_signal(signal.SIGINT)
    demo.wait(10)
    assert time.monotonic() - began_s <= 5
    assert [
        child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE
    ] == []
    assert all(is_free(port) for port in ports)


def test_a_killed_demo_takes_its_children_with_it(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    demo = start(ports, tmp_path / "out")
    eventually(
        lambda: get(f"http://127.0.0.1:{ports[0]}/s/demo/space.json")[0] == 200, "it is up", timeout_s=30
    )
    children = psutil.Process(demo.pid).children(recursive=True)
    demo.kill()
    demo.wait(10)
    eventually(lambda: not any(child.is_running() for child in children), "all have ended", timeout_s=5)
