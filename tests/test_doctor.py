import socket
from pathlib import Path

import pytest

from stentor.config import Settings
from stentor.doctor import Finding, Health, examine, require_fit
from stentor.errors import CannotStart


def settings(tmp_path: Path, **changes: object) -> Settings:
    defaults: dict[str, object] = {"data_dir": tmp_path / "data", "edge_port": 0, "backstage_port": 0}
    return Settings(**{**defaults, **changes})  # type: ignore[arg-type]


def test_a_fit_machine_has_no_fatal_finding(tmp_path: Path) -> None:
    findings = list(examine(settings(tmp_path)))
    assert [f for f in findings if f.health is Health.FATAL] == []
    assert all(f.next_step for f in findings if f.health is not Health.GOOD)
    require_fit(settings(tmp_path))


def test_a_taken_port_is_fatal_and_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"front door.*{port}.*STENTOR_EDGE_PORT"):
            require_fit(settings(tmp_path, edge_port=port))


def test_a_directory_that_cannot_be_written_is_fatal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match=r"data directory.*STENTOR_DATA_DIR"):
        require_fit(settings(tmp_path, data_dir=tmp_path / "file" / "data"))


@pytest.mark.parametrize(
    ("changes", "is_said"),
    [
        ({}, False),
        ({"nats_url": "nats://127.0.0.1:1"}, False),
        ({"nats_url": "nats://127.0.0.1:1,nats://nats.invalid:1"}, True),
        ({"nats_url": "nats://nats.invalid:1", "shelf_url": "s3://bucket/a"}, False),
    ],
)
def test_a_directory_for_a_house_of_several_machines_is_questioned(
    tmp_path: Path, changes: dict[str, object], is_said: bool
) -> None:
    found = [f for f in examine(settings(tmp_path, **changes)) if f.what == "The shelf's place"]
    assert [f.health for f in found] == [Health.POOR] * is_said


def test_a_full_disk_is_fatal(tmp_path: Path, small_disk: Path) -> None:
    with pytest.raises(CannotStart, match=r"MiB are free"):
        require_fit(settings(tmp_path, data_dir=small_disk / "data"))


def test_each_server_of_a_cluster_is_asked(nats_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, nats_url=f"{nats_url},nats://me:secret@127.0.0.1:1")
    found = {f.what: f for f in examine(settings) if f.what.startswith("NATS at")}
    assert [f.health for f in found.values()] == [Health.GOOD, Health.POOR]
    assert "secret" not in str(found)


def test_captions_are_named_with_their_engine_or_with_what_is_missing(tmp_path: Path) -> None:
    def captions(**changes: object) -> Finding:
        return next(f for f in examine(settings(tmp_path, **changes)) if f.what == "Live captions")

    assert captions().detail == "moonshine with moonshine-tiny-en, English"
    assert captions(captions_engine="whisper").detail == "whisper with whisper-tiny.en, English"
    assert captions(captions_engine="off").health is Health.GOOD
    missing = captions(captions_model=str(tmp_path / "none"))
    assert (missing.health, missing.detail) == (Health.POOR, "there is no such directory")
    assert missing.next_step


def test_a_language_model_is_named_with_where_words_go_or_with_what_is_missing(tmp_path: Path) -> None:
    def model(**changes: object) -> Finding:
        found = examine(settings(tmp_path, **changes))
        return next(f for f in found if f.what == "Briefs and translations")

    assert "extractive" in model().detail
    url = "https://me:secret@llm.example.org/v1"
    named = model(llm_url=url, llm_model="tiny")
    assert (named.health, named.detail) == (
        Health.GOOD,
        "tiny at llm.example.org is sent what is said and by whom",
    )
    missing = model(llm_url=url)
    assert (missing.health, missing.detail) == (Health.POOR, "llm_model is empty")
    key = tmp_path / "key"
    key.write_text("secret")
    key.chmod(0o604)
    assert model(llm_url=url, llm_model="tiny", llm_key_file=key).next_step == f"chmod 600 {key}"


def test_too_few_files_or_too_little_memory_for_a_full_house_is_told(tmp_path: Path) -> None:
    def health(what: str, **changes: int) -> set[Health]:
        return {found.health for found in examine(settings(tmp_path, **changes)) if found.what == what}

    assert health("Memory", fanouts=1, listeners_max=10, door_connections_max=50) == {Health.GOOD}
    assert health("Memory", fanouts=100, listeners_max=1_000_000) == {Health.POOR}
    assert health("The file limit", listeners_max=10, door_connections_max=50) == {Health.GOOD}
