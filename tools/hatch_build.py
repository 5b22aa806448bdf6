"""Builds the web pages into the wheel, so that `pip install` needs no Node on the machine."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface[Any]):
    """Runs tools/build_web.py before a wheel is packed; an editable install is left to `make web`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        pages = Path(self.root, "src", "stentor", "pages")
        web = Path(self.root, "web")
        if version == "editable" or not web.exists() or os.environ.get("STENTOR_SKIP_WEB"):
            return
        subprocess.run([sys.executable, str(Path(self.root, "tools", "build_web.py"))], check=True)
        if not (pages / "manifest.json").exists():
            raise RuntimeError(f"the web build left no manifest in {pages}")
