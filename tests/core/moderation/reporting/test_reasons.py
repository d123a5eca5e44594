"""Reports name a rule of the town, the law, or something else; old names stay readable."""

from baukasten import clock
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.house_rules.models import Rule, RuleSet
from baukasten.moderation.reporting import reasons

FURTHER = [("illegal", "It is against the law"), ("other", "Something else")]


def publish(session, version, *rules):
    whole = RuleSet(version=version)
    session.add(whole)
    session.flush()
    session.add_all(
        Rule(ruleset_id=whole.id, position=place, key=key, title=title)
        for place, (key, title) in enumerate(rules, start=1)
    )
    session.flush()
    whole.published_at = clock.now()
    session.flush()
    house_rules.forget(session)


def test_without_rules_of_its_own_a_town_has_those_of_the_platform(session):
    own = [(one.key, one.title) for one in house_rules.current(session).rules]
    assert len(own) == 5
    assert reasons.choices(session) == [*own, *FURTHER]


def test_the_rules_in_force_are_the_reasons_and_cannot_take_the_place_of_the_law(session):
    publish(session, 1, ("loud", "No shouting"))
    publish(session, 2, ("calm", "Stay calm"), ("illegal", "Made up"))
    assert reasons.choices(session) == [("calm", "Stay calm"), *FURTHER]


def test_reasons_keep_their_names_when_rules_go(session):
    publish(session, 1, ("loud", "No shouting"), ("calm", "Keep calm"))
    publish(session, 2, ("calm", "Stay calm"))
    draft = RuleSet(version=3)
    session.add(draft)
    session.flush()
    session.add(Rule(ruleset_id=draft.id, position=1, key="calm", title="Not yet said"))
    session.flush()
    asked = ["loud", "calm", "illegal", "attack", "topic", "made-up"]
    assert reasons.labels(session, asked) == {
        "topic": "Stay with the subject of the project.",
        "loud": "No shouting",
        "calm": "Stay calm",
        "illegal": "It is against the law",
        "attack": "It attacks or insults people",
        "made-up": "made-up",
    }


def test_the_rules_of_another_town_are_not_offered(database, session, other_town):
    publish(session, 1, ("loud", "No shouting"))
    session.commit()
    with database.session(other_town.id) as other:
        assert "loud" not in dict(reasons.choices(other))
        assert reasons.labels(other, ["loud"]) == {"loud": "loud"}
