"""OpenID Connect: asks the provider who somebody is. The one file that imports authlib, joserfc and httpx2.

Comes in: the settings, a code. Goes out: an address to send a browser to, later an identity. Never: a token
of the provider in a store; a claim that is not in a token signed by the provider for us and this very
sign-in (or in its answer to that token).

Source: OpenID Connect Core 1.0, 3.1; RFC 7636 (PKCE, S256); RFC 9207 (issuer in the answer); RFC 9700.
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from stentor.backstage.access.accounts import Identity
from stentor.clock import Clock
from stentor.errors import NotSignedIn, NotYet
from stentor.space.names import new_token

_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signed with a key that only the provider has. Never `none`, never one that shares our secret."""
_KNOWN_FOR_S = 3600.0
_KEYS_ASKED_EVERY_S = 60.0
"""A token with an unknown key asks for the keys again, at most so often."""
_LEEWAY_S = 60
_TIMEOUT_S = 5.0
_ANSWER_BYTES_MAX = 256 * 1024


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that the provider now goes on with.

    Args:
        url: where the browser goes.
        state, nonce, verifier: what binds its answer to this beginning.
    """

    url: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """One OpenID provider. Both calls may raise NotYet: it does not answer."""

    def __init__(
        self, issuer: str, *, client_id: str, client_secret: str, redirect_uri: str, clock: Clock
    ) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._clock = clock
        self._metadata: dict[str, Any] = {}
        self._metadata_s = float("-inf")
        self._keys = KeySet([])
        self._keys_s = float("-inf")

    @property
    def name(self) -> str:
        """For the button: «Sign in with accounts.example.org»."""
        return urlsplit(self.issuer).hostname or self.issuer

    async def begin(self) -> Begun:
        """A new sign-in, with values of its own."""
        async with self._http() as http:
            metadata = await self._known(http)
            nonce, verifier = new_token(), new_token() + new_token()
            url, state = http.create_authorization_url(
                metadata["authorization_endpoint"],
                state=new_token(),
                nonce=nonce,
                code_verifier=verifier,
            )
        return Begun(str(url), str(state), nonce, verifier)

    async def finish(self, code: str, *, nonce: str, verifier: str, issuer: str | None) -> Identity:
        """Changes a code for who came with it.

        Args: issuer: what the answer says of itself; None: nothing.
        Raises: NotSignedIn: the code, the token or its binding do not hold. NotYet.
        """
        if issuer is not None and issuer != self.issuer:
            raise NotSignedIn("This answer comes from another provider.")
        async with self._http() as http:
            metadata = await self._known(http)
            try:
                token = await http.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=self._redirect_uri,
                )
                claims = await self._claims(http, token, nonce=nonce)
                return await self._identity(http, metadata, claims)
            except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
                raise NotSignedIn(
                    f"The sign-in was not taken ({type(error).__name__}). Begin again."
                ) from None
            except httpx2.HTTPError as error:
                raise _away(error) from None

    async def _claims(self, http: AsyncOAuth2Client, token: dict[str, Any], *, nonce: str) -> dict[str, Any]:
        """Raises: JoseError, KeyError, ValueError: the ID token does not hold."""
        registry = JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False)
        keys = await self._keys_of(http, is_again=False)
        try:
            found = jwt.decode(token["id_token"], keys, registry=registry)
        except InvalidKeyIdError:
            keys = await self._keys_of(http, is_again=True)
            found = jwt.decode(token["id_token"], keys, registry=registry)
        claims = CodeIDToken(
            found.claims,
            found.header,
            {"iss": {"essential": True, "value": self.issuer}, "nonce": {"essential": True, "value": nonce}},
            {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
        )
        claims.validate(now=self._clock.wall_ms() // 1000, leeway=_LEEWAY_S)
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if self._client_id not in audience:
            raise ValueError("for another client")
        return dict(claims)

    async def _identity(
        self, http: AsyncOAuth2Client, metadata: dict[str, Any], claims: dict[str, Any]
    ) -> Identity:
        """The address may be told only at the userinfo endpoint; it counts only when it is verified there."""
        told = claims
        if "email" not in told and "userinfo_endpoint" in metadata:
            told = await _json(http, metadata["userinfo_endpoint"], withhold_token=False)
            if told.get("sub") != claims["sub"]:
                raise ValueError("about somebody else")
        email = str(told.get("email", "")) if told.get("email_verified") is True else ""
        return Identity(self.issuer, str(claims["sub"]), email)

    async def _known(self, http: AsyncOAuth2Client) -> dict[str, Any]:
        now_s = self._clock.monotonic_s()
        if now_s - self._metadata_s > _KNOWN_FOR_S:
            try:
                found = await _json(http, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                _must_be_of(found, self.issuer)
            except (httpx2.HTTPError, ValueError, KeyError) as error:
                raise _away(error) from None
            self._metadata, self._metadata_s = found, now_s
        methods = self._metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        http.token_endpoint_auth_method = _way_of_a_client(methods, has_secret=bool(self._client_secret))
        return self._metadata

    async def _keys_of(self, http: AsyncOAuth2Client, *, is_again: bool) -> KeySet:
        now_s = self._clock.monotonic_s()
        if now_s - self._keys_s > (_KEYS_ASKED_EVERY_S if is_again else _KNOWN_FOR_S):
            self._keys = _keys_in(await _json(http, self._metadata["jwks_uri"]))
            self._keys_s = now_s
        return self._keys

    def _http(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret or None,
            redirect_uri=self._redirect_uri,
            scope="openid email profile",
            code_challenge_method="S256",
            timeout=_TIMEOUT_S,
            follow_redirects=False,
        )


async def _json(http: AsyncOAuth2Client, url: str, *, withhold_token: bool = True) -> dict[str, Any]:
    """Raises: HTTPError. ValueError: no JSON object, or too large."""
    answer = await http.request("GET", url, withhold_token=withhold_token)
    answer.raise_for_status()
    if len(answer.content) > _ANSWER_BYTES_MAX:
        raise ValueError("too large")
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _keys_in(found: dict[str, Any]) -> KeySet:
    """Raises: JoseError, ValueError: not a set of keys."""
    return KeySet.import_key_set({"keys": found["keys"]})


def _way_of_a_client(methods: list[str], *, has_secret: bool) -> str:
    """How this client proves itself when it changes a code."""
    if not has_secret:
        return "none"
    return "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"


def _must_be_of(metadata: dict[str, Any], issuer: str) -> None:
    """Raises: ValueError: another issuer's, or over a line that anybody can read. KeyError."""
    if metadata["issuer"] != issuer:
        raise ValueError("another issuer")
    scheme = urlsplit(issuer).scheme
    for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if urlsplit(metadata[endpoint]).scheme not in {"https", scheme}:
            raise ValueError("not https")


def _away(error: Exception) -> NotYet:
    return NotYet(f"The sign-in provider does not answer ({type(error).__name__}).", retry_after_s=5.0)
