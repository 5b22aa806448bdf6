"""Passkeys: what a browser is asked, and whether its answer holds. The one file that imports webauthn.

Comes in: a challenge, an authenticator's answer. Goes out: options, a verified passkey, a new sign count.
Never: a store, a clock: whether a challenge is ours and unused is asked elsewhere.

Source: W3C Web Authentication level 3. User verification is required: a passkey is the only factor here.
"""

from dataclasses import dataclass
from typing import Any

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_client_data_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from stentor.backstage.access.keyring import Keyring, Passkey
from stentor.backstage.access.origins import Origins
from stentor.errors import BadInput, Conflict, NotSignedIn
from stentor.read_json import read_json

CHALLENGE_TIMEOUT_MS = 120_000
_HOUSE_NAME = "Stentor"
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an answer says of itself, before anything is believed."""

    challenge: bytes
    credential_id: str
    user_handle: str


def rp_id_of(origins: Origins) -> str:
    """Raises: Conflict: the door has an address and no name."""
    if origins.rp_id is None:
        raise Conflict(
            "Passkeys need a host name, and this door is reached by an address. Set backstage_url to one."
        )
    return origins.rp_id


def creation_options(
    origins: Origins, keyring: Keyring, *, account_name: str, challenge: bytes
) -> dict[str, Any]:
    """What `navigator.credentials.create` is given. Raises: Conflict."""
    options = generate_registration_options(
        rp_id=rp_id_of(origins),
        rp_name=_HOUSE_NAME,
        user_name=account_name,
        user_id=keyring.user_handle,
        challenge=challenge,
        timeout=CHALLENGE_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(base64url_to_bytes(passkey.id)) for passkey in keyring.passkeys
        ],
        supported_pub_key_algs=_ALGORITHMS,
    )
    return _plain(options_to_json(options))


def request_options(origins: Origins, *, challenge: bytes) -> dict[str, Any]:
    """What `navigator.credentials.get` is given; it names no account. Raises: Conflict."""
    options = generate_authentication_options(
        rp_id=rp_id_of(origins),
        challenge=challenge,
        timeout=CHALLENGE_TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _plain(options_to_json(options))


def claimed_by(answer: dict[str, Any]) -> Claimed:
    """Reads an answer, believing nothing. Raises: BadInput."""
    try:
        response = answer["response"]
        client_data = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"]))
        handle = base64url_to_bytes(response.get("userHandle") or "").decode()
        return Claimed(client_data.challenge, str(answer["id"]), handle)
    except (WebAuthnException, KeyError, TypeError, ValueError, AttributeError):
        raise BadInput("The authenticator's answer cannot be read.") from None


def verified_new(
    answer: dict[str, Any], origins: Origins, *, challenge: bytes, name: str, wall_ms: int
) -> Passkey:
    """A new passkey, proved. Raises: BadInput: the answer does not hold."""
    try:
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp_id_of(origins),
            expected_origin=list(origins.accepted),
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError):
        raise BadInput("The authenticator's answer does not hold. Begin again.") from None
    return Passkey(
        id=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        name=name,
        created_ms=wall_ms,
    )


def verified_use(answer: dict[str, Any], origins: Origins, *, challenge: bytes, passkey: Passkey) -> int:
    """The new sign count of a passkey that has signed. Raises: NotSignedIn: the answer does not hold."""
    try:
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp_id_of(origins),
            expected_origin=list(origins.accepted),
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError):
        raise NotSignedIn("This passkey was not taken. Try again, or ask the owner for a link.") from None
    return verified.new_sign_count


def _plain(text: str) -> dict[str, Any]:
    found: dict[str, Any] = read_json(text)
    return found
