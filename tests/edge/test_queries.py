"""Unknown names in a query are refused before routing; pages take what links have on them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import stentor.edge
from stentor.edge.queries import KNOWN, unknown_name


@pytest.mark.parametrize(
    "path", ["/s/demo/live.mp4", "/s/demo/hls/index.m3u8", "/spaces.json", "/assets/a.js", "/healthz"]
)
def test_a_name_that_no_route_has_is_found_wherever_it_stands(path: str) -> None:
    assert unknown_name(path, b"cachebuster=1") == "cachebuster"
    assert unknown_name(path, b"from=3&x") == "x"
    assert unknown_name(path, b"%66rom=3") == "%66rom"
    assert unknown_name(path, b"from=3&pass=x") is None
    assert unknown_name(path, b"") is None


@pytest.mark.parametrize("path", ["/", "/s/demo", "/s/demo.key", "/s/demo/embed", "/oembed"])
def test_pages_take_any(path: str) -> None:
    assert unknown_name(path, b"utm_source=letter&fbclid=x") is None


def test_every_name_that_a_route_takes_is_known() -> None:
    found = set(names_in_routes())
    assert found
    assert found <= KNOWN


def names_in_routes() -> Iterator[str]:
    """What stands between the brackets of `checked_query(…, {…})`, and in sets named beside it."""
    for path in Path(stentor.edge.__path__[0]).rglob("*.py"):
        text = path.read_text()
        if "checked_query(" not in text or path.name == "answers.py":
            continue
        for node in ast.walk(ast.parse(text)):
            is_call = isinstance(node, ast.Call) and "checked_query" in ast.unparse(node.func)
            is_named = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {
                "allowed",
                "_DIRECTIVES",
            }
            if is_call or is_named:
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value
