"""The rules in force and those before them, as every other part of moderation asks for them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select, text

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.moderation.house_rules.models import Rule, RuleSet
from baukasten.moderation.screening.models import AuthorRecord
from baukasten.plugin.refs import Draft, Signals
from baukasten.plugin.text import lazy
from baukasten.tenants import settings
from baukasten.web.guard import SIGNALS

_ = lazy("core")
KNOWN = "baukasten.house_rules"
"""Key of a session's ``info``: the rules it asked for already, by version, and those in force under nothing."""
OLD_TEXT = "site.rules"


SEEN = text("""
    INSERT INTO moderation_author (tenant_id, member_id, rules_version)
    SELECT :town, :member, coalesce(max(version), 0) FROM moderation_ruleset
        WHERE tenant_id = :town AND published_at <= :shown
    ON CONFLICT (tenant_id, member_id) DO UPDATE SET rules_version = excluded.rules_version
        WHERE moderation_author.rules_version < excluded.rules_version
""")


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule: its key stays from version to version, its number is its place in the list."""

    key: str
    number: int
    title: str
    body: str = ""
    exempt: str = ""
    """What the rule does not forbid."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A version of the rules; version 0 is the platform's own, while the town has published none."""

    version: int
    intro: str
    """Markdown."""
    changes: str
    published_at: dt.datetime | None
    rules: tuple[RuleText, ...]

    def find(self, key: str) -> RuleText | None:
        """Give the rule of a key."""
        return next((one for one in self.rules if one.key == key), None)


INTRO = _(
    "Here people meet who want different things for the same place. These rules let everybody be heard."
)
OWN = (
    RuleText(
        "matter",
        1,
        _("Argue about the matter, not about people."),
        _("Say what you think of a plan. Leave out what you think of those who want it."),
        _("Hard criticism of plans, offices and decisions is welcome, also of what somebody did in office."),
    ),
    RuleText(
        "respect",
        2,
        _("No insults, no threats, no hatred against groups of people."),
        _("Nobody is degraded here for origin, faith, sex, disability, age or love."),
        _("Anger, irony and strong words about a matter stay, as long as they degrade nobody."),
    ),
    RuleText(
        "private",
        3,
        _("No names, addresses or phone numbers of others."),
        _("What identifies private people does not belong into public view, not even when it is true."),
        _("People in office may be named for what they do there."),
    ),
    RuleText(
        "topic",
        4,
        _("Stay with the subject of the project."),
        _(
            "Other concerns have a place of their own: another project, or the office that looks after this site."
        ),
        _("A thought from beside that helps the subject is no breach."),
    ),
    RuleText(
        "spam",
        5,
        _("No advertising and no copies of foreign texts or pictures without permission."),
        _("Sending the same again and again is advertising too, also for a good cause."),
        _("Links to sources and short quotations are welcome."),
    ),
)
"""The platform's own rules, which hold until a town publishes others."""


def current(session: Scope) -> Rules:
    """Give the rules in force, in one statement, or two while the town has published none; asked once a session."""
    known: dict[int | None, Rules] = session.info.setdefault(KNOWN, {})
    if None not in known:
        newest = select(func.max(RuleSet.version)).where(RuleSet.published_at.is_not(None))
        known[None] = _load(session, newest.scalar_subquery()) or _platforms(session)
    return _spoken(known[None])


def of_version(session: Scope, version: int) -> Rules:
    """Give the rules of a published version; raises NotFound."""
    known: dict[int | None, Rules] = session.info.setdefault(KNOWN, {})
    if version not in known:
        found = _platforms(session) if version == 0 else _load(session, version)
        if found is None:
            raise NotFound
        known[version] = found
    return _spoken(known[version])


def rule(session: Scope, key: str, version: int | None = None) -> RuleText | None:
    """Give one rule of the version in force, or of another one; nothing where there is none of this key."""
    try:
        return (current(session) if version is None else of_version(session, version)).find(key)
    except NotFound:
        return None


def seen_by(session: Scope, member_id: int) -> int:
    """Give the version that a member has seen: -1 for none."""
    found = session.scalar(select(AuthorRecord.rules_version).where(AuthorRecord.member_id == member_id))
    return -1 if found is None else found


def note_seen(session: Scope, draft: Draft) -> None:
    """Note that whoever sends a contribution saw the rules that were in force when the form was shown.

    What comes by mail or by a job was written without them in view.
    """
    signals: Signals | None = session.info.get(SIGNALS)
    if draft.author is None or draft.is_edit or signals is None:
        return
    shown = clock.now() - dt.timedelta(seconds=signals.seconds or 0)
    values = {"town": session.tenant_id, "member": draft.author.id, "shown": shown}
    session.execute(SEEN, values)


def forget(session: Scope) -> None:
    """Ask anew after a change."""
    session.info.pop(KNOWN, None)


def texts(rows: Sequence[Any]) -> tuple[RuleText, ...]:
    """Give rules as they are stored, in their order, as plain data."""
    return tuple(
        RuleText(row.key, number, row.title, row.body, row.exempt) for number, row in enumerate(rows, start=1)
    )


def _load(session: Scope, version: Any) -> Rules | None:
    """Give a published version, or nothing; a version without rules cannot be published."""
    query = (
        select(RuleSet, Rule)
        .join(Rule, Rule.ruleset_id == RuleSet.id)
        .where(RuleSet.version == version, RuleSet.published_at.is_not(None))
        .order_by(Rule.position)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    whole: RuleSet = rows[0][0]
    rules = texts([row[1] for row in rows])
    return Rules(whole.version, whole.intro, whole.changes, whole.published_at, rules)


def _spoken(rules: Rules) -> Rules:
    """Give the platform's own texts in the reader's language, as plain strings that can be cut and stored."""
    if rules.version:
        return rules
    own = [
        replace(one, title=str(one.title), body=str(one.body), exempt=str(one.exempt)) for one in rules.rules
    ]
    return replace(rules, intro=str(rules.intro), rules=tuple(own))


def _platforms(session: Scope) -> Rules:
    """Give the platform's rules, below what the town wrote before rules had versions."""
    own = str(settings.read(session, OLD_TEXT)["rules"] or "").strip()
    return Rules(0, own or INTRO, "", None, OWN)
