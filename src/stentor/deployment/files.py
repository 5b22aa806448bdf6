"""The files of `deploy/` that are made: what an operator sees who has no settings yet. Pure."""

from stentor.config import Settings
from stentor.deployment.compose import compose
from stentor.deployment.haproxy import haproxy
from stentor.deployment.nftables import nftables
from stentor.deployment.nginx import nginx
from stentor.deployment.place import Machine, Place
from stentor.deployment.sysctl import sysctl
from stentor.deployment.systemd import UNITS, systemd


def made() -> dict[str, str]:
    """Path under `deploy/` → text, from settings that nobody has changed but for the stage's ports."""
    # Not the machine's own settings: nothing of whoever runs `make docs` is in a public file.
    settings = Settings.model_construct(stage_udp_ports="40000-40999")
    place = Place(settings)
    files = {
        "haproxy/haproxy.cfg": haproxy(place),
        "nginx/stentor-front.conf": nginx(place),
        "sysctl/90-stentor.conf": sysctl(place),
        "container/compose.yaml": compose(place),
    }
    for machine in Machine:
        found = Place(settings, machine=machine)
        files[f"nftables/{machine}.nft"] = nftables(found)
    for unit in UNITS:
        name = "stentor" if unit == "house" else f"stentor-{unit}"
        files[f"systemd/{name}.service"] = systemd(place, unit)
    return files
