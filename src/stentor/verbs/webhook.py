"""`stentor webhook …`: programs that are told what happens. Parses, calls, prints."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from stentor.client.asking import every
from stentor.client.stage_door import StageDoor
from stentor.verbs.common import DataDir, asked, console, new_key, told, when

app = typer.Typer(help="Tell other programs what happens in the Spaces.", no_args_is_help=True)

Hook = Annotated[str, typer.Argument(help="As `webhook list` shows it.", metavar="WEBHOOK")]


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="Where to; https.")],
    event: Annotated[list[str] | None, typer.Option(help="Only this one; may come several times.")] = None,
    space: Annotated[str | None, typer.Option(help="Only of this Space.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Add an endpoint; prints its secret, once."""
    hook = asked(
        data_dir,
        lambda door: door.webhooks.create(url, events=event or (), space=space, key=new_key()),
    )
    told(f"{hook.id}  {hook.secret}")


@app.command("list")
def list_hooks(data_dir: DataDir = None) -> None:
    """List the endpoints."""
    shown = Table("id", "url", "space", "events", "is", box=None)

    async def work(door: StageDoor) -> None:
        async for hook in every(lambda cursor: door.webhooks.list(cursor=cursor)):
            state = "on" if hook.is_on else escape(f"off: {hook.off_because}")
            shown.add_row(hook.id, hook.url, hook.space or "all", ", ".join(hook.events) or "all", state)

    asked(data_dir, work)
    console.print(shown)


@app.command("log")
def log(webhook_id: Hook, data_dir: DataDir = None) -> None:
    """Print its last tries, the newest first."""
    shown = Table("when", "event", "try", "answer", "again", box=None)

    async def work(door: StageDoor) -> None:
        async for d in every(lambda cursor: door.webhooks.deliveries(webhook_id, cursor=cursor)):
            shown.add_row(when(d.at_ms), d.type, str(d.try_number), d.failure or "taken", when(d.again_ms))

    asked(data_dir, work)
    console.print(shown)


@app.command("test")
def test(webhook_id: Hook, data_dir: DataDir = None) -> None:
    """Send it a test; `log` shows what became of it."""
    asked(data_dir, lambda door: door.webhooks.test(webhook_id))


@app.command("secret")
def secret(webhook_id: Hook, data_dir: DataDir = None) -> None:
    """Replace its secret; for a day messages carry both signatures."""
    hook = asked(data_dir, lambda door: door.webhooks.replace_secret(webhook_id))
    told(f"{hook.id}  {hook.secret}")


@app.command("on")
def on(webhook_id: Hook, data_dir: DataDir = None) -> None:
    """Tell it what happens from now on."""
    asked(data_dir, lambda door: door.webhooks.edit(webhook_id, is_on=True))


@app.command("off")
def off(webhook_id: Hook, data_dir: DataDir = None) -> None:
    """Tell it nothing until it is on again."""
    asked(data_dir, lambda door: door.webhooks.edit(webhook_id, is_on=False))


@app.command("remove")
def remove(webhook_id: Hook, data_dir: DataDir = None) -> None:
    """Forget it."""
    asked(data_dir, lambda door: door.webhooks.remove(webhook_id))
