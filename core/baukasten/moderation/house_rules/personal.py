"""Who wrote which version of the town's rules, as personal data."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.moderation.house_rules.models import RuleSet
from baukasten.plugin.declarations import PUBLIC_TASK, PersonalDataset
from baukasten.plugin.text import lazy

_ = lazy("core")


def _export(session: Session, member_id: int) -> list[dict[str, Any]]:
    query = select(RuleSet).where(RuleSet.author_id == member_id).order_by(RuleSet.version)
    return [
        {"version": one.version, "begun_at": one.created_at, "published_at": one.published_at}
        for one in session.scalars(query)
    ]


def _erase(session: Session, member_id: int) -> int:
    # The rules are the town's and stay; only who wrote them is forgotten.
    mine = update(RuleSet).where(RuleSet.author_id == member_id).values(author_id=None)
    return len(session.execute(mine.returning(RuleSet.id)).all())


DATASET = PersonalDataset(
    key="moderation.rules",
    title=_("Rules that you wrote"),
    purpose=_("To know who put which rules in force."),
    legal_basis=PUBLIC_TASK,
    columns=("moderation_ruleset.author_id",),
    retention=_("As long as the rules are stored"),
    export=_export,
    erase=_erase,
)
