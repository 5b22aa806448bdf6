"""Weights are found in their packages or in a folder of one's own, and only those that were examined load."""

import hashlib
import sys
from pathlib import Path

import pytest

from stentor.errors import NoEngine
from stentor.scribe.speech.weights import (
    ALL,
    MOONSHINE_TINY_EN,
    Weights,
    WeightsFile,
    folder_of,
    is_there,
    named,
    own_folder,
)

HELLO = hashlib.sha256(b"hello").hexdigest()


def model(*sources: str, sha256: str = HELLO) -> Weights:
    return Weights("tiny", (), "MIT", "nobody", (WeightsFile("model.bin", sha256, sources),))


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two packages that must not be run."""
    for name, data in (("weights_one", b"hel"), ("weights_two", b"lo")):
        package = tmp_path / "site" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("raise SystemExit('I was run')")
        (package / "part.bin").write_bytes(data)
    monkeypatch.syspath_prepend(tmp_path / "site")
    return tmp_path / "site"


@pytest.mark.parametrize("weights", ALL, ids=lambda weights: weights.name)
def test_every_model_of_the_extra_is_installed_and_known_by_its_name(weights: Weights) -> None:
    assert is_there(weights, own=None)
    assert named(weights.name) is weights


def test_an_installed_model_passes_its_check_and_its_package_is_not_imported(tmp_path: Path) -> None:
    folder = folder_of(MOONSHINE_TINY_EN, own=None, made=tmp_path)
    assert {path.name for path in folder.iterdir()} >= {file.name for file in MOONSHINE_TINY_EN.files}
    assert "moonshine_voice" not in sys.modules


def test_parts_of_two_packages_are_joined_once(packages: Path, tmp_path: Path) -> None:
    tiny = model("weights_one/part.bin", "weights_two/part.bin")
    folder = folder_of(tiny, own=None, made=tmp_path / "made")
    assert (folder / "model.bin").read_bytes() == b"hello"
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["tiny"]


def test_parts_that_make_something_else_leave_nothing_behind(packages: Path, tmp_path: Path) -> None:
    tiny = model("weights_two/part.bin", "weights_one/part.bin")
    with pytest.raises(NoEngine, match="it is not loaded"):
        folder_of(tiny, own=None, made=tmp_path / "made")
    assert list((tmp_path / "made").iterdir()) == []


def test_another_file_under_the_same_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.bin").write_bytes(b"hello!")
    with pytest.raises(NoEngine, match="SHA-256"):
        folder_of(model("nowhere/model.bin"), own=tmp_path, made=tmp_path)


def test_a_folder_of_ones_own_comes_before_the_packages(packages: Path, tmp_path: Path) -> None:
    (tmp_path / "own" / "tiny").mkdir(parents=True)
    (tmp_path / "own" / "tiny" / "model.bin").write_bytes(b"hello")
    tiny = model("weights_one/part.bin")
    assert is_there(tiny, own=tmp_path / "own")
    assert folder_of(tiny, own=tmp_path / "own", made=tmp_path) == tmp_path / "own" / "tiny"


def test_what_is_missing_says_how_to_get_it(tmp_path: Path) -> None:
    tiny = model("no_such_package/model.bin")
    assert not is_there(tiny, own=None)
    with pytest.raises(NoEngine, match=r"pip install 'stentor\[speech\]'"):
        folder_of(tiny, own=None, made=tmp_path)


def test_a_named_directory_is_believed_unless_its_own_list_says_otherwise(tmp_path: Path) -> None:
    with pytest.raises(NoEngine, match="no such directory"):
        own_folder(tmp_path / "none")
    (tmp_path / "model.bin").write_bytes(b"hello")
    assert own_folder(tmp_path) == tmp_path
    (tmp_path / "SHA256SUMS").write_text(f"{HELLO}  model.bin\n")
    assert own_folder(tmp_path) == tmp_path
    (tmp_path / "model.bin").write_bytes(b"hello?")
    with pytest.raises(NoEngine, match="SHA-256"):
        own_folder(tmp_path)
