"""Tables of the municipalities."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import PLATFORM, Base, TenantOwned, Timestamps, tenant_args

ACTIVE, SUSPENDED = "active", "suspended"


class Tenant(Timestamps, Base):
    """A municipality."""

    __tablename__ = "tenant"
    __table_args__ = ({"schema": PLATFORM},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    tagline: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default=ACTIVE)
    language: Mapped[str] = mapped_column(server_default="de")
    languages: Mapped[list[str]] = mapped_column(server_default=text("""'["de", "en"]'"""))
    theme: Mapped[str] = mapped_column(server_default="klar")
    crest: Mapped[str] = mapped_column(server_default="")
    time_zone: Mapped[str] = mapped_column(server_default="Europe/Berlin")


class Host(Base):
    """A name under which a municipality is reached; one is primary, the others lead to it."""

    __tablename__ = "host"
    __table_args__ = (
        Index("uq_host_primary", "tenant_id", unique=True, postgresql_where=text("is_primary")),
        {"schema": PLATFORM},
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(f"{PLATFORM}.tenant.id", ondelete="CASCADE"))
    is_primary: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class Generation(Base):
    """How often a tenant's public pages changed; cached pages carry the number they were made at."""

    __tablename__ = "generation"
    __table_args__ = ({"schema": PLATFORM},)

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey(f"{PLATFORM}.tenant.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    value: Mapped[int] = mapped_column(server_default="0")


class PluginGrant(Timestamps, Base):
    """The operator lets a tenant use an installed plugin."""

    __tablename__ = "plugin_grant"
    __table_args__ = ({"schema": PLATFORM},)

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey(f"{PLATFORM}.tenant.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    plugin: Mapped[str] = mapped_column(primary_key=True)


class PluginSwitch(TenantOwned, Timestamps, Base):
    """The town switched a granted plugin on."""

    __tablename__ = "plugin_switch"
    __table_args__ = tenant_args(UniqueConstraint("tenant_id", "plugin"))

    plugin: Mapped[str]


class SettingValue(TenantOwned, Base):
    """The stored values of one group of settings; what is missing has its default."""

    __tablename__ = "setting_value"
    __table_args__ = tenant_args(UniqueConstraint("tenant_id", "group_key"))

    group_key: Mapped[str]
    values: Mapped[dict[str, Any]]
