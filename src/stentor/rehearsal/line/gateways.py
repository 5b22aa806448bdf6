"""People who share an address: how the door's budgets date them. Pure.

Comes in: when everybody comes. Goes out: who of them is behind which gateway, and what that does to their
tickets. Never: budgets of its own: the very ones of the door are asked, person by person.
"""

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from stentor.admission.budgets import Budgets, TooManyFor
from stentor.admission.wide_networks import WideNetworks
from stentor.rehearsal.line.evening import Gateway

Integers = NDArray[np.int32]
_ADDRESS: Final = "198.51.100.7"


@dataclass(frozen=True, slots=True)
class Behind:
    """A row per person.

    Args:
        gateway: from 1; 0: none. comes_s: when they get their ticket. dated_s: it is dated so much later.
    """

    gateway: NDArray[np.int8]
    comes_s: Integers
    dated_s: Integers


def behind_gateways(gateways: tuple[Gateway, ...], moments: Integers, rng: Generator) -> Behind:
    """Picks each gateway's people from everybody and asks the budgets for each in turn.

    Who is told to come back does so when told, as a page does by itself.
    """
    behind = Behind(np.zeros(len(moments), np.int8), moments.copy(), np.zeros(len(moments), np.int32))
    total = sum(gateway.people for gateway in gateways)
    picked = rng.choice(len(moments), total, replace=False) if total else np.empty(0, np.int64)
    for number, gateway in enumerate(gateways, 1):
        mine, picked = picked[: gateway.people], picked[gateway.people :]
        behind.gateway[mine] = number
        budgets = Budgets(wide=WideNetworks.parsed([f"{_ADDRESS}={gateway.times}"]))
        asking = [(float(moments[person]), int(person)) for person in mine]
        heapq.heapify(asking)
        latest_s = int(moments.max())
        while asking:
            at_s, person = heapq.heappop(asking)
            behind.comes_s[person] = int(at_s)
            answer = budgets.ticket(_ADDRESS, is_held=True, now_s=at_s)
            if not isinstance(answer, TooManyFor):
                behind.dated_s[person] = answer.behind_s
            elif at_s + answer.retry_after_s <= latest_s:
                heapq.heappush(asking, (at_s + max(answer.retry_after_s, 1.0), person))
    return behind
