"""Writes what the stage door answers as frozen dataclasses, from its OpenAPI: src/stentor/client/*models.py.

Usage: python tools/client_models.py      (tests/client/test_models.py checks that it is up to date)

Generated, so that the contract is written once: the client must not import the server's models (a client is
no part of a server, and the layers forbid it), and two lists of fields kept by hand drift apart.
"""

import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tools.contract import contract

CLIENT = Path(__file__).resolve().parent.parent / "src" / "stentor" / "client"
MODELS, RECORD_MODELS = CLIENT / "models.py", CLIENT / "record_models.py"
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_BROWSERS_ONLY = {"session", "house"}
"""Tags: signing in, and the operators' page; the command line asks NATS for that."""
_OF_PAGES = re.compile(r"Page_(\w+)_")
_HEAD = '''"""What the stage door answers. Made by `make docs` from its OpenAPI document; not written by hand.

Fields that this client does not know are passed over, so that an older client works with a newer door.
"""

from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list. `next` is the `cursor` of the next page; None: this was the last."""

    items: tuple[T, ...]
    next: str | None = None

'''


_RECORD_HEAD = '''"""What the stage door answers about a record. Made by `make docs`; not written by hand."""

from dataclasses import dataclass
from typing import Any, Literal

'''


def main() -> None:
    for path, text in the_pages().items():
        path.write_text(text)


def the_pages() -> dict[Path, str]:
    """Both files: what only the routes of the tag `record` answer stands apart, the rest is one list."""
    document = contract()
    schemas = document["components"]["schemas"]
    of_all, of_record = _answered(document), _answered(document, but={"record"})
    apart = _written(of_all - of_record, schemas)
    return {
        MODELS: _formatted(_HEAD + _written(of_record, schemas)),
        RECORD_MODELS: _formatted(_RECORD_HEAD + apart),
    }


def _written(names: set[str], schemas: dict[str, Any]) -> str:
    told = [name for name in names if name != "Problem" and not _OF_PAGES.fullmatch(name)]
    return "\n".join(_class(name, schemas[name]) for name in _leaves_first(told, schemas)) + "\n"


def _formatted(source: str) -> str:
    ruff = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", str(MODELS), "-"]
    return subprocess.run(ruff, input=source, capture_output=True, text=True, check=True).stdout


def _leaves_first(names: list[str], schemas: dict[str, Any]) -> list[str]:
    """By kind and name, but each behind what it is made of."""
    ordered: list[str] = []

    def put(name: str) -> None:
        if name in names and name not in ordered:
            for part in sorted(_references(schemas[name])):
                put(part)
            ordered.append(name)

    for name in sorted(names, key=lambda name: ("enum" not in schemas[name], name)):
        put(name)
    return ordered


def _answered(document: dict[str, Any], *, but: Collection[str] = ()) -> set[str]:
    """Every schema that an answer that is no refusal can hold, but for what only browsers ask.

    Args:
        but: tags whose routes are left out, too.
    """
    found: set[str] = set()
    waiting: list[Any] = [
        answer
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and not {*_BROWSERS_ONLY, *but} & set(operation.get("tags", ()))
    ]
    while waiting:
        for name in _references(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(document["components"]["schemas"][name])
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _class(name: str, schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return f"{name} = Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    words = " ".join(schema.get("description", name).split("\n\n")[0].split())
    required = set(schema.get("required", ()))
    lines = []
    for field, about in schema["properties"].items():
        default = "" if field in required else f" = {_default(about)}"
        lines.append(f"    {field}: {_type(about)}{default}")
    return (
        "\n@dataclass(frozen=True, slots=True, kw_only=True)\n"
        f'class {name}:\n    """{_sentence(words)}"""\n\n' + "\n".join(lines) + "\n"
    )


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _default(about: dict[str, Any]) -> str:
    value = about.get("default")
    return "()" if value == [] else repr(value)


def _type(about: dict[str, Any]) -> str:
    if "$ref" in about:
        name = about["$ref"].rpartition("/")[2]
        of = _OF_PAGES.fullmatch(name)
        return f"Page[{of.group(1)}]" if of else name
    if "anyOf" in about:
        return " | ".join(dict.fromkeys(_type(part) for part in about["anyOf"]))
    if "enum" in about:
        return f"Literal[{', '.join(repr(value) for value in about['enum'])}]"
    if "const" in about:
        return f"Literal[{about['const']!r}]"
    kind = about.get("type")
    if kind == "array":
        return f"tuple[{_type(about.get('items', {}))}, ...]"
    if kind == "object":
        return "dict[str, Any]"
    return _PLAIN[kind] if isinstance(kind, str) else "Any"


if __name__ == "__main__":
    main()
