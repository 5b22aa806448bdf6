"""Identifiers: what a Space, a person and a token may be called. One alphabet that is safe in URLs, file
names and NATS subjects alike."""

import hashlib
import re
import secrets

from stentor.errors import BadInput
from stentor.limits import SPACE_ID_LENGTH_MAX

_ID = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{SPACE_ID_LENGTH_MAX - 2}}}[a-z0-9])?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", re.ASCII)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No 0/o, 1/l/i: an identifier may have to be read out over a telephone."""

_TOKEN_LENGTH = 32
_KEY_LENGTH = 16


def is_space_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def checked_space_id(text: str) -> str:
    """Raises: BadInput: anything but 1 to 48 small letters, digits and inner hyphens."""
    if not is_space_id(text):
        raise BadInput(
            f"The Space's id is {text[:60]!r}; it must be 1 to {SPACE_ID_LENGTH_MAX} small letters, digits "
            "and inner hyphens, such as 'town-hall'."
        )
    return text


def checked_language(text: str) -> str:
    """Raises: BadInput: not a language, script and region as BCP 47 writes them."""
    if _LANGUAGE.fullmatch(text) is None:
        raise BadInput(f"The language is {text[:20]!r}; it must be written as 'en', 'fr' or 'pt-BR'.")
    return text


def slug_of(title: str) -> str:
    """A readable id from a title; random where nothing readable is left."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:SPACE_ID_LENGTH_MAX].strip("-")
    return slug or new_id()


def new_id(length: int = 8) -> str:
    """A random identifier; 8 letters of 31 are 40 bits, enough to be unique, not to be secret."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_token() -> str:
    """A capability: 158 random bits, in letters that survive a URL, a shell's argument and a double click.

    Base64's `-` at the front once made a speaker's command line read its token as an option.
    """
    return new_id(_TOKEN_LENGTH)


def new_key() -> str:
    """A private Space's part of the listeners' link: 79 random bits, tried only one request at a time."""
    return new_id(_KEY_LENGTH)


def token_key(token: str) -> str:
    """What is stored instead of a token, so that the store's reader cannot use it."""
    return hashlib.blake2b(token.encode(), digest_size=20, person=b"stentor-invite").hexdigest()
