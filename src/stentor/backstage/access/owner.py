"""The owner: whoever can read one file of the data directory. Passkeys and OpenID Connect come later.

Comes in: a data directory, a bearer token. Goes out: whether it is the owner's. Never: the token, anywhere
but in that file.
"""

import hmac
import os
from pathlib import Path
from typing import Self

from stentor.errors import CannotStart
from stentor.space.names import new_token

FILE_NAME = "owner.token"
_SHORTEST = 20


class OwnerKey:
    """The owner's token, compared in constant time."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    @classmethod
    def of_directory(cls, data_dir: Path) -> Self:
        """Reads `owner.token`, or makes it at the first start, readable by this user only.

        Raises: CannotStart: the file cannot be made or read, is too short, or is open to others.
        """
        path = data_dir / FILE_NAME
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                pass
            else:
                with os.fdopen(descriptor, "w") as file:
                    file.write(new_token() + "\n")
            is_open_to_others = path.stat().st_mode & 0o077
            token = path.read_text().strip()
        except OSError as error:
            raise CannotStart(
                f"The owner's key {path}",
                because=error.strerror or "it cannot be used",
                next_step="make the data directory writable for this user",
            ) from None
        if is_open_to_others:
            raise CannotStart(
                f"The owner's key {path}", because="others may read it", next_step=f"chmod 600 {path}"
            )
        if len(token) < _SHORTEST:
            raise CannotStart(
                f"The owner's key {path}",
                because=f"it has {len(token)} characters, {_SHORTEST} are needed",
                next_step="remove the file; a new one is made at the next start",
            )
        return cls(token)

    def is_owner(self, token: str) -> bool:
        return hmac.compare_digest(self._token, token.encode())
