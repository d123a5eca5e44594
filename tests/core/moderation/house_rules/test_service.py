"""The rules in force, those before them, and those of the platform."""

import datetime as dt

import pytest

from baukasten.errors import NotFound
from baukasten.moderation.house_rules import service
from baukasten.moderation.house_rules.models import Rule, RuleSet
from baukasten.tenants import settings
from baukasten.web import i18n

FIRST = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)
KEYS = ("matter", "respect", "private", "topic", "spam")


def publish(session, version, *rules, at=FIRST, **values):
    whole = RuleSet(version=version, published_at=None, **values)
    session.add(whole)
    session.flush()
    for position, (key, title) in enumerate(rules, start=1):
        session.add(Rule(ruleset_id=whole.id, position=position, key=key, title=title))
    session.flush()
    whole.published_at = at
    session.commit()
    service.forget(session)


def test_a_town_without_rules_of_its_own_has_those_of_the_platform(session):
    rules = service.current(session)
    assert (rules.version, rules.changes, rules.published_at) == (0, "", None)
    assert tuple(one.key for one in rules.rules) == KEYS
    assert tuple(one.number for one in rules.rules) == (1, 2, 3, 4, 5)
    assert all(one.title and one.body and one.exempt for one in rules.rules)


def title_of(session, key, version=None):
    """Give how a rule that is there is called."""
    found = service.rule(session, key, version)
    assert found is not None
    return found.title


@pytest.mark.usefixtures("app")
def test_the_platforms_rules_are_plain_strings_in_the_readers_language(session):
    title = title_of(session, "topic")
    assert (type(title), title) == (str, "Stay with the subject of the project.")
    with i18n.speaking(i18n.translator("de")):
        assert title_of(session, "topic") == "Bleiben Sie beim Thema des Verfahrens."


def test_what_a_town_wrote_before_rules_had_versions_stands_above_them(session):
    settings.write(session, "site.rules", {"rules": "Bei uns im **Rathaus**."})
    rules = service.current(session)
    assert (rules.version, rules.intro) == (0, "Bei uns im **Rathaus**.")
    assert tuple(one.key for one in rules.rules) == KEYS


def test_the_newest_published_version_is_in_force_and_older_ones_can_be_read(session):
    publish(session, 1, ("matter", "Zur Sache"))
    publish(session, 2, ("kind", "Freundlich"), ("matter", "Zur Sache!"), changes="Eine Regel mehr")
    rules = service.current(session)
    assert (rules.version, rules.changes, rules.published_at) == (2, "Eine Regel mehr", FIRST)
    assert rules.rules == (
        service.RuleText("kind", 1, "Freundlich"),
        service.RuleText("matter", 2, "Zur Sache!"),
    )
    assert title_of(session, "matter") == "Zur Sache!"
    assert title_of(session, "matter", 1) == "Zur Sache"
    assert title_of(session, "matter", 0) == "Argue about the matter, not about people."
    assert [service.rule(session, "kind", 1), service.rule(session, "kind", 7)] == [None, None]


def test_a_draft_is_no_version(session):
    session.add(RuleSet(version=1, intro="Entwurf"))
    session.commit()
    assert service.current(session).version == 0
    with pytest.raises(NotFound):
        service.of_version(session, 1)


def test_another_town_keeps_its_own(session, database, other_town):
    publish(session, 1, ("matter", "Nur hier"))
    with database.session(other_town.id) as beyond:
        assert service.current(beyond).version == 0
        assert service.rule(beyond, "matter", 1) is None
