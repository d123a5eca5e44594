"""Somebody who writes a plugin: a folder and an environment of their own, beside this checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from baukasten.testing.database import server_folder

OPTIONS = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")


@dataclass(frozen=True)
class Author:
    """Runs the commands that a page of the documentation names."""

    folder: Path
    """Where the commands run."""
    python: Path

    def run(self, line: str, status: int = 0) -> str:
        """Run one line of a shell and give what it said; AssertionError when it ends otherwise."""
        words = line.split()
        if words[0] == "baukasten":
            words = [str(self.python), "-m", *words]
        elif words[:2] == ["pip", "install"]:
            # Everything a plugin needs is here already; nothing is fetched.
            words = [str(self.python), "-m", "pip", "install", *OPTIONS, *words[2:]]
        elif words[0] == "python":
            words = [str(self.python), *words[1:]]
        elif words[0] == "ruff":
            words = [str(Path(sys.executable).parent / "ruff"), *words[1:]]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environment |= {"BAUKASTEN_TEST_SERVER": str(server_folder()), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            words, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def at(self, name: str) -> "Author":
        """Go into a folder."""
        return Author(self.folder / name, self.python)


def settle(folder: Path) -> Author:
    """Give an author in an empty folder, whose environment also has what this one has."""
    home = folder / "environment"
    venv.create(home, with_pip=False)
    ours = sysconfig.get_path("purelib")
    (packages,) = home.glob("lib/python3*/site-packages")
    # As a site folder, not as a path: so that this checkout's own editable install counts too.
    (packages / "beside.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    return Author(folder, home / "bin/python")
