"""Types of the stage door's API for the pages: OpenAPI in, web/src/api/schema.ts out.

Only shapes go in, no descriptions and no refusals: a better sentence in a docstring must not change the
pages. The file's first line carries the fingerprint of the shapes it was made from; `tests/test_api_types.py`
compares it with the application's. Run by `npm run types` in web/.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from stentor.backstage.app import build_app
from stentor.backstage.door import Door
from stentor.config import Settings

ROOT = Path(__file__).resolve().parent.parent
TYPES = ROOT / "web" / "src" / "api" / "schema.ts"
GENERATOR = ROOT / "web" / "dev" / "types"
_WORDS = frozenset({"description", "summary", "title", "tags"})
_EXAMPLES = frozenset({"example", "examples"})
_STATUS_DIGITS = 3


def main() -> int:
    if not (GENERATOR / "node_modules").exists():
        subprocess.run(["npm", "ci"], cwd=GENERATOR, check=True)
    shapes = shapes_of_api()
    made = subprocess.run(
        ["npx", "--no-install", "openapi-typescript", "--default-non-nullable", "false"],
        cwd=GENERATOR,
        input=json.dumps(shapes),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        print(made.stderr, file=sys.stderr)
        return 1
    TYPES.write_text(f"{first_line(shapes)}\n{made.stdout}")
    return 0


def shapes_of_api() -> dict[str, Any]:
    """The application's OpenAPI without its prose."""
    # The routes are made without looking at the door's parts; only these are touched.
    door = cast(Door, SimpleNamespace(pages_dir=ROOT, metrics=None, settings=Settings()))
    bare = _without_words(build_app(door).openapi())
    assert isinstance(bare, dict)
    return {**bare, "info": {"title": "Stentor stage door", "version": "1"}}


def first_line(shapes: dict[str, Any]) -> str:
    fingerprint = hashlib.sha256(json.dumps(shapes, sort_keys=True).encode()).hexdigest()
    return f"// Made by `npm run types`; not written by hand. Of the API {fingerprint}"


def _without_words(value: Any, *, are_names: bool = False) -> Any:
    """Without prose and refusals, all of one shape. A property that is called `title` is no prose."""
    if isinstance(value, list):
        return [_without_words(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_words(part, are_names=key in {"properties", "schemas", "paths"})
        for key, part in value.items()
        if are_names or not (_is_prose(key, part) or _is_refusal(key))
    }


def _is_prose(key: str, part: Any) -> bool:
    return key in _EXAMPLES or (key in _WORDS and isinstance(part, (str, list)))


def _is_refusal(key: str) -> bool:
    """A status of `responses`; what is no success is a `Problem`. (A field's default is no shape either.)"""
    return key == "default" or (key.isdecimal() and len(key) == _STATUS_DIGITS and not key.startswith("2"))


if __name__ == "__main__":
    sys.exit(main())
