"""An issue with personal parts and signatures to a local sink, beside bare smtplib and beside the standard library."""

import multiprocessing
import os
import re
import smtplib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from sqlalchemy import create_engine, text

from baukasten import clock, house
from baukasten.config import Config, DatabaseUrls
from baukasten.mail.dkim import Algorithm
from baukasten.tenants.sender import keys
from baukasten.tenants.sender.service import mail_sender
from baukasten.workshop import make_worker
from baukasten_newsletter.keys import IssueState, Slot
from baukasten_newsletter.models import Issue, IssueTopic, Rendering, Topic
from baukasten_newsletter.sending import audience, slices
from bench.aims import Aims
from bench.ground import SECRET, Ground, Place, analyse, ground, open_place
from bench.mail_sink import sink

PEOPLE, QUICK_PEOPLE = 20_000, 1_000
RAW, QUICK_RAW = 20_000, 2_000
STDLIB, QUICK_STDLIB = 400, 40
FEW, MANY, QUICK_MANY = 1_000, 100_000, 4_000
SNAPSHOT, QUICK_SNAPSHOT = 100_000, 10_000
SIZE = 16_000
SENDER = "stadtbrief@bench.example"
PARAGRAPH = "Der Weg am Kanal wird breiter: Räder und Kinderwagen begegnen sich künftig ohne Mühe. "

# Straight into the tables: a hundred thousand confirmations would take an hour.
SUBSCRIBERS = text("""
INSERT INTO newsletter_subscriber (tenant_id, address, fingerprint, domain, name, language, state, confirmed_at)
SELECT :town, 'leserin' || n || '@' || d.domain, decode(md5(n::text) || md5('x' || n), 'hex'), d.domain,
    'Lesende Nummer ' || n, 'de', 'active', now()
FROM generate_series(1, :count) AS n
CROSS JOIN LATERAL (SELECT CASE WHEN n % 3 = 0 THEN 'gross.example' WHEN n % 5 = 0 THEN 'mittel.example'
    ELSE 'klein' || n % 400 || '.example' END AS domain) AS d
""")
SUBSCRIPTIONS = text("""
INSERT INTO newsletter_subscription (tenant_id, subscriber_id, topic_id, state, since)
SELECT tenant_id, id, :topic, 'active', now() - (id % 900) * interval '1 day'
FROM newsletter_subscriber WHERE tenant_id = :town
""")
TAKEN = text("SELECT count(*) FROM newsletter_delivery WHERE issue_id = :issue AND state = 'handed_over'")


@dataclass(frozen=True, slots=True)
class Cost:
    """What sending cost one process."""

    mails: int
    seconds: float
    cpu: float
    peak: int
    """KiB of memory."""

    def __str__(self) -> str:
        return (
            f"{self.mails / self.seconds:,.0f}/s, {self.mails / self.cpu:,.0f}/s and core, {self.mails} mails"
        )


def main(arguments: list[str]) -> int:
    """Measure; returns 0 when all aims hold."""
    quick = "--quick" in arguments
    aims = Aims()
    with ground() as base, sink() as (port, name):
        print(f"sink: {name}", flush=True)
        _report_snapshot(base, QUICK_SNAPSHOT if quick else SNAPSHOT)
        raw = _raw(port, QUICK_RAW if quick else RAW)
        print(f"raw: {raw}")
        stdlib = _stdlib(port, QUICK_STDLIB if quick else STDLIB)
        print(f"stdlib and dkimpy: {stdlib}")
        ours = _ours(base, port, 2, QUICK_PEOPLE if quick else PEOPLE)
        print(f"ours: {ours}")
        aims.at_least("mail-vs-stdlib", _rate(ours) / _rate(stdlib), 10, " ×")
        aims.at_least("mail-vs-raw", _rate(ours) / _rate(raw), 0.2, " ×")
        few = _ours(base, port, 3, FEW)
        many = _ours(base, port, 4, QUICK_MANY if quick else MANY)
        print(f"memory: {few.peak // 1024} MB for {few.mails}, {many.peak // 1024} MB for {many.mails}")
        print(f"many: {many}")
        aims.at_most("mail-memory", many.peak / few.peak, 1.2, " ×")
    return aims.exit_code()


def _rate(cost: Cost) -> float:
    return cost.mails / cost.seconds


def _report_snapshot(base: Ground, count: int) -> None:
    """Say how long it takes to write a row for everybody."""
    place, issue_id = fill(base, 1, count)
    with base.database.session(place.id) as session:
        issue = session.get_one(Issue, (place.id, issue_id))
        begun = time.perf_counter()
        found = audience.audience(session, issue_id)
        counted = time.perf_counter()
        written = audience.snapshot(session, issue)
        session.commit()
        ended = time.perf_counter()
    if not found.reached == written == count:
        raise RuntimeError(f"{written} of {count} in the snapshot")
    print(f"audience of {count}: counted in {counted - begun:.2f} s, snapshot in {ended - counted:.2f} s")


