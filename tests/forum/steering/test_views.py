"""The pages about states: planning, the banner, the tools of a topic, the answer to a question."""

import datetime as dt
import re

import pytest

from baukasten import clock
from baukasten.web.platform import EXTENSION
from baukasten_forum import service
from baukasten_forum.keys import State
from baukasten_forum.models import Topic
from baukasten_forum.stages import rules
from baukasten_forum.stages.models import Stage
from baukasten_forum.steering import schedule, tools
from tests.forum.conftest import DAY, first, send

LIST = "/beteiligung/torfhafen/forum/"
PLAN = f"{LIST}einrichten/zustaende"
SECOND = dt.timedelta(seconds=1)


def path(topic):
    return f"{LIST}{topic.topic_id}-{topic.slug}"


def text_of(answer, status=200):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


def press(client, page, action, **values):
    """Send a form of a page, with its token, to where the form leads."""
    token = first(r'name="_token" value="([^"]+)"', text_of(client.get(page)))
    return client.post(action, data={**values, "_token": token})


def banner(page):
    """The words above a list or topic."""
    found = re.search(r'class="until small">(.*?)</p>|<div class="note">(.*?)</div>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1] or found[2]).split()) if found else ""


def stored(session, forum):
    session.expire_all()
    return [(step.state, step.starts_at) for step in rules.schedule(session, forum.id)]


def test_an_admin_plans_changes_and_removes_states(browse, session, forum, admin, noon):
    client = browse(admin)
    assert f'href="{PLAN}"' in text_of(client.get(LIST))
    answer = press(client, PLAN, PLAN, state="read_only", day="2026-12-01", time="18:00")
    assert (answer.status_code, answer.location) == (303, PLAN)
    moment = dt.datetime(2026, 12, 1, 17, tzinfo=dt.UTC)
    assert stored(session, forum) == [(State.READ_ONLY, moment)]
    page = text_of(client.get(PLAN))
    assert "ab 1. Dezember 2026, 18:00" in page
    change = first(rf'href="({PLAN}/\d+)"', page)
    form = text_of(client.get(change))
    assert 'value="2026-12-01"' in form
    assert 'value="18:00"' in form
    assert press(client, change, change, state="replies", day="2026-12-02", time="").status_code == 303
    assert stored(session, forum) == [(State.REPLIES, dt.datetime(2026, 12, 1, 23, tzinfo=dt.UTC))]
    assert press(client, PLAN, f"{change}/entfernen").status_code == 303
    assert stored(session, forum) == []


def test_at_once_is_at_once(browse, session, forum, admin, noon):
    assert press(browse(admin), PLAN, PLAN, state="read_only", day="", time="").status_code == 303
    assert stored(session, forum) == [(State.READ_ONLY, noon)]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "read_only", "day": "2027-03-28", "time": "02:30"}, "Auf 01:59 folgt 03:00"),
        ({"state": "read_only", "day": "2026-12-01", "time": "abends"}, "Schreiben Sie eine Uhrzeit"),
        ({"state": "read_only", "day": "", "time": "18:00"}, "Nennen Sie den Tag zu dieser Uhrzeit"),
        ({"state": "read_only", "day": "2026-11-01", "time": ""}, "Dieser Zeitpunkt ist vorbei"),
        ({"state": "read_only", "day": "9999-12-31", "time": ""}, "Tag aus diesem Jahrhundert"),
        ({"state": "read_only", "day": "0001-01-01", "time": ""}, "Tag aus diesem Jahrhundert"),
        ({"state": "open", "day": "2026-12-01", "time": ""}, "kündigen Sie es zuerst an"),
        ({"state": "concluded", "day": "2026-12-01", "time": ""}, "was aus dem Forum wurde"),
        ({"state": "nirgends", "day": "2026-12-01", "time": ""}, "steht nicht"),
        ({"state": "", "day": "\0", "time": "\0"}, ""),
        ({}, ""),
    ],
)
def test_what_cannot_be_planned_comes_back_with_what_helps(
    browse, session, forum, admin, noon, values, words
):
    page = text_of(press(browse(admin), PLAN, PLAN, **values), 422)
    assert words in page
    assert stored(session, forum) == []


def test_a_time_that_comes_twice_is_asked_for_with_its_distance_to_utc(browse, session, forum, admin, noon):
    client, values = browse(admin), {"state": "read_only", "day": "2027-10-31", "time": "02:30"}
    page = text_of(press(client, PLAN, PLAN, **values), 422)
    assert "Diese Uhrzeit gibt es in dieser Nacht zweimal" in page
    assert re.findall(r'name="which" value="(\w+)".*?<span>(.*?)</span>', page) == [
        ("first", "02:30 (CEST, UTC+02:00)"),
        ("second", "02:30 (CET, UTC+01:00)"),
    ]
    assert press(client, PLAN, PLAN, **values, which="second").status_code == 303
    assert stored(session, forum) == [(State.READ_ONLY, dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC))]
    page = text_of(client.get(PLAN))
    assert "ab 31. Oktober 2027, 02:30 (CET, UTC+01:00)" in page
    form = text_of(client.get(first(rf'href="({PLAN}/\d+)"', page)))
    assert re.search(r'value="second"[^>]* checked', form)


