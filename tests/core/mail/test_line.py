"""Connections carry many mails, survive every refusal, and tell exactly when a mail may have arrived."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from baukasten.mail import line
from baukasten.mail.answers import Letter, Step
from baukasten.mail.line import FileLine, Outgoing, SmtpLine, hand_over, outgoing_of
from baukasten.mail.message import Sender, build
from baukasten.mail.transport import FileTransport, SmtpTransport
from tests.core.mail.sinks import CLOSE, DRIP, HALF, HANG, NONSENSE, Script, nobody_listens, sink

CONTENT = b"Subject: Moin\r\n\r\nGuten Tag\r\n.\r\n..\r\nEnde\r\n"


def letter(number=1, content=CONTENT):
    return Letter("rueckweg@stadt.example", f"leser{number}@post.example", content)


def open_line(server, *, timeout=60, **options):
    transport = SmtpTransport("127.0.0.1", server.port, starttls=False, timeout=timeout)
    return SmtpLine(transport, "stadt.example", **options)


def one(way, number=1):
    return hand_over([way], [letter(number)])[0]


@pytest.mark.parametrize("pipelining", [True, False])
def test_many_mails_travel_over_one_connection_and_arrive_as_they_were(pipelining):
    with sink(Script(pipelining=pipelining)) as server:
        way = open_line(server)
        answers = [one(way, number) for number in range(5)]
        way.close()
        assert all(answer.taken and not answer.uncertain for answer in answers)
        assert (answers[0].code, answers[0].enhanced, answers[0].step) == (250, "2.0.0", Step.END)
        assert server.mails == [
            ("rueckweg@stadt.example", f"leser{number}@post.example", CONTENT) for number in range(5)
        ]
        assert len(server.talks) == 1


def test_several_connections_work_at_the_same_time():
    with sink() as server:
        ways = [open_line(server) for _ in range(3)]
        for start in (0, 3):
            answers = hand_over(ways, [letter(start + number) for number in range(3)])
            assert [answer.taken for answer in answers] == [True] * 3
        assert hand_over(ways, [letter(6)])[0].taken
        assert sorted(server.to()) == [f"leser{number}@post.example" for number in range(7)]
        assert len(server.talks) == 3
        for way in ways:
            way.close()


def test_a_connection_ends_after_its_number_of_mails():
    with sink() as server:
        way = open_line(server, mails=2)
        assert all(one(way, number).taken for number in range(5))
        way.close()
        assert [talk.count("END") for talk in server.talks] == [2, 2, 1]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("at", "said", "step"),
    [
        ("MAIL", "451 4.7.1 later", Step.SENDER),
        ("MAIL", "550 5.7.1 not you", Step.SENDER),
        ("RCPT", "550 5.1.1 nobody of that name", Step.RECIPIENT),
        ("RCPT", "450 4.2.1 busy", Step.RECIPIENT),
        ("DATA", "452 4.3.1 full", Step.CONTENT),
        ("END", "554 5.7.1 spam", Step.END),
        ("END", "451 4.3.0 later", Step.END),
    ],
)
def test_after_every_refusal_the_same_connection_takes_the_next_mail(at, said, step, pipelining):
    first = iter([said])
    with sink(Script({at: lambda _to: next(first, "")}, pipelining)) as server:
        way = open_line(server)
        answer = one(way, 1)
        assert (answer.code, answer.enhanced, answer.step) == (int(said[:3]), said[4:9], step)
        assert answer.words == said[4:]
        assert not answer.taken
        assert not answer.uncertain
        assert answer.for_good is said.startswith("5")
        assert one(way, 2).taken
        way.close()
        assert len(server.talks) == 1


def test_who_refused_the_recipient_gets_no_words_although_it_asks_for_them():
    with sink(Script({"RCPT": "550 5.1.1 nobody"})) as server:
        way = open_line(server)
        assert one(way).code == 550
        assert server.mails == []
        way.close()


@pytest.mark.parametrize("at", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "END"])
def test_a_server_that_ends_the_talk_at_any_point_is_asked_again(at):
    first = iter(["421 4.3.2 going down"])
    with sink(Script({at: lambda _to: next(first, "")})) as server:
        way = open_line(server)
        answer = one(way, 1)
        # After a bad answer to EHLO comes HELO, which nobody hears any more.
        assert answer.code == (0 if at == "EHLO" else 421)
        assert (answer.taken, answer.uncertain) == (False, False)
        assert one(way, 2).taken
        way.close()


# While it greets, smtplib waits for each byte anew, up to the longest line; and to whom EHLO is unknown it says HELO.
NASTY = [
    (at, nasty)
    for at in ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "END")
    for nasty in (CLOSE, HALF, HANG, NONSENSE, DRIP)
    if (nasty not in {NONSENSE, DRIP} or at != "EHLO") and (nasty != DRIP or at != "GREETING")
]


def after_a_nasty_answer(at, nasty, timeout):
    """Tell whether the first letter was taken, is uncertain and has an answer, and whether the next one is taken."""
    first = iter([nasty])
    with sink(Script({at: lambda _to: next(first, "")})) as server:
        way = open_line(server, timeout=timeout)
        answer, following = one(way, 1), one(way, 2)
        way.close()
    return answer.taken, answer.uncertain, answer.code > 0, following.taken


@pytest.mark.parametrize(("at", "nasty"), [(at, nasty) for at, nasty in NASTY if nasty not in {HANG, DRIP}])
def test_only_an_end_after_the_last_word_leaves_us_in_doubt(at, nasty):
    assert after_a_nasty_answer(at, nasty, 60) == (False, at == "END", False, True)


def test_only_silence_after_the_last_word_leaves_us_in_doubt():
    slow = [(at, nasty) for at, nasty in NASTY if nasty in {HANG, DRIP}]
    # All at once, since each waits until its time is over; that is more than a busy machine needs for an answer.
    with ThreadPoolExecutor(len(slow)) as pool:
        found = pool.map(lambda one: after_a_nasty_answer(one[0], one[1], 2), slow)
        assert dict(zip(slow, found, strict=True)) == {
            (at, nasty): (False, at == "END", False, True) for at, nasty in slow
        }


def test_an_answer_without_an_end_is_cut_off():
    with sink(Script({"MAIL": "\r\n".join(["250-more"] * 200)})) as server:
        answer = one(open_line(server, timeout=1))
        assert (answer.code, answer.step, answer.uncertain) == (0, Step.SENDER, False)


def test_where_nobody_listens_nobody_is_to_blame():
    way = SmtpLine(SmtpTransport("127.0.0.1", nobody_listens(), starttls=False), "stadt.example")
    answer = one(way)
    assert (answer.code, answer.step, answer.uncertain) == (0, Step.GREETING, False)


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew():
    with sink() as server:
        way = open_line(server)
        assert one(way, 1).taken
        way._socket.shutdown(0)
        assert one(way, 2).taken
        assert len(server.talks) == 2
        way.close()


def test_an_address_outside_of_ascii_is_refused_here_and_costs_nobody_else_anything():
    with sink() as server:
        way = open_line(server)
        answer = hand_over([way], [Letter("a@stadt.example", "jörg@post.example", CONTENT)])[0]
        assert (answer.code, answer.enhanced, answer.for_good) == (553, "5.6.7", True)
        assert server.talks == []


@pytest.mark.parametrize(
    "bad",
    [
        Letter("a@b.example>\r\nRCPT TO:<x@y.example", "c@d.example", CONTENT),
        Letter("a@b.example", "c@d.example>\r\nDATA", CONTENT),
        Letter("a@b.example", "c@d.example", b"Subject: x\n\n.\nMAIL FROM:<x>\r\n"),
        Letter("a@b.example", "c@d.example", b"Subject: x\r\n\r\n.\rMAIL\r\n"),
        Letter("a@b.example", "c@d.example", b"no end"),
    ],
)
def test_nothing_breaks_out_of_its_place_in_the_talk(bad):
    with sink() as server:
        with pytest.raises(ValueError, match=r"envelope|CRLF"):
            hand_over([open_line(server)], [bad])
        assert server.talks == []


def test_more_mails_than_connections_are_a_mistake():
    with pytest.raises(ValueError, match="more mails"):
        hand_over([], [letter()])


def test_connections_are_kept_between_two_who_need_them_and_dropped_after_a_failure():
    with sink() as server:
        outgoing = outgoing_of(SmtpTransport("127.0.0.1", server.port, starttls=False), "stadt.example")
        for number in range(3):
            with outgoing.lines(2) as ways:
                hand_over(ways, [letter(number)])
        assert len(server.talks) == 1
        with pytest.raises(RuntimeError), outgoing.lines(1):
            raise RuntimeError
        with outgoing.lines(1) as ways:
            hand_over(ways, [letter(9)])
        outgoing.close()
        assert len(server.talks) == 2


def test_the_demo_keeps_mails_in_its_folder(tmp_path):
    transport = FileTransport(tmp_path)
    sender = Sender("Stadt", "post@stadt.example", "stadt.example")
    content = build(sender, "eva@a.example", subject="Moin", text="Tag").content
    with outgoing_of(transport, "stadt.example").lines(1) as ways:
        answer = hand_over(ways, [Letter("post@stadt.example", "eva@a.example", content)])[0]
    assert answer.taken
    assert [mail.subject for mail in transport.list(to="eva@a.example")] == ["Moin"]
    assert transport.read(answer.words).to == "eva@a.example"
    with pytest.raises(RuntimeError):
        FileLine(transport).finish()
    assert isinstance(outgoing_of(transport, "x"), Outgoing)
    assert line.TOOL == "outgoing"


def test_a_round_ends_in_time_however_slow_the_server_is():
    with sink(Script({"MAIL": HANG})) as server:
        ways = [open_line(server, timeout=60) for _ in range(4)]
        begun = time.monotonic()
        answers = hand_over(ways, [letter(number) for number in range(4)], within=0.5)
        assert time.monotonic() - begun < 30
        assert {(answer.code, answer.uncertain) for answer in answers} == {(0, False)}


def test_after_the_time_of_a_round_nothing_is_begun_and_the_connection_can_be_used_again():
    with sink() as server:
        way = open_line(server)
        (answer,) = hand_over([way], [letter()], within=-1.0)
        assert (answer.code, answer.step, server.mails) == (0, Step.GREETING, [])
        assert one(way).taken
        way.close()


def test_one_slow_answer_makes_no_other_uncertain():
    slow = "leser0@post.example"
    with sink(Script({"END": lambda to: HANG if to == slow else ""})) as server:
        ways = [open_line(server, timeout=60) for _ in range(3)]
        answers = hand_over(ways, [letter(number) for number in range(3)], within=2)
        assert [(answer.taken, answer.uncertain) for answer in answers] == [
            (False, True),
            (True, False),
            (True, False),
        ]
        for way in ways:
            way.close()
