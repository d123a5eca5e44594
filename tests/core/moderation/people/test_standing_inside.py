"""Measures against people that hold in one module alone: what they take there, what they leave everywhere else."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.access import members, policy
from baukasten.errors import Denied, NotFound
from baukasten.moderation import deciding
from baukasten.moderation.appeals import words
from baukasten.moderation.models import Decision, Measure
from baukasten.moderation.people.standing import judge
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import Role, Standing
from tests.forum.conftest import open_forum

NOON = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FACTS = "Hat in Beitrag 12 einen Nachbarn beleidigt."
DESK = "/verwaltung/mitglieder/"
CREATE, READ = "forum.topic.create", "forum.topic.read"


@pytest.fixture(autouse=True)
def noon():
    with clock.turned(NOON):
        yield


@pytest.fixture
def second(database, town):
    return open_forum(database, town, slug="nordkai")


def step(module, measure=Measure.MUTE, until=NOON + DAY):
    return Step(measure, "Regel 3", FACTS, rule_key="respect", until=until, module_id=module.id)


def test_it_takes_writing_in_one_module_and_nothing_elsewhere(session, forum, second, moderator, anna):
    decision = judge(session, moderator, anna.id, step(forum))
    session.commit()
    limited = members.ref(session, anna.id)
    assert (limited.standing, limited.limits) == (Standing.ACTIVE, ((forum.id, Standing.MUTED),))
    allowed = [
        [policy.may(session, limited, permission, module) for module in (forum, second, None)]
        for permission in (CREATE, READ)
    ]
    assert allowed == [[False, True, True], [True, True, True]]
    assert (decision.module_id, decision.before, decision.until) == (forum.id, "active", NOON + DAY)


def test_it_ends_by_itself(session, forum, moderator, anna):
    judge(session, moderator, anna.id, step(forum))
    session.commit()
    with clock.turned(NOON + DAY):
        assert members.ref(session, anna.id).limits == ()
        assert policy.may(session, members.ref(session, anna.id), CREATE, forum)


def test_one_in_the_whole_town_counts_before_it(session, forum, second, moderator, anna):
    judge(session, moderator, anna.id, step(forum))
    judge(session, moderator, anna.id, Step(Measure.SUSPEND, "Regel 3", FACTS, until=NOON + DAY))
    limited = members.ref(session, anna.id)
    assert [limited.standing_in(module) for module in (forum, second, None)] == [Standing.SUSPENDED] * 3


def test_undoing_leads_back_to_what_held_before(session, forum, second, moderator, anna):
    judge(session, moderator, anna.id, step(forum))
    judge(session, moderator, anna.id, step(second))
    stricter = judge(session, moderator, anna.id, step(forum, Measure.SUSPEND, NOON + 2 * DAY))
    session.commit()
    assert stricter.before == "muted"
    deciding.undo(session, moderator, stricter.id)
    row = members.get(session, anna.id)
    assert members.ref_of(row).limits == tuple(
        sorted([(forum.id, Standing.MUTED), (second.id, Standing.MUTED)])
    )
    assert row.limits[str(forum.id)]["until"] == (NOON + DAY).isoformat()


def test_lifting_ends_it_there_alone(session, forum, second, moderator, anna):
    for module in (forum, second):
        judge(session, moderator, anna.id, step(module))
    judge(session, moderator, anna.id, step(forum, Measure.FREE, None))
    assert members.ref(session, anna.id).limits == ((second.id, Standing.MUTED),)


def test_the_person_reads_where_it_holds(session, forum, moderator, anna):
    said = [
        words.to_author(judge(session, moderator, anna.id, step(forum, measure)))
        for measure in (Measure.MUTE, Measure.SUSPEND, Measure.FREE)
    ]
    assert said == [
        "You cannot write in “Ideen-Forum” at the moment. You can read along there.",
        "You are excluded from “Ideen-Forum”. All else stays open to you.",
        "A measure against you in “Ideen-Forum” has been lifted. You can write there again.",
    ]


def test_a_module_of_another_town_is_none(session, database, other_town, moderator, anna):
    theirs = open_forum(database, other_town)
    with pytest.raises(NotFound):
        judge(session, moderator, anna.id, step(theirs))
    session.rollback()
    assert members.get(session, anna.id).limits == {}


def test_nobody_is_limited_by_those_below(session, forum, moderator, new_member):
    with pytest.raises(Denied):
        judge(session, moderator, new_member(Role.ADMIN).id, step(forum))


def test_erasing_leaves_nothing_of_it(session, forum, moderator, anna):
    judge(session, moderator, anna.id, step(forum))
    session.commit()
    members.erase(session, anna.id)
    session.expire_all()
    assert members.get(session, anna.id).limits == {}


def test_the_page_takes_lists_and_lifts_it(browse_as, session, forum, anna):
    browser = browse_as(Role.MODERATOR)
    path = f"{DESK}{anna.id}/stand?baustein={forum.id}&beitrag=core.profile:{anna.id}"
    assert "Nur in „Ideen-Forum“" in browser.get(path).text
    sent = browser.send(path, measure="mute", rule="respect", facts=FACTS, until="2026-05-05T12:00")
    decision = session.scalars(select(Decision)).one()
    assert sent.headers["Location"] == f"{DESK}{anna.id}/stand?entschieden={decision.id}&baustein={forum.id}"
    assert (decision.module_id, decision.content_type) == (forum.id, "core.profile")
    whole = browser.get(f"{DESK}{anna.id}/stand").text
    assert f'href="{DESK}{anna.id}/stand?baustein={forum.id}"' in whole
    assert browser.send(path, measure="free", rule="", facts="", until="").status_code == 303
    session.expire_all()
    assert members.ref(session, anna.id).limits == ()


@pytest.mark.parametrize("odd", ["0", "x", "-1", "9" * 40, "٣", "%00"])
def test_a_module_that_is_none_is_not_found(browse_as, anna, odd):
    assert browse_as(Role.MODERATOR).get(f"{DESK}{anna.id}/stand?baustein={odd}").status_code == 404


@pytest.mark.parametrize(
    "odd", ["forum.post:999", "forum.post:x", "nothing:1", ":", "forum.post:" + "9" * 40]
)
def test_a_contribution_that_is_none_leaves_the_measure_about_the_person(
    browse_as, session, anna, forum, odd
):
    path = f"{DESK}{anna.id}/stand?baustein={forum.id}&beitrag={odd}"
    browse_as(Role.MODERATOR).send(path, measure="warn", rule="respect", facts=FACTS, until="")
    assert session.scalars(select(Decision.content_type)).one() == "core.profile"


@pytest.fixture
def browse_as(client_of, town, sign_in, new_member):
    """Give a browser of somebody with the roles."""

    def do(*roles):
        browser = client_of(town)
        sign_in(browser, new_member(*roles, name="Wer"))
        return browser

    return do
