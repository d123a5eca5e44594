"""What decisions say of a contribution now: to everybody, and to whoever wrote it."""

from typing import Any

import pytest

from baukasten.errors import NotFound
from baukasten.moderation import reasons
from baukasten.moderation import service as moderation
from baukasten.moderation.cases import open_case
from baukasten.moderation.deciding import decide_content, undo
from baukasten.moderation.models import CaseCause, Measure
from baukasten.moderation.steps import Step, steps_for
from baukasten.plugin.refs import ContentRef

KEY = "forum.post"
RULE, FACTS, NOTE = "Regel 3", "Werbung für einen Laden", "Der Kran steht seit 2019 still."


@pytest.fixture
def ref(topic):
    return ContentRef(KEY, topic.post_id)


@pytest.fixture
def take(session, moderator, ref):
    """Takes a step on the contribution."""

    def do(measure, **more):
        words: dict[str, Any] = (
            {} if measure in {Measure.RESTORE, Measure.KEEP} else {"rule": RULE, "facts": FACTS}
        )
        return decide_content(session, moderator, ref, Step(measure, **words, **more))

    return do


def said(session, ref):
    """Rule, measure and note as the public has them; nothing where nothing is said."""
    found = reasons.reasons(session, KEY, [ref.id]).get(ref.id)
    return None if found is None else (found.rule, found.measure, found.note)


def test_a_measure_is_told_until_the_contribution_is_back(session, ref, take):
    assert said(session, ref) is None
    for measure in (Measure.FOLD, Measure.HIDE, Measure.REMOVE):
        take(measure)
        assert said(session, ref) == (RULE, measure.value, "")
    take(Measure.RESTORE)
    assert said(session, ref) is None


def test_a_note_stands_beside_until_another_one_or_until_it_is_taken_away(session, ref, take):
    take(Measure.NOTE, public_text=NOTE)
    assert said(session, ref) == ("", "note", NOTE)
    take(Measure.NOTE, public_text="Genauer")
    assert said(session, ref) == ("", "note", "Genauer")
    take(Measure.KEEP)
    take(Measure.FOLD)
    assert said(session, ref) == (RULE, "fold", "Genauer")
    take(Measure.RESTORE)
    assert said(session, ref) is None


def test_a_note_alone_can_be_taken_away(session, ref, take):
    kind, content = moderation.content_type(session, KEY), moderation.find(session, ref)
    assert Measure.RESTORE not in steps_for(session, kind, content)
    with pytest.raises(NotFound):
        take(Measure.RESTORE)
    take(Measure.NOTE, public_text=NOTE)
    assert steps_for(session, kind, content)[:2] == (Measure.KEEP, Measure.RESTORE)
    take(Measure.RESTORE)
    assert (said(session, ref), reasons.is_noted(session, ref)) == (None, False)


def test_an_older_note_does_not_come_back_with_a_new_measure(session, ref, take):
    take(Measure.NOTE, public_text=NOTE)
    take(Measure.RESTORE)
    take(Measure.FOLD)
    assert said(session, ref) == (RULE, "fold", "")


def test_what_was_undone_was_never_said(session, moderator, ref, take):
    decision = take(Measure.HIDE)
    undo(session, moderator, decision.id)
    assert said(session, ref) is None


def test_an_author_is_told_the_facts_and_where_to_object(session, anna, moderator, ref, take):
    asked = take(Measure.ASK)
    one = reasons.told(session, anna, KEY, [ref.id])[ref.id]
    assert one == reasons.Told("ask", RULE, FACTS, asked.created_at, asked.id)
    assert reasons.told(session, moderator, KEY, [ref.id]) == {}
    moderation.wait_again(session, ref)
    assert reasons.told(session, anna, KEY, [ref.id])[ref.id].waits is True


def test_who_waits_reads_why(session, anna, ref):
    open_case(session, ref, CaseCause.HELD, code="links", note="Zwei Links sind viele.")
    one = reasons.told(session, anna, KEY, [ref.id])[ref.id]
    assert (one.measure, one.facts, one.decision_id, one.waits) == ("", "Zwei Links sind viele.", None, True)


def test_reports_are_nobodys_business(session, anna, ref):
    open_case(session, ref, CaseCause.REPORTED)
    assert reasons.told(session, anna, KEY, [ref.id]) == {}
