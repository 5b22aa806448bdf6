"""The stage door's OpenAPI document without a running door: what clients are made from, tests compare with.

Usage: python tools/contract.py > openapi.json
"""

import json
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from stentor.backstage.app import build_app
from stentor.backstage.door import Door
from stentor.config import Settings


@cache
def contract() -> dict[str, Any]:
    """As `/api/openapi.json` gives it. The routes are made without a look at the door's parts but these."""
    door = cast(Door, SimpleNamespace(pages_dir=Path("pages"), metrics=None, settings=Settings()))
    return build_app(door).openapi()


if __name__ == "__main__":
    json.dump(contract(), sys.stdout, indent=2)
