"""Each person gets a whole, signed mail of their own; whatever stands in names, no header and no line breaks."""

import datetime as dt
import email
import email.policy
import re
from dataclasses import replace

import dkim
import pytest

from baukasten import clock
from baukasten.mail.dkim import Algorithm, Key, Signer, generate
from baukasten.mail.dkim import record as dns_record
from baukasten.mail.incoming import addresses
from baukasten.mail.post import TOOL
from baukasten.plugin.work import Work, begin
from baukasten.sdk import MailSender
from baukasten_newsletter import links
from baukasten_newsletter.keys import IssueKind, Purpose
from baukasten_newsletter.sending import composing
from baukasten_newsletter.sending.composing import Composer, Recipient
from tests.newsletter.conftest import add_topic, open_list
from tests.newsletter.sending.conftest import add_issue, add_rendering

SENDER = MailSender("Stadt Kranichsiel", "stadtbrief@kranichsiel.example", "kranichsiel.example")
ANNA = Recipient(
    delivery_id=7, subscriber_id=42, address="anna@post.example", domain="post.example", name="Anna Torf",
    language="de", epoch=3, topic="Aus dem Rathaus", since=dt.datetime(2034, 5, 3, 22, 30, tzinfo=dt.UTC),
)  # fmt: skip


@pytest.fixture
def issue(session, letters, town, mailbox, morning):
    """An issue in a job's session."""
    begin(session, Work(1, 1, town, frozenset(), mailbox.tools))
    return add_issue(session, letters, add_topic(session, letters))


def write(session, issue, recipient=ANNA, sender=SENDER):
    """One mail, and as a program reads it."""
    words = composing.source_of(session, issue).words(session, [recipient])[recipient.delivery_id]
    letter = Composer(session, issue, sender).letter(recipient, words)
    return letter, email.message_from_bytes(letter.content, policy=email.policy.default)


def part(mail, kind):
    return (
        next(one for one in mail.walk() if one.get_content_type() == f"text/{kind}")
        .get_content()
        .replace("\r\n", "\n")
    )


def token(session, purpose, subscriber=42, epoch=3):
    return links.make(session.contract.keyring, session.tenant_id, purpose, subscriber, epoch)


def test_a_mail_says_everything_to_its_reader(session, issue, town):
    letter, mail = write(session, issue)
    host, text = f"https://{town.host}/newsletter", part(mail, "plain")
    assert "Guten Tag Anna Torf," in text
    assert "noch zwölf Tage für Ihre Idee.\n.\nFrom here on: Größe = 12 m²\n\n-- \n" in text
    assert "weil Sie „Aus dem Rathaus“ am 4. Mai 2034 bestellt haben." in text
    assert f"{host}/abmelden/{token(session, Purpose.LEAVE)}" in text
    assert f"{host}/einstellungen/{token(session, Purpose.PREFERENCES)}" in text
    assert f'<a href="{host}/abmelden/{token(session, Purpose.LEAVE)}">Abmelden</a>' in part(mail, "html")
    assert (letter.to, mail["To"]) == ("anna@post.example", "anna@post.example")
    assert mail["Subject"] == "Noch zwölf Tage"
    assert "\ue000" not in text + part(mail, "html")
    assert all(len(line) <= 78 for line in letter.content.split(b"\r\n") if b"/newsletter/" not in line)


