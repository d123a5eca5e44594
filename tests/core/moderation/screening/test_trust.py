"""What members have written: counted once when it comes into view, equal to a recount whatever happens."""

import datetime as dt
import random
import threading
from typing import Any

from sqlalchemy import func, select

from baukasten import clock
from baukasten.errors import BaukastenError
from baukasten.moderation import deciding, service
from baukasten.moderation.models import Decision, Measure
from baukasten.moderation.screening import care
from baukasten.moderation.screening.models import AuthorRecord, Submission
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef
from baukasten_forum import service as forum_service
from tests.core.moderation.screening.conftest import LONG

WHY: dict[str, Any] = {"rule": "Regel 3", "facts": "Greift eine Person an"}


def counted(session):
    return dict(session.execute(select(AuthorRecord.member_id, AuthorRecord.published)).all())


def recounted(session):
    query = select(Submission.author_id, func.count()).where(Submission.seen_at.is_not(None))
    return dict(session.execute(query.group_by(Submission.author_id)).all())


def ref_of(written):
    return ContentRef("forum.post", written.post_id)


def test_what_comes_into_view_is_counted_at_once(wish, session, anna, write):
    wish()
    write(anna)
    write(anna)
    assert counted(session) == {anna.id: 2}


def test_what_is_held_counts_when_it_is_let_in_and_only_once(wish, session, anna, moderator, write):
    wish(look_first=9)
    ref = ref_of(write(anna))
    assert counted(session) == {}
    service.publish(session, moderator, ref)
    assert counted(session) == {anna.id: 1}
    service.hide(session, moderator, ref, **WHY)
    service.restore(session, moderator, ref)
    assert counted(session) == {anna.id: 1}


def test_what_was_refused_counts_once_it_is_restored(wish, session, anna, moderator, write):
    wish(look_first=9)
    ref = ref_of(write(anna))
    service.reject(session, moderator, ref, **WHY)
    assert counted(session) == {}
    service.restore(session, moderator, ref)
    assert counted(session) == {anna.id: 1}


def test_letting_in_and_taking_that_back_counts_nothing(wish, session, anna, moderator, write):
    wish(look_first=9)
    ref = ref_of(write(anna))
    service.publish(session, moderator, ref)
    deciding.undo(session, moderator, session.scalars(select(Decision.id)).one())
    assert counted(session) == {anna.id: 0}
    service.publish(session, moderator, ref)
    assert counted(session) == {anna.id: 1}


def test_counts_equal_a_recount_after_many_steps(wish, session, anna, moderator, new_member, write):
    wish(words_held="Mist", per_ten_minutes=1_000)
    people, dice = [anna, new_member(), new_member()], random.Random(7)  # noqa: S311 - dice
    refs: list[ContentRef] = []
    for _ in range(150):
        if not refs or dice.random() < 0.3:
            refs.append(ref_of(write(dice.choice(people), dice.choice(["", "So ein Mist"]))))
            continue
        step = Step(dice.choice([Measure.PUBLISH, Measure.REJECT, Measure.HIDE, Measure.RESTORE]), **WHY)
        try:
            with session.begin_nested():
                decision = deciding.decide_content(session, moderator, dice.choice(refs), step)
                if dice.random() < 0.3:
                    deciding.undo(session, moderator, decision.id)
        except BaukastenError:
            continue
    assert {key: value for key, value in counted(session).items() if value} == recounted(session)


def test_submissions_are_forgotten_after_a_month_and_counts_stay(wish, session, anna, moderator, write):
    wish(words_held="Mist")
    write(anna)
    waits = ref_of(write(anna, "So ein Mist"))
    later = clock.now() + dt.timedelta(days=31)
    with clock.turned(later):
        care.tidy(session)
        assert session.scalars(select(Submission.content_id)).all() == [waits.id]
        service.publish(session, moderator, waits)
        assert counted(session) == {anna.id: 2}
    with clock.turned(later + dt.timedelta(days=180)):
        care.tidy(session)
    assert session.scalars(select(Submission)).all() == []


def test_personal_data_of_both_tables_is_given_and_erased(wish, session, anna, write):
    wish()
    write(anna)
    for dataset in care.DATASETS:
        assert len(dataset.export(session, anna.id)) == 1
        assert dataset.erase(session, anna.id) == 1
        assert dataset.export(session, anna.id) == []


def at_once(database, town, many, do):
    """Runs something in so many sessions at the same moment; gives the codes of what was refused."""
    begin, codes = threading.Barrier(many), []

    def run(number):
        with database.session(town.id) as session:
            begin.wait(60)
            try:
                do(session, number)
                session.commit()
            except service.Rejected as refused:
                codes.append(refused.found)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return codes


def test_of_fifty_at_once_exactly_as_many_as_allowed_come_in(database, town, wish, forum, anna):
    wish(per_ten_minutes=7)

    def write(session, number):
        forum_service.open_topic(session, anna, forum, title=f"Thema {number}", body=f"Vorschlag {number}")

    assert at_once(database, town, 50, write) == ["rate"] * 43
    with database.session(town.id) as session:
        assert counted(session) == recounted(session) == {anna.id: 7}


def test_of_fifty_times_the_same_text_one_comes_in(database, town, wish, forum, anna):
    wish(per_ten_minutes=200)

    def write(session, number):
        forum_service.open_topic(session, anna, forum, title=f"Thema {number}", body=LONG)

    assert at_once(database, town, 50, write) == ["duplicate"] * 49
    with database.session(town.id) as session:
        assert counted(session) == {anna.id: 1}
