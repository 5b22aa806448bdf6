"""The bodies of the few requests that have one: small JSON objects of known fields.

Comes in: a request of one of the few routes that take a body. Goes out: its fields. Never: more than 3 KiB,
a field that is not known, a body that is waited for without end (`connection.py` has its deadline).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from stentor.errors import BadInput, TooLarge, WrongType
from stentor.read_json import read_json

BODY_BYTES_MAX: Final = 1024
"""A question of 280 characters in an alphabet of four bytes each, with its name, fits."""
MIME: Final = "application/json"
LINE_BODY_BYTES_MAX: Final = 3 * 1024
"""A ticket and a proof of work: altcha's is some 900 characters."""
ROUTES: Final = re.compile(r"/s/[^/]+/(react|hand|question|ask)")
LINE_ROUTES: Final = re.compile(r"/s/[^/]+/(pass|here|bid)")
"""With the extras the only addresses whose POST takes a body."""


async def small_json(
    request: Request,
    needed: Mapping[str, type],
    possible: Mapping[str, type] | None = None,
    *,
    bytes_max: int = BODY_BYTES_MAX,
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
    if len(body) > bytes_max:
        raise TooLarge("The body", size_bytes=len(body), limit_bytes=bytes_max)
    try:
        fields = read_json(body)
    except ValueError:
        raise BadInput("The body is not JSON.") from None
    return _checked(fields, dict(needed), dict(possible or {}))


def _checked(fields: object, needed: dict[str, type], possible: dict[str, type]) -> dict[str, Any]:
    kinds = needed | possible
    if not isinstance(fields, dict) or not needed.keys() <= fields.keys() <= kinds.keys():
        raise BadInput(
            f"The body must be an object with {', '.join(needed) or 'no fields'}"
            f"{', possibly ' + ', '.join(possible) if possible else ''}, and nothing else."
        )
    for name, value in fields.items():
        if type(value) is not kinds[name]:
            raise BadInput(f"{name} must be of the type {kinds[name].__name__}.")
    return fields
