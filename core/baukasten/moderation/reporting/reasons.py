"""Why something is reported: a rule of the town, the law, or something else."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from baukasten.db.session import Scope
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.house_rules.models import Rule
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
    """Name reasons by their keys, also those of rules that a town has given up."""
    wanted = set(keys)
    found = {key: label for key, label in choices(session) if key in wanted}
    if missing := wanted - found.keys():
        newest = select(Rule.key, Rule.title).ext(distinct_on(Rule.key)).where(Rule.key.in_(missing))
        found |= {
            row.key: row.title for row in session.execute(newest.order_by(Rule.key, Rule.ruleset_id.desc()))
        }
    old = {key: str(label) for key, label in EARLIER}
    return {key: found.get(key) or old.get(key) or key for key in wanted}
