"""The routes of a module kind, which the core serves below every place the kind is put."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Map, MapAdapter, Rule

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class ModuleRoute:
    """One rule below a module's path."""

    rule: str
    endpoint: str
    methods: frozenset[str]
    view: View


class ModuleRoutes:
    """Collects a kind's views as a blueprint would; rules begin with a slash and are relative to the module."""

    def __init__(self) -> None:
        """Begin without routes."""
        self._map = Map(strict_slashes=True, merge_slashes=False)
        self.routes: dict[str, ModuleRoute] = {}

    def route(self, rule: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
        """Serve ``rule`` with the decorated view, which gets the module first; the endpoint is its name."""

        def register(view: View) -> View:
            endpoint = view.__name__
            if endpoint in self.routes:
                raise ValueError(f"the endpoint {endpoint} stands twice in a module's routes")
            self._map.add(Rule(rule, endpoint=endpoint, methods=methods))
            self.routes[endpoint] = ModuleRoute(rule, endpoint, frozenset(methods), view)
            return view

        return register

    def get(self, rule: str) -> Callable[[View], View]:
        """Serve reading requests."""
        return self.route(rule)

    def post(self, rule: str) -> Callable[[View], View]:
        """Serve writing requests."""
        return self.route(rule, ("POST",))

    def form(self, rule: str) -> Callable[[View], View]:
        """Serve a page with a form: reading shows it, posting sends it."""
        return self.route(rule, ("GET", "POST"))

    def match(self, host: str, path: str, method: str) -> tuple[ModuleRoute, dict[str, Any]]:
        """Find the route of a path below the module; raises werkzeug's NotFound, MethodNotAllowed or redirect."""
        endpoint, values = self._bind(host, "").match(path, method=method)
        return self.routes[endpoint], dict(values)

    def build(self, base: str, endpoint: str, **values: Any) -> str:
        """Give the path of an endpoint; ``base`` is the module's path without the closing slash."""
        return base + self._bind("module", "").build(endpoint, values)

    def _bind(self, host: str, script_name: str) -> MapAdapter:
        return self._map.bind(host, script_name)
