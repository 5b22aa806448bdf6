from pathlib import Path

import pytest

from stentor.cli import settings_markdown, settings_toml
from stentor.config import Settings, load
from stentor.errors import CannotStart
from stentor.settings_table import table

ROOT = Path(__file__).parent.parent


def test_every_setting_has_a_unit_and_a_reason_and_stands_in_the_docs() -> None:
    for row in table():
        assert row.unit, row.name
        assert row.why.endswith("."), row.name
    assert (ROOT / "docs" / "SETTINGS.md").read_text() == settings_markdown()


def test_the_file_to_start_from_says_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (ROOT / "deploy" / "stentor.toml").read_text() == settings_toml(), "make docs"
    monkeypatch.chdir(tmp_path)
    uncommented = [line.removeprefix("# ") for line in settings_toml().splitlines() if " = " in line]
    # These have «none» as their default, which TOML cannot say.
    nothing = [name for name, field in Settings.model_fields.items() if field.default is None]
    said = [line for line in uncommented if not line.startswith(tuple(nothing))]
    Path("stentor.toml").write_text("\n".join(said))
    from_file = load()
    Path("stentor.toml").unlink()
    assert from_file == load()


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stentor.toml").write_text('edge_port = 9000\nlog_level = "debug"\n')
    monkeypatch.setenv("STENTOR_EDGE_PORT", "9001")
    settings = load()
    assert settings.edge_port == 9001
    assert settings.log_level == "debug"
    assert load(edge_port=9002).edge_port == 9002


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("speakers_max", "61"),
        ("speakers_max", "0"),
        ("edge_port", "65536"),
        ("stage_udp_ports", "4000"),
        ("log_level", "loud"),
    ],
)
def test_a_value_out_of_bounds_is_said_with_its_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"STENTOR_{name.upper()}", value)
    with pytest.raises(CannotStart, match=name) as caught:
        load()
    assert value in caught.value.detail


@pytest.mark.parametrize(("name", "value"), [("speakers_max", 60), ("speakers_max", 1), ("window_s", 40)])
def test_a_value_at_its_bound_is_taken(name: str, value: int) -> None:
    assert getattr(load(**{name: value}), name) == value


def test_an_unknown_name_in_the_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stentor.toml").write_text("edge_prot = 9000\n")
    with pytest.raises(CannotStart, match="edge_prot"):
        load()


def test_a_named_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STENTOR_CONFIG", "nowhere.toml")
    with pytest.raises(CannotStart, match="nowhere"):
        load()


def test_a_child_reads_back_what_its_parent_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    parent = Settings(stage_addresses=("10.0.0.1", "::1"), stage_udp_ports="40000-40100", shelf_dir=tmp_path)
    for name, value in parent.as_environment().items():
        monkeypatch.setenv(name, value)
    assert load() == parent


def test_links_lead_to_an_address_that_a_browser_can_open() -> None:
    assert load(edge_host="0.0.0.0", edge_port=80).listen_url == "http://127.0.0.1:80"
    assert load(edge_host="::1", edge_port=80).listen_url == "http://[::1]:80"
    assert load(edge_url="https://live.example/").listen_url == "https://live.example"
