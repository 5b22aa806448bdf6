"""The client's models are the contract's, and whatever the door sends is read or refused in words."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.client_models import the_pages

from stentor.client.decoding import decoded
from stentor.client.models import CrewTold, Page, SpaceTold
from stentor.errors import RemoteProblem

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@dataclass(frozen=True)
class Part:
    kind: Literal["a", "b"]
    size: float = 0.5


@dataclass(frozen=True)
class Whole:
    parts: tuple[Part, ...]
    best: Part | None
    facts: dict[str, Any]
    count: int = 3


def test_the_models_are_made_from_the_contract() -> None:
    assert {path: path.read_text() for path in the_pages()} == the_pages(), "make docs"


def test_an_answer_becomes_frozen_parts_and_what_is_new_is_passed_over() -> None:
    data = {"parts": [{"kind": "c", "size": 2, "new": 1}], "best": None, "facts": {"x": [1]}, "later": {}}
    assert decoded(Whole, data) == Whole((Part("c", 2.0),), None, {"x": [1]}, 3)  # type: ignore[arg-type]
    assert decoded(Page[Part], {"items": [{"kind": "a"}], "next": "x"}) == Page(items=(Part("a"),), next="x")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"parts": {}, "best": None, "facts": {}},
        {"parts": [], "best": 3, "facts": {}},
        {"parts": [], "best": None, "facts": {}, "count": True},
    ],
)
def test_another_kind_of_answer_is_refused_in_words(data: object) -> None:
    with pytest.raises(RemoteProblem, match="another version"):
        decoded(Whole, data)


@given(JSON)
def test_no_answer_breaks_the_client(data: object) -> None:
    for kind in (SpaceTold, CrewTold, Whole, Page[SpaceTold]):
        with suppress(RemoteProblem):
            decoded(kind, data)
