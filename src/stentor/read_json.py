"""JSON of others: read, or refused with one kind of error. Pure.

Comes in: bytes from a neighbour, an old file, a stranger. Goes out: what they say. Never: a number that is
none (`NaN`, `Infinity`, `1e999` are valid to Python, and then an OverflowError in whoever wants a count),
half a character (`"\\ud800"` is a text that cannot be written again), an error that is no ValueError (a
kilobyte of `[` is a RecursionError to Python's own reader).
"""

import json
import math
from typing import Any, Final


def read_json(data: bytes | str) -> Any:
    """What the document says.

    Raises: ValueError: not JSON in UTF-8, nested too deeply, with a number beyond a float's range or half a
        character.
    """
    text = data if isinstance(data, str) else data.decode()
    try:
        found = _DECODER.decode(text)
        if any(mark in text for mark in _HALVES):
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return found


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number beyond all bounds")
    return number


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no number")


_HALVES: Final = ("\\ud", "\\uD")
"""How a surrogate's escape begins."""
_DECODER: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_refused)
