"""Bad input gets a clear answer and harms nothing: afterwards the debate still plays."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.house import House, eventually, get
from stentor.limits import CHUNK_MS


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(url, data=body, method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, {}
    except urllib.error.HTTPError as refusal:
        with refusal:
            told = json.loads(refusal.read())
            return refusal.code, {**told, "media_type": refusal.headers["Content-Type"]}


@pytest.fixture(autouse=True)
def unharmed(house: House) -> Iterator[None]:
    """Whatever the test did, nobody has died of it."""
    pids = {role: house.pid_of(role) for role in ("backstage", "stage", "edge", "scribe", "nats")}
    yield
    assert {role: house.pid_of(role) for role in pids} == pids


@pytest.fixture(scope="module", autouse=True)
def undisturbed(house: House) -> Iterator[None]:
    """After all of it the debate goes on, and has gone on all the time: no chunk came late or never."""
    began_s, first = time.monotonic(), house.head("debate")
    yield
    eventually(lambda: house.head("debate") > first + 1, "the debate goes on", timeout_s=5)
    spoken = (time.monotonic() - began_s) / (CHUNK_MS / 1000)
    assert house.head("debate") - first >= spoken - 3


OFFERS = {
    "empty": b"",
    "noise": bytes(range(256)),
    "not sdp": b"hello",
    "no media": b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n",
    "video only": b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
    b"c=IN IP4 0.0.0.0\r\na=rtpmap:96 VP8/90000\r\n",
    "no fingerprint": b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    b"c=IN IP4 0.0.0.0\r\na=rtpmap:111 opus/48000/2\r\na=ice-ufrag:abcd\r\n"
    b"a=ice-pwd:abcdefghijklmnopqrstuv\r\n",
}


@pytest.mark.parametrize("name", list(OFFERS))
def test_an_offer_that_is_none_is_answered_with_400(house: House, name: str) -> None:
    token = house.invite("debate", "Eve")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
    status, problem = post(f"{house.door_url}/whip/debate", OFFERS[name], headers)
    assert status == 400, problem
    assert problem["media_type"] == "application/problem+json"
    assert len(str(problem["detail"])) > 20


def test_an_offer_that_is_too_large_is_refused(house: House) -> None:
    token = house.invite("debate", "Eve")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
    assert post(f"{house.door_url}/whip/debate", b"v=0\r\n" * 50_000, headers)[0] == 413


@pytest.mark.parametrize("token", ["", "guess", "x" * 4000])
def test_a_bad_invitation_is_refused(house: House, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
    status, problem = post(f"{house.door_url}/whip/debate", b"v=0\r\n", headers)
    assert status == 401
    assert "host" in str(problem["detail"]).lower()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/s/nowhere/live.mp4", 404),
        ("/s/nowhere/space.json", 404),
        ("/s/de%2Fbate/live.mp4", 404),
        ("/s/../../etc/passwd", 404),
        ("/s/debate/live.mp4?from=-1", 400),
        ("/s/debate/live.mp4?from=99999999", 400),
        ("/s/debate/live.mp4?from=one", 400),
        ("/s/debate/live.mp4?from=" + "9" * 400, 400),
        ("/s/debate/live.mp4?codec=flac", 400),
        ("/s/debate/live.mp4?cachebust=1", 400),
        ("/s/debate/hls/index.m3u8?_HLS_part=1", 400),
        ("/s/debate/hls/index.m3u8?_HLS_msn=99999999", 400),
        ("/s/debate/hls/part/99999999.m4s", 404),
    ],
)
def test_a_request_that_cannot_be_is_answered(house: House, path: str, status: int) -> None:
    found, body = get(house.edge_url + path)
    assert found == status
    problem = json.loads(body)
    assert problem["status"] == status
    assert problem.get("detail") or problem["title"]


def test_headers_without_end_are_refused(house: House) -> None:
    for port in (house.edge_port, house.backstage_port):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 70_000)
            assert client.recv(200).split()[1] in {b"431", b"400"}


def test_a_taken_port_is_said_before_anything_starts(house: House, tmp_path: Path) -> None:
    environment = {**house.environment, "STENTOR_DATA_DIR": str(tmp_path / "other")}
    done = serve(environment)
    assert done.returncode == 2
    assert str(house.edge_port) in done.stderr
    assert "STENTOR_EDGE_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = serve({"STENTOR_DATA_DIR": str(tmp_path / "file" / "data")})
    assert done.returncode == 2
    assert "data directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_is_said() -> None:
    done = serve({"STENTOR_SPEAKERS_MAX": "1000"})
    assert done.returncode == 2
    assert "speakers_max" in done.stderr
    assert "Traceback" not in done.stderr


def serve(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "stentor", "serve"],
        env={**os.environ, "COLUMNS": "400", **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
