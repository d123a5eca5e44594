"""The gate: a chain of checks, handed in by the rooms above when the app is built, that every request passes."""

from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any

from flask import Flask, g, request
from flask.typing import ResponseReturnValue

from baukasten.db.session import Database
from baukasten.errors import NotFound
from baukasten.plugin.routes import ModuleRoutes
from baukasten.web.here import Here, Place, here
from baukasten.web.marks import REQUIRES, Mark, UnmarkedRouteError, mark_of

Check = Callable[[Here], ResponseReturnValue | None]
"""Fills the place or refuses: gives a response to answer at once, raises a refusal, or passes."""

TOWN_ONLY = frozenset({Place.TOWN})


class Gate:
    """Runs the checks before each view, and knows on which kind of host each blueprint lives."""

    def __init__(self, database: Database, checks: Sequence[Check]) -> None:
        """Take the checks in their order: site, session, member, module, permission."""
        self.database = database
        self.checks = tuple(checks)
        self._places: dict[str, frozenset[Place]] = {}
        self._owners: dict[str, str] = {}
        self._marks: dict[str, Mark] = {}

    def allow(self, blueprint: str, places: Iterable[Place]) -> None:
        """Say on which kinds of host a blueprint answers; towns only unless said."""
        self._places[blueprint] = frozenset(places)

    def own(self, blueprint: str, plugin: str) -> None:
        """Say which plugin a blueprint belongs to; its pages are there only where the plugin is active."""
        self._owners[blueprint] = plugin

    def places_of(self, blueprint: str | None) -> frozenset[Place]:
        """Tell on which kinds of host a blueprint answers."""
        return self._places.get(blueprint or "", TOWN_ONLY)

    def guard(self, app: Flask) -> None:
        """Stand before every view of the app."""
        app.before_request(self._enter)
        app.teardown_request(self._leave)

    def close(
        self, app: Flask, kinds: Iterable[tuple[str, ModuleRoutes]], declared: Container[str]
    ) -> dict[str, Mark]:
        """Check that every route is marked, and give the permission matrix; raises UnmarkedRouteError.

        A permission that is not ``declared`` lets nobody in, but would be noticed by the first visitor only.
        """
        marks = {name: mark_of(view, name) for name, view in app.view_functions.items()}
        for kind, routes in kinds:
            for route in routes.routes.values():
                name = f"{kind}:{route.endpoint}"
                marks[name] = mark_of(route.view, name)
        for name, mark in marks.items():
            if mark.kind == REQUIRES and mark.permission not in declared:
                raise UnmarkedRouteError(
                    f"the route {name} asks for {mark.permission}, which nobody declares"
                )
        self._marks = marks
        return marks

    def _enter(self) -> ResponseReturnValue | None:
        g.here = place = Here(self.database)
        place.mark = self._marks.get(request.endpoint or "")
        for check in self.checks:
            answer = check(place)
            if answer is not None:
                return answer
            if check is self.checks[0]:
                self._check_place(place)
        return None

    @staticmethod
    def _leave(_error: BaseException | None) -> None:
        place = g.pop("here", None)
        if place is not None:
            place.close()

    def _check_place(self, place: Here) -> None:
        """Refuse a page of another kind of host, or of a plugin not active here, as if it did not exist."""
        if place.place not in self.places_of(request.blueprint):
            raise NotFound
        owner = self._owners.get(request.blueprint or "")
        if owner is not None and place.place is Place.TOWN and owner not in place.plugins:
            raise NotFound


def serve_module(**_values: Any) -> ResponseReturnValue:
    """Answer for every placed module: the gate found the module and the view; call it."""
    place = here()
    if place.route is None or place.module is None:
        raise NotFound
    answer: ResponseReturnValue = place.route.view(place.module, **place.route_values)
    return answer
