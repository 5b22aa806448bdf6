"""Fields of JSON that somebody sent: of the right type, not too long, or an error that says which. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from stentor.errors import BadInput

ENTRIES_MAX: Final = 500
"""Of each list; a machine's brief of an hour has a tenth of it."""
TEXT_LENGTH_MAX: Final = 4_000
_CALLED: Final[dict[type | tuple[type, ...], str]] = {
    str: "a text",
    int: "a whole number",
    (list, tuple): "a list",
    dict: "an object",
}


def text(data: Any, key: str, *, if_missing: str | None = None) -> str:
    """Raises: BadInput: as all of these."""
    found: str = _of_type(data, key, str, if_missing)
    if len(found) > TEXT_LENGTH_MAX:
        raise BadInput(f"{key} has {len(found)} characters; at most {TEXT_LENGTH_MAX} fit.")
    return found


def text_or_none(data: Any, key: str) -> str | None:
    return None if object_of(data).get(key) is None else text(data, key)


def number(data: Any, key: str, *, if_missing: int | None = None) -> int:
    found: int = _of_type(data, key, int, if_missing)
    return found


def list_of(data: Any, key: str, *, if_missing: Sequence[Any] | None = None) -> Sequence[Any]:
    """A tuple is a list, too: what `as_json` gives can be read back as it is."""
    found: Sequence[Any] = _of_type(data, key, (list, tuple), if_missing)
    if len(found) > ENTRIES_MAX:
        raise BadInput(f"{key} has {len(found)} entries; at most {ENTRIES_MAX} fit.")
    return found


def object_at(data: Any, key: str) -> dict[str, Any]:
    found: dict[str, Any] = _of_type(data, key, dict, None)
    return found


def object_of(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BadInput(f"Where an object belongs there is {_shown(data)}.")
    return data


def _of_type(data: Any, key: str, kind: type | tuple[type, ...], if_missing: Any) -> Any:
    found = object_of(data).get(key, if_missing)
    if not isinstance(found, kind) or isinstance(found, bool):
        raise BadInput(f"{key} must be {_CALLED[kind]}, not {_shown(found)}.")
    return found


def _shown(found: Any) -> str:
    return "nothing" if found is None else repr(found)[:40]
