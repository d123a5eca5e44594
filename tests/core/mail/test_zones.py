"""Questions to a DNS server of the test: answers in plain words, silence that ends."""

import socket
import threading
import time

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from baukasten.mail import zones
from baukasten.mail.zones import Kind, NoAnswerError, SystemResolver

LONG = "v=DKIM1; k=rsa; p=" + "A" * 392
RECORDS = {
    ("bk._domainkey.stadt.example.", "TXT"): f'"{LONG[:255]}" "{LONG[255:]}"',
    ("zero.example.", "TXT"): '"v=spf1\\000"',
    ("stadt.example.", "MX"): "10 MX1.Stadt.example.",
    ("refuses.example.", "MX"): "0 .",
    ("stadt.example.", "A"): "192.0.2.1",
    ("stadt.example.", "AAAA"): "2001:db8::1",
}
RCODES = {"missing.example.": dns.rcode.NXDOMAIN, "broken.example.": dns.rcode.SERVFAIL}


class Server(threading.Thread):
    """Answers on loopback from the records above; one name gets no answer."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.asked: list[str] = []

    def run(self) -> None:
        while True:
            data, peer = self.socket.recvfrom(4096)
            if not data:
                return
            query = dns.message.from_wire(data)
            question = query.question[0]
            name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
            self.asked.append(f"{name} {kind}")
            if name == "silent.example.":
                continue
            answer = dns.message.make_response(query, recursion_available=True)
            answer.set_rcode(RCODES.get(name, dns.rcode.NOERROR))
            if (name, kind) in RECORDS:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, RECORDS[name, kind]))
            self.socket.sendto(answer.to_wire(), peer)


@pytest.fixture(scope="module")
def server():
    running = Server()
    running.start()
    yield running
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as goodbye:
        goodbye.sendto(b"", running.socket.getsockname())
    running.join(60)
    running.socket.close()


@pytest.fixture
def resolver(server):
    inner = dns.resolver.Resolver(configure=False)
    inner.nameservers, inner.port = ["127.0.0.1"], server.socket.getsockname()[1]
    return SystemResolver(inner)


@pytest.mark.parametrize(("name", "kind", "expected"), [
    ("bk._domainkey.stadt.example", Kind.TXT, (LONG,)),
    ("Stadt.Example.", Kind.MX, ("mx1.stadt.example",)),
    ("refuses.example", Kind.MX, (".",)),
    ("stadt.example", Kind.A, ("192.0.2.1",)),
    ("stadt.example", Kind.AAAA, ("2001:db8::1",)),
    ("zero.example", Kind.TXT, ("v=spf1\ufffd",)),
    ("stadt.example", Kind.TXT, ()),
    ("missing.example", Kind.TXT, ()),
    ("a..b", Kind.TXT, ()),
    ("", Kind.A, ()),
    ("x" * 64 + ".example", Kind.TXT, ()),
    ("y.example." * 40, Kind.TXT, ()),
    ("\udce4.example", Kind.TXT, ()),
])  # fmt: skip
def test_records_come_as_plain_words(resolver, name, kind, expected):
    assert resolver.ask(name, kind) == expected


def test_a_server_that_fails_says_nothing(resolver):
    with pytest.raises(NoAnswerError):
        resolver.ask("broken.example", Kind.TXT)


def test_an_answer_that_does_not_come_is_not_waited_for_beyond_the_end(resolver, monkeypatch):
    monkeypatch.setattr(zones, "ONE_ANSWER", 60)
    resolver.until = time.monotonic() + 0.2
    started = time.monotonic()
    with pytest.raises(NoAnswerError):
        resolver.ask("silent.example", Kind.TXT)
    assert time.monotonic() - started < 30
    with pytest.raises(NoAnswerError):
        resolver.ask("stadt.example", Kind.A)


def test_each_question_is_asked_once(resolver, server):
    before = len(server.asked)
    assert resolver.ask("stadt.example", Kind.A) == resolver.ask("STADT.example.", Kind.A)
    assert len(server.asked) == before + 1


def test_a_machine_without_dns_gets_no_answers(monkeypatch):
    def nothing(*_args, **_options):
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", nothing)
    with pytest.raises(NoAnswerError):
        SystemResolver().ask("stadt.example", Kind.A)
