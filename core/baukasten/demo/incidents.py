"""What the demo's moderators find on their desk, and what they have decided already."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.demo.plans import Incident, ReplyPlan
from baukasten.moderation import deciding
from baukasten.moderation import service as moderation
from baukasten.moderation.appeals import filing
from baukasten.moderation.casework import replies
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.models import CaseCause, Decision, Measure
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, MemberRef, TenantRef
from baukasten.web import i18n


def happen(session: Scope, town: TenantRef, incident: Incident, ref: ContentRef, by: MemberRef) -> None:
    """Let one thing happen in the town's language, as long ago as its plan says."""
    moment = clock.now() - dt.timedelta(hours=incident.hours)
    with clock.turned(moment), i18n.speaking(i18n.translator(town.language)):
        match incident.kind:
            case "held":
                moderation.open_case(session, ref, CaseCause.HELD, code=incident.reason, note=incident.text)
            case "reported":
                content = moderation.find(session, ref)
                reports.file(session, by, content, reason=incident.reason, explanation=incident.text)
            case "appeal":
                newest = select(Decision.id).where(
                    Decision.content_type == ref.type, Decision.content_id == ref.id
                )
                decision_id = session.execute(newest.order_by(Decision.id.desc()).limit(1)).scalar_one()
                filing.by_author(session, by, decision_id, incident.text, town.time_zone)
            case measure:
                deciding.decide_content(session, by, ref, _step(session, Measure(measure), incident))


def keep_replies(session: Scope, actor: MemberRef, plans: Sequence[ReplyPlan], language: str) -> None:
    """Give the moderators words that they use again and again."""
    for plan in plans:
        replies.save(
            session,
            actor,
            None,
            title=plan.title,
            texts={language: plan.text},
            measure=plan.measure,
            rule_key=plan.reason,
        )


def _step(session: Scope, measure: Measure, incident: Incident) -> Step:
    rules = house_rules.current(session)
    rule = rules.find(incident.reason)
    return Step(
        measure,
        rule=str(rule.title) if rule else "",
        rule_key=incident.reason if rule else "",
        rules_version=rules.version,
        facts=incident.text,
        public_text=incident.text if measure is Measure.NOTE else "",
    )
