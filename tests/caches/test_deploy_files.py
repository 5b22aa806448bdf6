"""Files of `deploy/` that are not started by a test: they parse, and they name what exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from caches.servers import DEPLOY
from stentor.config import PREFIX, Settings
from stentor.supervise import ROLES

ROLE_NAMES = {child.name for child in ROLES}
FILES = [path for path in DEPLOY.rglob("*") if path.is_file()]
_SETTING = re.compile(rf"\b{PREFIX}([A-Z][A-Z_]+)\b")


def documents(name: str) -> list[dict[str, Any]]:
    return [found for found in yaml.safe_load_all((DEPLOY / name).read_text()) if found]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = {name.lower() for name in _SETTING.findall(path.read_text())} - {"config"}
    assert named <= set(Settings.model_fields)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_file_says_at_its_top_what_it_is_for(path: Path) -> None:
    assert path.read_text().startswith("# ")


def test_compose_parses_and_builds_from_a_file_that_exists() -> None:
    (compose,) = documents("container/compose.yaml")
    build = compose["services"]["stentor"]["build"]
    assert (DEPLOY / "container" / build["context"] / build["dockerfile"]).is_file()


def test_kubernetes_runs_each_role_and_selects_what_it_labels() -> None:
    kinds = documents("kubernetes/stentor.yaml")
    workloads = [k for k in kinds if k["kind"] in {"Deployment", "StatefulSet"}]
    roles = set()
    for workload in workloads:
        template = workload["spec"]["template"]
        (container,) = template["spec"]["containers"]
        verb, role = container["args"]
        assert verb == "role"
        roles.add(role)
        assert container["securityContext"]["runAsNonRoot"] is True
        assert workload["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]
    assert roles == ROLE_NAMES
    labelled = [w["spec"]["template"]["metadata"]["labels"] for w in workloads]
    assert all(k["spec"]["selector"] in labelled for k in kinds if k["kind"] == "Service")
