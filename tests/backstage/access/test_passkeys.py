"""Whatever is sent as an authenticator's answer: it is refused in words, and nothing breaks."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.backstage.access.keyring import Passkey
from stentor.backstage.access.origins import Origins
from stentor.backstage.access.passkeys import claimed_by, verified_new, verified_use
from stentor.errors import BadInput, Conflict, NotSignedIn

HOUSE = Origins.of("https://stage.example.org")
NAMELESS = Origins.of("http://192.0.2.7")
CHALLENGE = b"challenge"
KEY = Passkey(id="AAAA", public_key="pQECAyYgASFYIA", sign_count=0, name="x", created_ms=0)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def client_data(kind: str, challenge: bytes = CHALLENGE, origin: str = HOUSE.best) -> str:
    facts = {"type": kind, "challenge": encoded(challenge), "origin": origin}
    return encoded(json.dumps(facts).encode())


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.binary(max_size=200).map(encoded),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
DATA = st.binary(max_size=300).map(encoded) | ANY


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Like an answer in all but some of its fields."""
    kind = draw(st.sampled_from(["webauthn.get", "webauthn.create"]))
    answer: dict[str, Any] = {"id": "AAAA", "rawId": "AAAA", "type": "public-key"}
    answer["response"] = {
        "clientDataJSON": draw(st.just(client_data(kind)) | DATA),
        "authenticatorData": draw(DATA),
        "attestationObject": draw(DATA),
        "signature": draw(DATA),
        "userHandle": draw(DATA),
    }
    for field in draw(st.sets(st.sampled_from([*answer]), max_size=1)):
        answer[field] = draw(ANY)
    return answer


@given(answers())
def test_no_answer_breaks_the_door(answer: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        verified_use(answer, HOUSE, challenge=CHALLENGE, passkey=KEY)
    with pytest.raises(BadInput):
        verified_new(answer, HOUSE, challenge=CHALLENGE, name="x", wall_ms=0)
    try:
        claimed_by(answer)
    except BadInput:
        return


@given(ANY | st.dictionaries(st.sampled_from(["response", "id"]), ANY))
def test_what_is_no_answer_is_bad_input(anything: Any) -> None:
    if isinstance(anything, dict):
        with pytest.raises(BadInput):
            claimed_by(anything)


def test_a_door_with_a_bare_address_has_no_passkeys() -> None:
    with pytest.raises(Conflict, match="host name"):
        verified_use({}, NAMELESS, challenge=CHALLENGE, passkey=KEY)
