"""The tree is the architecture: imports go down only, libraries enter by named files, files stay small."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "stentor"

LAYERS = [
    {"__main__"},
    {"cli"},
    {"verbs"},
    {"demo"},
    {"status"},
    {"supervise", "doctor", "rehearsal", "client", "edge_client"},
    {"stage", "edge", "backstage", "scribe"},
    {"deployment"},
    {"admission"},
    {"shelf"},
    {"log"},
    {"sound"},
    {"formats"},
    {"record"},
    {"space"},
    {"role", "settings_table"},
    {"config"},
    {"config_places", "config_front", "config_words"},
    {"config_table"},
    {"clock", "errors", "limits", "process", "logs", "backoff", "read_json"},
    {"log_pace"},
]
"""Highest first. A module imports its own layer's name or lower ones; the roles never each other."""

ENTRANCES = {
    "nats": {"log/bus.py", "log/bucket.py", "log/answering.py", "log/history.py", "log/house_events.py"},
    "aiortc": {"stage/aiortc_transport.py", "rehearsal/peer.py"},
    "aioice": {"stage/aiortc_transport.py", "stage/guarded_socket.py"},
    "pylibsrtp": {"stage/aiortc_transport.py"},
    "av": {
        *("sound/aac.py", "sound/opus.py", "stage/sound_input.py"),
        "scribe/recording/downloads.py",
        *("rehearsal/opus_file.py", "rehearsal/peer.py"),
    },
    "altcha": {"edge/admission/bids.py", "client/bidding.py"},
    "uvicorn": {"edge/server.py", "edge/connection.py", "backstage/main.py"},
    "prometheus_client": {"edge/metrics.py", "backstage/metrics.py"},
    "webauthn": {"backstage/access/passkeys.py"},
    "authlib": {"backstage/access/oidc.py"},
    "joserfc": {"backstage/access/oidc.py"},
    "httpx2": {"backstage/access/oidc.py", "scribe/endpoint/client.py"},
    "obstore": {"shelf/store.py"},
    "pydantic_settings": {"config.py"},
    "typer": {
        "cli.py",
        *(f"verbs/{name}.py" for name in ("account", "common", "deploy", "line", "listen", "people")),
        *(f"verbs/{name}.py" for name in ("record", "search", "space", "texts", "webhook")),
    },
    "cryptography": {"admission/line/signing.py", "backstage/api/idempotency.py"},
    "icalendar": {"edge/public/calendar_event.py"},
    "PIL": {"edge/public/card.py"},
    "onnxruntime": {"scribe/speech/onnx.py"},
    "tokenizers": {"scribe/brief/likeness.py"},
    "faster_whisper": {"scribe/speech/whisper.py"},
    "pydantic_ai": {"scribe/endpoint/client.py"},
    "openai": {"scribe/endpoint/client.py"},
}
"""Library → the only files that may import it."""

LINES_MAX = 420


def sources() -> Iterator[Path]:
    yield from sorted(SOURCE.rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
    return tuple(found)


def unit_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "stentor" and len(parts) > 1 else None


def layer_of(unit: str) -> int:
    return next(index for index, units in enumerate(LAYERS) if unit in units)


@pytest.mark.parametrize("path", list(sources()), ids=name)
def test_imports_go_down_only(path: Path) -> None:
    own = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    if own == "__init__":
        return
    for module in imports(path):
        unit = unit_of(module)
        if unit is None or unit == own or unit.startswith("__"):
            continue
        assert layer_of(unit) > layer_of(own), f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", list(sources()), ids=name)
def test_a_library_enters_by_its_named_files(path: Path) -> None:
    for module in imports(path):
        allowed = ENTRANCES.get(module.split(".")[0])
        assert allowed is None or name(path) in allowed, f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", list(sources()), ids=name)
def test_a_file_says_what_it_is_and_stays_readable(path: Path) -> None:
    text = path.read_text()
    if name(path) != "__init__.py":
        assert ast.get_docstring(tree(path)), f"{name(path)} has no docstring"
    assert len(text.splitlines()) <= LINES_MAX, f"{name(path)} has outgrown its room"


@pytest.mark.parametrize("path", [p for p in sources() if p.name == "__init__.py"], ids=name)
def test_an_init_holds_a_docstring_and_the_version_at_most(path: Path) -> None:
    body = tree(path).body
    assert len(body) <= (2 if name(path) == "__init__.py" else 1)


def test_every_file_is_on_the_map() -> None:
    from tools.map import PAGE, with_map

    assert PAGE.read_text() == with_map(PAGE.read_text()), "make docs"
