"""Once on a day of the town: gather what is new, and write down who is told what; nothing new, no mail."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import DigestStretch, Job, MemberRef
from baukasten.sdk import (
    Scope,
    clock,
    digest_items,
    digest_items_for,
    read_settings,
    record,
    work,
)
from baukasten_newsletter.digests import choosing, days, issues
from baukasten_newsletter.digests.choosing import Own, Told, TopicChoice, Turn
from baukasten_newsletter.digests.models import Digest, DigestDay
from baukasten_newsletter.keys import IssueKind, TopicKind
from baukasten_newsletter.models import Issue, Watch
from baukasten_newsletter.people import watching
from baukasten_newsletter.sending import service as sending
from baukasten_newsletter.sending.slices import LATE

GATHER, FORGET = "newsletter.digests", "newsletter.digests.forget"
MEMBERS_AT_A_TIME = 5000
UNSYNCED = {"synchronize_session": False}


def gather(session: Scope, **_values: Any) -> None:
    """Begin the digests of the day, if their hour has come and nobody did it yet; the job's one transaction.

    Whoever dies on the way leaves nothing behind, and the next turn of the job begins anew.
    """
    watching.note_secret(session)
    if _is_held(session):
        return
    turn = _turn(session)
    # A town whose mails nobody would believe sends none; the news wait for it.
    if turn is None or watching.problems(session) or not _claim(session, turn):
        return
    choosing.supersede(session, turn)
    wanted = choosing.topics(session, turn)
    if not wanted:
        return
    news, own = _news(session, turn, wanted), _own(session, turn, wanted)
    people = _write(session, turn, news, own) if news or own else 0
    counted = {"items": len({one.key for one in news} | {one.key for one in own}), "people": people}
    session.execute(
        update(DigestDay).where(DigestDay.day == turn.day).values(counted), execution_options=UNSYNCED
    )


def forget(session: Scope, **_values: Any) -> None:
    """Forget who was told what once it is news to nobody any more."""
    before = (clock.now() - days.KEPT).date()
    for table in (Digest, DigestDay):
        session.execute(delete(table).where(table.day < before), execution_options=UNSYNCED)


def let_go_on(session: Scope, actor: MemberRef | None) -> None:
    """Let digests go on that were held; nothing where they were not."""
    if watching.look(session)[1] is not None:
        watching.note(session, digests_at=clock.now(), digests_held_at=None)
        record(session, actor, "newsletter.digests.resume")


JOBS = [Job(GATHER, gather, every="*/10 * * * *"), Job(FORGET, forget, every="27 4 * * *")]


def _is_held(session: Scope) -> bool:
    """Hold digests where nobody was there when their hour came: in a database of before they may have gone out.

    As for letters, an hour without a sign of life is what counts.
    """
    now = clock.now()
    row = session.execute(select(Watch.digests_at, Watch.digests_held_at)).one()
    if row.digests_held_at is not None:
        return True
    seen = row.digests_at
    if seen is not None and now - seen > LATE and days.last_hour(now, _zone(session), _hour(session)) > seen:
        watching.note(session, digests_held_at=now)
        record(session, None, "newsletter.digests.hold")
        return True
    watching.note(session, digests_at=now)
    return False


def _hour(session: Scope) -> int:
    return int(read_settings(session, days.SETTINGS)[days.HOUR])


def _zone(session: Scope) -> ZoneInfo:
    return ZoneInfo(work(session).town.time_zone)


def _turn(session: Scope) -> Turn | None:
    wish, now = read_settings(session, days.SETTINGS), clock.now()
    zone = _zone(session)
    last: dt.date | None = session.scalar(select(func.max(DigestDay.day)))
    day = days.day_due(now, zone, _hour(session), last)
    if day is None:
        return None
    return Turn(day, now, days.frequencies_due(day, int(wish[days.WEEKDAY]), last))


def _claim(session: Scope, turn: Turn) -> bool:
    """Take the day; a second worker waits here until the first has committed, and then has nothing to do."""
    row = insert(DigestDay).values(tenant_id=session.tenant_id, day=turn.day, gathered_at=turn.now)
    taken = row.on_conflict_do_nothing(index_elements=["tenant_id", "day"]).returning(DigestDay.id)
    return session.scalar(taken) is not None


def _news(session: Scope, turn: Turn, wanted: Sequence[TopicChoice]) -> list[Told]:
    """Give the news for each topic."""
    digests = [one for one in wanted if one.kind == TopicKind.DIGEST]
    letters = {one.id for one in wanted if one.kind == TopicKind.LETTERS}
    found: list[Told] = []
    if digests:
        stretch = DigestStretch(turn.oldest, turn.ahead, _projects(digests))
        for item in digest_items(session, stretch):
            project = None if item.project is None else item.project.id
            found += (
                Told(one.id, item.key, item.at, item.due)
                for one in digests
                if one.project_id in {None, project}
            )
    if letters:
        for sent in issues.sent_since(session, turn.oldest):
            found += (Told(topic, sent.key, sent.at) for topic in sent.topics if topic in letters)
    return found


def _own(session: Scope, turn: Turn, wanted: Sequence[TopicChoice]) -> list[Own]:
    """Give the news for members alone."""
    if all(one.kind != TopicKind.DIGEST for one in wanted):
        return []
    found: list[Own] = []
    due = choosing.members(session, turn)
    for start in range(0, len(due), MEMBERS_AT_A_TIME):
        members = due[start : start + MEMBERS_AT_A_TIME]
        for member_id, items in digest_items_for(session, members, turn.oldest).items():
            found += (
                Own(member_id, item.project.id if item.project else None, item.key, item.at) for item in items
            )
    return found


def _projects(digests: Sequence[TopicChoice]) -> frozenset[int] | None:
    chosen = {one.project_id for one in digests}
    return None if None in chosen else frozenset(one for one in chosen if one is not None)


def _write(session: Scope, turn: Turn, news: Sequence[Told], own: Sequence[Own]) -> int:
    issue = Issue(kind=IssueKind.DIGEST, day=turn.day)
    session.add(issue)
    session.flush()
    people = choosing.choose(session, turn, issue.id, news, own)
    if people:
        sending.open_digest(session, issue)
    else:
        session.delete(issue)
        session.flush()
    return people
