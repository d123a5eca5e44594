"""The plugin manager: takes plugins and the core's rooms in, refuses what cannot work, and gives out the hooks."""

import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

import pluggy

from baukasten import __version__
from baukasten.plugin import hookspecs
from baukasten.plugin.breaker import Breaker, Limits
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.faults import PluginError
from baukasten.plugin.hooks import CORE_PREFIX, Answer, Hooks, Implementation
from baukasten.plugin.specs import Family, Spec, read
from baukasten.plugin.watch import Cost, Sink, Watch

T = TypeVar("T")

# Every implementation is found by its name and runs in its turn; options would undermine both.
OPTIONS = ("wrapper", "hookwrapper", "optionalhook", "tryfirst", "trylast", "specname")


class PluginManager:
    """All installed plugins and the core's rooms, whose hooks are asked for a tenant through ``at``."""

    def __init__(
        self,
        plugins: Iterable[Plugin] = (),
        rooms: Mapping[str, ModuleType] = MappingProxyType({}),
        *,
        core_version: str = __version__,
        limits: Limits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sink: Sink | None = None,
    ) -> None:
        """Take in ``plugins`` (see ``discover``) and ``rooms``, which maps a room's name to its hooks module.

        ``monotonic`` gives seconds and can be turned in tests; ``sink`` gets each failure while serving.
        Raises PluginError naming the plugin that cannot be used.
        """
        self._pluggy = pluggy.PluginManager(hookspecs.PROJECT)
        self._pluggy.add_hookspecs(hookspecs)
        self._monotonic = monotonic
        self._watch = Watch(Breaker(limits or Limits(), monotonic), sink)
        for room, module in sorted(rooms.items()):
            self._register(CORE_PREFIX + room, module)
        taken: dict[str, Plugin] = {}
        for plugin in sorted(plugins, key=lambda plugin: plugin.name):
            self._take(plugin, core_version, taken)
        self.plugins: Mapping[str, Plugin] = MappingProxyType(taken)
        self._refuse_misspelt()
        self.specs: Mapping[str, Spec] = MappingProxyType(self._read_specs())
        self._implementations = MappingProxyType(
            {name: self._implementing(spec) for name, spec in self.specs.items()}
        )

    def at(self, tenant_id: int, active: frozenset[str], *, reading: bool = False) -> Hooks:
        """Give the hooks as a tenant sees them: the core's rooms and the plugins named in ``active``.

        ``reading`` says that the caller writes nothing, as in GET requests: then a plugin's failing statement
        costs no savepoint but a rollback of the whole transaction.
        """
        return Hooks(
            self.specs, self._implementations, self._watch, tenant_id, active, reading, self._monotonic
        )

    def declare(self, spec: Callable[[], list[T]]) -> list[Answer[T]]:
        """Collect one kind of declaration from rooms and plugins, each entry with its owner.

        Raises PluginError naming the owner of a failing or wrong declaration.
        """
        hook = self._spec(spec, Family.DECLARATION)
        collected: list[Answer[T]] = []
        for one in self._implementations[hook.name]:
            value = self._guarded(hook.name, one)
            if value is None:
                continue
            if misfit := hook.misfit(value):
                raise PluginError(one.plugin, f"{hook.name} gave {misfit}")
            collected.extend(Answer(one.plugin, entry) for entry in value)
        return collected

    def start(self) -> None:
        """Run every ``on_startup`` once; raises PluginError naming the plugin that fails."""
        hook = self._spec(hookspecs.on_startup, Family.LIFE)
        for one in self._implementations[hook.name]:
            self._guarded(hook.name, one)

    def implementers(self, spec: Callable[..., Any]) -> tuple[str, ...]:
        """Name all who implement a hook, active or not, sorted."""
        return tuple(one.plugin for one in self._implementations[spec.__name__])

    def costs(self) -> list[Cost]:
        """Give what each hook of each plugin cost each tenant in this process, the dearest first."""
        return self._watch.costs()

    def _spec(self, spec: Callable[..., Any], family: Family) -> Spec:
        hook = self.specs[spec.__name__]
        if hook.family is not family:
            raise TypeError(f"{hook.name} is a {hook.family}, not a {family}")
        return hook

    def _take(self, plugin: Plugin, core_version: str, taken: dict[str, Plugin]) -> None:
        plugin.manifest.check(core_version)
        if plugin.name in taken:
            origins = " and ".join(one.distribution or "?" for one in (taken[plugin.name], plugin))
            raise PluginError(plugin.name, f"installed twice, from {origins}")
        self._register(plugin.name, plugin.module)
        taken[plugin.name] = plugin

    def _register(self, name: str, module: ModuleType) -> None:
        for attribute in dir(module):
            options: Any = self._pluggy.parse_hookimpl_opts(module, attribute)
            used = [option for option in OPTIONS if options and options.get(option)]
            if used:
                raise PluginError(name, f"{attribute} uses {used[0]}; a hook is marked without options")
        try:
            self._pluggy.register(module, name)
        except (pluggy.PluginValidationError, ValueError) as error:
            raise PluginError(name, str(error)) from error

    def _refuse_misspelt(self) -> None:
        try:
            self._pluggy.check_pending()
        except pluggy.PluginValidationError as error:
            name = self._pluggy.get_name(error.plugin) or repr(error.plugin)
            raise PluginError(name, str(error)) from error

    def _read_specs(self) -> dict[str, Spec]:
        specs: dict[str, Spec] = {}
        for name in dir(hookspecs):
            options = self._pluggy.parse_hookspec_opts(hookspecs, name)
            if options is not None:
                specs[name] = read(getattr(hookspecs, name), first_result=options["firstresult"])
        return specs

    def _implementing(self, hook: Spec) -> tuple[Implementation, ...]:
        found = sorted(getattr(self._pluggy.hook, hook.name).get_hookimpls(), key=lambda one: one.plugin_name)
        for one in found:
            if wrong := hook.misannotated(one.function):
                raise PluginError(one.plugin_name, wrong)
        return tuple(Implementation(one.plugin_name, one.function, tuple(one.argnames)) for one in found)

    @staticmethod
    def _guarded(hook: str, one: Implementation) -> Any:
        try:
            return one.function()
        except Exception as error:
            raise PluginError(one.plugin, f"{hook} failed: {type(error).__name__}: {error}") from error
