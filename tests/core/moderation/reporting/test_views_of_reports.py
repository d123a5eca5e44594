"""The report form, its receipt, the list of one's own, and the profile that a name is reported from."""

import datetime as dt
import re

import pytest
from sqlalchemy import select, update

from baukasten import clock
from baukasten.access.models import Membership
from baukasten.identity.limits import Limit
from baukasten.moderation import deciding, service
from baukasten.moderation.models import Case, Measure, Report
from baukasten.moderation.reporting import origins, profile
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, Role, Standing
from baukasten_forum import service as forum_service
from baukasten_forum.exporting import reading
from baukasten_forum.keys import State
from baukasten_forum.steering import schedule
from tests.house.towns import token_of

NOBODY = "999999999999"


@pytest.fixture
def path(topic):
    return f"/meldung/forum.post:{topic.post_id}"


def send(client, path, **values):
    page = client.get(path).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    # People read before they send.
    with clock.turned(clock.now() + dt.timedelta(seconds=values.pop("after", 3))):
        return client.post(path, data={"_token": token_of(page), **fields, **values})


def stored(database, town):
    with database.session(town.id) as session:
        return session.scalars(select(Report).order_by(Report.id)).all()


def test_the_form_shows_the_exact_place_and_the_rules(client, topic, path, anna):
    page = client.get(path).text
    assert "Breite Stufen" in page
    assert f'{topic.topic_id}-{topic.slug}"><bdi>Treppe</bdi> #1</a>' in page
    assert re.findall(r'name="reason" value="(\w+)"', page) == [
        "matter", "respect", "private", "topic", "spam", "illegal", "other",
    ]  # fmt: skip
    assert f'href="/meldung/core.profile:{anna.id}"' in page


def test_a_guest_reports_and_gets_a_receipt(client, database, town, path):
    answer = send(client, path, reason="matter", explanation="Zeile 1")
    (report,) = stored(database, town)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/meldung/quittung/{report.receipt}")
    page = client.get(answer.headers["Location"])
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert [one in page.text for one in (report.receipt, "Treppe", "Zeile 1", 'content="noindex"')] == [
        True
    ] * 4
    assert report.reporter_id is None
    # The network is known by a hash only.
    assert re.fullmatch(r"n:[0-9a-f]{64}", report.origin)


def test_a_member_reports_by_name_and_once(client, database, town, path, anna, sign_in):
    sign_in(client, anna)
    first = send(client, path, reason="spam").headers["Location"]
    assert send(client, path, reason="topic", explanation="Und mehr").headers["Location"] == first
    assert [(one.reporter_id, one.reason) for one in stored(database, town)] == [(anna.id, "topic")]
    page = client.get("/konto/meldungen").text
    assert f'href="{first}"' in page
    assert 'href="/konto/meldungen"' in client.get("/konto/").text


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"reason": "made up"},
        {"reason": "attack"},
        {"reason": "illegal"},
        {"reason": "other", "explanation": "  "},
        {"reason": "spam", "explanation": "x" * 2_001},
        {"reason": "spam topic"},
    ],
)
def test_a_report_without_sense_is_refused(client, database, town, path, values):
    assert send(client, path, **values).status_code == 422
    assert stored(database, town) == []


def test_what_was_typed_stays_when_words_are_missing(client, path):
    page = send(client, path, reason="illegal", explanation="").text
    assert 'value="illegal" id="f-reason-6" checked' in page
    assert 'href="#f-explanation"' in page


def test_without_the_token_nothing_is_stored(client, database, town, path):
    client.get(path)
    assert client.post(path, data={"reason": "spam"}).status_code in (400, 403)
    assert stored(database, town) == []


def test_a_machine_gets_an_answer_like_everybody_and_leaves_nothing(client, database, town, path):
    answer = send(client, path, reason="spam", homepage="https://spam.example")
    assert re.fullmatch(r"/meldung/quittung/(\w{4}-){4}\w{4}", answer.headers["Location"])
    assert answer.status_code == 303
    assert stored(database, town) == []


def test_what_comes_faster_than_people_write_moves_nothing(client, database, town, path, anna, sign_in):
    assert send(client, path, reason="spam", after=1).status_code == 303
    assert send(client, path, reason="spam").status_code == 303
    sign_in(client, anna)
    assert send(client, path, reason="spam", after=1).status_code == 303
    assert [one.counts for one in stored(database, town)] == [False, True, True]


