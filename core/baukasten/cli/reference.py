"""The pages of the reference, written from what runs: hook specs, registry, routes, toolkit, commands."""

import enum
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import click
from flask import Flask

from baukasten import plugin as contract_door
from baukasten import rooms, sdk
from baukasten.app import PREFIX
from baukasten.plugin import hookspecs
from baukasten.plugin.contract import Contract
from baukasten.plugin.refs import Outlet, OutletContext
from baukasten.plugin.specs import Family
from baukasten.web.marks import Mark, mark_of
from baukasten.web.templating import CORE_TEMPLATES

HEAD = "*Written by `make docs` from the running registry; change the code, not this page.*"
FAMILIES: Mapping[Family, str] = {
    Family.DECLARATION: "Declarations: asked once at start; a collision or a wrong entry stops the start",
    Family.CONTRIBUTION: "Contributions while serving: a failing plugin is skipped and shown to the operator",
    Family.DECISION: "Decisions: they can only narrow, and a failure counts as the strict answer",
    Family.ANSWER: "One answer: the first one counts, the core answers last",
    Family.LIFE: "Life: what happens to the plugin and around it",
}
NOT_ASKED = frozenset({"register_audiences"})
"""Hooks whose answers no room uses yet; a test holds this against the code."""
QUALIFIED = r"(?:[A-Za-z_][A-Za-z0-9_]*\.)+(?=[A-Za-z_])"
"""Where a type lives; a reader of a signature wants its name alone."""
MODULE_PATH = "…"
"""Stands for the address of a placed module in the table of routes."""


def hooks(contract: Contract) -> str:
    """Describe every hook: what it gets, what it gives, who implements it."""
    parts = []
    for family, meaning in FAMILIES.items():
        parts.append(f"## {meaning}\n")
        for name, spec in contract.manager.specs.items():
            if spec.family is family:
                parts += _hook(contract, getattr(hookspecs, name))
    return _page("Hooks", *parts)


def _hook(contract: Contract, spec: Callable[..., Any]) -> list[str]:
    users = contract.manager.implementers(spec)
    said = f"Implemented by {', '.join(users)}." if users else "Used by plugins of third parties."
    asked = " Nothing in the core asks for it yet." if spec.__name__ in NOT_ASKED else ""
    return [
        f"### {spec.__name__}\n",
        f"```python\n{_signature(spec)}\n```\n",
        f"{_first(spec)} {said}{asked}\n",
    ]


def events(contract: Contract) -> str:
    """Describe every event: its name, its fields, its owner."""
    rows = [
        (
            _code(name),
            answer.plugin,
            ", ".join(_code(one.name) for one in fields(answer.value)),
            _first(answer.value),
        )
        for name, answer in contract.registry.events.items()
    ]
    lead = "What happened. Events arrive at `on_event` after commit, at least once, retried for each plugin by itself."
    return _page("Events", lead + "\n", _table(("name", "owner", "fields", "meaning"), rows))


def outlets(_contract: Contract) -> str:
    """Describe every place on the core's pages: which template has it, what a filler knows."""
    found: dict[str, list[str]] = {}
    for path in sorted(CORE_TEMPLATES.rglob("*.html")):
        for name, project in re.findall(r"outlet\('(\w+)'(, \w+)?\)", path.read_text(encoding="utf-8")):
            place = path.relative_to(CORE_TEMPLATES).as_posix()
            found.setdefault(name, []).append(f"`{place}`{' with its project' if project else ''}")
    rows = [(_code(one.value), ", ".join(found.get(one.value, ["nowhere yet"]))) for one in Outlet]
    known = ", ".join(_code(one.name) for one in fields(OutletContext))
    lead = f"Places that `fill_outlet` may fill. The context has {known}.\n"
    return _page("Outlets", lead, _table(("outlet", "stands in"), rows))


