"""How a gate's desk is set up: keys, clocks, budgets, from the bus and the settings.

Comes in: a bus, the settings. Goes out: the desk's routes, and the work that has to run beside them. Never: a
decision.
"""

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Final

from stentor.admission.budgets import Budgets
from stentor.admission.door_keys import DoorKeys
from stentor.admission.forwarded import Trusted
from stentor.admission.line.line_clock import Doors
from stentor.admission.line.signing import ClockSigner
from stentor.admission.wide_networks import WideNetworks
from stentor.clock import Clock
from stentor.config import Settings
from stentor.edge.admission.bids import Bids
from stentor.edge.admission.clocks import Clocks
from stentor.edge.admission.desk import Desk
from stentor.edge.admission.entry import WhenBlind
from stentor.edge.admission.routes import LineRoutes
from stentor.edge.fanouts import Fanouts
from stentor.edge.newcomers import Newcomers
from stentor.edge.spaces import Spaces
from stentor.errors import LogAway
from stentor.log.bus import Bus
from stentor.log.house_key import house_key
from stentor.log.lines import LineStates

_LOOK_S: Final = 2.0
"""Reading the states of some hundred lines takes less; a gate opens without them."""


async def open_desk(
    stack: AsyncExitStack,
    bus: Bus,
    settings: Settings,
    *,
    spaces: Spaces,
    fanouts: Fanouts,
    newcomers: Newcomers,
    clock: Clock,
    trusted: Trusted,
) -> tuple[LineRoutes, DoorKeys]:
    """The routes, and the keys whose `run` the gate lets go. Raises: LogAway."""
    clocks, keys = Clocks(clock), await DoorKeys.open(bus)
    subscription = await clocks.listen(bus)
    stack.push_async_callback(subscription.close)
    clocks.begin(await _held_lines(bus))
    desk = Desk(
        clock,
        clocks,
        lambda: keys.ring,
        await house_key(bus, "network"),
        Budgets(
            tickets_per_s=settings.door_tickets_per_s,
            tickets_per_min_held=settings.door_tickets_per_min_held,
            wide=WideNetworks.parsed(settings.wide_networks),
            gates=settings.gates,
        ),
        when_blind=WhenBlind(settings.line_when_blind),
    )
    routes = LineRoutes(
        spaces,
        desk,
        clock,
        ClockSigner(await house_key(bus, "clock")).public_key,
        await _bids(bus) if settings.proof_of_work == "auto" else None,
        fanouts.has_room,
        newcomers.came,
        trusted,
    )
    return routes, keys


async def _held_lines(bus: Bus) -> frozenset[str]:
    """Spaces whose doors the controller held when it last wrote them down; none while that cannot be read."""
    found = set()
    with suppress(LogAway, TimeoutError):
        async with asyncio.timeout(_LOOK_S):
            states = await LineStates.open(bus)
            for space_id in await states.space_ids():
                state = await states.load(space_id)
                if state is not None and state[0].get("doors") == Doors.HELD:
                    found.add(space_id)
    return frozenset(found)


async def _bids(bus: Bus) -> Bids:
    return Bids(await house_key(bus, "bids"), await house_key(bus, "bid-answers"))
