"""Why something is reported: a rule of the town, the law, or something else."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from baukasten.db.session import Scope
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.house_rules.models import Rule, RuleSet
from baukasten.plugin.text import lazy

_ = lazy("core")
ILLEGAL, OTHER = "illegal", "other"
NEEDS_WORDS = frozenset({ILLEGAL, OTHER})
"""Reasons that say nothing by themselves; a notice about the law must be explained (Art. 16 (2) a DSA)."""
FURTHER = ((ILLEGAL, _("It is against the law")), (OTHER, _("Something else")))
EARLIER = (
    ("attack", _("It attacks or insults people")),
    ("hate", _("It degrades groups of people")),
    ("private", _("It shows private data")),
    ("spam", _("It is advertising or spam")),
    ("topic", _("It does not belong here")),
)
"""Reasons of reports from before towns had rules in versions."""


def choices(session: Scope) -> list[tuple[str, str]]:
    """Give the rules in force, then what no rule says, as pairs of key and label."""
    rules = house_rules.current(session).rules
    own = [(one.key, one.title) for one in rules if one.key not in NEEDS_WORDS]
    return [*own, *((key, str(label)) for key, label in FURTHER)]


def labels(session: Scope, keys: Iterable[str]) -> dict[str, str]:
    """Name reasons by their keys, also those of rules that a town has given up; one statement."""
    wanted = set(keys)
    known = dict((*EARLIER, *((one.key, one.title) for one in house_rules.OWN)))
    newest = (
        select(Rule.key, Rule.title)
        .ext(distinct_on(Rule.key))
        .join(RuleSet, RuleSet.id == Rule.ruleset_id)
        .where(Rule.key.in_(wanted), RuleSet.published_at.is_not(None))
        .order_by(Rule.key, RuleSet.version.desc())
    )
    known |= {row.key: row.title for row in session.execute(newest)}
    known |= dict(FURTHER)
    return {key: str(known.get(key, key)) for key in wanted}
