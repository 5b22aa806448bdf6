"""The verbs. Parses, calls, prints; decides nothing."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stentor import __version__
from stentor.client.local import until_ready
from stentor.config import Settings, load
from stentor.demo import ScratchDirectory, demo
from stentor.doctor import Health, examine, require_fit
from stentor.edge_client import edges, order
from stentor.errors import StentorError
from stentor.formats.count_log import verify
from stentor.logs import configure
from stentor.process import stop_event
from stentor.settings_table import table
from stentor.supervise import ROLES, Supervisor
from stentor.verbs import account, deploy, line, listen, record, search, space, texts, webhook

app = typer.Typer(
    help="Stentor: self-hosted live audio spaces, built for the evening when everybody comes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(space.app, name="space")
app.add_typer(line.app, name="line")
app.add_typer(deploy.app, name="deploy")
app.add_typer(record.app, name="record")
app.add_typer(texts.transcript_app, name="transcript")
app.add_typer(texts.brief_app, name="brief")
app.command("search")(search.search)
app.command("listen")(listen.listen)
app.add_typer(webhook.app, name="webhook")
app.add_typer(account.owner_app, name="owner")
app.add_typer(account.app, name="account")
edge_app = typer.Typer(help="Look at running edges and move their ladders.", no_args_is_help=True)
app.add_typer(edge_app, name="edge")
counts_app = typer.Typer(help="The count log that is kept with each recording.", no_args_is_help=True)
app.add_typer(counts_app, name="counts")

_console = Console()
_READY_TIMEOUT_S = 20.0
_MARKS = {Health.GOOD: "[dim]·[/]", Health.POOR: "[yellow]![/]", Health.FATAL: "[red]✗[/]"}

DataDir = Annotated[Path | None, typer.Option(help="Where this house keeps its things.")]
Nats = Annotated[str | None, typer.Option(help="An existing NATS server or cluster instead of an own one.")]


def main() -> None:
    """Entry point: errors are one sentence and an exit code, never a traceback."""
    try:
        app()
    except StentorError as error:
        Console(stderr=True).print(f"stentor: {escape(error.detail)}", highlight=False, soft_wrap=True)
        sys.exit(2)


@app.command()
def serve(data_dir: DataDir = None, nats: Nats = None) -> None:
    """Run the whole house on this machine: NATS, backstage, stage, edge, scribe."""
    settings = load(data_dir=data_dir, nats_url=nats)
    require_fit(settings)
    configure("supervisor", settings.log_level)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = stop_event()
    supervisor = Supervisor(settings)
    try:
        await supervisor.start()
        await until_ready(settings.stage_door_url, timeout_s=_READY_TIMEOUT_S)
        _console.print(f"  front door  {settings.listen_url}", highlight=False)
        _console.print(f"  stage door  {settings.stage_door_url}", highlight=False)
        _console.print(f"  logs        {settings.data_dir / 'logs'}", highlight=False)
        if (first := await account.first_owner_link(settings)) is not None:
            _console.print(f"  owner       {first.link}", highlight=False, soft_wrap=True)
            _console.print("              open it within the hour; it works once", highlight=False)
        _console.print('  next        stentor space create "My first Space"', highlight=False)
        await stop.wait()
    finally:
        await supervisor.stop()


@app.command(name="demo")
def demo_command(
    data_dir: DataDir = None,
    nats: Nats = None,
    for_s: Annotated[
        float | None, typer.Option("--for", help="Stop by itself after so many seconds.")
    ] = None,
) -> None:
    """Put a Space on the air with two speakers, and show what happens."""
    if data_dir is not None:
        _run_demo(load(data_dir=data_dir, nats_url=nats), for_s)
        return
    with ScratchDirectory() as scratch:
        _run_demo(load(data_dir=scratch, nats_url=nats), for_s)


def _run_demo(settings: Settings, for_s: float | None) -> None:
    async def run() -> None:
        await demo(settings, console=_console, stop=stop_event(), for_s=for_s)

    asyncio.run(run())


@app.command()
def doctor(data_dir: DataDir = None, nats: Nats = None) -> None:
    """Say what is wrong with this machine and what to do."""
    worst = Health.GOOD
    for finding in examine(load(data_dir=data_dir, nats_url=nats)):
        line = f"{_MARKS[finding.health]} {escape(finding.what)}: {escape(finding.detail)}"
        _console.print(line, highlight=False, soft_wrap=True)
        if finding.health is not Health.GOOD:
            _console.print(f"  → {escape(finding.next_step)}", highlight=False, soft_wrap=True)
            worst = Health.FATAL if Health.FATAL in {worst, finding.health} else Health.POOR
    if worst is Health.FATAL:
        raise typer.Exit(2)


@app.command()
def settings(
    markdown: Annotated[bool, typer.Option(help="As docs/SETTINGS.md has it.")] = False,
    toml: Annotated[bool, typer.Option(help="As a file to start from: stentor.toml.")] = False,
) -> None:
    """Show every setting with its unit, default, bounds and reason."""
    if markdown or toml:
        sys.stdout.write(settings_markdown() if markdown else settings_toml())
        return
    shown = Table("setting", "unit", "default", "bounds", "why", box=None)
    for row in table():
        shown.add_row(f"[bold]{row.name}[/]", row.unit, row.default, row.bounds, row.why)
    _console.print(shown)


def settings_markdown() -> str:
    """docs/SETTINGS.md, made from the table."""
    rows = "\n".join(f"| `{r.name}` | {r.unit} | {r.default} | {r.bounds} | {r.why} |" for r in table())
    return (
        "# Settings\n\n"
        "Made by `stentor settings --markdown`; a test keeps it equal to the code.\n\n"
        "Sources, later wins: defaults, `stentor.toml` (or the file named by `STENTOR_CONFIG`), environment\n"
        "variables `STENTOR_<NAME>`, arguments.\n\n"
        "| setting | unit | default | bounds | why |\n|---|---|---|---|---|\n"
        f"{rows}\n"
    )


def settings_toml() -> str:
    """deploy/stentor.toml: every setting as a comment with its default, ready to be changed."""
    lines = ["# Stentor's settings. Every line is a default: take away the # and change it.", ""]
    for row in table():
        bounds = f", {row.bounds}" if row.bounds else ""
        lines += [f"# {row.why} ({row.unit}{bounds})", f"# {row.name} = {row.toml_default}", ""]
    return "\n".join(lines)


@app.command()
def role(
    name: Annotated[str, typer.Argument(help="backstage, stage, edge or scribe.")], nats: Nats = None
) -> None:
    """Run one role in the foreground; a cluster's machines run one each."""
    modules = {child.name: child.module for child in ROLES}
    if name not in modules:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(modules)}")
    chosen = load(nats_url=nats)
    if not chosen.nats_url:
        raise typer.BadParameter("one role alone needs --nats or STENTOR_NATS_URL")
    environment = {**os.environ, **chosen.as_environment()}
    # The role takes this process's place: its supervisor sees the right process.
    os.execve(sys.executable, [sys.executable, "-m", modules[name]], environment)


