"""A letter is handed on once; what is refused comes back with its words, and nothing of it stays."""

import datetime as dt
from email import message_from_bytes

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.access import members
from baukasten.inbox import handling, hooks
from baukasten.inbox.door import Outcome
from baukasten.inbox.models import ReceivedMail
from baukasten.jobs import dead
from baukasten.mail.incoming.reading import Envelope
from baukasten.tenants import plugins
from tests.core.inbox.clerk.plugin import (
    BROKEN,
    CLOSED,
    FINE,
    HELD,
    INVALID,
    MISSING,
    REPORTS,
    SLOW,
    TOOK,
)
from tests.core.mail.letters import SAMPLES, TAKEN


def sample_of(name):
    return next(one for one in SAMPLES if one.name == name)


@pytest.fixture
def bring(door, home, anna, mark):
    """Brings a sample in a matter to the door."""

    def do(matter, name="gmail-web-german", member=anna, purpose="antwort"):
        made, sample = mark(member, matter, purpose), sample_of(name)
        raw = sample.raw(made, home.host, anna.address).replace(
            f"<{name}@".encode(), f"<{name}.{matter}.{home.id}@".encode()
        )
        return door.take(raw, sample.envelope(made, home.host, anna.address))

    return do


def kept(session):
    session.rollback()
    query = select(ReceivedMail.outcome, ReceivedMail.content).order_by(ReceivedMail.id)
    return [tuple(row) for row in session.execute(query)]


@pytest.mark.parametrize("sample", TAKEN, ids=lambda one: one.name)
def test_the_words_of_each_sample_arrive(scope, post, home, anna, bring, sample):
    bring(FINE, sample.name)
    answers = post.mails()
    assert [(anna.id, FINE, sample.known["text"])] == TOOK
    assert len(answers) == sample.known.get("attachments", 0)
    assert kept(scope) == [(Outcome.TAKEN, None)]


def test_a_refusal_gives_the_text_back_and_stores_nothing(scope, post, home, anna, bring):
    bring(CLOSED)
    (answer,) = post.mails()
    assert (answer.to, answer.subject) == (
        anna.address,
        "Ihre Mail wurde nicht angenommen: Re: Neue Antwort: Treppe ins Wasser",
    )
    assert answer.text.splitlines()[:11] == [
        "Guten Tag,",
        "",
        "Ihre Mail wurde nicht angenommen: Re: Neue Antwort: Treppe ins Wasser",
        "",
        "Diese Phase endete am 22. November.",
        "",
        "Hier ist Ihr Text, damit nichts verloren geht:",
        "",
        "| Die Treppe ist eine gute Idee.",
        "| ",
        "| Bitte mit Geländer, auch für Ältere.",
    ]
    assert "Geländer, auch für Ältere.<br>" in (answer.html or "")
    assert kept(scope) == [(Outcome.RETURNED, None)]
    assert members.names(scope, [anna.id]) == {anna.id: "Anna Torf"}


def test_the_answer_is_marked_as_one_and_belongs_to_the_letter(post, home, bring):
    bring(CLOSED)
    post.mails()
    (path,) = post.folder.glob("*.eml")
    head = message_from_bytes(path.read_bytes())
    known = f"<gmail-web-german.{CLOSED}.{home.id}@post.example>"
    assert (head["Auto-Submitted"], head["In-Reply-To"], head["Reply-To"]) == ("auto-replied", known, None)


def test_wrong_entries_are_named(post, bring):
    bring(INVALID)
    (answer,) = post.mails()
    assert "Höchstens 5000 Zeichen. Zu lang." in answer.text


def test_what_is_missing_is_said_in_the_towns_language(post, bring):
    bring(MISSING)
    (answer,) = post.mails()
    assert "Worauf Sie antworten, das gibt es nicht mehr." in answer.text


def test_what_is_held_is_said_without_the_text(scope, post, bring):
    bring(HELD)
    (answer,) = post.mails()
    assert answer.subject == "Zu Ihrer Mail: Re: Neue Antwort: Treppe ins Wasser"
    assert "Wir prüfen Ihren Beitrag" in answer.text
    assert "Treppe ist eine gute Idee" not in answer.text
    assert kept(scope) == [(Outcome.TAKEN, None)]


