"""A decision that somebody may object to, and everybody who plays a part in that."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.moderation import deciding, service
from baukasten.moderation.appeals import filing
from baukasten.moderation.models import Case, Measure
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.steps import Step
from baukasten.notify import service as notices
from baukasten.plugin.refs import ContentRef, Role
from baukasten_forum import service as forum_service

ZONE = "Europe/Berlin"
HIDE = Step(Measure.HIDE, "Keine Beleidigungen", "Nennt den Bürgermeister einen Lump.")
SETTLED = dt.timedelta(seconds=20)
WHY = "Das war eine Anspielung auf ein Theaterstück."
LIST = "/en/konto/entscheidungen"
DESK = "/en/verwaltung/moderation"
NEVER = 999_999_999_999


def bare(answer, number):
    """Give a page without the number that was asked for where addresses repeat it."""
    return answer.text.replace(f"entscheidungen/{number}", "").replace(f"entscheidungen%2F{number}", "")


def ref_of(written):
    return ContentRef("forum.post", written.post_id)


def later(**span):
    """Give the moment in which time has gone on, for ``with``."""
    return clock.turned(clock.now() + dt.timedelta(**span))


def lines(session, member):
    """Give what a member was told: type, path, data; newest first."""
    session.rollback()
    return [(one.type, one.path, one.data) for one in notices.page(session, member.id)[0]]


def types(session, member):
    return [kind for kind, _path, _data in lines(session, member)]


@pytest.fixture
def second(new_member):
    return new_member(Role.MODERATOR, name="Maike")


@pytest.fixture
def admin(new_member):
    return new_member(Role.ADMIN, name="Ada")


@pytest.fixture
def ben(new_member):
    return new_member(name="Ben")


@pytest.fixture
def reply(session, forum, anna, topic):
    """What Anna wrote among others."""
    written = forum_service.reply(session, anna, forum, topic.topic_id, body="Der Lump soll gehen")
    session.commit()
    return written


@pytest.fixture
def decide(session, moderator):
    """Take a step on a contribution; gives the decision's id."""

    def do(written, step=HIDE, by=moderator):
        decision = deciding.decide_content(session, by, ref_of(written), step)
        session.commit()
        return decision.id

    return do


@pytest.fixture
def report(session):
    """Report a contribution; gives the receipt."""

    def do(written, by, explanation="Bitte ansehen"):
        content = service.find(session, ref_of(written))
        receipt = reports.file(session, by, content, reason="attack", explanation=explanation)
        session.commit()
        return getattr(receipt, "receipt", receipt)

    return do


@pytest.fixture
def hidden(decide, reply):
    """A decision that can no longer be taken back."""
    with later(minutes=-1):
        return decide(reply)


@pytest.fixture
def appealed(session, anna, hidden):
    appeal = filing.by_author(session, anna, hidden, WHY, ZONE)
    session.commit()
    return session.scalar(select(Case.id).where(Case.appeal_id == appeal.id))
