"""What `stentor deploy` makes: equal to what is shipped, and the real programs find nothing wrong with it."""

import ipaddress
import re
import subprocess
from pathlib import Path, PurePosixPath

import pytest
import yaml  # type: ignore[import-untyped]
from typer.testing import CliRunner

from caches.debian import need
from caches.servers import DEPLOY
from caches.test_haproxy import certificate
from stentor.admission.budgets import LEVELS
from stentor.cli import app
from stentor.config import PREFIX, Settings
from stentor.deployment.compose import compose
from stentor.deployment.files import made
from stentor.deployment.haproxy import haproxy
from stentor.deployment.nftables import nftables
from stentor.deployment.nginx import nginx
from stentor.deployment.place import Machine, Place, networks
from stentor.deployment.sysctl import sysctl
from stentor.deployment.systemd import UNITS
from stentor.edge.connection import HEAD_WAIT_S, KEEP_ALIVE_S, SILENT_S
from stentor.edge.waits import Waits
from stentor.errors import CannotStart

FILES = made()
UDP = "41000-41099"


def place(directory: Path, **settings: object) -> Place:
    certificate(directory)
    for name in ("listen.example.org.pem", "stage.example.org.pem"):
        (directory / name).write_bytes((directory / "both.pem").read_bytes())
    chosen = Settings.model_validate({"stage_udp_ports": UDP, **settings})
    return Place(chosen, certificates=PurePosixPath(directory))


