"""The table of what the machine learnt from a town's own decisions."""

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, tenant_args


class GuessModel(TenantOwned, Base):
    """Weights of words, one row a town: what a guess consists of can be read."""

    __tablename__ = "moderation_guess"
    __table_args__ = tenant_args(UniqueConstraint("tenant_id"))
    bumps_generation = False

    trained_at: Mapped[dt.datetime]
    decisions: Mapped[int]
    bias: Mapped[float]
    weights: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
