"""The table of sheets that were typed in once and wait for the second time."""

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key


class Entry(TenantOwned, Base):
    """A sheet typed in once; it is gone as soon as the second time agreed, and never knows the code of its letter."""

    __tablename__ = "survey_entry"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "stack", "number"),
    )

    survey_id: Mapped[int]
    version: Mapped[int]
    stack: Mapped[str]
    number: Mapped[int]
    """As it stands on the sheet."""
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    """Locked; nobody reads them on the way."""
