"""At the door: who may bring what, told within the server's conversation, and nothing taken twice."""

import dataclasses

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.errors import Unavailable
from baukasten.inbox import door as doors
from baukasten.inbox.door import Door, Outcome, TooOftenError, UnknownAddressError, WrongSenderError
from baukasten.inbox.models import ReceivedMail
from baukasten.mail.incoming.reading import Envelope, Unreadable
from baukasten.tenants import plugins, service
from tests.core.inbox.clerk.plugin import FINE, REPORTS, TOOK
from tests.core.mail.letters import SAMPLES

REFUSALS = {
    "WrongSenderError": WrongSenderError,
    "UnknownAddressError": UnknownAddressError,
    "Unreadable": Unreadable,
}
QUEUED = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE args ->> 'key' = 'inbox.handle'")


def letter(anna, mark, matter=FINE, name="one", head=""):
    return (
        f"From: {anna.address}\nTo: x@y.example\nMessage-ID: <{name}@post.example>\n{head}\nGern.\n".encode(),
        mark(anna, matter),
    )


def rows(session):
    session.rollback()
    columns = (ReceivedMail.outcome, ReceivedMail.member_id, ReceivedMail.content.is_not(None))
    return [tuple(row) for row in session.execute(select(*columns).order_by(ReceivedMail.id))]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.name)
def test_each_sample_is_taken_left_alone_or_refused(scope, home, door, anna, mark, sample):
    made = mark(anna, FINE)
    raw, envelope = sample.raw(made, home.host, anna.address), sample.envelope(made, home.host, anna.address)
    wanted = sample.known.get("outcome", Outcome.WAITING)
    if wanted in REFUSALS:
        with pytest.raises(REFUSALS[wanted]):
            door.take(raw, envelope)
        assert rows(scope) == []
        assert scope.scalar(QUEUED) == 0
        return
    assert door.take(raw, envelope) == wanted
    waits = wanted == Outcome.WAITING
    assert rows(scope) == [(wanted, anna.id, waits)]
    assert scope.scalar(QUEUED) == int(waits)


def test_a_second_copy_is_taken_and_left_alone(scope, home, door, anna, mark):
    raw, made = letter(anna, mark)
    envelope = Envelope(f"{made}@{home.host}", anna.address)
    assert [door.take(raw, envelope) for _ in range(3)] == [
        Outcome.WAITING,
        Outcome.DUPLICATE,
        Outcome.DUPLICATE,
    ]
    assert scope.scalar(QUEUED) == 1


def test_letters_without_id_are_told_apart_by_all_they_say(home, door, anna, mark):
    made = f"{mark(anna, FINE)}@{home.host}"
    one, other = (f"From: {anna.address}\n\n{words}\n".encode() for words in ("Ja.", "Nein."))
    outcomes = [door.take(raw, Envelope(made, anna.address)) for raw in (one, one, other)]
    assert outcomes == [Outcome.WAITING, Outcome.DUPLICATE, Outcome.WAITING]


def test_more_letters_in_an_hour_than_a_person_writes_are_refused(scope, home, door, anna, mark, noon):
    made = f"{mark(anna, FINE)}@{home.host}"
    for number in range(doors.HOURLY):
        door.take(letter(anna, mark, name=f"n{number}")[0], Envelope(made, anna.address))
    with pytest.raises(TooOftenError):
        door.take(letter(anna, mark, name="more")[0], Envelope(made, anna.address))
    with clock.turned(noon.replace(hour=13, second=1)):
        assert door.take(letter(anna, mark, name="more")[0], Envelope(made, anna.address)) == Outcome.WAITING


@pytest.mark.parametrize("what", ["domain", "town", "purpose", "secret", "closed", "off", "gone"])
def test_an_address_that_does_not_fit_is_unknown(
    house, home, other_town, door, anna, mark, what, settings_of_mail
):
    raw, made = letter(anna, mark)
    domain = home.host
    if what == "domain":
        domain = other_town.host
    if what == "town":
        made = mark(anna, FINE, where=other_town)
    if what == "purpose":
        made = mark(anna, FINE, purpose="fremd")
    if what == "secret":
        door = Door(house, dataclasses.replace(settings_of_mail, secret_key="another"))
    if what == "closed":
        door = Door(house, dataclasses.replace(settings_of_mail, answers_to=""))
    if what == "off":
        with house.session(home.id) as session:
            plugins.switch_off(session, home, "clerk")
            session.commit()
    if what == "gone":
        made = mark(anna, FINE, where=dataclasses.replace(home, id=10**9))
    with pytest.raises(UnknownAddressError):
        door.take(raw, Envelope(f"{made}@{domain}", anna.address))


