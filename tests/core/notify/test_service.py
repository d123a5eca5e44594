"""Notices: who is told what, what counts as unread, what stays silent."""

import datetime as dt

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.access import members
from baukasten.notify import hooks, service
from baukasten.notify.models import Notice
from baukasten.plugin.refs import ContentRef
from tests.core.notify.herald.plugin import HIDDEN

DATA = {"who": "Anna", "topic": "Bänke"}


def tell(session, *recipients, kind="herald.reply", **more):
    told = service.notify(session, kind, recipients=recipients, data=DATA, **more)
    session.commit()
    return told


def lines(session, member):
    return [(one.type, one.path, one.read_at is None) for one in service.page(session, member.id)[0]]


def waiting(session):
    rows = session.execute(
        text(
            "SELECT args -> 'values' ->> 'member_id', args -> 'values' ->> 'group' FROM jobs.procrastinate_jobs "
            "WHERE args ->> 'key' = 'notify.mail'"
        )
    )
    return sorted((int(member), group) for member, group in rows)


def test_each_recipient_is_told_once_and_has_one_to_read(scope, new_member):
    anna, ben = new_member(), new_member()

    assert tell(scope, anna.id, ben.id, anna.id, path="/x") == 2
    assert lines(scope, anna) == lines(scope, ben) == [("herald.reply", "/x", True)]
    assert service.unread_count(scope, anna.id) == 1


def test_a_rolled_back_deed_tells_nobody(scope, new_member):
    anna = new_member()
    service.notify(scope, "herald.reply", recipients=[anna.id], data=DATA)
    scope.rollback()

    assert (lines(scope, anna), waiting(scope)) == ([], [])


def test_an_erased_member_or_one_of_another_town_is_told_nothing(scope, new_member, other_town):
    anna, stranger = new_member(), new_member(where=other_town)
    members.erase(scope, anna.id)
    scope.commit()

    assert tell(scope, anna.id, stranger.id, 10**9) == 0


def test_a_burst_is_one_job_a_recipient_and_group(scope, new_member):
    anna, ben = new_member(), new_member()
    for group in ("topic:1", "topic:1", "topic:2"):
        tell(scope, anna.id, ben.id, group=group)

    assert waiting(scope) == sorted(
        (one.id, group) for one in (anna, ben) for group in ("topic:1", "topic:2")
    )


def test_the_job_waits_five_minutes(scope, new_member, noon):
    tell(scope, new_member().id)

    due = scope.scalar(
        text("SELECT scheduled_at FROM jobs.procrastinate_jobs WHERE args ->> 'key' = 'notify.mail'")
    )
    assert due == noon + dt.timedelta(minutes=5)


@pytest.mark.parametrize(("kind", "on_page", "jobs"), [("herald.quiet", 1, 0), ("herald.letter", 0, 1)])
def test_a_type_says_where_it_appears(scope, new_member, kind, on_page, jobs):
    anna = new_member()
    tell(scope, anna.id, kind=kind)

    assert (len(lines(scope, anna)), len(waiting(scope))) == (on_page, jobs)
    assert service.unread_count(scope, anna.id) == on_page


def test_an_undeclared_type_and_names_that_mails_use_are_refused(scope):
    with pytest.raises(service.UnknownNoticeError, match=r"herald\.unknown"):
        service.notify(scope, "herald.unknown", recipients=[1], data={})
    with pytest.raises(service.UnknownNoticeError, match="link"):
        service.notify(scope, "herald.reply", recipients=[1], data={"link": "x"})


def test_reading_one_leads_to_its_matter_and_leaves_the_others(scope, new_member):
    anna, ben = new_member(), new_member()
    tell(scope, anna.id, ben.id, path="/a")
    tell(scope, anna.id, path="/b")
    newest = service.page(scope, anna.id)[0][0].id

    assert service.mark_read(scope, ben.id, newest) is None
    assert service.mark_read(scope, anna.id, newest) == "/b"
    assert service.mark_read(scope, anna.id, newest) == "/b"
    assert lines(scope, anna) == [("herald.reply", "/b", False), ("herald.reply", "/a", True)]


def test_reading_all_is_mine_alone(scope, new_member):
    anna, ben = new_member(), new_member()
    tell(scope, anna.id, ben.id)
    service.mark_read(scope, anna.id)

    assert (service.unread_count(scope, anna.id), service.unread_count(scope, ben.id)) == (0, 1)