def test_too_many_reports_from_one_network_are_stopped(client, database, town, path, monkeypatch):
    monkeypatch.setattr(origins, "NETWORK", Limit("report-test", 3_600, address=0, network=2))
    codes = [send(client, path, reason="spam").status_code for _ in range(3)]
    assert codes == [303, 303, 429]
    assert [one.counts for one in stored(database, town)] == [True, False]


def test_too_many_reports_of_one_member_are_stopped(client, path, anna, sign_in, monkeypatch):
    monkeypatch.setattr(origins, "MEMBER", Limit("report-member-test", 86_400, address=2, network=0))
    sign_in(client, anna)
    assert [send(client, path, reason="spam").status_code for _ in range(3)] == [303, 303, 429]
    assert (origins.NETWORK.network, origins.NETWORK.seconds) == (30, 3_600)


def test_what_nobody_sees_cannot_be_reported(client, session, path, topic, moderator, anna):
    never = client.get(f"/meldung/forum.post:{NOBODY}")
    service.hide(session, moderator, ContentRef("forum.post", topic.post_id), rule="Regel 1", facts="Werbung")
    session.commit()
    hidden = client.get(path)
    assert hidden.status_code == never.status_code == 404
    number = f"forum.post:{topic.post_id}"
    assert hidden.text.replace(number, "") == never.text.replace(f"forum.post:{NOBODY}", "")


def test_a_closed_forum_takes_reports(client, database, town, session, forum, path, new_member):
    schedule.add(session, new_member(Role.ADMIN), forum, schedule.Plan(State.READ_ONLY, None))
    session.commit()
    assert send(client, path, reason="spam").status_code == 303
    assert len(stored(database, town)) == 1


@pytest.mark.parametrize("standing", [Standing.MUTED, Standing.SUSPENDED])
def test_people_who_may_not_write_report(client, database, town, path, anna, sign_in, standing):
    with database.session(town.id) as session:
        values = {"standing": standing, "standing_reason": "Zehn Zeichen"}
        session.execute(update(Membership).where(Membership.id == anna.id).values(values))
        session.commit()
    sign_in(client, anna)
    assert send(client, path, reason="spam").status_code == 303
    assert [one.reporter_id for one in stored(database, town)] in ([anna.id], [None])


def test_the_receipt_follows_the_decision(client, session, path, topic, moderator):
    address = send(client, path, reason="spam").headers["Location"]
    ref = ContentRef("forum.post", topic.post_id)
    service.hide(session, moderator, ref, rule="Regel 5 von damals", facts="Werbung")
    session.commit()
    assert "Regel 5 von damals" not in client.get(address).text
    with clock.turned(clock.now() + deciding.UNDO * 2):
        page = client.get(address).text
    assert "Regel 5 von damals" in page
    # What is out of view is not told by the receipt either.
    assert "Treppe" not in page
    assert "Breite" not in page


def test_a_refused_report_leads_to_the_appeal(client, session, path, topic, moderator):
    address = send(client, path, reason="spam").headers["Location"]
    service.keep(session, moderator, ContentRef("forum.post", topic.post_id))
    session.commit()
    with clock.turned(clock.now() + deciding.UNDO * 2):
        (link,) = re.findall(rf'href="({address}/\w+)"', client.get(address).text)
        assert client.get(link).status_code == 200


def test_a_receipt_is_found_as_people_type_it_and_no_other(client, client_of, other_town, path):
    address = send(client, path, reason="spam").headers["Location"]
    receipt = address.rpartition("/")[2]
    assert client.get(f"/meldung/quittung/{receipt.lower().replace('-', '')}").status_code == 200
    for wrong in (f"{receipt[:-1]}!", "M", "%00", "0" * 500, "..%2f", f"{receipt}0"):
        assert client.get(f"/meldung/quittung/{wrong}").status_code == 404, wrong
    foreign = client_of(other_town)
    answers = [foreign.get(f"/meldung/quittung/{one}") for one in (receipt, "0" * 4 + receipt[4:])]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].text.replace(receipt, "") == answers[1].text.replace("0" * 4 + receipt[4:], "")


def test_own_reports_are_nobody_elses(client, path, anna, moderator, sign_in):
    assert client.get("/konto/meldungen").status_code == 303
    sign_in(client, anna)
    address = send(client, path, reason="spam").headers["Location"]
    sign_in(client, moderator)
    page = client.get("/konto/meldungen")
    assert (page.status_code, address in page.text) == (200, False)
    for before in ("x", "-1", NOBODY, "9" * 30):
        assert client.get(f"/konto/meldungen?vor={before}").status_code in (200, 400)


