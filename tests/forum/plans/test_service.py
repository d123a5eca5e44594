"""Plans that the town adds and changes, and remarks that find their place on them."""

import io

import pytest
from sqlalchemy import text

from baukasten.errors import Closed, Conflict, Denied, Invalid, NotFound
from baukasten.sdk import clock
from baukasten_forum.plans import reading, service
from baukasten_forum.plans.grid import Point
from baukasten_forum.plans.service import Spot
from tests.forum.conftest import DAY, open_forum
from tests.forum.plans.conftest import TEXT

TEXTS = ("Breiter bitte", "Drei Meter sind zu wenig.")


def placed(session, written):
    session.rollback()
    query = "SELECT kind, plan_id, passage, x, y, place FROM forum_topic WHERE id = :topic"
    return tuple(session.execute(text(query), {"topic": written.topic_id}).one())


def remark(session, actor, module, plan_id, **spot):
    written = service.remark(session, actor, module, plan_id, texts=TEXTS, spot=Spot(**spot))
    session.commit()
    return written


def test_a_remark_keeps_the_words_that_it_is_about(session, forum, anna, text_plan):
    written = remark(session, anna, forum, text_plan, passage=2)
    assert placed(session, written) == ("remark", text_plan, 2, None, None, "Drei Meter bleiben frei.")
    whole = remark(session, anna, forum, text_plan)
    assert placed(session, whole) == ("remark", text_plan, None, None, None, "")
    assert reading.by_passage(session, text_plan) == {2: 1, None: 1}


def test_a_remark_has_its_point_and_its_words(session, forum, anna, picture_plan):
    written = remark(session, anna, forum, picture_plan, point=Point(2500, 7000), place="  am   Kran ")
    assert placed(session, written) == ("remark", picture_plan, None, 2500, 7000, "am Kran")
    in_words = remark(session, anna, forum, picture_plan, place="hinten")
    assert placed(session, in_words) == ("remark", picture_plan, None, None, None, "hinten")
    assert [(one.x, one.place) for one in reading.dots(session, picture_plan)] == [
        (2500, "am Kran"), (None, "hinten"),
    ]  # fmt: skip


def test_what_has_no_place_is_refused(session, forum, anna, text_plan, picture_plan):
    for plan_id, spot, field in (
        (text_plan, {"passage": 4}, "passage"),
        (text_plan, {"passage": 0}, "passage"),
        (picture_plan, {}, "field"),
        (picture_plan, {"place": "x" * 201}, "place"),
    ):
        with pytest.raises(Invalid) as refused:
            service.remark(session, anna, forum, plan_id, texts=TEXTS, spot=Spot(**spot))
        assert list(refused.value.errors) == [field]


def test_remarks_go_with_their_passages(session, forum, admin, anna, text_plan):
    second, third = (remark(session, anna, forum, text_plan, passage=number) for number in (2, 3))
    seen = service.version(reading.find(session, forum, text_plan))
    changed = TEXT.replace("Drei Meter bleiben frei.\n\n", "")
    names = {"title": "Leitbild", "description": ""}
    service.change(session, admin, forum, text_plan, body=changed, seen=seen, **names)
    session.commit()
    assert placed(session, second)[2:] == (None, None, None, "Drei Meter bleiben frei.")
    assert placed(session, third)[2:] == (2, None, None, "Der Kran bleibt stehen.")
    with pytest.raises(Conflict):
        service.change(session, admin, forum, text_plan, body=TEXT, seen=seen, **names)


def test_a_plan_with_remarks_stays(session, forum, admin, anna, text_plan, picture_plan):
    remark(session, anna, forum, text_plan)
    with pytest.raises(Conflict):
        service.delete(session, admin, forum, text_plan)
    service.delete(session, admin, forum, picture_plan)
    session.commit()
    assert [(one.title, one.remarks) for one in reading.all_of(session, forum.id)] == [("Leitbild", 1)]


def test_only_those_who_set_up_the_forum(session, forum, moderator, text_plan):
    with pytest.raises(Denied):
        service.add_text(session, moderator, forum, title="X", description="", body="Y")
    with pytest.raises(Denied):
        service.delete(session, moderator, forum, text_plan)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"description": "x" * 1001}, "description"),
        ({"body": " \x00 "}, "body"),
        ({"body": "x" * 60_001}, "body"),
    ],
)
def test_what_a_plan_must_have(session, forum, admin, values, field):
    with pytest.raises(Invalid) as refused:
        service.add_text(session, admin, forum, **{"title": "T", "description": "", "body": "B", **values})
    assert list(refused.value.errors) == [field]


def test_a_picture_needs_words_and_must_be_one(session, forum, admin):
    names = {"title": "T", "description": ""}
    for alt, data, field in ((" ", b"x", "alt"), ("Plan", b"Nur Text", "files")):
        with pytest.raises(Invalid) as refused:
            service.add_picture(session, admin, forum, alt=alt, file=("a.txt", io.BytesIO(data)), **names)
        assert list(refused.value.errors) == [field]
        session.rollback()


def test_plans_end_with_the_phase_and_at_the_towns_border(
    session, database, forum, anna, other_town, text_plan
):
    with clock.turned(clock.now() + 20 * DAY), pytest.raises(Closed):
        service.remark(session, anna, forum, text_plan, texts=TEXTS, spot=Spot(passage=1))
    foreign = open_forum(database, other_town)
    with database.session(other_town.id) as there, pytest.raises(NotFound):
        reading.find(there, foreign, text_plan)


def test_the_log_tells_what_was_done(session, forum, text_plan, picture_plan):
    query = text("SELECT action, facts FROM audit_entry WHERE action LIKE 'forum.plan.%' ORDER BY id")
    assert [tuple(row) for row in session.execute(query)] == [
        ("forum.plan.add", {"kind": "text"}), ("forum.plan.add", {"kind": "picture"}),
    ]  # fmt: skip
