"""Plugins made up for a test: modules with a manifest and the hooks given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from baukasten.plugin import Manifest, hookimpl
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.faults import Failure
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.refs import MemberRef, ModuleRef, ProjectRef, TenantRef

TOWN = 7
PROJECT = ProjectRef(1, "platz", "Neuer Platz")
MEMBER = MemberRef(3, "Wandernde Kastanie")
TENANT = TenantRef(TOWN, "musterstadt", "Musterstadt", "musterstadt.localhost")
MODULE = ModuleRef(5, "forum", "forum", "Forum", PROJECT)


def module(name: str, **hooks: Callable[..., Any]) -> ModuleType:
    """Make a module of hooks without a manifest, as a room has it."""
    made = ModuleType(f"made_{name}")
    for hook, function in hooks.items():
        setattr(made, hook, hookimpl(function))
    return made


def plugin(name: str, **hooks: Callable[..., Any]) -> Plugin:
    """Make a plugin with the hooks given by name."""
    made = module(name, **hooks)
    made.manifest = Manifest(name, name.title(), "1.0", ">=0.1,<1")  # type: ignore[attr-defined]
    return Plugin.of(made)


def declaring(name: str, hook: str, *entries: Any) -> Plugin:
    """Make a plugin that declares the entries by one hook."""
    return plugin(name, **{hook: lambda: list(entries)})


@dataclass
class Stopwatch:
    """Seconds that only a test moves on."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class House:
    """A manager over made-up plugins with a turned clock, and what it told the operator."""

    plugins: list[Plugin]
    rooms: dict[str, ModuleType] = field(default_factory=dict)
    watch: Stopwatch = field(default_factory=Stopwatch)
    failures: list[Failure] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.manager = PluginManager(
            self.plugins, self.rooms, monotonic=self.watch, sink=self.failures.append
        )
        self.active = frozenset(self.manager.plugins)
        self.hooks = self.manager.at(TOWN, self.active)
