"""Where a request is: the site, the person, the module; filled by the gate, read by views."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from flask import g
from sqlalchemy.exc import DBAPIError

from baukasten.db.session import Database, Scope
from baukasten.errors import NotFound
from baukasten.plugin.refs import MemberRef, ModuleRef, TenantRef
from baukasten.plugin.routes import ModuleRoute
from baukasten.web.marks import Mark


class Place(StrEnum):
    """Which kind of host was asked."""

    TOWN = "town"
    OPERATOR = "operator"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in, for the whole installation; what a town knows is the member."""

    account_id: int
    session_id: int
    email: str
    confirmed: bool
    is_operator: bool = False
    display_name: str = ""


@dataclass(slots=True)
class Here:
    """One request's place in the world."""

    database: Database
    place: Place = Place.TOWN
    site: TenantRef | None = None
    language: str = "de"
    mark: Mark | None = None
    identity: Identity | None = None
    member: MemberRef | None = None
    unread: int = 0
    """Notices that the member has not read, as far as anybody counts."""
    module: ModuleRef | None = None
    route: ModuleRoute | None = None
    route_values: dict[str, Any] = field(default_factory=dict)
    plugins: frozenset[str] = frozenset()
    generation: int | None = None
    session_token: str = ""
    _session: Scope | None = None

    @property
    def tenant(self) -> TenantRef:
        """The town that was asked; raises NotFound on hosts of the platform."""
        if self.site is None:
            raise NotFound
        return self.site

    @property
    def session(self) -> Scope:
        """The request's database session, in the town's scope; opened when first needed."""
        if self._session is None:
            tenant_id = None if self.site is None else self.site.id
            self._session = self.database.open(tenant_id, self.identity.account_id if self.identity else None)
        return self._session

    def undo(self) -> None:
        """Leave a transaction that broke, so that the page which says so can still read the town's frame."""
        if self._session is not None:
            self._session.rollback()

    def close(self) -> None:
        """Give the session back; what was not committed is gone."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            session.close()
        except DBAPIError:
            # The database went away meanwhile: what was answered stands, and the connection is worth nothing.
            session.invalidate()


def here() -> Here:
    """Give the current request's place; views and forms only."""
    return cast("Here", g.here)
