"""The base of all tables, and what makes a table a tenant's."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, Identity, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

PLATFORM = "platform"
"""Schema of the tables that belong to no tenant."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """One MetaData for the core and all plugins; a plugin's tables are told by their prefix."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: Text,
        dt.datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
    }


class TenantOwned:
    """A row of one tenant: keyed by the tenant, so that no key can point into another town."""

    bumps_generation: ClassVar[bool] = True
    """Whether writing a row makes cached public pages of the tenant stale."""

    tenant_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-20)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-19)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:
        """Tie every tenant's table to the tenant; classes add theirs with ``tenant_args``."""
        return tenant_args()


def tenant_args(*more: Any, **options: Any) -> tuple[Any, ...]:
    """Give ``__table_args__`` of a tenant's table, with further constraints and indexes of its own."""
    return (*more, ForeignKeyConstraint(["tenant_id"], [f"{PLATFORM}.tenant.id"]), options)


def tenant_key(column: str, table: str, *, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """Point to a row of the same tenant.

    ``SET NULL`` empties ``column`` alone (PostgreSQL 15: ``SET NULL (column)``), never the tenant.
    """
    rule = f"SET NULL ({column})" if ondelete == "SET NULL" else ondelete
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=rule)


class Timestamps:
    """When a row came into being."""

    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), sort_order=-10)
