"""One file of one npm package, for a test: fetched once, checked, kept under build/."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "players"


def npm_file(package: str, version: str, *, integrity: str, path: str) -> Path:
    """The file's place. Skips when there is no npm or no registry; fails when the bytes are other ones.

    Args:
        integrity: `sha512-…` of the package, as in a package-lock.json.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    tarball = KEPT / f"{package}-{version}.tgz"
    if not tarball.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is missing")
        command = [npm, "pack", "--silent", f"{package}@{version}"]
        done = subprocess.run(command, cwd=KEPT, capture_output=True, text=True, check=False, timeout=90)
        if done.returncode != 0:
            pytest.skip(f"npm pack {package}@{version}: {done.stderr.strip()[-200:]}")
    found = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    assert f"sha512-{found}" == integrity, f"{tarball} is not what was pinned; remove it"
    place = KEPT / f"{package}-{version}-{Path(path).name}"
    if not place.exists():
        with tarfile.open(tarball) as archive:
            member = archive.extractfile(f"package/{path}")
            assert member is not None
            place.write_bytes(member.read())
    return place
