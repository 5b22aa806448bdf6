"""Where the stage door is, as browsers see it: origins, the passkeys' name, whether there is TLS. Pure.

Comes in: the door's address. Goes out: what an `Origin` header may say. Never: a name that a request brings.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origins:
    """One door has one origin, but for a door on loopback, which people reach by two names.

    Args:
        accepted: the best first: links are made from it.
        rp_id: what passkeys are bound to; None: an address instead of a name, passkeys cannot be.
        is_secure: the door is behind TLS.
    """

    accepted: tuple[str, ...]
    rp_id: str | None
    is_secure: bool

    @classmethod
    def of(cls, url: str) -> Self:
        """Args: url: the door's, such as https://stage.example.org.

        Source: WebAuthn level 3, 5.1.2: an RP ID is a domain, never an IP address; `localhost` is one.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
        origin = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
        is_secure = parts.scheme == "https"
        try:
            address = ip_address(host)
        except ValueError:
            return cls((origin,), host, is_secure)
        if address.is_loopback and not is_secure:
            # Browsers make passkeys for localhost, not for 127.0.0.1, and both are this machine.
            return cls((f"http://localhost{port}", origin), "localhost", is_secure)
        return cls((origin,), None, is_secure)

    def has(self, origin: str | None) -> bool:
        return origin in self.accepted

    @property
    def best(self) -> str:
        return self.accepted[0]
