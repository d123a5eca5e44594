"""Sessions with a scope: which tenant's rows, on whose behalf, through which role."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction
from sqlalchemy.sql.util import find_tables

from baukasten.db.base import PLATFORM, TenantOwned
from baukasten.errors import BaukastenError
from baukasten.plugin.contract import Contract

SET_SCOPE = "SELECT set_config('app.tenant_id', %s, true), set_config('app.account_id', %s, true)"
BUMP = text(f"SELECT {PLATFORM}.bump_generation()")


class MissingTenantError(BaukastenError):
    """A tenant's table was asked with no tenant set; a programmer's mistake, named by table."""


class Scope(Session):
    """A session that knows whose rows it reads; made by ``Database`` only."""

    tenant_id: int | None = None
    account_id: int | None = None
    written = False
    contract: Contract
    """The plugins of the process, for services that ask or obey them."""
    on_written: Sequence[Callable[[int], None]] = ()
    """Told the tenant after a commit that changed its public pages, such as this process's caches."""
    tools: Mapping[str, Any] = MappingProxyType({})
    """What rooms above lend to every session of the process, by their own keys; closed with the database."""

    def act_for(self, tenant_id: int | None, account_id: int | None = None) -> None:
        """Change the scope; only between transactions, for the database is told at their begin."""
        if self.in_transaction():
            self.rollback()
        self.tenant_id, self.account_id = tenant_id, account_id


@dataclass(frozen=True, slots=True)
class Database:
    """The two roles that serve: the app for requests and jobs, the operator for the console."""

    app: Engine
    operator: Engine
    contract: Contract
    on_written: list[Callable[[int], None]] = field(default_factory=list)
    tools: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def session(self, tenant_id: int | None, account_id: int | None = None) -> Iterator[Scope]:
        """Open a session of the app's role; rolls back what was not committed."""
        with self.open(tenant_id, account_id) as session:
            yield session

    def open(self, tenant_id: int | None, account_id: int | None = None) -> Scope:
        """Give a session of the app's role that the caller closes."""
        session = self._scope(self.app)
        session.act_for(tenant_id, account_id)
        return session

    @contextmanager
    def operator_session(self, tenant_id: int | None = None) -> Iterator[Scope]:
        """Open the explicitly named session across tenants, for the operator's console and commands."""
        with self._scope(self.operator) as session:
            session.act_for(tenant_id)
            yield session

    def _scope(self, engine: Engine) -> Scope:
        session = Scope(engine, expire_on_commit=False)
        session.contract, session.on_written = self.contract, self.on_written
        session.tools = self.tools
        return session

    def close(self) -> None:
        """Give all connections back, those of the tools first."""
        for tool in self.tools.values():
            tool.close()
        self.app.dispose()
        self.operator.dispose()


def connect(app_url: str, operator_url: str, contract: Contract, pool_size: int = 10) -> Database:
    """Open the pools; ``prepare_threshold=None`` keeps us right behind a transaction pooler."""
    # The console is used by few people at a time; the pages by all.
    return Database(_engine(app_url, pool_size), _engine(operator_url, 2), contract)


def _engine(url: str, pool_size: int) -> Engine:
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=False,
        # What goes wrong stands in the log; what people wrote does not belong there.
        hide_parameters=True,
        connect_args={"prepare_threshold": None, "application_name": "baukasten"},
    )


@event.listens_for(Scope, "after_begin")
def _tell_database(session: Scope, transaction: SessionTransaction, connection: Connection) -> None:
    """Set the scope for this transaction, so that it holds behind a pooler and after a commit in mid-request."""
    if transaction.nested:
        return  # what the transaction around a savepoint set holds in it too
    tenant = "" if session.tenant_id is None else str(session.tenant_id)
    account = "" if session.account_id is None else str(session.account_id)
    connection.exec_driver_sql(SET_SCOPE, (tenant, account))


@event.listens_for(Scope, "do_orm_execute")
def _guard(state: ORMExecuteState) -> None:
    """Refuse a tenant's table without a tenant, and remember what was written past the unit of work."""
    session = state.session
    if not isinstance(session, Scope):
        return
    if session.tenant_id is None:
        _refuse_tenant_tables(state.statement)
    if state.is_insert or state.is_update or state.is_delete:
        session.written = session.written or _bumps(state)


def _bumps(state: ORMExecuteState) -> bool:
    """Tell whether a statement writes what public pages show: as its class says, else as its table does."""
    table: Any = getattr(state.statement, "table", None)
    if table is None:
        return True
    mapped = None if state.bind_mapper is None else state.bind_mapper.class_
    usual = getattr(mapped, "bumps_generation", table.schema != PLATFORM)
    return bool(table.info.get("bumps_generation", usual))


def _refuse_tenant_tables(statement: Any) -> None:
    if not hasattr(statement, "get_children"):
        return
    for table in find_tables(statement, include_joins=True, include_aliases=True, include_crud=True):
        # An alias has a made-up name; what it stands for has the one that programmers know.
        name = getattr(getattr(table, "element", table), "name", "")
        if getattr(table, "schema", None) != PLATFORM and "tenant_id" in table.c:
            raise MissingTenantError(f"the table {name} belongs to a tenant, and no tenant is set")


@event.listens_for(Scope, "before_flush")
def _stamp_tenant(session: Scope, _context: UOWTransaction, _instances: Any) -> None:
    """Give new rows their tenant, so that no service has to."""
    for row in session.new:
        if isinstance(row, TenantOwned):
            if session.tenant_id is None:
                raise MissingTenantError(f"{type(row).__name__} belongs to a tenant, and no tenant is set")
            # The column is never empty in the database; on a new row it may be unset.
            if getattr(row, "tenant_id", None) is None:
                row.tenant_id = session.tenant_id


@event.listens_for(Scope, "after_flush")
def _note_writing(session: Scope, _context: UOWTransaction) -> None:
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, TenantOwned) and row.bumps_generation for row in changed):
        session.written = True


@event.listens_for(Scope, "before_commit")
def _bump_generation(session: Scope) -> None:
    """Make cached pages stale in the transaction that changes them; last, so that the lock is short."""
    if session.in_nested_transaction():
        return
    session.flush()
    if session.written and session.tenant_id is not None:
        session.execute(BUMP)


@event.listens_for(Scope, "after_commit")
def _tell_caches(session: Scope) -> None:
    if session.written and session.tenant_id is not None and not session.in_nested_transaction():
        for tell in session.on_written:
            tell(session.tenant_id)


@event.listens_for(Scope, "after_transaction_end")
def _forget_writing(session: Scope, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.written = False
