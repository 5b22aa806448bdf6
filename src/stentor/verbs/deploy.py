"""`stentor deploy …`: configurations of what stands in front of the house. Parses, calls, prints."""

import os
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer
from rich.console import Console

from stentor.config import load
from stentor.deployment.compose import compose as compose_text
from stentor.deployment.haproxy import haproxy as haproxy_text
from stentor.deployment.nftables import nftables as nftables_text
from stentor.deployment.nginx import nginx as nginx_text
from stentor.deployment.place import CERTIFICATES, DOMAIN, STAGE_DOMAIN, Machine, Place
from stentor.deployment.sysctl import sysctl as sysctl_text
from stentor.deployment.systemd import UNITS
from stentor.deployment.systemd import systemd as systemd_text

app = typer.Typer(
    help="Write what stands in front: proxy, firewall, kernel, units. From the house's own settings.",
    no_args_is_help=True,
)

Domain = Annotated[str, typer.Option(help="The front door's name.")]
StageDomain = Annotated[str, typer.Option(help="The stage door's name, on an address of its own.")]
Certificates = Annotated[Path, typer.Option("--cert", help="A directory with <domain>.pem: chain and key.")]
Edges = Annotated[
    list[str] | None, typer.Option("--edge", help="An edge as its proxy reaches it: host:port.")
]
Cores = Annotated[int, typer.Option(min=1, help="Of an edge's machine. Default: of this one.")]
Out = Annotated[Path | None, typer.Option(help="A file instead of standard output.")]

_CORES = os.cpu_count() or 1
_CERTIFICATES = Path(CERTIFICATES)


@app.command("haproxy")
def haproxy(  # each is an option
    domain: Domain = DOMAIN,
    stage_domain: StageDomain = STAGE_DOMAIN,
    cert: Certificates = _CERTIFICATES,
    edge: Edges = None,
    cores: Cores = _CORES,
    out: Out = None,
) -> None:
    """TLS, HTTP/2, deadlines and budgets per network in front of both doors."""
    _write(haproxy_text(_place(domain, stage_domain, cert, edge, cores)), out)


@app.command("nginx")
def nginx(
    domain: Domain = DOMAIN,
    stage_domain: StageDomain = STAGE_DOMAIN,
    cert: Certificates = _CERTIFICATES,
    edge: Edges = None,
    cores: Cores = _CORES,
    out: Out = None,
) -> None:
    """The same as far as nginx can."""
    _write(nginx_text(_place(domain, stage_domain, cert, edge, cores)), out)


@app.command("nftables")
def nftables(
    machine: Annotated[Machine, typer.Option(help="What stands on this machine.")] = Machine.HOUSE,
    ssh_port: Annotated[int, typer.Option(min=0, max=65535, help="Kept open. 0: none.")] = 22,
    tracked: Annotated[
        bool, typer.Option(help="Keep a state per connection; containers behind a bridge need it.")
    ] = False,
    out: Out = None,
) -> None:
    """A firewall: all closed but the doors and the stage's media, new connections counted per network."""
    place = Place(load(), machine=machine, ssh_port=ssh_port, is_tracked=tracked)
    _write(nftables_text(place), out)


@app.command("sysctl")
def sysctl(
    machine: Annotated[Machine, typer.Option(help="What stands on this machine.")] = Machine.HOUSE,
    cores: Cores = _CORES,
    out: Out = None,
) -> None:
    """The kernel's bounds: queues, files, memory of sockets."""
    _write(sysctl_text(Place(load(), machine=machine, cores=cores)), out)


@app.command("systemd")
def systemd(
    unit: Annotated[str, typer.Option("--role", help=f"One of {', '.join(UNITS)}.")] = UNITS[0],
    cores: Cores = _CORES,
    out: Out = None,
) -> None:
    """A unit: the whole house, or one role with its share of the machine."""
    if unit not in UNITS:
        raise typer.BadParameter(f"{unit!r} is none of {', '.join(UNITS)}")
    _write(systemd_text(Place(load(), cores=cores), unit), out)


@app.command("compose")
def compose(cores: Cores = _CORES, out: Out = None) -> None:
    """The whole house in one container."""
    _write(compose_text(Place(load(), cores=cores)), out)


def _place(domain: str, stage_domain: str, cert: Path, edges: list[str] | None, cores: int) -> Place:
    settings = load()
    if not settings.trusted_proxies:
        Console(stderr=True).print(
            "stentor: trusted_proxies is empty, so everybody behind the proxy is one client. "
            "Next step: set STENTOR_TRUSTED_PROXIES as the file's head says.",
            highlight=False,
            soft_wrap=True,
        )
    return Place(
        settings,
        domain=domain,
        stage_domain=stage_domain,
        certificates=PurePosixPath(cert),
        edges=tuple(edges or ()),
        cores=cores,
    )


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text)
        typer.echo(f"  {out}")
