"""A creation that is asked for twice with the same `Idempotency-Key` happens once.

Comes in: a wish with its key and who has it. Goes out: what was made, or the first answer again. Never: a
link or a secret that the store's readers could use: an answer is sealed with the asker's own token, which is
kept nowhere.

    async def create(wanted: Wanted, who: Creator, door: DoorHere, once: OnceHere) -> Told:
        return await once.told(Told, by=who.id, make=lambda: _made(wanted, who, door))

A refusal is not kept: asking again with the same key is asking anew.

Source: the IETF draft «The Idempotency-Key HTTP Header Field», 07: 422 for another request, 409 while the
first is being answered (here after a short wait for it).
"""

import asyncio
import base64
import hashlib
import json
import os
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from stentor.backstage.access.cookies import session_token_of
from stentor.backstage.api.kept_answers import Kept
from stentor.backstage.door import Door, DoorHere
from stentor.errors import Conflict, LogAway

log = structlog.get_logger()

KEY_LENGTH_MAX = 255
_NONCE_BYTES = 12

M = TypeVar("M", bound=BaseModel)


class Once:
    """One request's wish; made by the dependency `OnceHere`."""

    def __init__(self, door: Door, response: Response, *, key: str | None, wish: str, secret: str) -> None:
        self._door = door
        self._response = response
        self._key = key
        self._wish = wish
        self._secret = secret

    async def told(self, kind: type[M], *, by: str, make: Callable[[], Awaitable[M]]) -> M:
        """What `make` makes, or what it made when this wish came first.

        Args:
            kind: the model of the answer.
            by: whose key it is; others' keys may be called the same.
        Raises: KeyReused. BeingDone. Full. Conflict: the answer was told to another session and cannot be
            told again. Whatever `make` raises.
        """
        if self._key is None:
            return await make()
        answers, clock = self._door.answers, self._door.clock
        name = f"{_hash(by)[:32]}.{_hash(self._key)}"
        began_ms = clock.wall_ms()
        found = await answers.taken(name, self._wish, wall_ms=began_ms)
        if isinstance(found, str):
            self._response.headers["Idempotent-Replayed"] = "true"
            return kind.model_validate_json(self._opened(found))
        sealed = ""
        try:
            answer = await make()
            sealed = self._sealed(answer.model_dump_json().encode())
        finally:
            # Also when the asker has gone meanwhile: they will ask again.
            await asyncio.shield(self._finish(name, Kept(self._wish, began_ms, sealed), revision=found))
        return answer

    async def _finish(self, name: str, kept: Kept, *, revision: int) -> None:
        try:
            await self._door.answers.finish(name, kept, revision=revision)
        except LogAway as error:  # what was made is made: it is told, and only once
            log.warning("answer not kept", detail=error.detail)

    def _cipher(self) -> ChaCha20Poly1305:
        key = hashlib.blake2b(
            (self._key or "").encode(), key=self._secret.encode(), digest_size=32, person=b"stentor-once"
        )
        return ChaCha20Poly1305(key.digest())

    def _sealed(self, answer: bytes) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher().encrypt(nonce, answer, self._wish.encode())).decode()

    def _opened(self, sealed: str) -> bytes:
        data = base64.b64decode(sealed)
        try:
            return self._cipher().decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], self._wish.encode())
        except InvalidTag:
            raise Conflict(
                "This was done already, in another session; its answer is told to nobody else. Look it up."
            ) from None


async def _once(
    request: Request,
    response: Response,
    door: DoorHere,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=KEY_LENGTH_MAX,
            description="A word of your own, such as a UUID: the same wish with the same key happens once, "
            "also when the answer was lost on its way. Kept for 24 h.",
        ),
    ] = None,
) -> Once:
    secret, wish = "", ""
    if idempotency_key is not None:
        secret = hashlib.sha256(_credential_of(request, door).encode()).hexdigest()
        wish = await _wish_of(request)
    return Once(door, response, key=idempotency_key, wish=wish, secret=secret)


OnceHere = Annotated[Once, Depends(_once)]


async def _wish_of(request: Request) -> str:
    """Hash of all that says what is wanted. A long body (a sound) is known by its length and kind only."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_short = kind in {"", "application/json"}
    body = await request.body() if is_short else request.headers.get("content-length", "").encode()
    what: list[Any] = [request.method, request.url.path, request.url.query, kind, _hash(body)]
    return _hash(json.dumps(what))


def _credential_of(request: Request, door: Door) -> str:
    return request.headers.get("authorization") or session_token_of(request, door) or ""


def _hash(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