@app.command()
def version() -> None:
    """Print the version."""
    sys.stdout.write(f"{__version__}\n")


@edge_app.command("list")
def edge_list(data_dir: DataDir = None, nats: Nats = None) -> None:
    """List the edges that speak."""
    shown = Table("edge", "open streams", "hearing", "rung", "cadence", box=None)
    for beat in asyncio.run(edges(load(data_dir=data_dir, nats_url=nats))):
        counts = beat.get("spaces", {}).values()
        totals = [str(sum(count.get(name, 0) for count in counts)) for name in ("admitted", "hearing")]
        shown.add_row(beat["edge"], *totals, str(beat.get("rung", "–")), str(beat.get("cadence", "–")))
    _console.print(shown)


@edge_app.command("ladder")
def edge_ladder(  # noqa: PLR0917  # each is an option
    edge: str,
    rung: Annotated[str | None, typer.Option(help="high, low or auto.")] = None,
    cadence: Annotated[str | None, typer.Option(help="1, 2, 4 or auto.")] = None,
    extras: Annotated[str | None, typer.Option(help="Reactions and questions: on, off or auto.")] = None,
    door: Annotated[str | None, typer.Option(help="Newcomers: held (they wait) or auto.")] = None,
    data_dir: DataDir = None,
    nats: Nats = None,
) -> None:
    """Force a rung, a cadence, the extras or the door on an edge, or give them back to the ladder."""
    wish: dict[str, Any] = {"rung": rung} if rung else {}
    if cadence:
        wish["cadence"] = int(cadence) if cadence.isdecimal() else cadence
    if extras:
        wish["extras"] = extras
    if door:
        wish["door"] = door
    told = asyncio.run(order(load(data_dir=data_dir, nats_url=nats), edge, wish))
    ways = {True: "forced", False: "automatic"}
    _console.print(f"  rung     {told['rung']} ({ways[told['is_rung_forced']]})", highlight=False)
    _console.print(f"  cadence  {told['cadence']} ({ways[told['is_cadence_forced']]})", highlight=False)
    _console.print(f"  extras   {told['extras']} ({ways[told['is_extras_forced']]})", highlight=False)
    _console.print(f"  door     {told['door']} ({ways[told['is_door_forced']]})", highlight=False)


@counts_app.command("verify")
def counts_verify(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Check that no line of a count log was changed, removed or put in between."""
    with file.open("rb") as lines:
        verdict = verify(lines)
    _console.print(f"  {verdict.lines} lines, whole", highlight=False)
    _console.print(f"  last hash {verdict.last_hash}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
