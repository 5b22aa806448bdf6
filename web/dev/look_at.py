"""What both halves of look.py share."""

import urllib.request
from collections.abc import Awaitable, Callable

Shot = Callable[[str], Awaitable[None]]
"""Leaves a screenshot under this name and asks axe-core."""


def do(url: str, what: str) -> None:
    """Makes trouble in the cardboard house."""
    urllib.request.urlopen(urllib.request.Request(f"{url}/dev/{what}", method="POST"))
