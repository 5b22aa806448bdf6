"""A scribe's name in the leases."""

from pathlib import Path

from stentor.scribe.owner import owner_name


def test_a_scribe_that_comes_back_has_its_name_and_two_have_two(tmp_path: Path) -> None:
    with owner_name(tmp_path) as first, owner_name(tmp_path) as second:
        assert second != first
    with owner_name(tmp_path) as again:
        assert again == first
    with owner_name(tmp_path / "other") as other:
        assert other != first
