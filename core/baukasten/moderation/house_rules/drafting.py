"""Writing the next version of the rules, and putting it in force: one draft for all admins of a town."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, text

from baukasten import clock
from baukasten.access import members
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Invalid
from baukasten.moderation.house_rules import service
from baukasten.moderation.house_rules.models import Rule, RuleSet
from baukasten.moderation.house_rules.service import Rules, RuleText
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy
from baukasten.web.i18n import dgettext

_ = lazy("core")
MOST = 30
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('house rules ' || :town, 0))")
"""Of two admins who save or publish at once, the second sees what the first one did."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The rules as somebody is writing them; before the first saving they are those in force."""

    version: int
    intro: str
    changes: str
    rules: tuple[RuleText, ...]
    stored: bool = False

    @property
    def seen(self) -> str:
        """A mark of all its texts: who sends it back saw just these."""
        rules = [(one.key, one.title, one.body, one.exempt) for one in self.rules]
        whole = json.dumps([self.stored, self.version, self.intro, self.changes, rules])
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


def draft(session: Scope) -> Draft:
    """Give the stored draft, or what one begins with."""
    row = _row(session)
    if row is None:
        rules = service.current(session)
        return Draft(rules.version + 1, rules.intro, "", rules.rules)
    stored = session.scalars(select(Rule).where(Rule.ruleset_id == row.id).order_by(Rule.position)).all()
    return Draft(row.version, row.intro, row.changes, service.texts(stored), stored=True)


def save(
    session: Scope, actor: MemberRef, seen: str, *, intro: str, changes: str, rules: Sequence[RuleText]
) -> Draft:
    """Store the draft. Raises Conflict when another admin changed or published it since it was ``seen``, Invalid."""
    if len(rules) > MOST:
        raise Invalid(
            {"": dgettext("core", "At most %(most)s rules. Who shall keep them in mind?", most=MOST)}
        )
    _check_seen(session, seen)
    row = _row(session)
    if row is None:
        row = RuleSet(version=service.current(session).version + 1)
        session.add(row)
    row.intro, row.changes, row.author_id = intro.strip(), changes.strip(), actor.id
    session.flush()
    session.execute(delete(Rule).where(Rule.ruleset_id == row.id))
    session.add_all(
        Rule(
            ruleset_id=row.id,
            position=position,
            key=one.key,
            title=one.title.strip(),
            body=one.body.strip(),
            exempt=one.exempt.strip(),
        )
        for position, one in enumerate(rules, start=1)
    )
    session.flush()
    return draft(session)


def discard(session: Scope, actor: MemberRef) -> None:
    """Drop the draft; the rules in force stay."""
    session.execute(LOCK, {"town": str(session.tenant_id)})
    row = _row(session)
    if row is not None:
        session.execute(delete(RuleSet).where(RuleSet.id == row.id))
        record(session, actor, "moderation.rules.discard", f"rules:{row.version}")


def problems(written: Draft) -> list[str]:
    """Name what is missing before the draft can be put in force."""
    found = [] if written.rules else [str(_("Write at least one rule."))]
    found += [
        dgettext("core", "Rule %(number)s has no title yet.", number=one.number)
        for one in written.rules
        if not one.title
    ]
    if written.version > 1 and not written.changes:
        found.append(str(_("Say in a sentence what is new.")))
    return found


def publish(session: Scope, actor: MemberRef, seen: str) -> Rules:
    """Put the draft in force for good. Raises Conflict when it is not what was ``seen``, Invalid when parts miss."""
    _check_seen(session, seen)
    written = draft(session)
    row = _row(session)
    missing = problems(written)
    if row is None or missing:
        raise Invalid({"": missing[0] if missing else _("Save the draft first.")})
    row.published_at, row.author_id = clock.now(), actor.id
    session.flush()
    service.forget(session)
    record(session, actor, "moderation.rules.publish", f"rules:{row.version}", rules=len(written.rules))
    return service.current(session)


def versions(session: Scope) -> list[RuleSet]:
    """Give what was in force, newest first."""
    published = select(RuleSet).where(RuleSet.published_at.is_not(None))
    return list(session.scalars(published.order_by(RuleSet.version.desc())))


def _row(session: Scope) -> RuleSet | None:
    return session.scalar(select(RuleSet).where(RuleSet.published_at.is_(None)))


def _check_seen(session: Scope, seen: str) -> None:
    session.execute(LOCK, {"town": str(session.tenant_id)})
    service.forget(session)
    if draft(session).seen == seen:
        return
    query = select(func.max(RuleSet.version)).where(RuleSet.published_at.is_not(None))
    newest = select(RuleSet).where(RuleSet.version == query.scalar_subquery())
    writing = _row(session)
    last = writing or session.scalar(newest)
    by = last.author_id if last else None
    name = members.names(session, [by]).get(by, "") if by is not None else ""
    name = name or str(_("Somebody else"))
    if writing is None and last is not None:
        raise Conflict(
            dgettext(
                "core",
                "%(name)s has put version %(version)s of the rules in force meanwhile.",
                name=name,
                version=last.version,
            )
        )
    raise Conflict(dgettext("core", "%(name)s has changed the draft meanwhile. Please reload it.", name=name))
