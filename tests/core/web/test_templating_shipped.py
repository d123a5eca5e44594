"""Every template that we ship compiles under the house's rules and names only files that exist."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import nodes

import baukasten
from baukasten.web.environments import SUFFIXES
from baukasten.web.static import StaticFiles
from baukasten.web.templating import Templates
from baukasten.web.theming import load_themes

CORE = Path(baukasten.__file__).parent
PLUGINS = {
    path.parent.name.removeprefix("baukasten_"): path.parent
    for path in sorted(CORE.parents[1].glob("plugins/*/baukasten_*/__init__.py"))
}
FOLDERS = [CORE / "templates", *(folder / "templates" for folder in PLUGINS.values())]
NAMES = sorted(
    path.relative_to(folder).as_posix() for folder in FOLDERS for path in folder.rglob("*") if path.is_file()
)
FUNCTIONS: dict[str, Callable[..., Any]] = {"static": lambda path, plugin=None: f"{plugin}{path}"}
TEMPLATES = Templates(PLUGINS, load_themes(), FUNCTIONS)
FILES = StaticFiles({"": CORE / "static", **{name: folder / "static" for name, folder in PLUGINS.items()}})


def named_files(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    """Give owner and path of each static file that a template names literally."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "static" and call.args:
            path = call.args[0]
            owners = [*call.args[1:2], *(one.value for one in call.kwargs if one.key == "plugin")]
            if isinstance(path, nodes.Const) and all(isinstance(one, nodes.Const) for one in owners):
                yield "".join(one.value for one in owners if isinstance(one, nodes.Const)), path.value


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_its_files_exist(name: str) -> None:
    assert name.endswith(SUFFIXES)
    environment = TEMPLATES.environment("klar")
    environment.get_template(name)
    source, _path, _fresh = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
    wanted = list(named_files(environment.parse(source)))
    assert [
        (owner, path)
        for owner, path in wanted
        if not path.startswith("vendor/") and not FILES.has(path, owner)
    ] == []


def test_there_are_templates_to_look_at() -> None:
    assert {"base.html", "error.html"} <= set(NAMES)
