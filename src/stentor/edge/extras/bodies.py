"""The bodies of the few requests that have one: small JSON objects of known fields.

Comes in: a request of one of the four routes that take a body. Goes out: its fields. Never: more than 1 KiB,
a field that is not known, a body that is waited for without end (`connection.py` has its deadline).
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from stentor.errors import BadInput, TooLarge, WrongType

BODY_BYTES_MAX: Final = 1024
"""A question of 280 characters in an alphabet of four bytes each, with its name, fits."""
MIME: Final = "application/json"
ROUTES: Final = re.compile(r"/s/[^/]+/(react|hand|question|ask)")
"""The only addresses whose POST takes a body."""


async def small_json(
    request: Request, needed: Mapping[str, type], possible: Mapping[str, type] | None = None
) -> dict[str, Any]:
    """The body's fields.

    Args:
        needed, possible: names with the type that each value must have.
    Raises: WrongType. TooLarge. BadInput.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MIME:
        raise WrongType(wanted=MIME)
    try:
        body = await request.body()
    except ClientDisconnect:
        raise BadInput("The body did not come.") from None
    if len(body) > BODY_BYTES_MAX:
        raise TooLarge("The body", size_bytes=len(body), limit_bytes=BODY_BYTES_MAX)
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        # A thousand open brackets fit into 1 KiB.
        raise BadInput("The body is not JSON.") from None
    return _checked(fields, dict(needed), dict(possible or {}))


def _checked(fields: object, needed: dict[str, type], possible: dict[str, type]) -> dict[str, Any]:
    kinds = needed | possible
    if not isinstance(fields, dict) or not needed.keys() <= fields.keys() <= kinds.keys():
        raise BadInput(
            f"The body must be an object with {', '.join(needed)}"
            f"{', possibly ' + ', '.join(possible) if possible else ''}, and nothing else."
        )
    for name, value in fields.items():
        if type(value) is not kinds[name]:
            raise BadInput(f"{name} must be of the type {kinds[name].__name__}.")
    return fields
