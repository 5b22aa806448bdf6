"""The owner's key: made once, for one reader, refused when it is not safe."""

from pathlib import Path

import pytest

from stentor.backstage.access.owner import FILE_NAME, OwnerKey
from stentor.errors import CannotStart


def test_the_key_is_made_at_the_first_start_for_this_user_only(data_dir: Path) -> None:
    OwnerKey.of_directory(data_dir)
    assert (data_dir / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_the_key_stays_the_same_and_opens(data_dir: Path) -> None:
    OwnerKey.of_directory(data_dir)
    token = (data_dir / FILE_NAME).read_text().strip()
    key = OwnerKey.of_directory(data_dir)
    assert key.is_owner(token)
    assert not key.is_owner(token[:-1])
    assert not key.is_owner("")
    assert not key.is_owner("é")


def test_a_key_that_others_may_read_stops_the_start(data_dir: Path) -> None:
    OwnerKey.of_directory(data_dir)
    (data_dir / FILE_NAME).chmod(0o644)
    with pytest.raises(CannotStart, match="chmod 600"):
        OwnerKey.of_directory(data_dir)


def test_a_key_that_is_too_short_stops_the_start(data_dir: Path) -> None:
    OwnerKey.of_directory(data_dir)
    (data_dir / FILE_NAME).write_text("")
    with pytest.raises(CannotStart, match="20 are needed"):
        OwnerKey.of_directory(data_dir)


def test_a_directory_that_cannot_be_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart):
        OwnerKey.of_directory(tmp_path / "file")