def passes(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_shipped_is_what_the_settings_make(name: str) -> None:
    assert (DEPLOY / name).read_text() == FILES[name], "make docs"


def test_the_verb_prints_what_the_settings_make(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STENTOR_STAGE_UDP_PORTS", UDP)
    monkeypatch.setenv("STENTOR_LISTENERS_MAX", "500")
    for verb in ("haproxy", "nginx", "nftables", "sysctl", "systemd", "compose"):
        told = CliRunner().invoke(app, ["deploy", verb])
        assert told.exit_code == 0
        assert told.stdout.startswith("# ")
    assert "LISTENERS_MAX: '500'" in told.stdout


@pytest.mark.parametrize("speaks_proxy", [False, True])
def test_haproxy_takes_the_file(tmp_path: Path, *, speaks_proxy: bool) -> None:
    config = tmp_path / "haproxy.cfg"
    config.write_text(haproxy(place(tmp_path, proxy_protocol=speaks_proxy)))
    passes(need("haproxy", "haproxy"), "-c", "-q", "-f", str(config))


def test_nginx_takes_the_file(tmp_path: Path) -> None:
    program = need("nginx", "nginx-light")
    config = tmp_path / "nginx.conf"
    text = nginx(place(tmp_path)).replace("/var/log/nginx/", f"{tmp_path}/")
    config.write_text(f"pid {tmp_path}/pid; events {{}} http {{ {text} }}")
    passes(program, "-t", "-q", "-e", f"{tmp_path}/error.log", "-c", str(config))


@pytest.mark.parametrize("machine", list(Machine))
@pytest.mark.parametrize("is_tracked", [False, True])
def test_nftables_takes_the_file(tmp_path: Path, machine: Machine, *, is_tracked: bool) -> None:
    settings = Settings(stage_udp_ports=UDP)
    rules = tmp_path / "stentor.nft"
    rules.write_text(nftables(Place(settings, machine=machine, is_tracked=is_tracked)))
    # In a network namespace of its own: a check asks the kernel, and asking needs rights here.
    passes("unshare", "--net", "--map-root-user", need("nft", "nftables"), "-c", "-f", str(rules))


def test_each_machine_opens_what_stands_on_it_and_nothing_else() -> None:
    settings = Settings(stage_udp_ports=UDP)
    texts = {machine: nftables(Place(settings, machine=machine)) for machine in Machine}
    opened = {m: set(re.findall(r"dport (\{.*?\}|\S+) .*accept$", t, re.M)) for m, t in texts.items()}
    front, stage = {"{ 80, 443 }"}, {"8443", UDP}
    commented = {"22", "{ 4222, 8080, 8081 }"}
    assert opened[Machine.EDGE] - commented == front
    assert opened[Machine.STAGE] - commented == stage
    assert opened[Machine.HOUSE] - commented == front | stage
    assert "tcp dport 22" not in nftables(Place(settings, machine=Machine.EDGE, ssh_port=0))


def test_a_firewall_for_a_stage_whose_ports_nobody_has_said_is_refused() -> None:
    with pytest.raises(CannotStart, match="STENTOR_STAGE_UDP_PORTS"):
        nftables(Place(Settings(), machine=Machine.STAGE))
    assert "udp" not in nftables(Place(Settings(), machine=Machine.EDGE)).replace("(UDP", "")


def test_the_kernel_knows_every_name_and_the_stages_ports_are_reserved() -> None:
    text = sysctl(Place(Settings(stage_udp_ports=UDP)))
    names = [line.split(" = ")[0] for line in text.splitlines() if line and not line.startswith("#")]
    # Names of the running kernel; what belongs to the machine and not to this namespace may be hidden.
    missing = [n for n in names if not Path("/proc/sys", *n.split(".")).exists()]
    assert [n for n in missing if not n.startswith(("net.core.", "net.ipv4.tcp_m"))] == []
    assert f"ip_local_reserved_ports = {UDP}" in text
    assert UDP not in sysctl(Place(Settings(stage_udp_ports=UDP), machine=Machine.EDGE))


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_nothing_wrong_with_a_unit(tmp_path: Path, unit: str) -> None:
    name = "stentor.service" if unit == "house" else f"stentor-{unit}.service"
    path = tmp_path / name
    # The program is not installed where the unit says; everything else is as shipped.
    path.write_text(FILES[f"systemd/{name}"].replace("/opt/stentor/bin/stentor", "/bin/true"))
    program = need("systemd-analyze", "systemd")
    done = subprocess.run([program, "verify", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_when_the_machine_is_short_the_stage_goes_before_the_edge() -> None:
    def figure(unit: str, name: str) -> int:
        found = re.search(rf"^{name}=(-?\d+)", FILES[f"systemd/stentor-{unit}.service"], re.M)
        assert found
        return int(found[1])

    assert figure("stage", "CPUWeight") > figure("backstage", "CPUWeight") > figure("edge", "CPUWeight")
    assert figure("edge", "OOMScoreAdjust") > figure("stage", "OOMScoreAdjust")


def test_a_container_is_told_what_the_operator_has_changed() -> None:
    settings = Settings(trusted_proxies=("127.0.0.1",), proxy_protocol=True, stage_udp_ports=UDP)
    (service,) = yaml.safe_load(compose(Place(settings)))["services"].values()
    told = service["environment"]
    assert told[f"{PREFIX}STAGE_UDP_PORTS"] == UDP
    read_back = Settings.model_validate(
        {"trusted_proxies": yaml.safe_load(told[f"{PREFIX}TRUSTED_PROXIES"]), "stage_udp_ports": UDP}
    )
    assert read_back.trusted_proxies == settings.trusted_proxies


def test_the_front_counts_the_same_networks_as_the_gate() -> None:
    sizes = {network.ipv6_bits: network.share for network in networks()}
    assert sizes.keys() == {8 * level.prefix_bytes for level in LEVELS[6]}
    assert {network.ipv4_bits for network in networks()} == {8 * level.prefix_bytes for level in LEVELS[4]}
    assert list(sizes.values()) == sorted(sizes.values())
    text = nftables(Place(Settings(stage_udp_ports=UDP)))
    for bits in sizes:
        # The mask as another library writes it.
        assert f"ip6 saddr & {ipaddress.ip_network(f'::/{bits}').netmask} " in text


def test_the_fronts_waits_fit_to_the_gates() -> None:
    def seconds(name: str) -> float:
        found = re.search(rf"^ +{name} (\d+)s", FILES["haproxy/haproxy.cfg"], re.M)
        assert found
        return float(found[1])

    assert SILENT_S <= seconds("timeout http-request") <= HEAD_WAIT_S
    # The gate closes idle connections; whoever speaks to it must be first.
    assert seconds("timeout http-keep-alive") < KEEP_ALIVE_S
    assert seconds("timeout server") > Waits().hold_s
    assert "keepalive_timeout 15s" in FILES["nginx/stentor-front.conf"]
