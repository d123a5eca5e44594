"""The job that sends one mail: from a town, in its language, recognisable when it goes out twice."""

import dataclasses
from types import MappingProxyType
from typing import Any

import dkim
import pytest

from baukasten.errors import Unavailable
from baukasten.jobs.queue import enqueue
from baukasten.mail.dkim import Algorithm, record
from baukasten.mail.message import Message
from baukasten.mail.post import TOOL
from baukasten.mail.sending import SEND, post, sender_from
from baukasten.mail.transport import FileTransport, Refused
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.work import Work, begin
from baukasten.tenants import settings
from baukasten.tenants.sender import keys
from baukasten.testing.fixtures import drop_left_over
from baukasten.workshop import make_worker, surroundings

TOWN = TenantRef(1, "turmstedt", "Turmstedt", "mitreden.turmstedt.example:8443")
LETTER: dict[str, Any] = {
    "to": "anna@post.example",
    "template": "identity/mail/password_changed",
    "subject": "Your password has been changed",
    "values": {"link": "https://x.example/"},
}


class Unwilling(FileTransport):
    """Answers every mail with the same error."""

    error: Exception = Refused()

    def send(self, _message: Message) -> str:
        raise self.error


@pytest.fixture
def folder(base_config):
    return FileTransport(base_config.mail_dir)


@pytest.fixture
def job(session, town, database, base_config, tmp_path):
    """Let the session belong to a job whose mails stay in a folder of the test."""

    def start(job_id: int, transport: FileTransport | None = None) -> FileTransport:
        office = surroundings(base_config, database).tools[TOOL]
        used = transport or FileTransport(tmp_path)
        mine = dataclasses.replace(office, transport=used)
        begin(session, Work(job_id, 1, town, frozenset(), MappingProxyType({TOOL: mine})))
        return used

    return start


def send(session, to="anna@post.example"):
    return post(session, to, LETTER["template"], LETTER["subject"], LETTER["values"], headers={})


def test_the_job_sends_in_the_towns_language_from_its_chosen_sender(
    session, town, database, base_config, folder
):
    drop_left_over(database, town)
    settings.write(session, "mail.sender", {"name": "Rathaus", "address": "rathaus@stadt.example"})
    enqueue(session, SEND, **{**LETTER, "to": f"{town.slug}@post.example"})
    session.commit()
    make_worker(base_config, database).run_pending()

    (mail,) = folder.list(to=f"{town.slug}@post.example")
    assert (mail.subject, mail.language) == ("Ihr Passwort wurde geändert", "de")
    assert (mail.sender_name, mail.sender) == ("Rathaus", "rathaus@stadt.example")


def test_every_mail_of_a_town_is_signed_by_the_key_that_is_active_when_it_leaves(
    session, town, job, tmp_path
):
    settings.write(session, "mail.sender", {"name": "Töne & Söhne", "address": "rathaus@stadt.example"})
    session.commit()
    zone = {}
    for number in range(4):
        if number:
            made = keys.make(session, None, "stadt.example", Algorithm.RSA)
            zone[f"{made.selector}._domainkey.stadt.example.".encode()] = record(
                Algorithm.RSA, made.public
            ).encode()
            keys.activate(session, "stadt.example", {made.id} if number != 2 else set())
            if number == 2:
                keys.discard(session, None, made.id)
            session.commit()
        job(number)
        assert send(session)

    mails = [path.read_bytes() for path in sorted(tmp_path.glob("*.eml"))]
    signed = [mail.startswith(b"DKIM-Signature: v=1; a=rsa-sha256;") for mail in mails]
    assert signed == [False, True, True, True]
    assert [dkim.verify(mail, dnsfunc=lambda name, **_: zone.get(name)) for mail in mails[1:]] == [True] * 3
    assert mails[1].partition(b" s=")[2][:10] == mails[2].partition(b" s=")[2][:10]
    assert mails[2].partition(b" s=")[2][:10] != mails[3].partition(b" s=")[2][:10]


def test_every_attempt_of_a_job_has_the_same_message_id_and_no_other_has(session, town, job):
    transport = job(7)
    assert send(session)
    assert send(session)
    assert send(session, "ben@post.example")
    job(8, transport)
    assert send(session)

    ids = [mail.message_id for mail in transport.list()[::-1]]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert {one.rpartition("@")[2] for one in ids} == {f"{town.host}>"}


def test_an_address_refused_for_good_is_given_up_and_a_silent_server_is_not(session, job, tmp_path):
    transport = Unwilling(tmp_path)
    job(1, transport)
    assert not send(session)
    transport.error = Unavailable()
    with pytest.raises(Unavailable):
        send(session)


def test_a_town_without_a_choice_writes_as_itself_from_its_host():
    sender = sender_from(TOWN, {"name": "", "address": ""})

    assert (sender.name, sender.address, sender.domain) == (
        "Turmstedt", "beteiligung@mitreden.turmstedt.example", "mitreden.turmstedt.example",
    )  # fmt: skip


def test_a_town_chooses_name_and_address_each_for_itself():
    assert sender_from(TOWN, {"name": "Rathaus"}).name == "Rathaus"
    assert sender_from(TOWN, {"name": "Rathaus"}).address == "beteiligung@mitreden.turmstedt.example"
    assert sender_from(TOWN, {"address": "rathaus@stadt.example"}).address == "rathaus@stadt.example"
