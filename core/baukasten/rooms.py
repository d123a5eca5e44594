"""The rooms of the core: what they declare, the checks they hand to the gate, the pages they serve."""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from flask import Blueprint

from baukasten.audit import hooks as audit
from baukasten.jobs import hooks as jobs
from baukasten.tenants.resolve import find_site
from baukasten.web.gate import Check
from baukasten.web.here import Place
from baukasten.web.page import Page

TOWN, OPERATOR, DEMO = (Place.TOWN,), (Place.OPERATOR,), (Place.DEMO,)

HOOKS: Mapping[str, ModuleType] = {"audit": audit, "jobs": jobs}
"""Hooks modules by room; a room declares itself like a stranger."""

CHECKS: Sequence[Check] = (find_site,)
"""The gate's chain, in its order: site, person, module, permission, phase."""

BLUEPRINTS: Sequence[tuple[Blueprint, Sequence[Place]]] = ()
"""Pages, and the kinds of host they live on."""

TEMPLATE_FUNCTIONS: Mapping[str, Callable[..., Any]] = {}
"""Further functions that all templates may call."""


def page() -> Page:
    """Give what the frame of the current page shows."""
    raise RuntimeError("no room builds pages")
