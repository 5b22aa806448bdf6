"""Each route of the contract has a verb in the client, and each verb asks as its route takes it."""

import inspect
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, get_type_hints

from tools.contract import contract

from stentor.client.asking import Noun
from stentor.client.http import Query
from stentor.client.stage_door import Nouns

NOT_THE_CLIENTS = {"follow", "follow_space", "describe_endpoint", "describe_session", "join", "leave"} | {
    "send_programme",
    "healthz",
    "readyz",
    "read_record_file",
}
"""Streams have `live` and `record.file`; media and health are no JSON calls."""
BROWSERS_ONLY = {"session", "house"}
"""Tags: signing in, and what the operators' page shows; the command line asks NATS for that."""
CHANGES: dict[str, dict[str, Any]] = {
    "spaces.edit": {
        **{"title": "T", "description": "D", "starts_ms": 1, "is_private": True, "speakers_max": 2},
        **{"is_recorded": False, "language": "fr"},
    },
    "line.edit": {"doors": "held", "listeners_max": 3},
    "record.edit": {"is_published": False, "keep_until_ms": None},
    "webhooks.edit": {"url": "https://example.org/", "events": ["space.ended"], "is_on": True},
}


class Asked(Exception):
    """Instead of an answer."""


class Listening:
    """Stands where HTTP stands, and says what was asked."""

    def __init__(self) -> None:
        self.method, self.path = "", ""
        self.body: Mapping[str, Any] | None = None
        self.query: set[str] = set()

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Query | None = None,
        key: str | None = None,
        file: bytes | None = None,
    ) -> Any:
        self.method, self.path, self.body, self.query = method, path, body, set(query or {})
        raise Asked

    def stream(self, path: str) -> AsyncIterator[bytes]:
        raise Asked


def verbs() -> dict[str, Any]:
    http = Listening()
    nouns = {name: noun for name, noun in vars(Nouns(http)).items() if isinstance(noun, Noun)}
    found = {}
    for name, noun in nouns.items():
        for verb, method in inspect.getmembers(noun, inspect.iscoroutinefunction):
            if not verb.startswith("_"):
                found[f"{name}.{verb}"] = (http, method)
    return found


def an_argument(hint: Any) -> Any:
    text = str(hint)
    return True if "bool" in text else 1 if "int" in text else b"x" if "bytes" in text else "x"


async def asked_by(name: str, http: Listening, method: Any) -> tuple[str, str, Mapping[str, Any], set[str]]:
    hints = get_type_hints(method)
    parameters = inspect.signature(method).parameters.values()
    named = {
        p.name: an_argument(hints[p.name])
        for p in parameters
        if p.kind not in {p.VAR_KEYWORD, p.VAR_POSITIONAL} and p.name not in {"key", "events"}
    }
    try:
        await method(**named, **CHANGES.get(name, {}))
    except Asked:
        pass
    else:
        raise AssertionError(f"{name} asked nothing")
    return http.method.lower(), http.path, http.body or {}, http.query


def matching(method: str, path: str) -> tuple[str, dict[str, Any]]:
    for pattern, methods in sorted(contract()["paths"].items(), key=lambda item: item[0].count("{")):
        if method in methods and re.fullmatch(re.sub(r"{\w+}", "[^/]+", pattern), path):
            return methods[method]["operationId"], methods[method]
    raise AssertionError(f"there is no route {method} {path}")


async def test_every_verb_asks_as_a_route_takes_it_and_every_route_has_a_verb() -> None:
    reached = set()
    for name, (http, method) in verbs().items():
        http_method, path, body, query = await asked_by(name, http, method)
        operation_id, operation = matching(http_method, path)
        reached.add(operation_id)
        parameters = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
        assert query == parameters, name
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is not None:
            schema = contract()["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
            assert set(body) == set(schema["properties"]), name
    wanted = {
        operation["operationId"]
        for methods in contract()["paths"].values()
        for operation in methods.values()
        if not BROWSERS_ONLY & set(operation.get("tags", ()))
    }
    assert wanted - reached == NOT_THE_CLIENTS
