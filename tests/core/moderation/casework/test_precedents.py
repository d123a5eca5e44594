"""Earlier decisions under a rule, and what a town knows of an author."""

from baukasten.access import members
from baukasten.moderation import deciding
from baukasten.moderation.casework import authors, precedents
from baukasten.moderation.models import Decision, Measure
from baukasten.moderation.steps import Step
from tests.core.moderation.casework.conftest import DESK


def decided(session, anna, number=1, **values):
    rows = [
        Decision(
            content_type="forum.post", content_id=10**6 + one, measure="hide", rule="R", rule_key="respect",
            facts=f"Fall {one} <i>", subject_id=anna.id, **values,
        )
        for one in range(number)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return rows


def test_decisions_are_counted_by_rule_as_far_as_anybody_reads(session, anna, monkeypatch):
    decided(session, anna, 4)
    assert precedents.counts(session, ["respect", "topic"]) == {"respect": 4, "topic": 0}
    monkeypatch.setattr(precedents, "MOST", 2)
    assert precedents.counts(session, ["respect"]) == {"respect": 3}
    assert precedents.counts(session, []) == {}


def test_the_newest_five_are_examples(session, anna):
    rows = decided(session, anna, 7)
    assert [one.id for one in precedents.examples(session, "respect")] == [one.id for one in rows[:1:-1]]


def test_examples_have_a_page(desk, session, anna, moderator, stranger):
    decided(session, anna, 2)
    session.commit()
    client, address = desk(moderator), f"{DESK}/beispiele"
    assert "2 frühere Entscheidungen" in client.get(address).text
    page = client.get(f"{address}?regel=respect").text
    assert "Fall 1 &lt;i&gt;" in page
    assert "noch keine Entscheidung" in client.get(f"{address}?regel=topic").text
    for wrong in ("made-up", "respect%27", "x" * 900):
        assert client.get(f"{address}?regel={wrong}").status_code == 404
    assert "Fall" not in stranger.get(f"{address}?regel=respect").text


def test_an_authors_history_is_this_towns(database, session, anna, moderator, other_town):
    (first, second) = decided(session, anna, 2)
    reversal = Decision(
        content_type="forum.post", content_id=1, measure="restore", reverses=first.id, subject_id=anna.id
    )
    session.add(reversal)
    session.flush()
    found = authors.history(session, anna.id)
    assert found is not None
    assert [(one.id, one.reversed) for one in found.against] == [(second.id, False), (first.id, True)]
    session.commit()
    with database.session(other_town.id) as other:
        assert authors.history(other, anna.id) is None
    members.erase(session, anna.id)
    assert authors.history(session, anna.id) is None
    assert authors.history(session, None) is None


def test_a_long_history_is_cut(session, anna):
    decided(session, anna, authors.SHOWN + 1)
    found = authors.history(session, anna.id)
    assert found is not None
    assert (len(found.against), found.more) == (authors.SHOWN, True)


def test_the_rule_of_a_decision_counts(session, case_id, moderator):
    step = Step(Measure.FOLD, "Keine Beleidigungen", "Greift an", rule_key="respect", rules_version=0)
    deciding.decide(session, moderator, case_id, step)
    assert precedents.counts(session, ["respect"]) == {"respect": 1}
