"""Checks of a plugin's code: its doors, its routes, its permissions, its settings."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from flask import Flask

from baukasten.errors import Invalid
from baukasten.plugin.fields import Scope, SettingsGroup
from baukasten.testing.case import Case
from baukasten.web.forms import store_settings
from baukasten.web.marks import REQUIRES, Mark, UnmarkedRouteError, mark_of

DOORS = ("baukasten.plugin", "baukasten.sdk")
ASKING = frozenset({"is_open", "may", "opening", "refusal", "require", "requires"})
"""Functions that ask for a permission."""


def doors(case: Case) -> list[str]:
    """Name the imports of anything private to the platform, or of another plugin."""
    own = case.package.name
    found = []
    for name, tree in case.parsed():
        for module in _imported(tree):
            root = module.partition(".")[0]
            private = root == "baukasten" and not module.startswith(DOORS)
            if private or (root.startswith("baukasten_") and root != own):
                found.append(f"{name} imports {module}")
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            whole = node.module or ""
            # `from baukasten import sdk` means the module baukasten.sdk.
            yield from (f"{whole}.{alias.name}" for alias in node.names) if whole == "baukasten" else (whole,)


def routes(case: Case) -> list[str]:
    """Name the views without a mark, and the marks whose permission nobody declared."""
    marks, found = marks_of(case)
    known = case.contract.registry.permissions
    return [
        *found,
        *(
            f"{name} needs the permission {mark.permission}, which nobody declared"
            for name, mark in marks.items()
            if mark.kind == REQUIRES and mark.permission not in known
        ),
    ]


def marks_of(case: Case) -> tuple[dict[str, Mark], list[str]]:
    """Give the mark of every view by name, and a sentence for each view without one."""
    registry = case.contract.registry
    views = {
        f"{key}:{route.endpoint}": route.view
        for key, answer in registry.kinds.items()
        if answer.plugin == case.name
        for route in answer.value.routes.routes.values()
    }
    views |= _mounted(case).view_functions
    marks, found = {}, []
    for name, view in views.items():
        try:
            marks[name] = mark_of(view, name)
        except UnmarkedRouteError as error:
            found.append(str(error))
    return marks, found


def _mounted(case: Case) -> Flask:
    app = Flask(case.name, static_folder=None)
    for mount in case.contract.registry.mounts.get(case.name, ()):
        app.register_blueprint(mount.blueprint, url_prefix=f"/{mount.area}")
    return app


def links(case: Case) -> list[str]:
    """Name the links whose page does not exist."""
    known = _mounted(case).view_functions
    mine = (one.value for one in case.contract.registry.navigation if one.plugin == case.name)
    return [f"the link {link.label} leads to {link.endpoint}" for link in mine if link.endpoint not in known]


def permissions(case: Case) -> list[str]:
    """Name the permissions that nothing asks for."""
    registry = case.contract.registry
    asked = {mark.permission for mark in marks_of(case)[0].values()}
    asked |= {one.value.permission for one in registry.navigation}
    asked |= {one.value.permission for one in registry.widgets.values()}
    asked |= {one.value.permission for one in registry.exports.values()}
    asked |= {event.mark for one in registry.live.values() for event in one.value.events}
    asked |= asked_in_code(dict(case.parsed()))
    mine = (key for key, one in registry.permissions.items() if one.plugin == case.name)
    return [f"nothing asks for {key}" for key in mine if key not in asked]


def asked_in_code(trees: Mapping[str, ast.Module]) -> set[str]:
    """Give the permissions that calls of the toolkit ask for, as texts or by the name of a constant."""
    values: dict[str, set[str]] = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for name, value in _constants(node):
                    values.setdefault(name, set()).add(value)
    words = {word for tree in trees.values() for word in _asked(tree)}
    return words.union(*(values.get(word, set()) for word in words))


def _constants(node: ast.Assign) -> Iterator[tuple[str, str]]:
    """Yield names with their texts, from ``A = "…"`` and ``A, B = "…", "…"``."""
    for target in node.targets:
        names: Iterable[ast.expr] = target.elts if isinstance(target, ast.Tuple) else [target]
        values: Iterable[ast.expr] = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for name, value in zip(names, values, strict=False):
            if (
                isinstance(name, ast.Name)
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            ):
                yield name.id, value.value


def _asked(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _word(node.func) in ASKING:
            yield from filter(None, (_word(argument) for argument in node.args))


def _word(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def settings(case: Case) -> list[str]:
    """Name the settings whose default their own field refuses."""
    registry = case.contract.registry
    groups = [one.value for one in registry.settings.values() if one.plugin == case.name]
    for key, kind in registry.kinds.items():
        if kind.plugin == case.name:
            groups.append(SettingsGroup(key, Scope.MODULE, kind.value.title, kind.value.settings))
    found = []
    for group in groups:
        defaults = {field.key: field.default for field in group.fields if field.default is not None}
        try:
            store_settings(group, defaults)
        except Invalid as error:
            found += [f"{group.key}.{key}: {message}" for key, message in error.errors.items()]
    return found
