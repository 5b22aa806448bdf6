"""Settings that say where things are: directories, the shelf, NATS. A part of `config.Settings`."""

from pathlib import Path

from pydantic import BaseModel

from stentor.config_table import setting


class PlacesSettings(BaseModel):
    """Disks and servers."""

    # ── where things are ──
    data_dir: Path = setting(
        Path("stentor-data"), "directory", "The embedded log, the stage's spool, keys, logs. On a local disk."
    )
    shelf_dir: Path | None = setting(
        None, "directory", "Finished recordings. Empty: the folder shelf in data_dir."
    )
    shelf_url: str = setting(
        "",
        "URL",
        "Finished recordings in an S3-compatible store instead: s3://bucket/prefix. Empty: in shelf_dir.",
        pattern=r"^(s3://[^/\s]+(/\S*)?)?$",
    )
    shelf_endpoint: str = setting("", "URL", "The S3 store's own address. Empty: Amazon's for the region.")
    shelf_region: str = setting("", "region", "The S3 store's region. Empty: us-east-1.")
    shelf_key_file: Path | None = setting(
        None,
        "file",
        "Two lines: the S3 key's id, its secret. For this user only. Empty: AWS_… or the machine's role.",
    )
    keep_recordings_days: int = setting(
        0,
        "days",
        "A recording goes by itself so long after its Space's end, unless a host says otherwise. 0: never.",
        ge=0,
        le=36_500,
    )
    nats_url: str = setting(
        "",
        "URL",
        "Existing NATS servers (nats://…), a cluster with commas between. Empty: an embedded one.",
    )
    nats_replicas: int = setting(
        1, "servers", "Copies of each Space's log. 3 on a cluster: one server may be lost.", ge=1, le=5
    )
    nats_port: int = setting(
        0, "port", "Loopback port of the embedded NATS server. 0: a free one is taken.", ge=0, le=65535
    )