def test_its_headers_let_programs_unsubscribe_and_answer_nothing(session, issue, town):
    _letter, mail = write(session, issue)
    address = f"https://{town.host}/newsletter/abmelden/{token(session, Purpose.LEAVE)}"
    assert mail["List-Unsubscribe"].strip().startswith(f"<{address}>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == f'"Stadtbrief" <stadtbrief.newsletter.{town.host}>'
    assert mail["List-Archive"].strip() == f"<https://{town.host}/stadtbrief/>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "de")
    assert mail["From"] == "Stadt Kranichsiel <stadtbrief@kranichsiel.example>"
    assert re.fullmatch(r"<[a-z2-7]{24}@kranichsiel\.example>", mail["Message-ID"])
    assert mail["Feedback-ID"] is None


def test_a_list_may_have_a_senders_name_and_an_address_for_answers(session, database, town, mailbox, morning):
    chosen = {"sender_name": 'Büro "Hafen"\r\nBcc: x@y.example', "reply_to": "hafen@kranichsiel.example"}
    begin(session, Work(1, 1, town, frozenset(), mailbox.tools))
    module = open_list(database, town, slug="hafen", title="Hafenbrief", **chosen)
    _letter, mail = write(session, add_issue(session, module, add_topic(session, module)))
    assert mail["From"].addresses[0].display_name == 'Büro "Hafen" Bcc: x@y.example'
    assert mail["From"].addresses[0].addr_spec == "stadtbrief@kranichsiel.example"
    assert (mail["Reply-To"], mail["Bcc"]) == ("hafen@kranichsiel.example", None)


def test_where_mail_comes_in_servers_report_to_an_address_of_this_very_mail(session, issue, town, mailbox):
    letter = write(session, issue)[0]
    assert letter.envelope_from == "stadtbrief@kranichsiel.example"
    office = mailbox.tools[TOOL]
    tools = {TOOL: replace(office, config=replace(office.config, answers_to="post.stadt.example"))}
    begin(session, Work(1, 1, town, frozenset(), tools))
    letter, mail = write(session, issue)
    signed = addresses.read(office.config.secret_key, letter.envelope_from)
    assert signed is not None
    assert letter.envelope_from.endswith("@post.stadt.example")
    assert (signed.purpose, signed.tenant_id, signed.member_id, signed.target_id) == (
        "rueckweg",
        town.id,
        0,
        7,
    )
    assert f"<mailto:{letter.envelope_from}?subject=unsubscribe>" in mail["List-Unsubscribe"]


def test_files_travel_along_for_everybody(session, issue):
    words = composing.Words("de", "Plan", "<p>Plan</p>", "Plan")
    paper = composing.Attached("Plan für die Größe.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)))
    made = composing.skeleton(words, (), [paper])
    head = "".join(f"{name}:{value}\r\n" for name, value in made.fields)
    mail = email.message_from_bytes(f"{head}\r\n".encode() + made.body({}), policy=email.policy.default)
    assert [one.get_content_type() for one in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    (found,) = mail.iter_attachments()
    assert (found.get_filename(), found.get_content()) == (paper.name, paper.content)
    assert part(mail, "plain").strip() == "Plan"


def test_the_same_person_gets_the_same_message_id_and_nobody_else_does(session, issue):
    first, second = write(session, issue)[1], write(session, issue)[1]
    other = write(session, issue, replace(ANNA, subscriber_id=43))[1]
    assert first["Message-ID"] == second["Message-ID"] != other["Message-ID"]


@pytest.mark.parametrize(
    "name",
    [
        "Eva\r\nBcc: x@y.example",
        "Eva\nTor",
        "Eva\u2028Tor",
        "Eva\x00Tor",
        "Eva\x85Tor",
        "%(day)s %s",
        "\ue000leave\ue001",
    ],
)
def test_a_name_breaks_no_line_and_fills_no_slot(session, issue, name):
    letter, mail = write(session, issue, replace(ANNA, name=name))
    assert mail["Bcc"] is None
    assert f"Guten Tag {composing.one_line(name)}," in part(mail, "plain")
    assert "\r" not in composing.one_line(name)
    assert "\n" not in composing.one_line(name)
    assert letter.content.count(b"\n") == letter.content.count(b"\r\n") == letter.content.count(b"\r")


def test_markup_in_a_name_is_shown_and_not_obeyed(session, issue):
    mail = write(session, issue, replace(ANNA, name='<b title="x">Öz</b>'))[1]
    assert "Guten Tag &lt;b title=&quot;x&quot;&gt;Öz&lt;/b&gt;," in part(mail, "html")
    assert 'Guten Tag <b title="x">Öz</b>,' in part(mail, "plain")


def test_nobody_is_greeted_by_an_empty_name(session, issue):
    assert "\nGuten Tag,\n" in part(write(session, issue, replace(ANNA, name=" \n"))[1], "plain")


def test_everybody_reads_their_language_or_the_nearest(session, issue):
    add_rendering(session, issue, "en", subject="Twelve days left")
    subjects = {
        language: write(session, issue, replace(ANNA, language=language))[1]["Subject"]
        for language in ("de", "en", "de-simple", "uk")
    }
    assert subjects == {
        "de": "Noch zwölf Tage",
        "en": "Twelve days left",
        "de-simple": "Noch zwölf Tage",
        "uk": "Noch zwölf Tage",
    }
    english = write(session, issue, replace(ANNA, language="en"))[1]
    assert "Good day Anna Torf," in part(english, "plain")
    assert english["Content-Language"] == "en"


def test_a_second_implementation_verifies_both_signatures(session, issue):
    clock.set_to(dt.datetime.now(dt.UTC))  # dkimpy believes nothing from the future
    made = {
        selector: generate(algorithm)
        for selector, algorithm in (("a", Algorithm.RSA), ("b", Algorithm.ED25519))
    }
    records = {
        f"{selector}._domainkey.kranichsiel.example.": dns_record(algorithm, made[selector][1])
        for selector, algorithm in (("a", Algorithm.RSA), ("b", Algorithm.ED25519))
    }
    signer = Signer(
        "kranichsiel.example", tuple(Key.load(selector, der) for selector, (der, _) in made.items())
    )
    sender = replace(
        SENDER, signer=signer, name="Stadt Müsterhausen an der Überlangen Aue, Rathaus und Bürgerbüro"
    )

    def find(name, timeout=5):
        return records[name.decode()].encode()

    for recipient in (ANNA, replace(ANNA, name="Ø" * 90, address='"a b"@post.example')):
        letter, mail = write(session, issue, recipient, sender)
        assert len(mail.get_all("DKIM-Signature")) == 2
        for index in (0, 1):
            assert dkim.DKIM(letter.content).verify(idx=index, dnsfunc=find)
        signed = mail["DKIM-Signature"].lower()
        assert all(
            name in signed for name in ("list-unsubscribe:", "list-unsubscribe-post", "list-id", "subject")
        )
        forged = letter.content.replace(b"One-Click", b"Two-Click")
        assert not dkim.DKIM(forged).verify(idx=0, dnsfunc=find)


def test_another_kind_of_issue_brings_its_own_words(session, issue, monkeypatch):
    words = composing.Words("de", "Neues", "<p>Neues</p>", "Neues")

    class Bundle:
        def words(self, _session, recipients):
            return {one.delivery_id: words for one in recipients if one.subscriber_id == 42}

    monkeypatch.setitem(composing.SOURCES, IssueKind.DIGEST, lambda _session, _issue: Bundle())
    issue.kind = IssueKind.DIGEST
    source = composing.source_of(session, issue)
    assert source.words(session, [ANNA, replace(ANNA, delivery_id=8, subscriber_id=43)]) == {7: words}
    session.expunge(issue)
