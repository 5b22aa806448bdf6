"""JSON into the dataclasses of `models.py`. Pure.

Comes in: what `json.loads` gives. Goes out: a dataclass, its parts, tuples. Never: a field that the class
does not have; a door may be newer than this client.
"""

import types
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from stentor.errors import RemoteProblem

T = TypeVar("T")


def decoded(kind: type[T], data: Any) -> T:
    """The data as `kind`: a dataclass, `Page[X]`, or what JSON has itself.

    Raises: RemoteProblem: it is something else, which a door of our own never sends.
    """
    return cast(T, _decoded(kind, data, {}))


def _decoded(kind: Any, data: Any, variables: dict[Any, Any]) -> Any:
    kind = variables.get(kind, kind)
    origin = get_origin(kind)
    if kind is Any or origin is Literal:
        return data
    if origin in {Union, types.UnionType}:
        return _either(get_args(kind), data, variables)
    if origin is tuple:
        if not isinstance(data, list):
            raise _unexpected(kind)
        return tuple(_decoded(get_args(kind)[0], part, variables) for part in data)
    if origin is dict or kind is dict:
        return data
    cls = origin or kind
    if is_dataclass(cls):
        return _instance(
            cls, data, dict(zip(getattr(cls, "__parameters__", ()), get_args(kind), strict=True))
        )
    if kind is float and isinstance(data, int):
        return float(data)
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise _unexpected(kind)
    return data


def _instance(cls: Any, data: Any, variables: dict[Any, Any]) -> Any:
    if not isinstance(data, dict):
        raise _unexpected(cls)
    values = {}
    for name, (kind, is_needed) in _fields_of(cls).items():
        if name in data:
            values[name] = _decoded(kind, data[name], variables)
        elif is_needed:
            raise _unexpected(cls)
    return cls(**values)


def _either(kinds: tuple[Any, ...], data: Any, variables: dict[Any, Any]) -> Any:
    if data is None and type(None) in kinds:
        return None
    for kind in kinds:
        if kind is not type(None):
            try:
                return _decoded(kind, data, variables)
            except RemoteProblem:
                continue
    raise _unexpected(kinds)


@cache
def _fields_of(cls: Any) -> dict[str, tuple[Any, bool]]:
    """Each field's type, and whether an answer must have it."""
    hints = get_type_hints(cls)
    return {
        field.name: (hints[field.name], field.default is MISSING and field.default_factory is MISSING)
        for field in fields(cls)
    }


def _unexpected(kind: Any) -> RemoteProblem:
    name = getattr(kind, "__name__", str(kind))
    detail = f"The stage door's answer is no {name}. Is it a stage door of another version?"
    return RemoteProblem({"status": 502, "title": "Unexpected answer", "detail": detail})