def settings(contract: Contract) -> str:
    """Describe every setting: of towns and of the kinds of module."""
    parts = ["Settings are shown, checked and stored by the core; an unknown key is an error.\n"]
    for key, answer in contract.registry.settings.items():
        group = answer.value
        parts.append(f"## {key}: {group.title}\n\nOf {answer.plugin}, per {group.scope}.\n")
        parts.append(_fields(group.fields))
    for key, kind in contract.registry.kinds.items():
        if kind.value.settings:
            parts.append(f"## {key}: placed module\n\nOf {kind.plugin}, per module.\n")
            parts.append(_fields(kind.value.settings))
    return _page("Settings", *parts)


def _fields(declared: Iterable[Any]) -> str:
    rows = [
        (
            _code(one.key),
            one.kind.value,
            "" if one.default is None else repr(one.default),
            one.label,
            one.help,
        )
        for one in declared
    ]
    return _table(("key", "kind", "default", "label", "help"), rows)


def permissions(contract: Contract) -> str:
    """Describe every permission: who has it by default, and who loses it when muted."""
    rows = [
        (
            _code(key),
            answer.value.title,
            ", ".join(sorted(answer.value.default_roles)),
            "yes" if answer.value.writes else "",
            "yes" if answer.value.risky else "",
        )
        for key, answer in contract.registry.permissions.items()
    ]
    lead = "Permissions that write are lost by muted and suspended members.\n"
    return _page("Permissions", lead, _table(("permission", "lets", "roles", "writes", "risky"), rows))


def routes(contract: Contract) -> str:
    """Describe every route: address, methods, and who may come."""
    app = Flask("reference", static_folder=None)
    for blueprint, _places in rooms.BLUEPRINTS:
        app.register_blueprint(blueprint)
    for owner, mounts in contract.registry.mounts.items():
        for mount in mounts:
            app.register_blueprint(mount.blueprint, url_prefix=f"{PREFIX[mount.area]}/{owner}")
    rows = [
        _route(rule.rule, rule.methods or (), mark_of(app.view_functions[rule.endpoint]), rule.endpoint)
        for rule in app.url_map.iter_rules()
    ]
    inner = [
        _route(MODULE_PATH + route.rule, route.methods, mark_of(route.view), f"{key}:{name}")
        for key, answer in contract.registry.kinds.items()
        for name, route in answer.value.routes.routes.items()
    ]
    head = ("address", "methods", "who may come", "view")
    lead = (
        "Closed by default: a view without a mark stops the start. Pages of towns stand below other languages too, "
        f"as `/en/…`. In placed modules `{MODULE_PATH}` is `/beteiligung/<project>/<module>` or `/<module>`.\n"
    )
    parts = ["## Pages\n", _table(head, sorted(rows)), "## Placed modules\n", _table(head, sorted(inner))]
    return _page("Routes", lead, *parts)


def _route(rule: str, methods: Iterable[str], mark: Mark, view: str) -> tuple[str, str, str, str]:
    shown = " ".join(sorted(set(methods) - {"HEAD", "OPTIONS"}))
    kept = ", kept for guests" if mark.cached else ""
    return _code(rule), shown, f"{mark}{kept}", _code(view)


def toolkit(_contract: Contract) -> str:
    """Describe what a plugin may import: the toolkit and the contract."""
    parts = []
    for module in (sdk, contract_door):
        parts.append(f"## {module.__name__}\n\n{inspect.cleandoc(module.__doc__ or '')}\n")
        names = sorted(module.__all__, key=lambda name: (name.lower(), name))
        parts.append(_table(("name", "what it does"), [_name(module, name) for name in names]))
    return _page("What a plugin may import", *parts)


def _name(module: Any, name: str) -> tuple[str, str]:
    value = getattr(module, name)
    if inspect.isfunction(value):
        return _code(_signature(value, name)), _first(value)
    if inspect.isclass(value):
        shown = name
        if is_dataclass(value) and fields(value):
            shown = f"{name}({', '.join(one.name for one in fields(value))})"
        elif issubclass(value, enum.Enum):
            shown = f"{name}: {', '.join(value.__members__)}"
        return _code(shown), _first(value)
    told = _first(value) if inspect.ismodule(value) or callable(value) else ""
    return _code(name), told or f"a value of type {type(value).__name__}"


