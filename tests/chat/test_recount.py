"""Whatever people do, what is counted beside the rows is what the rows say; and what drifted is put right."""

import contextlib
import random
from typing import Any

import pytest
from sqlalchemy import func, select, update

from baukasten.errors import BaukastenError
from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten.tenants import settings
from baukasten_chat import recount
from baukasten_chat.keys import MESSAGE_TYPE, ReactionKind
from baukasten_chat.messages import editing, history, states
from baukasten_chat.messages.reactions import react
from baukasten_chat.messages.service import say
from baukasten_chat.models import SHOWN, Message, Question, Reaction, Room, Vote
from baukasten_chat.questions import service as questions
from baukasten_chat.questions.voting import vote
from tests.chat.conftest import open_chat

WORDS = ("Guten Abend", "So ein Schrott", "Hallo @Anna Torf", "**Wann** geht es los?")
VERBS = ("publish", "hide", "restore", "fold", "remove", "hold", "reject")


class Evening:
    """People who do whatever comes to their mind, and moderators who do too."""

    def __init__(self, session, module, people, staff, chance):
        self.session, self.module, self.people, self.staff, self.chance = (
            session,
            module,
            people,
            staff,
            chance,
        )
        self.done = 0

    def step(self):
        act = self.chance.choice((self.say, self.say, self.change, self.take_back, self.press, self.press,
                                  self.judge, self.judge, self.ask, self.vote, self.judge_question))  # fmt: skip
        # Much of what comes to mind is refused, and must leave nothing behind.
        with contextlib.suppress(BaukastenError):
            with self.session.begin_nested():
                act()
            self.done += 1

    def who(self):
        return self.chance.choice([*self.people, self.staff])

    def row(self, table):
        ids = self.session.scalars(select(table.id).order_by(table.id)).all()
        return self.chance.choice(ids) if ids else 1

    def number(self, table):
        found = self.session.scalar(select(func.max(table.number))) or 1
        return self.chance.randint(1, found)

    def say(self):
        body = f"{self.chance.choice(WORDS)} {self.chance.random()}"
        say(self.session, self.who(), self.module, body=body, reply_to=self.number(Message))

    def change(self):
        body = f"{self.chance.choice(WORDS)} {self.chance.random()}"
        editing.edit(self.session, self.who(), self.module, self.row(Message), body)

    def take_back(self):
        if self.chance.random() < 0.3:
            editing.withdraw(self.session, self.who(), self.module, self.row(Message))

    def press(self):
        kind = self.chance.choice(list(ReactionKind))
        react(self.session, self.who(), self.module, self.number(Message), kind, self.chance.random() < 0.7)

    def judge(self):
        getattr(states, self.chance.choice(VERBS))(self.session, self.row(Message))

    def ask(self):
        questions.ask(self.session, self.who(), self.module, body=f"Wann? {self.chance.random()}")

    def vote(self):
        number = self.number(Question)
        vote(self.session, self.who(), self.module, number, on=self.chance.random() < 0.7)

    def judge_question(self):
        getattr(questions, self.chance.choice(VERBS))(self.session, self.row(Question))


@pytest.fixture
def evening_of(database, town, session, anna, ben, moderator):
    settings.write(session, "moderation.screening", {"words_held": "schrott"})
    session.commit()
    module = open_chat(database, town, form="questions", one_question=False)

    def make(seed):
        return Evening(session, module, [anna, ben], moderator, random.Random(seed))  # noqa: S311 - reproducible

    return make


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_drifts_whatever_people_do(session, evening_of, seed):
    spend(session, evening_of(seed), 100)
    assert recount.everything(session) == 0


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 20))
def test_nothing_drifts_over_many_evenings(session, evening_of, seed):
    spend(session, evening_of(seed), 600)
    assert recount.everything(session) == 0


def spend(session, evening, steps):
    for _ in range(steps):
        evening.step()
    session.commit()
    assert evening.done > steps / 4
    room = session.execute(select(Room.__table__)).one()
    for table, number in ((Message, room.number), (Question, room.question_number)):
        given = session.scalars(
            select(table.number).where(table.number.is_not(None)).order_by(table.number)
        ).all()
        assert given == list(range(1, number + 1))
        hidden = select(table.id).where(table.visibility.in_(SHOWN), table.number.is_(None))
        assert session.scalars(hidden).all() == []
    follow(session, room)


def follow(session, room):
    """A client that catches up piece by piece knows in the end what a fresh page knows."""
    known: dict[int, Any] = {}
    mine, complete = 0, False
    while not complete:
        found = history.since(session, room, mine, limit=7)
        assert found.version > mine or found.complete
        known |= {one["number"]: one for one in found.messages}
        mine, complete = found.version, found.complete
    assert [known[one] for one in sorted(known)] == history.page(session, room.id, limit=10_000)
    assert mine == room.version


def test_what_drifted_is_put_right_and_told(session, chat, room_of, anna, ben):
    said = say(session, anna, chat, body="Guten Abend").id
    held = say(session, ben, chat, body="Hallo").id
    react(session, anna, chat, 1, ReactionKind.HEART, True)  # noqa: FBT003
    session.execute(update(Message).where(Message.id == said).values(reactions={"heart": 5, "thumb": 2}))
    session.execute(update(Message).where(Message.id == held).values(reactions={"laugh": 1}))
    session.execute(update(Room).values(version=1, number=1))
    session.commit()
    assert recount.everything(session) == 4
    assert recount.everything(session) == 0
    room = room_of(chat)
    # One ahead of the highest of its rows, so that everybody asks for what is right now.
    assert (room.number, room.version) == (2, 4)
    found = history.since(session, room, 3)
    assert [(one["number"], one["reactions"]) for one in found.messages] == [(1, {"heart": 1}), (2, {})]


def test_votes_are_counted_anew(session, hour, anna, moderator):
    asked = questions.ask(session, anna, hour, body="Wann wird saniert?").id
    questions.publish(session, asked)
    vote(session, anna, hour, 1, on=True)
    session.execute(update(Question).values(votes=7))
    session.commit()
    assert recount.everything(session) == 1
    assert session.scalars(select(Question.votes)).all() == [1]
    assert session.scalar(select(func.count()).select_from(Vote)) == 1


def test_decisions_of_moderators_leave_no_drift(session, chat, anna, ben, moderator):
    said = say(session, anna, chat, body="Guten Abend").id
    react(session, ben, chat, 1, ReactionKind.HEART, True)  # noqa: FBT003
    moderation.hide(
        session, moderator, ContentRef(MESSAGE_TYPE, said), rule="Rule 2", facts="Beleidigt jemanden."
    )
    session.commit()
    assert recount.everything(session) == 0
    assert session.scalar(select(func.count()).select_from(Reaction)) == 1
