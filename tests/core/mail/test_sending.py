"""The job that sends one mail: from a town, in its language, recognisable when it goes out twice."""

import dataclasses
from types import MappingProxyType
from typing import Any

import pytest

from baukasten.errors import Unavailable
from baukasten.jobs.queue import enqueue
from baukasten.mail.message import Message
from baukasten.mail.post import TOOL
from baukasten.mail.sending import SEND, post, sender_from
from baukasten.mail.transport import FileTransport, Refused
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.work import Work, begin
from baukasten.tenants import settings
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
    settings.write(session, "mail.sender", {"name": "Rathaus", "address": "rathaus@stadt.example"})
    enqueue(session, SEND, **{**LETTER, "to": f"{town.slug}@post.example"})
    session.commit()
    make_worker(base_config, database).run_pending()

    (mail,) = folder.list(to=f"{town.slug}@post.example")
    assert (mail.subject, mail.language) == ("Ihr Passwort wurde geändert", "de")
    assert (mail.sender_name, mail.sender) == ("Rathaus", "rathaus@stadt.example")


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