def commands(contract: Contract, core: Sequence[click.Command]) -> str:
    """Describe every command with its arguments and options."""
    plugins = [answer.value for answer in contract.registry.commands.values()]
    parts: list[str] = []
    for command in sorted([*core, *plugins], key=lambda one: one.name or ""):
        parts += _command(command, "baukasten")
    return _page("Commands", *parts)


def _command(command: click.Command, above: str) -> list[str]:
    name = f"{above} {command.name}"
    if isinstance(command, click.Group):
        inner = [_command(command.commands[one], name) for one in sorted(command.commands)]
        return [part for parts in inner for part in parts]
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    parts = [f"## {name}\n", f"`{usage}`\n", inspect.cleandoc(command.help or "") + "\n"]
    records = [one.get_help_record(context) for one in command.params]
    rows = [(_code(record[0]), record[1]) for record in records if record]
    return [*parts, _table(("option", "meaning"), rows)] if rows else parts


def jobs(contract: Contract) -> str:
    """Describe every job: when it runs and how often it is tried."""
    rows = [
        (
            _code(key),
            answer.plugin,
            _code(answer.value.every) if answer.value.every else "on demand",
            "each town" if answer.value.per_tenant else "the installation",
            str(answer.value.max_attempts),
            _first(answer.value.run),
        )
        for key, answer in contract.registry.jobs.items()
    ]
    lead = "Work outside requests. A job may run more than once. Cron expressions are in UTC.\n"
    return _page("Jobs", lead, _table(("key", "owner", "when", "for", "attempts", "what"), rows))


def personal_data(contract: Contract) -> str:
    """Describe every store of personal data, as the privacy page of a town does."""
    parts = ["What is stored about people. Each store brings the code that hands it out and erases it.\n"]
    for key, answer in contract.registry.personal_data.items():
        one = answer.value
        rows = [
            ("owner", answer.plugin),
            ("purpose", one.purpose),
            ("legal basis", one.legal_basis),
            ("kept", one.retention),
            ("columns", ", ".join(_code(column) for column in one.columns)),
        ]
        parts += [f"## {key}: {one.title}\n", _table(("", ""), rows)]
    return _page("Personal data", *parts)


PAGES: Mapping[str, Callable[[Contract], str]] = {
    "hooks": hooks,
    "events": events,
    "outlets": outlets,
    "settings": settings,
    "permissions": permissions,
    "routes": routes,
    "sdk": toolkit,
    "jobs": jobs,
    "personal-data": personal_data,
}


def write(contract: Contract, core: Sequence[click.Command], folder: Path) -> list[Path]:
    """Write all pages into a folder; gives those that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in pages(contract, core).items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def pages(contract: Contract, core: Sequence[click.Command]) -> dict[str, str]:
    """Give all pages by name."""
    made = {name: page(contract) for name, page in PAGES.items()}
    return {**made, "commands": commands(contract, core)}


def _page(title: str, *parts: str) -> str:
    return "\n".join([f"# {title}\n", f"{HEAD}\n", *parts])


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(one) for one in line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def _code(text: str) -> str:
    return f"`{text}`"


def _first(thing: Any) -> str:
    """Give the first paragraph of a docstring; a dataclass without one shows its own signature, which says nothing."""
    text = inspect.getdoc(thing) or ""
    generated = inspect.isclass(thing) and text.startswith(f"{thing.__name__}(")
    return "" if generated else " ".join(text.partition("\n\n")[0].split())


def _signature(function: Callable[..., Any], name: str = "") -> str:
    signature = inspect.signature(function)
    shown = [one.replace(default=_default(one.default)) for one in signature.parameters.values()]
    text = re.sub(QUALIFIED, "", str(signature.replace(parameters=shown)).replace("~", ""))
    return f"{name or function.__name__}{text}"


def _default(value: Any) -> Any:
    plain = value is inspect.Parameter.empty or value is None or isinstance(value, bool | int | str)
    return value if plain else _Dots()


class _Dots:
    """Stands for a default that would say nothing to a reader, such as a table of allowed tags."""

    def __repr__(self) -> str:
        return "…"