def test_a_member_of_another_town_is_nobody_here(home, other_town, door, mark, new_member, new_account):
    address = f"ben.{home.id}@post.example"
    ben = new_member(name="Ben", account=new_account("Ben", address), where=other_town)
    raw = f"From: {address}\nMessage-ID: <x@y>\n\nHallo\n".encode()
    with pytest.raises(WrongSenderError):
        door.take(raw, Envelope(f"{mark(ben, FINE)}@{home.host}", address))


def test_one_domain_may_serve_all_towns(house, door, home, anna, mark, settings_of_mail):
    shared = Door(house, dataclasses.replace(settings_of_mail, answers_to="antwort.rechenzentrum.example"))
    raw, made = letter(anna, mark)
    envelope = Envelope(f"{made}@Antwort.Rechenzentrum.example", anna.address)
    assert shared.take(raw, envelope) == Outcome.WAITING


def test_a_suspended_towns_letters_stay_with_the_server(house, home, door, anna, mark):
    with house.operator_session() as session:
        service.suspend(session, home.id)
        session.commit()
    raw, made = letter(anna, mark)
    with pytest.raises(Unavailable):
        door.take(raw, Envelope(f"{made}@{home.host}", anna.address))


def test_reports_come_from_anybody_about_anybody(scope, home, door, mark):
    (sample,) = (one for one in SAMPLES if one.name == "bounce-unknown-user")
    made = mark(None, 77, purpose="bounce")
    assert door.take(sample.raw(made, home.host), Envelope(f"{made}@{home.host}", "")) == Outcome.WAITING
    assert rows(scope) == [(Outcome.WAITING, None, True)]


def test_the_door_knows_what_it_may_be_asked_for(door, anna, mark, home):
    assert door.knows(f"{mark(anna, FINE)}@{home.host}") is True
    assert door.knows(f"{mark(anna, FINE)}@{home.host}".replace("antwort+", "antwort+aa")) is False
    assert door.knows(f"beteiligung@{home.host}") is True


def test_nothing_is_handled_at_the_door(home, door, anna, mark):
    raw, made = letter(anna, mark)
    door.take(raw, Envelope(f"{made}@{home.host}", anna.address))
    assert TOOK == []


def test_a_report_that_nobody_can_part_is_kept(door, post, mark, home):
    raw = b"From: a@b.example\nSubject: failure notice\n\n" + b"boundary " * 200
    assert door.take(raw, Envelope(f"{mark(None, 7, 'bounce')}@{home.host}", "")) is Outcome.WAITING
    post.mails()
    assert REPORTS == [(0, 7, "")]


def test_a_letter_of_a_member_that_nobody_can_part_is_refused(door, anna, mark, home):
    with pytest.raises(Unreadable):
        door.take(b"From: a@b.example\n\n" + b"boundary " * 200, Envelope(f"{mark(anna, 1)}@{home.host}"))


def complaint_about(address):
    return (
        "From: fbl@mail.example\nMessage-ID: <c@mail.example>\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n"
        f"--b\nContent-Type: message/rfc822\n\nReturn-Path: <{address}>\n\nText\n--b--\n"
    ).encode()


def test_a_complaint_to_one_address_for_all_is_found_by_what_it_gives_back(door, post, mark, home):
    raw = complaint_about(f"{mark(None, 7, 'bounce')}@{home.host}")
    assert door.take(raw, Envelope(f"beschwerden@{home.host}", "fbl@mail.example")) is Outcome.WAITING
    post.mails()
    assert REPORTS == [(0, 7, "")]


def test_nobody_answers_by_what_a_report_gives_back(door, anna, mark, home):
    raw = complaint_about(f"{mark(anna, 1)}@{home.host}")
    with pytest.raises(UnknownAddressError):
        door.take(raw, Envelope(f"beschwerden@{home.host}", "fbl@mail.example"))


def test_two_reports_under_one_name_are_two(door, post, mark, home):
    raw = b"From: mailer-daemon@x.example\nMessage-ID: <same@x>\nSubject: failure notice\n\nunknown user\n"
    for matter in (7, 8, 7):
        door.take(raw, Envelope(f"{mark(None, matter, 'bounce')}@{home.host}", ""))
    post.mails()
    assert sorted(REPORTS) == [(0, 7, ""), (0, 8, "")]
