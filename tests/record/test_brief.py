"""A brief as a value: read with care, and without a person who is removed from it."""

from dataclasses import replace
from typing import Any

import pytest

from stentor.errors import BadInput
from stentor.record.brief import Brief, Claim, Line, Quote, Section

MAYA = Quote("t1", "m", "It works.", 0, 900, 0.9)
DANIEL = Quote("t2", "d", "Maya is wrong.", 1_000, 1_900, 0.4)
BRIEF = Brief(
    version=2,
    transcript=1,
    language="en",
    engine="test",
    title="Free?",
    names={"m": "Maya", "d": "Daniel"},
    summary=(Line("It works.", (MAYA,)), Line("Daniel contradicts Maya.", (DANIEL,))),
    sections=(
        Section("Maya’s plan", 0, 1_000, (Line("They differ.", (MAYA, DANIEL)),)),
        Section("Hers alone", 1_000, 2_000, (Line("It works.", (MAYA,)),)),
    ),
    claims=(Claim(MAYA, "denial", ("works",), note="It does.", source="https://example.org"),),
    figures=(Line("wrong", (DANIEL,)),),
)


def test_a_brief_survives_json() -> None:
    assert Brief.from_json(BRIEF.as_json()) == BRIEF


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), "two"),
        (("version",), True),
        (("names",), []),
        (("summary",), "It works."),
        (("summary", 0), None),
        (("summary", 0, "quotes", 0, "text"), 7),
        (("summary", 0, "quotes", 0, "confidence"), "high"),
        (("sections", 0, "heading"), "x" * 4_001),
        (("sections",), [{}] * 501),
        (("claims", 0, "kind"), "lie"),
        (("claims", 0, "figures"), [1]),
    ],
)
def test_what_is_no_brief_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    data = _listed(BRIEF.as_json())
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(BadInput):
        Brief.from_json(data)


def test_a_removed_person_is_quoted_and_named_nowhere() -> None:
    left = BRIEF.without({"m"})
    assert left.names == {"d": "Daniel"}
    assert left.claims == ()
    assert left.sections == (), "a line that also quotes her tells what she said"
    assert left.summary == (), "our sentence with her name is gone"
    assert left.figures == BRIEF.figures, "what others said of her is theirs"
    other = BRIEF.without({"d"})
    assert [section.heading for section in other.sections] == ["Hers alone"]
    named = replace(BRIEF, sections=(replace(BRIEF.sections[1], heading="Daniel’s no"),))
    assert [section.heading for section in named.without({"d"}).sections] == ["…’s no"]


def _listed(data: Any) -> Any:
    """As JSON gives it: tuples are lists."""
    if isinstance(data, dict):
        return {key: _listed(value) for key, value in data.items()}
    return [_listed(value) for value in data] if isinstance(data, list | tuple) else data