def test_an_attachment_is_not_taken_and_that_is_said(post, bring):
    bring(FINE, "photo-attached")
    (answer,) = post.mails()
    assert "Anhänge übernehmen wir per Mail nicht" in answer.text


@pytest.mark.parametrize("name", ["only-a-quote", "unmarked-quote-only", "empty-letter"])
def test_a_letter_without_own_words_comes_back(post, bring, name):
    bring(FINE, name)
    (answer,) = post.mails()
    assert TOOK == []
    assert "keinen eigenen Text" in answer.text


def test_an_accident_loses_nothing(scope, post, anna, bring, house):
    bring(BROKEN)
    assert post.mails() == []
    assert len(TOOK) == 8
    ((outcome, content),) = kept(scope)
    assert (outcome, bool(content)) == (Outcome.WAITING, True)
    assert members.names(scope, [anna.id]) == {anna.id: "Anna Torf"}
    with house.operator_session() as session:
        (given_up,) = dead.list_dead(session)
    assert (given_up.key, "Treppe" in given_up.error) == ("inbox.handle", True)


def test_what_is_out_of_order_is_tried_again(scope, post, bring):
    bring(SLOW)
    assert post.mails() == []
    assert len(TOOK) == 8
    assert [outcome for outcome, _content in kept(scope)] == [Outcome.WAITING]


def test_reports_reach_their_mailbox_and_are_never_answered(scope, post, bring, mark, home, door):
    bring(77, "bounce-mailbox-full", member=None, purpose="bounce")
    assert post.mails() == []
    assert REPORTS == [(0, 77, "4.2.2")]
    assert kept(scope) == [(Outcome.TAKEN, None)]


def test_who_has_gone_meanwhile_is_not_written_for(scope, post, anna, bring):
    bring(CLOSED)
    members.erase(scope, anna.id)
    scope.commit()
    assert (post.mails(), TOOK) == ([], [])
    assert kept(scope) == [(Outcome.GONE, None)]


def test_a_plugin_that_is_off_meanwhile_takes_nothing(scope, home, post, bring):
    bring(FINE)
    plugins.switch_off(scope, home, "clerk")
    scope.commit()
    assert (post.mails(), TOOK) == ([], [])
    assert kept(scope) == [(Outcome.GONE, None)]


def test_a_job_that_runs_twice_hands_on_once(scope, post, bring):
    bring(FINE)
    post.mails()
    number = scope.scalar(select(ReceivedMail.id))
    handling.handle(scope, received_id=number)
    handling.answer(scope, received_id=number, message="", returned=True, with_text=True)
    assert len(TOOK) == 1


def test_the_queue_holds_no_words(scope, bring):
    bring(CLOSED)
    args = str(scope.scalars(text("SELECT args::text FROM jobs.procrastinate_jobs")).all())
    assert "Treppe" not in args
    assert "post.example" not in args


def test_after_a_month_nothing_is_known(scope, post, anna, bring, noon):
    bring(FINE)
    post.mails()
    for day, left in ((29, 1), (31, 0)):
        with clock.turned(noon + dt.timedelta(days=day)):
            handling.forget_old(scope)
        assert len(scope.scalars(select(ReceivedMail.id)).all()) == left


def test_a_members_letters_are_exported_and_erased(scope, anna, bring):
    bring(FINE)
    (one,) = hooks.export(scope, anna.id)
    assert (one["sender"], one["outcome"]) == (anna.address, "waiting")
    assert "Treppe" in one["letter"]
    assert hooks.erase(scope, anna.id) == 1
    assert hooks.export(scope, anna.id) == []


def test_an_envelope_without_sender_is_no_machine(door, home, anna, mark):
    raw = f"From: {anna.address}\nMessage-ID: <a@b>\n\nJa.\n".encode()
    assert door.take(raw, Envelope(f"{mark(anna, FINE)}@{home.host}", None)) == Outcome.WAITING
