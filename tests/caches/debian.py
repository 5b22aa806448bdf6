"""Programs that only tests need, from Debian: installed where that is possible, else the test is skipped.

As root (a container, CI) it runs `apt-get install`, once per run and package, and says so. Otherwise nothing
on the machine is changed. With CI=true a skip fails the run (`tests/conftest.py`).
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

INSTALL_WAIT_S = 300


def need(command: str, *packages: str) -> str:
    """The path of a command; its packages are installed if it is missing and this is root."""
    found = _found(command) or (_install(packages) and _found(command))
    if not found:
        pytest.skip(f"{command} is missing. Next step: apt install {' '.join(packages)}")
    return found


def need_packages(*packages: str) -> None:
    """The same for packages without a command of their own (plug-ins)."""
    if not all(map(_is_installed, packages)) and not _install(packages):
        pytest.skip(f"missing: apt install {' '.join(packages)}")


def _found(command: str) -> str | None:
    return shutil.which(command, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _is_installed(package: str) -> bool:
    return Path(f"/var/lib/dpkg/info/{package}.list").exists() or any(
        Path("/var/lib/dpkg/info").glob(f"{package}:*.list")
    )


@cache
def _install(packages: tuple[str, ...]) -> bool:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    sys.stderr.write(f"\ntests: as root: apt-get install {' '.join(packages)}\n")
    # No daemon is started by its package: the tests start their own, elsewhere and on other ports.
    policy = Path("/usr/sbin/policy-rc.d")
    is_ours = not policy.exists()
    if is_ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            done = subprocess.run(
                ["apt-get", *arguments],
                env=environment,
                check=False,
                capture_output=True,
                timeout=INSTALL_WAIT_S,
            )
    finally:
        if is_ours:
            policy.unlink()
    return done.returncode == 0
