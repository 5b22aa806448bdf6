"""Every answer that any test of the stage door sees is one that the contract promises."""

import re
from functools import cache
from typing import Any

from tools.contract import contract

ANY_ROUTE = frozenset({408, 431, 500})
"""What the contract says of all routes at once."""


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    # Those without a name in them first: `/people/mute-all` is not the person «mute-all».
    paths = sorted(contract()["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), methods) for path, methods in paths]


def undocumented(method: str, path: str, status: int) -> str | None:
    """What is wrong with an answer of this status; None: it is promised, or the route is none of ours."""
    bare = path.partition("?")[0]
    for pattern, methods in _patterns():
        operation = methods.get(method.lower())
        if operation is not None and pattern.fullmatch(bare):
            if str(status) in operation["responses"] or status in ANY_ROUTE:
                return None
            return f"{method} {bare} answered {status}, which its contract does not promise"
    return None