def test_a_step_back_asks_for_a_tick(browse, session, forum, admin, noon):
    client = browse(admin)
    press(client, PLAN, PLAN, state="read_only")
    with clock.turned(noon + DAY):
        page = text_of(press(client, PLAN, PLAN, state="open"), 422)
        assert 'name="sure"' in page
        assert press(client, PLAN, PLAN, state="open", sure="1").status_code == 303
    assert [state for state, _moment in stored(session, forum)] == [State.READ_ONLY, State.OPEN]


def test_concluding_leads_to_the_text_and_every_page_to_it(app, browse, session, forum, topic, admin, noon):
    client = browse(admin)
    assert text_of(press(client, PLAN, f"{PLAN}/abschliessen", title="", body="Wir bauen."), 422).count(
        "Wir bauen."
    )
    answer = press(client, PLAN, f"{PLAN}/abschliessen", title="Ergebnis", body="Wir bauen **Stufen**.")
    assert answer.status_code == 303
    assert "<strong>Stufen</strong>" in text_of(client.get(answer.location))
    number = first(r"/(\d+)-ergebnis", answer.location)
    with clock.turned(noon + SECOND):
        for address in (LIST, path(topic)):
            page = text_of(browse().get(address))
            assert "Dieses Forum ist seit 22. November 2026, 10:00 abgeschlossen" in banner(page)
            assert f'href="{LIST}{number}/1">Lesen, was daraus wurde' in page
        assert 'action="' + f"{PLAN}/abschliessen" not in text_of(client.get(PLAN))


def test_the_pages_are_for_admins_alone_and_unknown_states_unknown(browse, forum, moderator, ben, admin):
    for member in (moderator, ben):
        assert browse(member).get(PLAN).status_code == 403
    assert browse().get(PLAN).status_code == 303
    client = browse(admin)
    for rest in ("999999", f"{2**63 - 1}", f"{10**30}"):
        assert client.get(f"{PLAN}/{rest}").status_code == 404
        assert press(client, PLAN, f"{PLAN}/{rest}/entfernen").status_code == 404


def test_a_state_that_has_begun_is_no_longer_changed(browse, session, forum, admin, noon):
    client = browse(admin)
    press(client, PLAN, PLAN, state="replies")
    begun = session.query(Stage.id).scalar()
    assert client.get(f"{PLAN}/{begun}").status_code == 409
    assert press(client, PLAN, f"{PLAN}/{begun}/entfernen").status_code == 409
    assert f"{PLAN}/{begun}" not in text_of(client.get(PLAN))


def test_the_banner_says_until_when_and_what_comes_then(app, browse, session, forum, topic, admin, ben, noon):
    """At every moment guests and members read the same, also from kept pages."""
    add = schedule.add
    add(session, admin, forum, schedule.Plan(State.ANNOUNCED))
    add(session, admin, forum, schedule.Plan(State.OPEN, noon + DAY))
    add(session, admin, forum, schedule.Plan(State.REPLIES, noon + 2 * DAY))
    add(session, admin, forum, schedule.Plan(State.READ_ONLY, noon + 3 * DAY))
    session.commit()
    app.extensions[EXTENSION].generations.refresh()
    closed = "Schreiben geht hier gerade nicht, lesen schon."
    replies = "Seit 24. November 2026, 10:00 kommen keine neuen Beiträge dazu. Antworten und unterstützen geht weiter."
    read = "Geschrieben werden konnte bis 25. November 2026, 10:00. Lesen und melden können Sie weiter alles."
    expected = [
        (0 * DAY, f"{closed} Ab 23. November 2026, 10:00 können Sie hier schreiben.", None),
        (1 * DAY, "Bis 24. November 2026, 10:00 können Sie schreiben. Danach können Sie noch antworten.",
         "Bis 25. November 2026, 10:00 können Sie schreiben. Danach bleibt alles lesbar."),
        (2 * DAY, f"{closed} {replies}",
         "Bis 25. November 2026, 10:00 können Sie schreiben. Danach bleibt alles lesbar."),
        (3 * DAY, f"{closed} {read}", None),
    ]  # fmt: skip
    for passed, on_list, on_topic in expected:
        with clock.turned(noon + passed):
            for member in (None, ben):
                for address, words in ((LIST, on_list), (path(topic), on_topic or on_list)):
                    app.extensions[EXTENSION].generations.refresh()
                    client = browse(member)
                    assert banner(text_of(client.get(address))) == words
                    assert banner(text_of(client.get(address))) == words