def fill(base: Ground, number: int, count: int) -> tuple[Place, int]:
    """Open a town with so many subscribers, a signing sender, and an issue of 16 kB due at once."""
    place = open_place(base, number, "newsletter", features=())
    with base.database.session(place.id) as session:
        topic = Topic(module_id=place.module_id, slug="bench", title="Aus dem Rathaus")
        issue = Issue(module_id=place.module_id, state=IssueState.SCHEDULED, scheduled_at=clock.now())
        session.add_all([topic, issue])
        session.flush()
        session.add_all([IssueTopic(issue_id=issue.id, topic_id=topic.id), _rendering(issue)])
        domain = mail_sender(session).domain
        key = keys.make(session, None, domain, Algorithm.RSA)
        keys.activate(session, domain, [key.id])
        session.commit()
        topic_id, issue_id = topic.id, issue.id
    engine = create_engine(base.urls.owner)
    with engine.begin() as connection:
        connection.execute(SUBSCRIBERS, {"town": place.id, "count": count})
        connection.execute(SUBSCRIPTIONS, {"town": place.id, "topic": topic_id})
    engine.dispose()
    analyse(base)
    return place, issue_id


def _rendering(issue: Issue) -> Rendering:
    plain, marked = _words()
    return Rendering(
        issue_id=issue.id, version=1, language="de", subject="Der Weg am Kanal wird breiter", at=clock.now(),
        html=marked, text=plain, page_html="",
    )  # fmt: skip


def _words() -> tuple[str, str]:
    """Give text and HTML with slots, together about as large as a mail of the benchmark."""
    paragraphs = (PARAGRAPH * 3 + "\n\n") * (SIZE // (3 * len(PARAGRAPH)) // 2)
    plain = f"{Slot.SALUTATION}\n\n{paragraphs}{Slot.WHY}\n{Slot.LEAVE}\n{Slot.PREFERENCES}\n"
    inner = paragraphs.replace("\n\n", "</p><p>")
    marked = (
        f"<!doctype html><html lang=de><p>{Slot.SALUTATION}</p><p>{inner}</p><p>{Slot.WHY}</p>"
        f'<p><a href="{Slot.LEAVE}">Abmelden</a> <a href="{Slot.PREFERENCES}">Ändern</a></p></html>'
    )
    return plain, marked


def _ours(base: Ground, port: int, number: int, count: int) -> Cost:
    """Let a worker send an issue by all its lanes, in a process of its own so that its memory can be told."""
    place, issue_id = fill(base, number, count)
    return _apart(_send, (base.urls, place.id, issue_id, port, count))


def _send(urls: DatabaseUrls, town: int, issue_id: int, port: int, count: int) -> Cost:
    smtp = f"smtp://127.0.0.1:{port}?starttls=no"
    config = Config(Path(os.environ.get("TMPDIR", "/tmp")), SECRET, urls, smtp_url=smtp)  # noqa: S108 - keeps nothing there
    database = house.open_database(urls, house.load_contract(config))
    with database.session(town) as session:
        # As no DNS is asked here, what would keep it from being sent is passed by; the snapshot is the real one.
        issue = session.get_one(Issue, (town, issue_id))
        audience.snapshot(session, issue)
        issue.state, issue.started_at = IssueState.SENDING, clock.now()
        slices.start_lanes(session, issue_id)
        session.commit()
    worker = make_worker(config, database, concurrency=slices.LANES)
    cost = _timed(count, worker.run_pending)
    with database.session(town) as session:
        taken = session.scalar(TAKEN, {"issue": issue_id})
    database.close()
    if taken != count:
        raise RuntimeError(f"{taken} of {count} mails were taken")
    return cost


def _raw(port: int, count: int) -> Cost:
    """One prepared mail again and again over one connection of smtplib."""
    content = _mail(0, None)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.ehlo()

        def send() -> None:
            for number in range(count):
                server.sendmail(SENDER, [f"leserin{number}@gross.example"], content)

        return _timed(count, send)


def _stdlib(port: int, count: int) -> Cost:
    """Each mail built by the standard library and signed by dkimpy, over one connection of smtplib."""
    private = generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.ehlo()

        def send() -> None:
            for number in range(count):
                server.sendmail(SENDER, [f"leserin{number}@gross.example"], _mail(number, private))

        return _timed(count, send)


def _mail(number: int, private: bytes | None) -> bytes:
    plain, marked = _words()
    values = {Slot.SALUTATION: f"Guten Tag Lesende Nummer {number},", Slot.WHY: "Sie haben das bestellt."}
    values |= dict.fromkeys((Slot.LEAVE, Slot.PREFERENCES), f"https://bench.example/newsletter/{number}")
    for slot, value in values.items():
        plain, marked = plain.replace(slot, value), marked.replace(slot, value)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, f"leserin{number}@gross.example", "Der Weg am Kanal"
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="bench.example")
    mail["List-Unsubscribe"] = f"<{values[Slot.LEAVE]}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(plain, cte="quoted-printable")
    mail.add_alternative(marked, subtype="html", cte="quoted-printable")
    content = mail.as_bytes()
    return content if private is None else dkim.sign(content, b"bench", b"bench.example", private) + content


def _timed(count: int, run: Callable[[], None]) -> Cost:
    begun, cpu = time.perf_counter(), time.process_time()
    run()
    seconds, spent = time.perf_counter() - begun, time.process_time() - cpu
    return Cost(count, seconds, spent, _peak())


def _peak() -> int:
    """Give the most memory that this process ever had; what getrusage says begins with that of whoever started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


def _apart(run: Callable[..., Cost], values: tuple[object, ...]) -> Cost:
    """Run something in a fresh process and give what it gives."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(run, values)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
