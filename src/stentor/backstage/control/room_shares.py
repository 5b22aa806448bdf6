"""What Spaces that share edges get of their room. Pure.

Comes in: what there is, what each Space could use. Goes out: whole numbers that add up to what there is.
Never: a Space that gets nothing while another gets much: next to a crowd of millions a small talk still lets
its people in.
"""

from collections.abc import Mapping
from typing import Final

EQUAL_PART: Final = 8
"""One eighth is given in equal parts, as far as each can use it; the rest by demand, so that a person's wait
is the same in a large Space as in a small one."""


def shares(room: int, demands: Mapping[str, int]) -> dict[str, int]:
    """Each Space's part.

    Args:
        room: seats, or joins per second.
        demands: what each could use now.
    Returns: what all have together is `room`; while it is scarce and each is owed at least one, up to as many
        more as there are Spaces: the gates' own room is the hard limit.
    """
    if not demands:
        return {}
    if room <= 0:
        return dict.fromkeys(demands, 0)
    total = sum(demands.values())
    if total <= room:
        spare = _by_weight(room - total, dict.fromkeys(demands, 1))
        return {name: demand + spare[name] for name, demand in demands.items()}
    equal = max(1, room // EQUAL_PART // len(demands))
    first = {name: min(demand, equal) for name, demand in demands.items()}
    rest = _by_weight(
        max(0, room - sum(first.values())), {name: demand - first[name] for name, demand in demands.items()}
    )
    return {name: first[name] + rest[name] for name in demands}


def _by_weight(whole: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`whole` in parts that add up to it: each ends where the sum of the weights so far says."""
    total, so_far, given, parts = sum(weights.values()), 0, 0, {}
    for name, weight in weights.items():
        so_far += weight
        until = whole * so_far // total if total else given
        parts[name], given = until - given, until
    return parts
