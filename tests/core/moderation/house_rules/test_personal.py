"""Whoever writes rules is told which, and forgotten without touching the rules."""

from sqlalchemy import select

from baukasten.moderation.house_rules import drafting, personal, service
from baukasten.moderation.house_rules.models import RuleSet
from baukasten.moderation.house_rules.service import RuleText
from baukasten.plugin.refs import Role
from baukasten.privacy import erase

RULES = (RuleText("matter", 1, "Zur Sache"),)


def test_rules_in_force_outlive_whoever_wrote_them(session, new_member):
    admin = new_member(Role.ADMIN, name="Adi")
    seen = drafting.draft(session).seen
    saved = drafting.save(session, admin, seen, intro="", changes="Neu", rules=RULES)
    drafting.publish(session, admin, saved.seen)
    session.commit()
    assert [one["version"] for one in personal.DATASET.export(session, admin.id)] == [1]
    assert personal.DATASET.export(session, new_member().id) == []
    erase.erase_member(session, member_id=admin.id)
    session.commit()
    assert session.execute(select(RuleSet.version, RuleSet.author_id)).all() == [(1, None)]
    assert service.current(session).rules == RULES
