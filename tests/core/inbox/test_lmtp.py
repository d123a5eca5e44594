"""Letters over LMTP: acknowledged once they are stored, refused with a reason, left with the server when we cannot."""

import contextlib
import dataclasses

import pytest
from sqlalchemy import select

from baukasten.inbox.door import Door
from baukasten.inbox.models import ReceivedMail
from tests.core.inbox.clerk.plugin import FINE
from tests.core.inbox.listening import listening
from tests.core.mail.letters import SAMPLES


def sample_of(name):
    return next(one for one in SAMPLES if one.name == name)


@pytest.fixture
def listener():
    """Starts a listener on a free port of the loopback, and ends it with the test."""
    with contextlib.ExitStack() as ends:
        yield lambda door: ends.enter_context(listening(door))()


@pytest.fixture
def stored(scope):
    def read():
        scope.rollback()
        return scope.scalars(select(ReceivedMail.outcome)).all()

    return read


def bring(client, raw, recipient, sender="anna@post.example"):
    """What the server answers to sender, recipient and letter."""
    answers = [client.mail(sender)[0], client.rcpt(recipient)[0]]
    if answers[1] == 250:
        answers.append(client.data(raw.replace(b"\n", b"\r\n"))[0])
    client.rset()
    return answers


@pytest.mark.parametrize("name", ["gmail-web-german", "latin1-eight-bit", "emoji-eight-bit", "nul-bytes"])
def test_a_letter_is_acknowledged_once_it_is_stored(door, listener, home, anna, mark, stored, name):
    made = mark(anna, FINE)
    with listener(door) as client:
        client.ehlo_or_helo_if_needed()
        raw = sample_of(name).raw(made, home.host, anna.address)
        assert bring(client, raw, f"{made}@{home.host}", anna.address) == [250, 250, 250]
    assert stored() == ["waiting"]


def test_who_is_refused_hears_why(door, listener, home, anna, mark, stored):
    made = mark(anna, FINE)
    with listener(door) as client:
        client.ehlo_or_helo_if_needed()
        assert bring(client, b"", f"antwort+{'a' * 30}@{home.host}") == [250, 550]
        other = sample_of("other-sender").raw(made, home.host, anna.address)
        client.mail("bube@post.example")
        client.rcpt(f"{made}@{home.host}")
        code, words = client.data(other.replace(b"\n", b"\r\n"))
        assert (code, b"Bitte antworten Sie von der Adresse" in words) == (550, True)
        nested = sample_of("nested-deeply").raw(made, home.host, anna.address)
        assert bring(client, nested, f"{made}@{home.host}") == [250, 250, 554]
        # A machine's letter from nobody is taken and left alone.
        assert bring(client, b"x" * 5000 + b"\n", f"{made}@{home.host}") == [250, 250, 550]
        away = sample_of("vacation-null-sender").raw(made, home.host, anna.address)
        assert bring(client, away, f"{made}@{home.host}", "") == [250, 250, 250]
    assert stored() == ["automatic"]


def test_a_second_recipient_comes_on_its_own(door, listener, home, anna, mark):
    made = mark(anna, FINE)
    with listener(door) as client:
        client.ehlo_or_helo_if_needed()
        client.mail(anna.address)
        assert [client.rcpt(f"{made}@{home.host}")[0] for _ in range(2)] == [250, 452]


class Lost(Door):
    """A door behind which the database has gone."""

    def take(self, *_letter):
        raise ConnectionError


def test_without_a_database_the_letter_stays_with_the_server(
    house, settings_of_mail, listener, home, anna, mark
):
    made = mark(anna, FINE)
    with listener(Lost(house, dataclasses.replace(settings_of_mail))) as client:
        client.ehlo_or_helo_if_needed()
        assert bring(client, b"From: a@b.example\n\nx\n", f"{made}@{home.host}") == [250, 250, 451]
