"""Bids with the real solver."""

import base64
import json
from dataclasses import replace
from typing import Any

import altcha
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.token import Ticket
from stentor.edge.admission.bids import BID_S, PROOF_LENGTH_MAX, TRIES, Bids
from stentor.errors import BadInput, NotAllowed

BIDS = Bids(b"s" * 32, b"k" * 32)
TICKET = Ticket(1_000, b"12345678", 5)


def solved(challenge: dict[str, Any]) -> str:
    """What a page sends."""
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution is not None
    return packed(challenge, solution.to_dict())


def packed(challenge: dict[str, Any], solution: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()


def effort(proof: str, ticket: Ticket = TICKET, *, space_id: str = "demo", now_s: float = 1_000) -> int:
    return BIDS.effort(ticket, proof, space_id=space_id, now_s=now_s)


@pytest.fixture(scope="module")
def proof() -> str:
    return solved(BIDS.challenge(TICKET, space_id="demo", effort=1, now_s=1_000))


def test_what_was_solved_is_worth_what_was_asked_and_the_same_again(proof: str) -> None:
    assert [effort(proof), effort(proof), effort(proof, now_s=1_000 + BID_S)] == [1, 1, 1]
    assert len(proof) <= PROOF_LENGTH_MAX


@pytest.mark.parametrize("other", [replace(TICKET, id=b"87654321"), replace(TICKET, bucket=4)])
def test_a_proof_is_worth_nothing_for_another_ticket(proof: str, other: Ticket) -> None:
    with pytest.raises(NotAllowed):
        effort(proof, other)
    with pytest.raises(NotAllowed):
        effort(proof, space_id="another")


def test_a_proof_has_its_time(proof: str) -> None:
    with pytest.raises(NotAllowed, match="too late"):
        effort(proof, now_s=1_001 + BID_S)


def test_nothing_of_a_challenge_can_be_changed(proof: str) -> None:
    told = json.loads(base64.b64decode(proof))
    changes: list[dict[str, Any]] = [
        {"cost": 1},
        {"keyPrefix": "00"},
        {"data": told["challenge"]["parameters"]["data"] | {"effort": 3}},
        {"data": told["challenge"]["parameters"]["data"] | {"until_s": 10**9}},
        {"keySignature": None},
    ]
    for change in changes:
        challenge = {**told["challenge"], "parameters": told["challenge"]["parameters"] | change}
        with pytest.raises(NotAllowed):
            effort(packed(challenge, told["solution"]))
    for solution in ({"counter": 1, "derivedKey": "00" * 32}, told["solution"] | {"derivedKey": "ab"}):
        with pytest.raises(NotAllowed):
            effort(packed(told["challenge"], solution))


def test_another_house_proves_nothing_here(proof: str) -> None:
    with pytest.raises(NotAllowed):
        Bids(b"t" * 32, b"k" * 32).effort(TICKET, proof, space_id="demo", now_s=1_000)


def test_more_effort_is_more_tries() -> None:
    assert TRIES[1] < TRIES[2] < TRIES[3]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.binary(max_size=200)
    | st.builds(lambda told: json.dumps(told).encode(), json_values)
    | st.builds(
        lambda parameters, signature: json.dumps(
            {
                "challenge": {"parameters": parameters, "signature": signature},
                "solution": {"counter": 1, "derivedKey": "00"},
            }
        ).encode(),
        st.fixed_dictionaries(
            dict.fromkeys(("algorithm", "nonce", "salt", "cost"), json_values),
            optional={"data": json_values, "keySignature": json_values, "expiresAt": json_values},
        ),
        json_values,
    )
)
def test_whatever_is_sent_as_a_proof_is_refused_in_words(junk: bytes) -> None:
    with pytest.raises((BadInput, NotAllowed)):
        effort(base64.b64encode(junk).decode())
