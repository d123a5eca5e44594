"""Tables of blind tokens: a survey's key, and what was signed, so that a lost answer can be asked for again."""

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key


class TokenKey(TenantOwned, Base):
    """The key by which a survey's register signs; its private half is locked, and gone once the survey is closed."""

    __tablename__ = "survey_token_key"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"), UniqueConstraint("tenant_id", "survey_id")
    )

    survey_id: Mapped[int]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    private_key: Mapped[bytes | None] = mapped_column(LargeBinary)


class Issued(TenantOwned, Base):
    """One signature over a blinded token; whoever reads it learns that a right was used and nothing of the answer."""

    __tablename__ = "survey_issued"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("admission_id", "survey_admission"), UniqueConstraint("tenant_id", "admission_id")
    )

    admission_id: Mapped[int]
    blinded: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