def test_warm_pages_ask_no_more_because_of_states(
    app, browse, session, forum, topic, admin, noon, statements
):
    def count():
        app.extensions[EXTENSION].generations.refresh()
        found: list[int] = []
        for client in (browse(), browse(admin)):
            for address in (LIST, path(topic)):
                text_of(client.get(address, query_string={"warm": len(found)}))
                with statements() as asked:
                    text_of(client.get(address, query_string={"asked": len(found)}))
                found.append(len(asked))
        return found

    before = count()
    schedule.add(session, admin, forum, schedule.Plan(State.REPLIES, noon + DAY))
    tools.slow(session, admin, forum, topic.topic_id, seconds=60)
    session.commit()
    assert count() == before


def test_people_see_no_form_where_they_cannot_write(browse, session, forum, topic, ben, admin, noon):
    schedule.add(session, admin, forum, schedule.Plan(State.READ_ONLY))
    session.commit()
    client = browse(ben)
    assert "<textarea" not in text_of(client.get(path(topic)))
    assert f'href="{LIST}neu"' not in text_of(client.get(LIST))
    assert "Geschrieben werden konnte bis" in text_of(client.get(f"{LIST}neu"), 403)


def test_reports_still_work_where_people_only_read(browse, session, forum, topic, ben, admin, noon):
    for state in (State.READ_ONLY, State.ARCHIVED):
        with clock.turned(noon + (DAY if state is State.ARCHIVED else 0 * DAY)):
            schedule.add(session, admin, forum, schedule.Plan(state))
            session.commit()
            client = browse(ben)
            report = first(r'href="(/meldung/[^"]+)"', text_of(client.get(path(topic))))
            answer = press(client, report, report, reason="topic", explanation="Gehört nicht hierher.")
            assert answer.status_code in (200, 303), text_of(answer)


def test_staff_change_the_state_of_a_topic(browse, session, forum, topic, moderator, ben, noon):
    client, base = browse(moderator), f"{LIST}{topic.topic_id}/werkzeuge/"
    page = f"{base}zustand"
    assert f'href="{page}"' in text_of(client.get(path(topic)))
    assert f'href="{page}"' not in text_of(browse(ben).get(path(topic)))

    def row():
        session.expire_all()
        return rules.topic_of(session, forum, topic.topic_id)

    for deed, values in (
        ("anheften", {"pinned": "1"}),
        ("pause", {"seconds": "300"}),
        ("ende", {"day": "2026-12-01", "time": "18:00"}),
        ("sperren", {"reason": "Nur noch Streit."}),
    ):
        answer = press(client, page, f"{base}{deed}", **values)
        assert (answer.status_code, answer.location) == (303, page)
    found = row()
    assert (found.pinned_at, found.slow_seconds, found.state, found.state_reason) == (
        noon,
        300,
        "locked",
        "Nur noch Streit.",
    )
    assert found.closes_at == dt.datetime(2026, 12, 1, 17, tzinfo=dt.UTC)
    assert "Grund: Nur noch Streit." in banner(text_of(browse().get(path(topic))))
    assert "<textarea" not in text_of(browse(ben).get(path(topic)))
    assert press(client, page, f"{base}oeffnen").status_code == 303
    assert press(client, page, f"{base}anheften", pinned="0").status_code == 303
    assert (row().state, row().pinned_at) == ("open", None)
    answer = press(client, page, f"{base}abschliessen", body="Wir bauen.")
    assert answer.location == f"{path(topic)}#post-2"
    assert f'href="{LIST}{topic.topic_id}/2">Lesen, was daraus wurde' in text_of(browse().get(path(topic)))
    assert press(client, page, f"{base}archivieren").status_code == 303
    assert row().state == "archived"
    text_of(client.get(page))


@pytest.mark.parametrize(
    ("deed", "values", "words"),
    [
        ("sperren", {"reason": ""}, "Füllen Sie dieses Feld aus"),
        ("sperren", {"reason": "x" * 301}, "Höchstens 300"),
        ("pause", {"seconds": "-5"}, "steht nicht"),
        ("pause", {"seconds": "9" * 40}, "steht nicht"),
        ("pause", {}, "Wählen Sie"),
        ("ende", {"day": "2026-11-01"}, "Dieser Zeitpunkt ist vorbei"),
        ("ende", {"day": "2027-03-28", "time": "2:30"}, "Auf 01:59 folgt 03:00"),
        ("ende", {"day": "2027-10-31", "time": "2:30"}, "zweimal"),
        ("abschliessen", {"body": ""}, "Füllen Sie dieses Feld aus"),
        ("archivieren", {}, "Sperren Sie den Beitrag zuerst"),
    ],
)
def test_what_staff_cannot_do_is_said(browse, session, topic, moderator, noon, deed, values, words):
    client, base = browse(moderator), f"{LIST}{topic.topic_id}/werkzeuge/"
    assert words in text_of(press(client, f"{base}zustand", f"{base}{deed}", **values), 422)
    assert session.query(Topic.state).scalar() == "open"


