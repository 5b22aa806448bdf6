"""The siege in small, as `make siege` runs it in large: a whole house, a crowd, an attack, every figure."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

BENCH = Path(__file__).parents[2] / "bench"
SMALL = (
    "--listeners",
    "60",
    "--seconds",
    "3",
    "--recovery",
    "2",
    "--arrivals-per-s",
    "20",
    "--at-once",
    "40",
)
LASTS_S_MAX = 90


def rootly() -> tuple[str, ...]:
    """How to be root enough for network namespaces; skips where nothing helps."""
    if os.geteuid() == 0:
        return ()
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("neither root nor user namespaces are to be had here; a siege needs one of them")
    return ("unshare", "-rn")


@pytest.mark.alone
def test_a_small_siege_tells_every_figure_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """What holds on the machine of a test is that a house attacked a little does not fall; the goals are
    `make siege`'s, on a machine that nobody else uses."""
    found = tmp_path / "siege.json"
    command = (*rootly(), sys.executable, "-m", "siege", *SMALL, "--only", "join flood", "--json", str(found))
    ran = subprocess.run(
        command,
        cwd=BENCH,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=LASTS_S_MAX,
        check=False,
    )
    assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
    run = json.loads(found.read_text())
    (phase,) = run["phases"]
    assert phase["truth"] == 60, "everybody who was in is in"
    assert phase["gaps"] == 0
    assert phase["hearing"] == pytest.approx(60, abs=3)
    assert phase["arrivals"] >= 30 * 2
    assert set(phase["answers"]) & {"sound", "place"}
    assert phase["offered"][0]["count"] >= 40
    assert phase["missing"] == 0
    assert "join_flood_definite " in ran.stdout
    assert [process for process in psutil.process_iter() if is_of(process, tmp_path)] == []


def is_of(process: psutil.Process, folder: Path) -> bool:
    """Whether somebody has been started by this run."""
    try:
        return process.environ().get("TMPDIR") == str(folder)
    except psutil.Error:
        return False
