"""Every reader keeps its contract: for inputs that once broke it, for changed good ones, for anything."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.judging import CORPUS, fault_of, folder_of, kept_inputs
from fuzz.mutations import SIZE_MAX, mutated
from fuzz.targets import NO_READERS, Target, all_targets, pure_targets
from stentor.errors import BadInput

SOURCE = Path(__file__).parents[2] / "src" / "stentor"
READS = re.compile(r"(parse|parsed|decoded?|from_bytes|read_json|proxied|asked)(_|$)")
MADE_PER_TARGET = 120


@pytest.fixture(scope="module")
def targets() -> Iterator[list[Target]]:
    with all_targets() as targets:
        yield targets


def readers() -> set[str]:
    """Public functions and constructors of the source that take bytes first, or are called after reading."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        owners: list[ast.Module | ast.ClassDef] = [tree]
        for owner in owners + [node for node in tree.body if isinstance(node, ast.ClassDef)]:
            for node in owner.body:
                if isinstance(node, ast.FunctionDef) and _reads(node, is_method=owner is not tree):
                    prefix = f"{owner.name}." if isinstance(owner, ast.ClassDef) else ""
                    found.add(f"{path.relative_to(SOURCE).as_posix()}:{prefix}{node.name}")
    return found


def _reads(node: ast.FunctionDef, *, is_method: bool) -> bool:
    if node.name.startswith("_"):
        return False
    is_maker = any(isinstance(d, ast.Name) and d.id == "classmethod" for d in node.decorator_list)
    given_first = [arg for arg in node.args.args if arg.arg not in {"self", "cls"}][:1]
    takes_bytes = any(
        arg.annotation and ast.unparse(arg.annotation).startswith("bytes") for arg in given_first
    )
    if is_method and not is_maker:
        return bool(re.match(r"(decode|parse)$", node.name))
    return takes_bytes or bool(READS.match(node.name))


def test_every_reader_of_the_source_is_on_the_list_or_has_a_reason_not_to_be() -> None:
    """A new one fails here until it is fuzzed."""
    listed = {name for target in pure_targets() for name in target.reads}
    assert listed.isdisjoint(NO_READERS)
    assert readers() == listed | set(NO_READERS)


def test_the_corpus_belongs_to_the_targets(targets: list[Target]) -> None:
    """A renamed target must not leave its inputs unread."""
    assert {path.name for path in CORPUS.iterdir()} <= {folder_of(target).name for target in targets}


def test_what_once_was_a_fault_is_none(targets: list[Target]) -> None:
    """Each fixed bug has left its input."""
    count = 0
    for target in targets:
        for data in kept_inputs(target):
            count += 1
            assert fault_of(target, data) is None, (target.name, data)
    assert count >= 10


def test_every_good_input_is_read(targets: list[Target]) -> None:
    """A seed that is refused at the door would fuzz the door only."""
    for target in targets:
        for seed in target.seeds:
            fault = fault_of(replace(target, errors=()), seed)
            assert fault is None, (target.name, fault)


@pytest.mark.parametrize("seed", [1, 2])
def test_changed_inputs_are_read_or_refused(targets: list[Target], seed: int) -> None:
    """As `make fuzz` does for hours."""
    chance = Random(seed)
    for target in targets:
        inputs = [*target.seeds, *kept_inputs(target)]
        for _ in range(MADE_PER_TARGET):
            data = mutated(inputs, chance)
            assert fault_of(target, data) is None, (target.name, data)


@given(st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_anything_is_read_or_refused(data: bytes) -> None:
    """By all of them."""
    for target in pure_targets():
        assert fault_of(target, data) is None, (target.name, data)


def test_a_fault_is_seen() -> None:
    """The judge of the judge: a wrong error, a refusal, silence."""

    def breaks(data: bytes) -> object:
        return {b"k": 1}[data]

    def refuses(data: bytes) -> object:
        raise BadInput("no")

    assert fault_of(Target("x", breaks), b"other") == "KeyError: b'other'"
    assert fault_of(Target("x", breaks), b"k") is None
    assert fault_of(Target("x", refuses, (BadInput,)), b"") is None
    assert fault_of(Target("x", refuses), b"") == "BadInput: no"


def test_changes_are_bounded_and_the_same_for_the_same_chance() -> None:
    """So that a seed replays a fault."""
    made = [mutated([b"abc" * 1_000], Random(n)) for n in range(300)]
    assert made == [mutated([b"abc" * 1_000], Random(n)) for n in range(300)]
    assert max(map(len, made)) <= SIZE_MAX
    assert len(set(made)) > 250
