"""The whole house in one container. Pure."""

from typing import Final

from stentor.config import PREFIX
from stentor.deployment.place import Place
from stentor.deployment.template import filled

_PASSED_ON: Final = (
    "trusted_proxies",
    "proxy_protocol",
    "stage_addresses",
    "stage_udp_ports",
    "listeners_max",
)
_FILES_MIN: Final = 65_536


def compose(place: Place) -> str:
    """`compose.yaml` beside the Containerfile. Settings that are not at their default go along."""
    settings = place.settings
    told = settings.as_environment()
    defaults = {name: type(settings).model_fields[name].default for name in _PASSED_ON}
    passed = [
        f"{PREFIX}{name.upper()}: '{told[PREFIX + name.upper()]}'"
        for name in _PASSED_ON
        if getattr(settings, name) != defaults[name]
    ]
    return filled(
        "compose.yaml",
        {
            "edge_url": settings.edge_url or f"http://localhost:{settings.edge_port}",
            "backstage_url": settings.backstage_url or f"http://localhost:{settings.backstage_port}",
            "settings": "\n".join(passed),
            "files_max": max(_FILES_MIN, place.connections * 5 // 4),
        },
    )
