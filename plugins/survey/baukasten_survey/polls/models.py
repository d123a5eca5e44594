"""What a poll is beside its survey: the contribution that it hangs on, and when its results are shown."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.plugin import Visibility
from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class Results(StrEnum):
    """When the results of a poll are shown."""

    VOTED = "voted"
    """To each person who has voted, and to everybody once it is over."""
    END = "end"


class Poll(TenantOwned, Timestamps, Base):
    """A survey of the kind ``poll``, and where it stands: at a contribution, wherever that is carried."""

    __tablename__ = "survey_poll"
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "survey_id"),
        CheckConstraint("results IN ('voted', 'end')", name="results"),
        Index("ix_survey_poll_content", "tenant_id", "content_type", "content_id"),
        Index("ix_survey_poll_author", "tenant_id", "author_id"),
    )

    survey_id: Mapped[int]
    content_type: Mapped[str]
    content_id: Mapped[int]
    author_id: Mapped[int | None]
    visibility: Mapped[str] = mapped_column(server_default=Visibility.PUBLISHED)
    """Its own; it is seen where the contribution is seen too."""
    results: Mapped[str] = mapped_column(server_default=Results.VOTED)
    changeable: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether whoever voted may vote otherwise until the end."""
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What is told of the votes, counted in steps; see ``counting``."""