def test_the_tools_are_for_staff_and_unknown_topics_unknown(browse, forum, topic, ben, moderator):
    for member in (None, ben):
        answer = browse(member).get(f"{LIST}{topic.topic_id}/werkzeuge/zustand")
        assert answer.status_code == (303 if member is None else 403)
    for number in (999_999, 2**63 - 1):
        assert browse(moderator).get(f"{LIST}{number}/werkzeuge/zustand").status_code == 404


def test_slow_mode_gives_the_text_back_with_the_wait(browse, session, forum, topic, ben, moderator, noon):
    tools.slow(session, moderator, forum, topic.topic_id, seconds=300)
    session.commit()
    client = browse(ben)
    assert "höchstens einmal in 5 Minuten" in banner(text_of(client.get(path(topic))))
    assert send(client, path(topic), body="Eins.").status_code == 303
    page = text_of(send(client, path(topic), body="Zwei, ganz lang."), 429)
    assert "Zwei, ganz lang.</textarea>" in page
    assert "Sie können wieder in 5 Minuten" in page


@pytest.fixture
def question(session, place, anna, ben):
    """A forum on the site for ideas and questions, Anna's question in it, and Ben's two replies."""
    module = place("forum", slug="fragen", title="Fragen", settings={"kinds": ["idea", "question"]})
    asked = service.open_topic(
        session, anna, module, title="Wann wird gebaut?", body="Weiß es jemand?", kind="question"
    )
    for body in ("Im Mai.", "Nein, im Juni: so steht es im Plan."):
        service.reply(session, ben, module, asked.topic_id, body=body)
    session.commit()
    return f"/fragen/{asked.topic_id}-{asked.slug}", f"/fragen/{asked.topic_id}"


def test_the_asker_names_the_answer_on_the_page(app, browse, question, anna, ben):
    page, base = question
    client = browse(anna)
    shown = text_of(client.get(page))
    assert re.findall(rf'action="{base}/(\d+)/annehmen"', shown) == ["2", "3"]
    assert "/annehmen" not in text_of(browse(ben).get(page))
    assert press(client, page, f"{base}/3/annehmen").status_code == 303
    app.extensions[EXTENSION].generations.refresh()
    for member in (None, ben, anna):
        shown = text_of(browse(member).get(page))
        assert "Beantwortet von Ben Hafen" in shown
        assert "Nein, im Juni: so steht es im Plan." in shown[: shown.index("replies-title")]
        assert f'href="{base}/3">Die ganze Antwort lesen, #3' in shown
        assert shown.count("Beantwortet die Frage") == 1
    assert press(browse(ben), page, f"{base}/2/annehmen").status_code == 403
    assert press(client, page, f"{base}/3/annehmen", back="1").status_code == 303
    assert "Beantwortet von" not in text_of(client.get(page))


def test_the_list_tells_kinds_apart_and_marks_answered_questions(app, browse, session, question, anna):
    client, lines = browse(anna), []
    for accepted in (False, True):
        if accepted:
            press(client, question[0], f"{question[1]}/3/annehmen")
        app.extensions[EXTENSION].generations.refresh()
        page = text_of(browse().get("/fragen/"))
        lines.append((page.count("Frage · von Anna Torf"), page.count("Frage beantwortet")))
    assert lines == [(1, 0), (1, 1)]
    assert '<span class="tag">Frage</span>' in text_of(client.get(question[0]))


def test_the_form_offers_the_kinds_of_the_town(browse, session, question, anna):
    client = browse(anna)
    page = text_of(client.get("/fragen/neu"))
    assert re.findall(r'name="kind" value="(\w+)"', page) == ["idea", "question"]
    answer = send(client, "/fragen/neu", title="Eine Idee", body="Text", kind="idea")
    page = text_of(client.get(answer.location))
    assert "Stand dieser Idee" in page
    assert re.findall(r"<li[^>]*><b>([^<]+)</b>", page[page.index("Stand dieser Idee") :])[:3] == [
        "Eingegangen",
        "Von der Stadt geprüft",
        "Antwort der Stadt",
    ]
    page = text_of(send(client, "/fragen/neu", title="Rede", body="Mein Text", kind="discussion"), 422)
    assert "Mein Text</textarea>" in page
