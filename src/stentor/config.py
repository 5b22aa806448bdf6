"""Settings: one table of name, unit, default, bounds and reason.

Order of sources, later wins: defaults, the TOML file (`STENTOR_CONFIG`, else `stentor.toml` in the working
directory), environment variables `STENTOR_<NAME>`, arguments. `stentor settings` prints the table;
docs/SETTINGS.md is made from it and a test keeps them equal. What an operator must never change is in
`limits.py`.
"""

import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from stentor.config_front import FrontDoorSettings
from stentor.config_places import PlacesSettings
from stentor.config_table import setting
from stentor.config_words import WordsSettings
from stentor.errors import CannotStart

PREFIX = "STENTOR_"


class Settings(WordsSettings, FrontDoorSettings, PlacesSettings, BaseSettings):
    """Everything an operator may change. Read once at start and handed down; never a module global."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    # ── the stage door ──
    backstage_host: str = setting("127.0.0.1", "address", "Where hosts and speakers connect.")
    backstage_port: int = setting(8081, "port", "The stage door's port.", ge=0, le=65535)
    backstage_url: str = setting(
        "", "URL", "What invitations begin with. Browsers give a microphone only to https or localhost."
    )

    end_undo_s: float = setting(
        10.0,
        "s",
        "The end of a Space and its deletion can be undone for so long. 0: both hold at once.",
        ge=0,
        le=300,
    )
    end_confirm_above: int = setting(
        1000,
        "listeners",
        "With more hearing, two people must ask for a Space's end. 0: one always suffices.",
        ge=0,
    )

    # ── who may come in at the stage door ──
    oidc_issuer: str = setting(
        "",
        "URL",
        "An OpenID provider whose people may sign in, as its discovery document names it. Empty: none.",
    )
    oidc_client_id: str = setting(
        "", "id", "What the provider calls this house. Its redirect address: …/api/access/oidc/callback."
    )
    oidc_client_secret_file: Path | None = setting(
        None, "file", "The secret that the provider gave, readable by this user only. Empty: a public client."
    )
    oidc_allowed: tuple[str, ...] = setting(
        (),
        "who=rank",
        "ana@example.org=operator, sub:24400320=owner. Verified addresses; owner, operator or host.",
    )

    webhook_private: bool = setting(
        False,
        "yes/no",
        "Webhooks may go to private networks, and by http to this machine. No: to public https only.",
    )

    # ── the stage ──
    stage_addresses: tuple[str, ...] = setting(
        (), "addresses", "Addresses that speakers' media may reach. Empty: every address of this machine."
    )
    stage_udp_ports: str = setting(
        "",
        "port range",
        "UDP ports for speakers' media, such as 40000-40999. Empty: whatever the system gives.",
        pattern=r"^(\d{1,5}-\d{1,5})?$",
    )
    speakers_max: int = setting(13, "people", "On one stage at a time.", ge=1, le=60)
    spool_bytes_max: int = setting(
        1 << 30, "bytes", "The stage's own copy of what the log has not yet acknowledged.", ge=1 << 20
    )
    log_age_h: int = setting(
        48,
        "h",
        "How long the log keeps what the shelf has, verified. What it has not, it keeps for ever.",
        ge=1,
        le=8760,
    )

    # ── the house ──
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", "level", "What the roles write to data_dir/logs."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        named = os.environ.get(f"{PREFIX}CONFIG")
        path = Path(named or "stentor.toml")
        if named and not path.is_file():
            raise CannotStart(
                f"The settings file {named}", because="it does not exist", next_step=f"unset {PREFIX}CONFIG"
            )
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, path))

    @property
    def words_sent_to(self) -> str | None:
        """The host whose language model is sent what is said; None: there is none, or it is this machine."""
        host = urlsplit(self.llm_url).hostname
        is_here = host is None or host == "localhost" or host.startswith(("127.", "::1"))
        return None if is_here else host

    @property
    def shelf(self) -> Path:
        return self.shelf_dir or self.data_dir / "shelf"

    @property
    def counts_dir(self) -> Path:
        """The count logs that this machine's stage door has written: a folder per Space."""
        return self.data_dir / "counts"

    @property
    def recording_dir(self) -> Path:
        """Where the scribe's files grow until they are sealed: a folder per Space."""
        return self.data_dir / "recording"

    @property
    def models_dir(self) -> Path:
        """Models that come in parts, put together at their first use."""
        return self.data_dir / "models"

    @property
    def sounds_dir(self) -> Path:
        """Files that hosts play into their Spaces: a folder per Space."""
        return self.data_dir / "sounds"

    @property
    def listen_url(self) -> str:
        return self.edge_url.rstrip("/") or f"http://{_linkable(self.edge_host)}:{self.edge_port}"

    @property
    def stage_door_url(self) -> str:
        return (
            self.backstage_url.rstrip("/") or f"http://{_linkable(self.backstage_host)}:{self.backstage_port}"
        )

    def as_environment(self) -> dict[str, str]:
        """The settings as a child process reads them back."""
        found = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is None:
                continue
            text = "[" + ",".join(f'"{v}"' for v in value) + "]" if isinstance(value, tuple) else str(value)
            found[PREFIX + name.upper()] = text
        return found


def load(**arguments: Any) -> Settings:
    """The settings in force. Raises: CannotStart: a value that is out of bounds, or an unknown name."""
    try:
        return Settings(**{k: v for k, v in arguments.items() if v is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "the settings"
        raise CannotStart(
            f"The setting {name}",
            because=f"{first['msg']} (it is {str(first.get('input'))[:80]!r})",
            next_step="see `stentor settings` for its unit and bounds",
        ) from None


def _linkable(host: str) -> str:
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104  # a link cannot lead to «every address»
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
