"""`stentor owner …` and `stentor account …`: who comes in without an invitation. Parses, calls, prints."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from stentor.client.asking import every
from stentor.client.local import owner_token
from stentor.client.models import LinkTold, Rank
from stentor.client.stage_door import StageDoor
from stentor.config import Settings
from stentor.errors import RemoteProblem
from stentor.verbs.common import DataDir, asked, console, new_key, told, when

owner_app = typer.Typer(help="The owner of this house.", no_args_is_help=True)
app = typer.Typer(help="People who come in without an invitation.", no_args_is_help=True)

AccountId = Annotated[str, typer.Argument(help="As `account list` shows it.", metavar="ACCOUNT")]
RankWanted = Annotated[Rank, typer.Argument(help="What they may do here.")]

_HAS_AN_OWNER = 409


async def first_owner_link(settings: Settings) -> LinkTold | None:
    """For the first start: the link that makes its user the owner; None once an owner has come in.

    Raises: CannotStart. RemoteProblem. Broken.
    """
    async with StageDoor(settings.stage_door_url, token=owner_token(settings.data_dir)) as door:
        try:
            return await door.accounts.owner_link(only_first=True)
        except RemoteProblem as error:
            if error.answer_status == _HAS_AN_OWNER:
                return None
            raise


@owner_app.command("link")
def link(data_dir: DataDir = None) -> None:
    """Print a one-time link that signs the owner in; good for an hour, the one before ends."""
    _tell_link(asked(data_dir, lambda door: door.accounts.owner_link()))


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="For people.")], rank: RankWanted, data_dir: DataDir = None
) -> None:
    """Make an account; prints its one-time link, once."""
    account = asked(data_dir, lambda door: door.accounts.create(name, rank, key=new_key()))
    told(f"{account.id}  {account.link}")


@app.command("list")
def list_accounts(data_dir: DataDir = None) -> None:
    """List the accounts."""
    shown = Table("id", "name", "rank", "comes by", "last seen", box=None)

    async def work(door: StageDoor) -> None:
        async for account in every(lambda cursor: door.accounts.list(cursor=cursor)):
            seen = when(account.seen_ms)
            shown.add_row(account.id, escape(account.name), account.rank, account.way, seen)

    asked(data_dir, work)
    console.print(shown)


@app.command("rank")
def rank_of(account_id: AccountId, rank: RankWanted, data_dir: DataDir = None) -> None:
    """Give an account another rank; it holds at once."""
    asked(data_dir, lambda door: door.accounts.edit(account_id, rank=rank))


@app.command("link")
def account_link(account_id: AccountId, data_dir: DataDir = None) -> None:
    """Print a new one-time link for somebody who lost their passkeys; good for three days."""
    _tell_link(asked(data_dir, lambda door: door.accounts.link(account_id)))


@app.command("remove")
def remove(account_id: AccountId, data_dir: DataDir = None) -> None:
    """Remove an account; its sessions, links and passkeys end."""
    asked(data_dir, lambda door: door.accounts.remove(account_id))


def _tell_link(made: LinkTold) -> None:
    told(f"{made.link}  until {when(made.until_ms)}")
