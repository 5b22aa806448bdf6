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

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from stentor.errors import CannotStart

PREFIX = "STENTOR_"


def _setting(default: Any, unit: str, why: str, **bounds: Any) -> Any:
    return Field(default=default, description=why, json_schema_extra={"unit": unit}, **bounds)


class Settings(BaseSettings):
    """Everything an operator may change. Read once at start and handed down; never a module global."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    # ── where things are ──
    data_dir: Path = _setting(
        Path("stentor-data"), "directory", "The embedded log, the stage's spool, keys, logs. On a local disk."
    )
    shelf_dir: Path | None = _setting(
        None, "directory", "Finished recordings. Empty: the folder shelf in data_dir."
    )
    shelf_url: str = _setting(
        "",
        "URL",
        "Finished recordings in an S3-compatible store instead: s3://bucket/prefix. Empty: in shelf_dir.",
        pattern=r"^(s3://[^/\s]+(/\S*)?)?$",
    )
    shelf_endpoint: str = _setting("", "URL", "The S3 store's own address. Empty: Amazon's for the region.")
    shelf_region: str = _setting("", "region", "The S3 store's region. Empty: us-east-1.")
    shelf_key_file: Path | None = _setting(
        None,
        "file",
        "Two lines: the S3 key's id, its secret. For this user only. Empty: AWS_… or the machine's role.",
    )
    keep_recordings_days: int = _setting(
        0,
        "days",
        "A recording goes by itself so long after its Space's end, unless a host says otherwise. 0: never.",
        ge=0,
        le=36_500,
    )
    nats_url: str = _setting(
        "",
        "URL",
        "Existing NATS servers (nats://…), a cluster with commas between. Empty: an embedded one.",
    )
    nats_replicas: int = _setting(
        1, "servers", "Copies of each Space's log. 3 on a cluster: one server may be lost.", ge=1, le=5
    )
    nats_port: int = _setting(
        0, "port", "Loopback port of the embedded NATS server. 0: a free one is taken.", ge=0, le=65535
    )

    # ── the front door ──
    edge_host: str = _setting(
        "127.0.0.1", "address", "Where the crowd connects. 0.0.0.0 or ::: every address."
    )
    edge_port: int = _setting(8080, "port", "The front door's port.", ge=0, le=65535)
    edge_url: str = _setting(
        "", "URL", "What listeners' links begin with. Empty: http://edge_host:edge_port."
    )
    window_s: int = _setting(
        120, "s", "Audio that an edge keeps in memory per Space for those who come back.", ge=40, le=3600
    )
    listeners_max: int = _setting(
        18_000,
        "listeners",
        "Open streams per fan-out process; what comes above waits. Each is a file of the process.",
        ge=1,
        le=1_000_000,
    )
    gates: int = _setting(
        1,
        "processes",
        "Gates: read requests, admit, serve HLS and pages. One carries 4,000 joins/s.",
        ge=1,
        le=64,
    )
    fanouts: int = _setting(
        0, "processes", "Fan-outs: write to admitted listeners. 0: one per core.", ge=0, le=128
    )
    line_bits_per_s: int = _setting(
        0,
        "bit/s",
        "What the crowd's line carries; above 0.8 of it the ladder steps down. 0: not known, not watched.",
        ge=0,
    )
    session_s: float = _setting(
        1200.0,
        "s",
        "A stream ends cleanly after so long and its player comes back where it was: edges can be emptied.",
        ge=1,
        le=86_400,
    )
    session_spread_s: float = _setting(
        300.0,
        "s",
        "The length is so much more or less, by chance: ends do not come in waves.",
        ge=0,
        le=43_200,
    )
    drain_s: float = _setting(
        2.0, "s", "An edge that is stopped lets its listeners go over so long.", ge=0, le=60
    )
    edge_urls: tuple[str, ...] = _setting(
        (), "URLs", "All edges of the house, as listeners reach them; players try the next when one is gone."
    )

    podcast_title: str = _setting(
        "", "text", "What the house's podcast feed is called. Empty: the front door's host name."
    )
    podcast_email: str = _setting(
        "", "address", "The feeds' owner, for directories that send a code there. Empty: none is told."
    )
    podcast_category: str = _setting(
        "Society & Culture", "category", "One of Apple's categories, in which directories list the feeds."
    )
    podcast_explicit: bool = _setting(False, "yes/no", "The feeds say that they are not for children.")
    websub_hub: str = _setting(
        "",
        "URL",
        "A WebSub hub that is told when a feed has changed. Needs edge_url. Empty: none.",
        pattern=r"^(https?://\S+)?$",
    )

    trusted_proxies: tuple[str, ...] = _setting(
        (),
        "networks",
        "Caches and proxies of one's own, such as 10.0.0.0/8, whose X-Forwarded-For is believed.",
    )

    # ── the stage door ──
    backstage_host: str = _setting("127.0.0.1", "address", "Where hosts and speakers connect.")
    backstage_port: int = _setting(8081, "port", "The stage door's port.", ge=0, le=65535)
    backstage_url: str = _setting(
        "", "URL", "What invitations begin with. Browsers give a microphone only to https or localhost."
    )

    end_undo_s: float = _setting(
        10.0,
        "s",
        "The end of a Space and its deletion can be undone for so long. 0: both hold at once.",
        ge=0,
        le=300,
    )
    end_confirm_above: int = _setting(
        1000,
        "listeners",
        "With more hearing, two people must ask for a Space's end. 0: one always suffices.",
        ge=0,
    )

    # ── who may come in at the stage door ──
    oidc_issuer: str = _setting(
        "",
        "URL",
        "An OpenID provider whose people may sign in, as its discovery document names it. Empty: none.",
    )
    oidc_client_id: str = _setting(
        "", "id", "What the provider calls this house. Its redirect address: …/api/access/oidc/callback."
    )
    oidc_client_secret_file: Path | None = _setting(
        None, "file", "The secret that the provider gave, readable by this user only. Empty: a public client."
    )
    oidc_allowed: tuple[str, ...] = _setting(
        (),
        "who=rank",
        "ana@example.org=operator, sub:24400320=owner. Verified addresses; owner, operator or host.",
    )

    webhook_private: bool = _setting(
        False,
        "yes/no",
        "Webhooks may go to private networks, and by http to this machine. No: to public https only.",
    )

    # ── the stage ──
    stage_addresses: tuple[str, ...] = _setting(
        (), "addresses", "Addresses that speakers' media may reach. Empty: every address of this machine."
    )
    stage_udp_ports: str = _setting(
        "",
        "port range",
        "UDP ports for speakers' media, such as 40000-40999. Empty: whatever the system gives.",
        pattern=r"^(\d{1,5}-\d{1,5})?$",
    )
    speakers_max: int = _setting(13, "people", "On one stage at a time.", ge=1, le=60)
    spool_bytes_max: int = _setting(
        1 << 30, "bytes", "The stage's own copy of what the log has not yet acknowledged.", ge=1 << 20
    )
    log_age_h: int = _setting(
        48,
        "h",
        "How long the log keeps what the shelf has, verified. What it has not, it keeps for ever.",
        ge=1,
        le=8760,
    )

    # ── speech ──
    captions_engine: Literal["auto", "off", "moonshine", "whisper"] = _setting(
        "auto",
        "engine",
        "Live captions. auto: moonshine for English if it is installed, else whisper.",
    )
    captions_model: str = _setting(
        "",
        "model",
        "whisper-tiny.en, whisper-base, or a directory with a faster-whisper model. Empty: the engine's own.",
    )
    transcript_engine: Literal["auto", "off", "whisper", "moonshine"] = _setting(
        "auto",
        "engine",
        "The transcript, made behind the Space. auto: whisper; none when it is not installed.",
    )
    transcript_model: str = _setting(
        "",
        "model",
        "whisper-tiny.en, whisper-base, or a directory of one's own. Empty: tiny.en for English, else base.",
    )
    speech_models_dir: Path | None = _setting(
        None,
        "directory",
        "Models of speech, a folder each, looked into before the packages of the extra [speech].",
    )

    # ── a language model of one's own choice ──
    llm_url: str = _setting(
        "",
        "URL",
        "An OpenAI-compatible endpoint that writes briefs and translates, such as http://127.0.0.1:11434/v1. "
        "It is sent transcripts and speakers' names. Empty: nothing is sent, briefs are extractive.",
        pattern=r"^(https?://[^\s/]+(/\S*)?)?$",
    )
    llm_model: str = _setting("", "model", "As the endpoint names it. Needed with llm_url.")
    llm_key_file: Path | None = _setting(
        None, "file", "The endpoint's key, readable by this user only. Empty: it wants none."
    )
    llm_timeout_s: float = _setting(
        180.0,
        "s",
        "An answer that takes longer is given up; then the extractive brief stays. Small machines are slow.",
        ge=1,
        le=3600,
    )
    llm_request_chars: int = _setting(
        24_000,
        "characters",
        "Of a transcript in one request; four are about a token, and the answer needs room as well.",
        ge=1_000,
        le=2_000_000,
    )
    llm_brief_s: float = _setting(
        900.0,
        "s",
        "A model's whole brief; after that the extractive one, which is there at once, stays.",
        ge=1,
        le=86_400,
    )
    llm_requests_max: int = _setting(
        40,
        "requests",
        "For one brief: what a talk without end may cost. Of a longer one the extractive brief stays.",
        ge=2,
        le=1_000,
    )

    # ── the house ──
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
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
