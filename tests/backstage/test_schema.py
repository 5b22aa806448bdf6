"""Schemathesis makes requests from the contract; a running door answers each as the contract promises."""

import asyncio
import copy
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.control import SkipTest
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tools.contract import contract

from documented import ANY_ROUTE
from stage_door import FakeStage, OpenDoor, opened_door

EXAMPLES_PER_ROUTE = {GenerationMode.POSITIVE: 2, GenerationMode.NEGATIVE: 2}
NEVER_ENDING = {"follow", "follow_space", "send_programme"}
LAST = ("move_space", "delete_space")
"""What takes the Space away from the others."""
CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@schemathesis.serializer("application/sdp")
def as_text(_context: schemathesis.SerializationContext, value: object) -> bytes:
    return str(value).encode()


@dataclass(frozen=True, slots=True)
class Target:
    """Where the requests go, and as whom."""

    url: str
    space_id: str
    headers: dict[str, str]


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


def operations(mode: GenerationMode) -> Iterator[Any]:
    """All of the contract that ends by itself."""
    config = schemathesis.Config()
    config.projects.default.generation.update(modes=[mode])
    document = copy.deepcopy(contract())
    for methods in document["paths"].values():
        for operation in methods.values():
            # Else it shows tokens of its own making instead of ours, and learns what 401 looks like.
            operation.pop("security", None)
    schema = schemathesis.openapi.from_dict(document, config=config)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    named = {operation.definition.raw["operationId"]: operation for operation in found}
    for name in sorted(named, key=lambda name: (name in LAST, name)):
        if name not in NEVER_ENDING:
            yield named[name]


def ask_all(target: Target, mode: GenerationMode) -> tuple[list[str], Counter[int]]:
    """Returns: what was not as promised, one line each; how often each status came."""
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    for operation in operations(mode):
        parameters = {"space_id": target.space_id} if "{space_id}" in operation.path else None

        @settings(
            max_examples=EXAMPLES_PER_ROUTE[mode],
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=parameters))
        def ask(case: schemathesis.Case[Any]) -> None:
            answer = case.call(base_url=target.url, headers=target.headers, allow_redirects=False, timeout=10)
            statuses[answer.status_code] += 1
            what = f"{case.method} {case.formatted_path} → {answer.status_code}"
            promised = case.operation.definition.raw["responses"]
            if answer.status_code >= 500 and str(answer.status_code) not in promised:
                wrong.append(f"{what}: {answer.text[:200]}")
            elif answer.status_code not in ANY_ROUTE:
                try:
                    case.validate_response(answer, checks=CHECKS, excluded_checks=[not_a_server_error])
                except FailureGroup as group:
                    wrong.extend(
                        f"{what}: {failure.title}: {failure.message}" for failure in group.exceptions
                    )

        with suppress(SkipTest):  # a route that takes nothing cannot be asked wrongly
            ask()
    return wrong, statuses


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
async def test_every_answer_is_as_the_contract_promises(
    door: OpenDoor, space_id: str, mode: GenerationMode
) -> None:
    is_positive = mode is GenerationMode.POSITIVE
    for number, is_owner in enumerate((True, False) if is_positive else (False,)):
        # Each has a Space of their own: what the owner does to one ends its host's invitation.
        name = f"{space_id}-{number}"
        host = await door.space(name, state="green_room")
        await FakeStage().open(door.door.bus, name)
        target = Target(door.url, name, door.owner if is_owner else host)
        wrong, statuses = await asyncio.to_thread(ask_all, target, mode)
        assert not wrong, "\n".join(wrong)
        assert statuses.total() > 100
        assert statuses[200 if is_positive else 400] > 15, statuses
