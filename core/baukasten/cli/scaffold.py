"""The scaffold of ``baukasten plugin new``: a small plugin that starts, is tidy and passes its tests."""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import ClassVar

from baukasten import __version__
from baukasten.errors import Conflict
from baukasten.plugin.manifest import Manifest

SOURCES = Path(__file__).parent / "scaffold"

FILES: Mapping[str, str] = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "quality.toml": "quality.toml",
    "gitignore": ".gitignore",
    "init.py": "baukasten_§name/__init__.py",
    "plugin.py": "baukasten_§name/plugin.py",
    "declares.py": "baukasten_§name/declares.py",
    "models.py": "baukasten_§name/models.py",
    "service.py": "baukasten_§name/service.py",
    "forms.py": "baukasten_§name/forms.py",
    "views.py": "baukasten_§name/views.py",
    "adapters.py": "baukasten_§name/adapters.py",
    "0001_entries.py": "baukasten_§name/migrations/0001_entries.py",
    "list.html": "baukasten_§name/templates/§name/list.html",
    "form.html": "baukasten_§name/templates/§name/form.html",
    "held.html": "baukasten_§name/templates/§name/held.html",
    "german.po": "baukasten_§name/translations/de/LC_MESSAGES/§name.po",
    "test_contract.py": "tests/test_contract.py",
    "test_views.py": "tests/test_views.py",
}
"""Where each file of the scaffold goes; they end in ``.in``, so that no tool takes them for the core's own."""


class _Text(Template):
    # Python, Jinja, TOML and gettext all have a use for the dollar sign, none for this one.
    delimiter: ClassVar[str] = "§"


def write(name: str, folder: Path | None = None) -> Path:
    """Write a new plugin and give its folder; ``baukasten-<name>`` here, unless said otherwise.

    Raises PluginError for a name that no plugin can have, Conflict for a folder that holds something.
    """
    title = name.replace("_", " ").capitalize()
    Manifest(name, title, "0.1.0", ">=0").check(__version__)
    words = {"name": name, "title": title, "dist": f"baukasten-{name.replace('_', '-')}"}
    target = folder or Path(words["dist"])
    if target.exists() and any(target.iterdir()):
        raise Conflict(f"{target} holds something already; name an empty folder")
    for source, place in FILES.items():
        path = target / _Text(place).substitute(words)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            _Text((SOURCES / f"{source}.in").read_text(encoding="utf-8")).substitute(words), encoding="utf-8"
        )
    (target / f"baukasten_{name}" / "py.typed").touch()
    return target