def test_the_profile_is_public_and_leads_to_the_report(client, topic, anna):
    page = client.get(f"/profil/{anna.id}").text
    assert "<bdi>Anna</bdi></h1>" in page
    assert f'href="/meldung/core.profile:{anna.id}"' in page
    assert 'content="noindex"' in page


def test_a_note_stands_beside_the_name(client, session, topic, anna, moderator):
    step = Step(Measure.NOTE, "Regel 2", "Verwechslung", public_text="Nicht die Bürgermeisterin.")
    deciding.decide_content(session, moderator, ContentRef(profile.KEY, anna.id), step)
    session.commit()
    page = client.get(f"/profil/{anna.id}").text
    assert ("Nicht die Bürgermeisterin." in page, "<bdi>Anna</bdi>" in page) == (True, True)


def test_profiles_that_are_not_there_are_all_alike(client, client_of, other_town, topic, anna, new_member):
    reader = new_member(name="Liest nur").id
    answers = {number: client.get(f"/profil/{number}") for number in (reader, int(NOBODY))}
    foreign = client_of(other_town).get(f"/profil/{anna.id}")
    assert {one.status_code for one in (*answers.values(), foreign)} == {404}
    texts = [answers[number].text.replace(f"/profil/{number}", "") for number in answers]
    assert texts[0] == texts[1]
    for number, status in (("0", 404), ("-1", 404), ("x", 404), ("9" * 40, 400)):
        assert client.get(f"/profil/{number}").status_code == status


def test_a_name_is_reported_and_taken_out_of_view(client, database, town, session, topic, anna, moderator):
    key = f"/meldung/core.profile:{anna.id}"
    assert client.get(key).text.count("core.profile") == client.get(key).text.count(f"core.profile:{anna.id}")
    assert send(client, key, reason="respect").status_code == 303
    with database.session(town.id) as fresh:
        case = fresh.scalars(select(Case)).one()
        assert (case.content_type, case.content_id, case.author_id) == (profile.KEY, anna.id, anna.id)
        step = Step(Measure.HIDE, "Regel 2", "Beschimpfung")
        deciding.decide(fresh, moderator, case.id, step)
        fresh.commit()
    page = client.get(f"/profil/{anna.id}").text
    assert (f"Mitglied {anna.id}" in page, "Regel 2" in page, "Anna" in page) == (True, True, False)
    assert key not in page
    assert client.get(key).status_code == 404


@pytest.fixture
def odd(session, mailbox, forum, topic, anna, new_member):
    """Somebody with a name that is to go, what they wrote, and somebody's answer that quotes it."""
    member = new_member(name="Xaverl Wüstling")
    written = forum_service.open_topic(session, member, forum, title="Bänke", body="Viele Bänke")
    words = f"> [#1](post:{written.post_id})\n> Viele\n\nGenau."
    forum_service.reply(session, anna, forum, written.topic_id, body=words)
    session.commit()
    mailbox.deliver()
    return member, written


def judge(session, mailbox, moderator, member, measure):
    step = Step(measure, "Regel 2", "Derb")
    deciding.decide_content(session, moderator, ContentRef(profile.KEY, member.id), step)
    session.commit()
    mailbox.deliver()


def test_a_hidden_name_is_on_no_surface(client, session, mailbox, anna, moderator, sign_in, odd):
    member, written = odd
    forum_path = "/beteiligung/torfhafen/forum/"
    paths = [
        forum_path,
        f"{forum_path}{written.topic_id}-{written.slug}",
        f"{forum_path}{written.topic_id}/druck",
        f"{forum_path}feed",
        f"/profil/{member.id}",
        f"/meldung/forum.post:{written.post_id}",
        "/suche/?q=Bänke",
        "/suche/?q=Wüstling",
        "/api/v1/projects",
        "/",
    ]

    def shown():
        return [one for one in paths if "Xaverl" in client.get(one).text]

    before = shown()
    assert before == paths[:-2]
    judge(session, mailbox, moderator, member, Measure.HIDE)
    assert shown() == []
    exported = {reading.author_of(row) for row in reading.posts(session, written.topic_id)}
    assert exported == {f"Mitglied {member.id}", "Anna"}
    judge(session, mailbox, moderator, member, Measure.RESTORE)
    assert shown() == before
    judge(session, mailbox, moderator, member, Measure.HIDE)
    sign_in(client, anna)
    assert shown() == []