def test_pages_go_by_thirty_and_the_count_ends_at_99(scope, new_member):
    anna = new_member()
    for number in range(service.PAGE + 1):
        tell(scope, anna.id, path=f"/{number}")
    first, older = service.page(scope, anna.id)
    second, end = service.page(scope, anna.id, older)

    assert [one.path for one in first] == [f"/{number}" for number in range(30, 0, -1)]
    assert ([one.path for one in second], end) == (["/0"], None)
    for _ in range(70):
        service.notify(scope, "herald.quiet", recipients=[anna.id], data={})
    assert service.unread_count(scope, anna.id) == 99


def test_a_notice_about_something_hidden_is_not_shown_until_it_is_back(scope, new_member):
    anna = new_member()
    tell(scope, anna.id, path="/1", about=ContentRef("herald", 1))
    tell(scope, anna.id, path="/2", about=ContentRef("gone", 2))
    tell(scope, anna.id, path="/3")

    assert [path for _, path, _ in lines(scope, anna)] == ["/3", "/1"]
    HIDDEN.add(1)
    assert [path for _, path, _ in lines(scope, anna)] == ["/3"]


def test_who_wants_no_mails_of_a_type_sees_the_page_alone(scope, new_member):
    anna = new_member()
    tell(scope, anna.id)
    service.want(scope, anna.id, "herald.reply", mails=False)
    service.want(scope, anna.id, "herald.reply", mails=False)
    assert service.unwanted(scope, anna.id) == {"herald.reply"}
    assert not scope.query(Notice).filter(Notice.mail_due).all()

    scope.execute(text("DELETE FROM jobs.procrastinate_jobs"))
    tell(scope, anna.id)
    assert (len(lines(scope, anna)), waiting(scope)) == (2, [])

    service.want(scope, anna.id, "herald.reply", mails=True)
    tell(scope, anna.id)
    assert waiting(scope) == [(anna.id, "")]


def test_only_what_comes_by_mail_can_be_chosen(scope):
    rooms = [one.key for one in service.mailed_types(scope, frozenset())]
    assert [key for key in rooms if key.startswith("herald.")] == []
    found = [one.key for one in service.mailed_types(scope, frozenset({"herald"}))]
    assert [key for key in found if key not in rooms] == ["herald.letter", "herald.reply"]
    assert set(rooms) < set(found)


def test_notices_are_forgotten_after_half_a_year(scope, new_member):
    anna = new_member()
    tell(scope, anna.id)
    for days, left in ((179, 1), (181, 0)):
        with clock.turned(clock.now() + dt.timedelta(days=days)):
            service.forget_old(scope)
        assert len(lines(scope, anna)) == left


def test_a_member_takes_their_notices_away_or_has_them_erased(scope, new_member):
    anna, ben = new_member(), new_member()
    tell(scope, anna.id, ben.id, path="/x")
    service.want(scope, anna.id, "herald.letter", mails=False)

    told, wish = hooks.export(scope, anna.id)
    assert (told["type"], told["data"], told["path"], told["read_at"]) == ("herald.reply", DATA, "/x", None)
    assert wish == {"no_mails_of": "herald.letter"}
    assert hooks.erase(scope, anna.id) == 2
    assert hooks.export(scope, anna.id) == []
    assert len(lines(scope, ben)) == 1


def test_telling_leaves_kept_pages_fresh(scope, new_member):
    anna = new_member()
    query = text("SELECT value FROM platform.generation")
    before = scope.scalar(query)
    tell(scope, anna.id)
    service.mark_read(scope, anna.id)
    service.want(scope, anna.id, "herald.reply", mails=False)
    scope.commit()

    assert scope.scalar(query) == before


def test_who_was_told_about_a_thing_is_not_told_of_it_once_more(scope, new_member):
    anna, ben = new_member(), new_member()
    thing, other = ContentRef("herald", 1), ContentRef("herald", 2)
    assert tell(scope, anna.id, about=thing, once=True) == 1
    assert tell(scope, anna.id, ben.id, kind="herald.quiet", about=thing, once=True) == 1
    assert tell(scope, anna.id, about=other, once=True) == 1
    assert tell(scope, anna.id, about=thing) == 1
    assert lines(scope, ben) == [("herald.quiet", "", True)]
