"""The guess is learnt from a town's own decisions, orders its queue, and decides nothing."""

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.moderation import cases, service
from baukasten.moderation.guessing import service as guessing
from baukasten.moderation.guessing.models import GuessModel
from baukasten.moderation.models import Case, CaseCause, Decision
from baukasten.plugin.refs import ContentRef, Visibility
from baukasten_forum import service as forum_service

BAD, GOOD = "Kauft günstige Fenster im Sonderangebot", "Die Treppe am Hafen braucht ein Geländer"


def decide(session, count, *, text=None):
    """Store decisions as moderators took them: half against advertising, half for what is fine."""
    for number in range(count):
        bad = number % 2 == 0
        case = Case(
            cause="held", content_type="forum.post", content_id=10_000 + number, closed_at=clock.now()
        )
        session.add(case)
        session.flush()
        session.add(
            Decision(
                case_id=case.id,
                content_type="forum.post",
                content_id=case.content_id,
                measure="reject" if bad else "publish",
                rule="Regel 5" if bad else "",
                facts="Werbung" if bad else "",
                evidence={"title": f"Nummer {number}", "text": text or (BAD if bad else GOOD)},
            )
        )
    session.commit()


@pytest.fixture
def waiting(session, forum, anna):
    """Give two cases that wait: an advertisement and a proposal."""
    found = []
    for body in (BAD, GOOD):
        written = forum_service.open_topic(session, anna, forum, title="Etwas", body=body)
        ref = ContentRef("forum.post", written.post_id)
        found.append(cases.open_case(session, ref, CaseCause.REPORTED))
    session.commit()
    return found


def guesses(session, ids):
    rows = session.execute(select(Case.id, Case.guess, Case.guess_words).where(Case.id.in_(ids)))
    return {row.id: (row.guess, row.guess_words) for row in rows}


def test_too_few_decisions_teach_nothing(session, waiting):
    decide(session, guessing.ENOUGH - 2)
    guessing.learn(session)
    assert session.scalars(select(GuessModel)).all() == []
    assert [one for one, _words in guesses(session, waiting).values()] == [0, 0]


def test_a_guess_orders_is_explained_and_changes_nothing(session, waiting):
    decide(session, guessing.ENOUGH)
    guessing.learn(session)
    model = session.scalars(select(GuessModel)).one()
    assert model.decisions == guessing.ENOUGH
    assert model.weights["sonderangebot"] > 0 > model.weights["treppe"]
    assert not any(word.startswith("nummer ") for word in model.weights)
    found = guesses(session, waiting)
    (bad, bad_words), (good, _good_words) = found[waiting[0]], found[waiting[1]]
    assert (bad > 0.8, good < 0.2) == (True, True)
    assert set(bad_words) <= {"fenster", "günstige", "kauft", "sonderangebot", "etwas", "nummer"}
    for case in session.scalars(select(Case).where(Case.id.in_(waiting))):
        assert case.closed_at is None
        assert (
            service.find(session, ContentRef(case.content_type, case.content_id)).visibility
            is Visibility.PUBLISHED
        )


def test_words_of_few_decisions_are_not_kept(session, waiting):
    decide(session, guessing.ENOUGH)
    row = session.scalars(select(Decision).order_by(Decision.id)).first()
    row.evidence = {"title": "", "text": f"{BAD} Mustermann"}
    session.commit()
    guessing.learn(session)
    assert "mustermann" not in session.scalars(select(GuessModel)).one().weights


def test_a_new_case_is_guessed_about_by_the_next_job(session, forum, anna, waiting):
    decide(session, guessing.ENOUGH)
    guessing.learn(session)
    written = forum_service.open_topic(session, anna, forum, title="Neu", body=BAD)
    new = cases.open_case(session, ContentRef("forum.post", written.post_id), CaseCause.REPORTED)
    session.commit()
    assert guesses(session, [new])[new] == (0, [])
    guessing.guess(session)
    assert guesses(session, [new])[new][0] > 0.8


def test_what_an_appeal_reversed_teaches_the_opposite(session):
    decide(session, 2)
    judged, _let = session.scalars(select(Decision).order_by(Decision.id)).all()
    assert [one for _text, one in guessing.decided(session)] == [False, True]
    session.add(
        Decision(
            content_type="forum.post", content_id=judged.content_id, measure="restore", reverses=judged.id
        )
    )
    session.flush()
    assert [one for _text, one in guessing.decided(session)] == [False, False]


def test_another_town_learns_nothing_from_it(database, other_town, session, waiting):
    decide(session, guessing.ENOUGH)
    guessing.learn(session)
    with database.session(other_town.id) as other:
        guessing.learn(other)
        assert guessing.decided(other) == []
        assert other.scalars(select(GuessModel)).all() == []


def test_without_the_library_nothing_is_learnt(session, waiting, monkeypatch):
    decide(session, guessing.ENOUGH)
    monkeypatch.setattr(guessing, "find_spec", lambda _name: None)
    guessing.learn(session)
    assert session.scalars(select(GuessModel)).all() == []


def test_more_cases_than_one_job_takes_are_left_to_the_next(session, waiting, monkeypatch):
    decide(session, guessing.ENOUGH)
    monkeypatch.setattr(guessing, "AT_ONCE", 1)
    guessing.learn(session)
    assert sorted(one > 0 for one, _words in guesses(session, waiting).values()) == [False, True]
    guessing.guess(session)
    assert all(one > 0 for one, _words in guesses(session, waiting).values())
