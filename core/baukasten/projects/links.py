"""Addresses of what a placed module shows."""

from typing import Any

from baukasten.plugin.contract import Contract
from baukasten.plugin.refs import ModuleRef
from baukasten.web.here import here
from baukasten.web.languages import prefix
from baukasten.web.platform import platform


def module_path(contract: Contract, module: ModuleRef, endpoint: str, **values: Any) -> str:
    """Give the path of a module's endpoint without a language, for jobs, mails and the search."""
    routes = contract.registry.kinds[module.kind].value.routes
    return routes.build(module.path[:-1], endpoint, **values)


def module_url(module: ModuleRef, endpoint: str, **values: Any) -> str:
    """Give the path of a module's endpoint in the language of the request; further values become the query."""
    return spoken(module_path(platform().contract, module, endpoint, **values))


def spoken(path: str) -> str:
    """Put the language of the request before a path of the town's site; hosts of the platform have one language."""
    place = here()
    return path if place.site is None else prefix(place.language, place.site.language) + path
