"""What the moderators decided about the demo's citizen before the pages are looked at, and how the citizen objected."""

import datetime as dt

from sqlalchemy import select

from baukasten import clock
from baukasten.moderation.appeals import filing, settling
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.models import Case, Measure
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.service import find
from baukasten.moderation.steps import Step
from baukasten.plugin import ContentRef
from baukasten.plugin.refs import MemberRef, Role
from baukasten_forum import service as forum
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import acting

ZONE = "Europe/Berlin"
RULE = "Argumentiert zur Sache, nicht zur Person."
FACTS = "Der Satz nennt die Anwohner „Krakeeler“.\n\nDas setzt Menschen herab, die niemand gefragt hat."
WHY = "Krakeeler ist am Hafen ein Scherzwort.\n\nBitte fragen Sie jemanden von hier."


def decide(shown: Exhibition) -> dict[str, str]:
    """Decide about the citizen's replies and a report, and let both object; gives what addresses name."""
    everybody = acting(shown, Role.CITIZEN, Role.MODERATOR, Role.ADMIN)
    with everybody as (session, module, citizen, moderator, admin):
        topic = forum.open_topic(session, admin, module, title="Ruhe am Kai", body="Ab wann soll Ruhe sein?")

        def judged(by: MemberRef, body: str, measure: Measure) -> int:
            written = forum.reply(session, citizen, module, topic.topic_id, body=body)
            ref = ContentRef("forum.post", written.post_id)
            return decide_content(session, by, ref, Step(measure, RULE, FACTS)).id

        # An hour ago, so that nobody can take it back any more and everybody reads it.
        with clock.turned(clock.now() - dt.timedelta(hours=1)):
            fresh = judged(moderator, "Die Krakeeler sollen um acht nach Hause.", Measure.HIDE)
            open_one = judged(admin, "Krakeeler gibt es auch unter den Planern.", Measure.FOLD)
            answered = judged(moderator, "Krakeeler, die dritte.", Measure.FOLD)
            groundless = reports.file(
                session, None, find(session, ContentRef("forum.post", topic.post_id)), reason="topic"
            )
            decide_content(session, moderator, ContentRef("forum.post", topic.post_id), Step(Measure.KEEP))
        cases = {}
        for decision in (open_one, answered):
            appeal = filing.by_author(session, citizen, decision, WHY, ZONE)
            cases[decision] = session.scalar(select(Case.id).where(Case.appeal_id == appeal.id))
        settling.settle(
            session, admin, cases[answered] or 0, granted=False, answer="Wir haben gefragt. Es bleibt dabei."
        )
        return {
            "decision": str(fresh),
            "disputed": str(open_one),
            "answered_decision": str(answered),
            "appeal": str(cases[open_one]),
            "answered_appeal": str(cases[answered]),
            "groundless": groundless,
        }
