"""The count log: a Space's figures, a line a second, each carrying the hash of the line before. Pure.

Comes in: figures. Goes out: lines of JSON; whether a file is whole. Never: a figure that can be changed
afterwards without every later line saying so. Whoever notes the last line's hash elsewhere (a post, a
printout) can prove the whole log with it.

A line is an object with `at_ms` (the wall clock, which may be set back), the figures, `prev` (the hash of the
line before, 64 zeros at the start), and, last, `hash`: SHA-256 over the line's own JSON without that member.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stentor.errors import BadInput
from stentor.read_json import read_json

FIRST: str = "0" * 64
LINE_BYTES_MAX = 4096


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verified log is."""

    lines: int
    first_ms: int
    last_ms: int
    last_hash: str


def line(*, prev: str, at_ms: int, figures: Mapping[str, int | str]) -> tuple[bytes, str]:
    """One line with its end, and its hash."""
    body = {"at_ms": at_ms, **figures, "prev": prev}
    digest = _hash(body)
    return json.dumps({**body, "hash": digest}, separators=(",", ":")).encode() + b"\n", digest


def hash_of(data: bytes) -> str:
    """The hash that a line names, checked against its content. Raises: BadInput: it is not a whole line."""
    try:
        body = read_json(data)
        told = body.pop("hash")
    except (ValueError, KeyError, AttributeError, TypeError):
        raise BadInput("The line is not one of a count log.") from None
    if told != _hash(body):
        raise BadInput("The line does not have the hash that it names: it was changed.")
    return str(told)


def verify(lines: Iterable[bytes]) -> Verdict:
    """Follows the chain.

    Raises: BadInput: names the first line that breaks it.
    """
    prev, count, first_ms, last_ms = FIRST, 0, 0, 0
    for number, data in enumerate(lines, 1):
        try:
            digest = hash_of(data)
        except BadInput as error:
            raise BadInput(f"Line {number}: {error.detail}") from None
        body = read_json(data)
        if body["prev"] != prev:
            raise BadInput(f"Line {number} does not follow the line before: one is missing, or was changed.")
        first_ms = first_ms or body["at_ms"]
        last_ms, prev, count = body["at_ms"], digest, number
    if not count:
        raise BadInput("There is no line in this count log.")
    return Verdict(count, first_ms, last_ms, prev)


def _hash(body: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(body, separators=(",", ":")).encode()).hexdigest()
