"""Writing rules and putting them in force: once published they stay as they are."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.errors import Conflict, Invalid
from baukasten.moderation.house_rules import drafting, forms, service
from baukasten.moderation.house_rules.models import RuleSet
from baukasten.moderation.house_rules.service import RuleText
from baukasten.plugin.refs import Role

NOON = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)
TWO = (RuleText("matter", 1, "Zur Sache", "Wirklich", "Kritik"), RuleText("kind", 2, "Freundlich"))


def write(session, admin, rules=TWO, *, intro="Willkommen", changes="Neues"):
    seen = drafting.draft(session).seen
    return drafting.save(session, admin, seen, intro=intro, changes=changes, rules=rules)


def publish(session, admin, rules=TWO, **texts):
    published = drafting.publish(session, admin, write(session, admin, rules, **texts).seen)
    session.commit()
    return published


def test_a_draft_begins_with_the_rules_in_force(session):
    written, own = drafting.draft(session), service.current(session)
    assert (written.version, written.intro, written.rules) == (1, own.intro, own.rules)
    assert (written.changes, written.stored) == ("", False)
    assert session.scalar(select(RuleSet.id)) is None


def test_what_was_saved_is_the_draft_and_nobody_outside_sees_it(session, admin):
    write(session, admin)
    session.commit()
    written = drafting.draft(session)
    assert (written.version, written.intro, written.changes, written.rules, written.stored) == (
        1,
        "Willkommen",
        "Neues",
        TWO,
        True,
    )
    assert service.current(session).version == 0


def test_publishing_puts_it_in_force_and_is_noted(session, admin):
    with clock.turned(NOON):
        rules = publish(session, admin)
    assert rules == service.Rules(1, "Willkommen", "Neues", NOON, TWO)
    assert service.current(session) == rules
    entry = audit.entries(session)[0]
    assert (entry.actor_id, entry.action, entry.target, entry.facts) == (
        admin.id,
        "moderation.rules.publish",
        "rules:1",
        {"rules": 2},
    )
    following = drafting.draft(session)
    assert (following.version, following.rules, following.changes) == (2, TWO, "")


def test_keys_stay_when_rules_move_and_titles_change(session, admin):
    publish(session, admin)
    kind, matter = TWO[1], TWO[0]
    publish(session, admin, (RuleText("kind", 1, "Sehr freundlich"), matter))
    assert service.rule(session, "kind") == RuleText("kind", 1, "Sehr freundlich")
    assert service.rule(session, "kind", 1) == kind
    assert [one.version for one in drafting.versions(session)] == [2, 1]


def test_what_is_missing_is_named_and_nothing_published(session, admin):
    publish(session, admin)
    written = write(session, admin, (RuleText("matter", 1, ""), TWO[1]), changes=" ")
    assert drafting.problems(written) == ["Rule 1 has no title yet.", "Say in a sentence what is new."]
    with pytest.raises(Invalid):
        drafting.publish(session, admin, written.seen)
    assert drafting.problems(write(session, admin, ())) == ["Write at least one rule."]
    assert service.current(session).version == 1


def test_the_first_version_needs_no_word_about_what_is_new(session, admin):
    assert publish(session, admin, changes="").version == 1


def test_nothing_is_published_that_nobody_saved(session, admin):
    with pytest.raises(Invalid):
        drafting.publish(session, admin, drafting.draft(session).seen)


def test_too_many_rules_are_refused(session, admin):
    with pytest.raises(Invalid):
        write(session, admin, [RuleText(f"r{number}", number, "Regel") for number in range(31)])


def test_who_did_not_see_the_colleagues_words_is_told(session, admin, new_member):
    other = new_member(Role.ADMIN, name="Ben")
    seen = drafting.draft(session).seen
    write(session, other)
    for work in (
        lambda: drafting.save(session, admin, seen, intro="", changes="", rules=TWO),
        lambda: drafting.publish(session, admin, seen),
    ):
        with pytest.raises(Conflict, match=r"Ben has changed the draft meanwhile"):
            work()


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(database, town, admin, new_member):
    with database.session(town.id) as session:
        seen = write(session, admin).seen
        session.commit()
    people, gate = (admin, new_member(Role.ADMIN, name="Ben")), threading.Barrier(2)

    def act(actor):
        with database.session(town.id) as session:
            gate.wait()
            try:
                version = drafting.publish(session, actor, seen).version
            except Conflict as error:
                return str(error.message)
            session.commit()
            return version

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(act, people))
    assert 1 in said
    winner = people[said.index(1)].display_name
    assert f"{winner} has put version 1 of the rules in force meanwhile." in said


def test_discarding_leaves_the_rules_in_force(session, admin):
    publish(session, admin)
    write(session, admin, ())
    drafting.discard(session, admin)
    session.commit()
    assert drafting.draft(session).stored is False
    assert service.current(session).rules == TWO
    drafting.discard(session, admin)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE moderation_ruleset SET intro = 'anders' WHERE published_at IS NOT NULL",
        "UPDATE moderation_ruleset SET published_at = NULL WHERE published_at IS NOT NULL",
        "DELETE FROM moderation_ruleset WHERE published_at IS NOT NULL",
        "UPDATE moderation_rule SET title = 'anders'",
        "DELETE FROM moderation_rule",
        (
            "INSERT INTO moderation_rule (tenant_id, ruleset_id, position, key, title) "
            "SELECT tenant_id, id, 9, 'neu', 'Neu' FROM moderation_ruleset"
        ),
    ],
)
def test_the_database_keeps_what_was_in_force(session, admin, statement):
    publish(session, admin)
    with pytest.raises(IntegrityError, match="stay as they were"):
        session.execute(text(statement))
    session.rollback()
    assert service.current(session).rules == TWO


def test_who_wrote_it_may_be_forgotten(session, admin):
    publish(session, admin)
    session.execute(text("UPDATE moderation_ruleset SET author_id = NULL"))
    session.commit()
    assert session.scalar(select(RuleSet.author_id)) is None


def test_another_towns_draft_is_its_own(session, admin, database, other_town):
    write(session, admin)
    session.commit()
    with database.session(other_town.id) as beyond:
        assert drafting.draft(beyond).stored is False
        assert drafting.versions(beyond) == []


@pytest.mark.parametrize(
    ("act", "keys"),
    [
        ("up-kind", ["kind", "matter"]),
        ("up-matter", ["matter", "kind"]),
        ("down-matter", ["kind", "matter"]),
        ("down-kind", ["matter", "kind"]),
        ("remove-matter", ["kind"]),
        ("remove-nothing", ["matter", "kind"]),
        ("", ["matter", "kind"]),
        ("shout-kind", ["matter", "kind"]),
    ],
)
def test_rules_are_moved_without_losing_their_keys(act, keys):
    assert [one.key for one in forms.moved(TWO, act)] == keys


def test_a_new_rule_has_a_key_of_its_own():
    added = forms.moved(TWO, "add")
    assert [one.key for one in added[:2]] == ["matter", "kind"]
    assert forms.KEY.fullmatch(added[2].key)
    assert forms.moved(TWO, "add")[2].key != added[2].key


def test_only_keys_are_taken_from_a_form():
    assert forms.keys_of("matter,kind,matter,<b>,, Ä,r-1") == ["matter", "kind", "r-1"]
