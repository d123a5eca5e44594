"""The table of building: how a draft looked before its latest changes, so that they can be taken back."""

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key


class Past(TenantOwned, Base):
    """What was written of a survey under an earlier revision; only the latest ones are kept."""

    __tablename__ = "survey_past"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "revision"),
    )

    survey_id: Mapped[int]
    revision: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
