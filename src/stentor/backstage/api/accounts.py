"""The accounts of this house: the owner makes them, names their rank, and takes them away."""

from fastapi import APIRouter

from stentor.backstage.access.asker import Keeper
from stentor.backstage.api.access_models import (
    AccountChange,
    AccountMade,
    AccountTold,
    AccountWanted,
    LinkTold,
    OwnerLinkWanted,
)
from stentor.backstage.api.idempotency import OnceHere
from stentor.backstage.api.pages_of import Page, PageWanted, paged
from stentor.backstage.door import Door, DoorHere

routes = APIRouter(prefix="/api/accounts", tags=["accounts"])


@routes.get("")
async def list_accounts(who: Keeper, door: DoorHere, cut: PageWanted) -> Page[AccountTold]:  # noqa: ARG001
    """Everybody who can come in without an invitation, the oldest first."""
    roll = await door.keeper.roll()
    return paged(roll.accounts, cut, key=lambda a: (a.created_ms, a.id), tell=AccountTold.of)


@routes.post("", status_code=201)
async def create_account(wanted: AccountWanted, who: Keeper, door: DoorHere, once: OnceHere) -> AccountMade:
    """Makes an account and its one-time link, which is good for three days. 503: the roll is full."""
    return await once.told(AccountMade, by=who.id, make=lambda: _made(wanted, door))


@routes.post("/owner-link", status_code=201)
async def create_owner_link(wanted: OwnerLinkWanted, who: Keeper, door: DoorHere) -> LinkTold:  # noqa: ARG001
    """A one-time link, good for an hour, that makes its user the first owner. The one before ends."""
    _, link, until_ms = await door.keeper.owner_link(only_first=wanted.only_first)
    return LinkTold(link=link, until_ms=until_ms)


@routes.patch("/{account_id}")
async def change_account(
    account_id: str,
    wanted: AccountChange,
    who: Keeper,  # noqa: ARG001
    door: DoorHere,
) -> AccountTold:
    """Another name or rank, in force with the next request. 409: the last owner stays one."""
    roll = await door.keeper.change_roll(
        lambda roll: roll.changed(account_id, name=wanted.name, rank=wanted.rank)
    )
    return AccountTold.of(roll.get(account_id))


@routes.delete("/{account_id}", status_code=204)
async def remove_account(account_id: str, who: Keeper, door: DoorHere) -> None:  # noqa: ARG001
    """The account goes, and with it its sessions, links and passkeys. 409: the last owner."""
    await door.keeper.remove_account(account_id)


@routes.post("/{account_id}/link", status_code=201)
async def create_account_link(account_id: str, who: Keeper, door: DoorHere) -> LinkTold:  # noqa: ARG001
    """A new one-time link for an account whose passkeys are lost. The one before ends."""
    link, until_ms = await door.keeper.account_link(account_id)
    return LinkTold(link=link, until_ms=until_ms)


async def _made(wanted: AccountWanted, door: Door) -> AccountMade:
    account = await door.keeper.new_account(wanted.name, wanted.rank)
    link, until_ms = await door.keeper.account_link(account.id)
    return AccountMade(**AccountTold.of(account).model_dump(), link=link, until_ms=until_ms)
