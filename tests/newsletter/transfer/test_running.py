"""A file is tried, then brought in: idempotent, resumable, and never against anybody's will."""

import contextlib
import datetime as dt

import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.errors import Conflict, Invalid
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import addresses, importing, log, service, suppression, topics, watching
from baukasten_newsletter.people.models import Consent
from baukasten_newsletter.transfer import running, tidy
from baukasten_newsletter.transfer.models import ImportReport
from tests.newsletter.conftest import add_subscriber, add_topic, open_list
from tests.newsletter.transfer.conftest import WORDS, table

MIXED = table(
    2,
    "leserin1@post.example;Doppelt",
    "nie@post.example;Nie",
    "weg@post.example;Weg",
    "da@post.example;Da",
    "kaputt;Kaputt",
    "gesperrt@post.example;Gesperrt;blocklisted",
    "unklar@post.example;Unklar;unconfirmed",
    '"neu@post.example";"Neu\r\nBcc: x@post.example"',
)
EXPECTED = [
    (2, "added"),
    (3, "added"),
    (4, "doubled"),
    (5, "suppressed"),
    (6, "left"),
    (7, "known"),
    (8, "invalid"),
    (9, "never"),
    (10, "unwanted"),
    (11, "added"),
]


@pytest.fixture
def world(transfer, letters):
    """Somebody is here, somebody left, somebody wants no mail."""

    def deed(session):
        first = topics.listed(session, letters.id)[0].id
        add_subscriber(session, first, address="da@post.example")
        row = add_subscriber(session, first, address="weg@post.example")
        service.leave(session, row.id, how="one-click")
        suppression.suppress(session, addresses.fingerprint(session, "nie@post.example"), "wish")

    transfer.on(deed)
    return transfer


def test_a_trial_changes_nothing_and_tells_each_row(world):
    before = world.people()
    number = world.send(MIXED)
    world.work()
    assert world.results(number, is_trial=True) == EXPECTED
    row = world.row(number)
    assert (row.state, row.counts["added"], row.taken) == ("checked", 3, {})
    assert world.people() == before


def test_the_run_does_what_the_trial_said_and_forgets_the_file(world):
    number = world.send(MIXED)
    world.work()
    world.start(number)
    world.work()
    assert world.results(number, is_trial=False) == EXPECTED
    row = world.row(number)
    assert (row.state, row.taken, row.taken) == ("done", row.counts, row.counts)
    assert world.pieces() == 0
    assert {"leserin0@post.example", "neu@post.example"} <= set(world.people())

    def look(session):
        names = session.scalars(select(Subscriber.name).where(Subscriber.address == "neu@post.example")).all()
        told = {
            address: [
                (one.kind, one.how) for one in log.entries(session, addresses.fingerprint(session, address))
            ]
            for address in (
                "neu@post.example",
                "gesperrt@post.example",
                "nie@post.example",
                "unklar@post.example",
            )
        }
        blocked = suppression.is_suppressed(session, ["gesperrt@post.example", "neu@post.example"])
        return names, told, blocked, log.verify(session)

    names, told, blocked, broken = world.on(look)
    assert names == ["Neu Bcc: x@post.example"]
    assert told == {
        "neu@post.example": [("imported", WORDS)],
        "gesperrt@post.example": [("suppressed", "Stadtbrief")],
        "nie@post.example": [("suppressed", "")],
        "unklar@post.example": [],
    }
    assert blocked == {"gesperrt@post.example"}
    assert broken is None


def test_the_same_file_again_brings_nobody_in(world):
    for expected in (3, 0):
        number = world.send(MIXED)
        world.work()
        world.start(number)
        world.work()
        assert world.row(number).taken.get("added", 0) == expected


def test_a_row_says_its_own_origin_and_one_without_any_stays_out(transfer):
    data = (
        b"email,agreed_to,confirm_time,source\n"
        b"ada@post.example,Rathausbrief,2024-05-03,Formular\n"
        b"bo@post.example,Rathausbrief,,Formular\n"
    )
    number = transfer.send(data, agreed="", when="", how="")
    transfer.work()
    transfer.start(number)
    transfer.work()
    assert transfer.results(number, is_trial=False) == [(2, "added"), (3, "no-origin")]
    entries = transfer.on(
        lambda session: log.entries(session, addresses.fingerprint(session, "ada@post.example"))
    )
    assert [one.how for one in entries] == ["Rathausbrief; 2024-05-03; Formular"]


def test_a_broken_row_fails_the_trial_and_names_it(transfer):
    number = transfer.send(table(3, 'eva@post.example;"' + "x" * 200_000))
    transfer.work()
    row = transfer.row(number)
    assert (row.state, transfer.pieces(), transfer.people()) == ("failed", 0, [])
    assert "5" in row.problem


class Killed(BaseException):
    """What kill -9 does to a transaction."""


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_run_that_was_killed_goes_on_where_it_stopped(transfer, monkeypatch, after):
    monkeypatch.setattr(running, "CHUNK", 10)
    number = transfer.send(table(35, "leserin3@post.example;Doppelt"))
    transfer.work()
    transfer.start(number)
    calls = iter(range(100))
    real = importing.take

    def take(*args):
        found = real(*args)
        if next(calls) == after:
            raise Killed
        return found

    with monkeypatch.context() as patch:
        patch.setattr(importing, "take", take)
        with contextlib.suppress(BaseException):
            transfer.work()
    assert len(transfer.people()) == after * 10
    transfer.on(lambda session: running.go_on(session, number))
    transfer.work()
    row = transfer.row(number)
    assert (row.state, row.taken) == ("done", {"added": 35, "doubled": 1})
    assert len(transfer.people()) == 35
    assert [one for one, _result in transfer.results(number, is_trial=False)] == list(range(2, 38))
    imported = select(func.count()).select_from(Consent)
    assert transfer.on(lambda session: session.scalar(imported)) == 35


def test_a_slice_hands_over_to_the_next_job(transfer, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 10)
    monkeypatch.setattr(running.run, "__kwdefaults__", {"seconds": 0.0})
    number = transfer.send(table(25))
    transfer.work()
    assert transfer.row(number).state == "checked"
    count = select(func.count()).select_from(ImportReport)
    assert transfer.on(lambda session: session.scalar(count)) == 3


def test_a_file_can_be_thrown_away_before_but_not_after(transfer):
    number = transfer.send(table(1))
    transfer.work()
    transfer.drop(number)
    assert (transfer.row(number).state, transfer.pieces()) == ("dropped", 0)
    for deed in (transfer.start, transfer.drop):
        with pytest.raises(Conflict):
            deed(number)
    transfer.work()
    assert transfer.people() == []


def test_what_nobody_decided_about_goes_after_a_week(transfer):
    with clock.turned(dt.datetime(2035, 3, 20, 8, tzinfo=dt.UTC)):
        number = transfer.send(table(1))
        transfer.work()
        transfer.on(tidy.tidy)
        assert (transfer.row(number).state, transfer.pieces()) == ("checked", 1)
    with clock.turned(dt.datetime(2035, 3, 28, 8, tzinfo=dt.UTC)):
        transfer.on(tidy.tidy)
    assert (transfer.row(number).state, transfer.pieces()) == ("dropped", 0)


def test_topics_of_another_list_are_refused(transfer, database, town):
    other = open_list(database, town, slug="kulturbrief", title="Kulturbrief")
    foreign = transfer.on(lambda session: add_topic(session, other, slug="x", title="X"))
    with pytest.raises(Invalid) as caught:
        transfer.send(table(1), topics=[foreign])
    assert list(caught.value.errors) == ["topics"]


def test_under_another_secret_nobody_is_brought_in(transfer):
    transfer.on(lambda session: watching.note(session, secret=b"that of before"))
    number = transfer.send(table(3))
    transfer.work()
    row = transfer.row(number)
    assert (row.state, row.counts) == ("failed", {})
    assert "Geheimnis" in row.problem
    assert transfer.people() == []
