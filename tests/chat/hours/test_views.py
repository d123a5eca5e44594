"""The pages about a room's hours: what everybody reads, what calendars fetch, what the town plans there."""

import datetime as dt
import html

import pytest

from baukasten import clock
from baukasten_chat import rooms
from baukasten_chat.hours import service
from tests.chat.conftest import open_chat
from tests.chat.hours.test_ics import events, text

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
OPENS = dt.datetime(2035, 3, 27, 17, tzinfo=dt.UTC)
OPENING = {"day": "2035-03-27", "begins": "19:00", "ends": "20 Uhr", "title": "Mit der Stadtplanung"}


@pytest.fixture
def send(browse):
    """Sends a form below the room as somebody, with the token of a page that has one."""

    def do(member, module, goal, page="termine", **values):
        browser = browse(member)
        token = browser.token(f"{module.path}{page}")
        return browser.post(f"{module.path}{goal}", data={**values, "_token": token})

    return do


@pytest.fixture
def planned(session, plan):
    """Plans openings for everybody to see."""

    def do(**wish):
        found = plan(**wish)
        session.commit()
        return found

    return do


def shown(browser, address):
    """The main part of a page, as people read it."""
    page = browser.get(address)
    assert page.status_code == 200
    return html.unescape(page.text.partition("<main")[2].partition("</main>")[0])


def test_nobody_has_planned_anything_yet(browse, hour):
    page = shown(browse(), f"{hour.path}termine")
    assert ("Es ist kein Termin geplant." in page, "<form" in page) == (True, False)


def test_an_admin_plans_an_opening_and_everybody_reads_it(browse, send, hour, admin):
    answer = send(admin, hour, "termine", **OPENING)
    assert (answer.status_code, answer.location) == (303, f"{hour.path}termine")
    page = shown(browse(), f"{hour.path}termine")
    assert "Dienstag, 27. März, 19:00 bis 20:00" in page
    assert "Mit der Stadtplanung" in page


def test_an_admin_plans_a_series_over_the_change_of_clocks(browse, send, hour, admin):
    send(admin, hour, "termine", **{**OPENING, "day": "2035-03-22", "until": "2035-03-29"})
    page = shown(browse(), f"{hour.path}termine")
    found = [f"Donnerstag, {day}. März, 19:00 bis 20:00" in page for day in (22, 29)]
    assert found == [True, True]


def test_what_is_wrong_stands_beside_what_was_typed(send, hour, admin):
    answer = send(admin, hour, "termine", **{**OPENING, "begins": "25 Uhr"})
    assert answer.status_code == 422
    found = [
        part in answer.text for part in ("Schreiben Sie eine Uhrzeit", 'value="25 Uhr"', 'value="2035-03-27"')
    ]
    assert found == [True, True, True]


def test_an_opening_is_changed_on_its_own_page(browse, send, hour, planned, admin):
    found = planned()[0]
    page = browse(admin).get(f"{hour.path}termine/{found}").text
    assert [f'value="{value}"' in page for value in ("2035-03-27", "19:00", "20:00")] == [True] * 3
    answer = send(admin, hour, f"termine/{found}", f"termine/{found}", **{**OPENING, "begins": "18:30"})
    assert answer.status_code == 303
    assert "Dienstag, 27. März, 18:30 bis 20:00" in shown(browse(), f"{hour.path}termine")


def test_an_opening_is_called_off_and_removed(browse, send, hour, planned, admin):
    found = planned()[0]
    send(admin, hour, f"termine/{found}/absagen")
    assert "abgesagt" in shown(browse(), f"{hour.path}termine")
    send(admin, hour, f"termine/{found}/entfernen")
    assert "Es ist kein Termin geplant." in shown(browse(), f"{hour.path}termine")


@pytest.mark.parametrize(
    "goal", ["termine", "termine/{id}", "termine/{id}/absagen", "termine/{id}/entfernen"]
)
def test_moderators_plan_nothing(send, hour, planned, moderator, goal):
    found = planned()[0]
    assert send(moderator, hour, goal.format(id=found), "regler", **OPENING).status_code == 403


@pytest.mark.parametrize("row", ["4711", "9223372036854775807"])
def test_what_nobody_planned_is_not_there(browse, hour, admin, row):
    assert browse(admin).get(f"{hour.path}termine/{row}").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"day": "99999-99-99"},
        {"day": "\x00"},
        {"begins": "9" * 400},
        {"lobby_days": "99999999999999999999"},
        {"lobby_days": "-1"},
        {"until": "2035-13-45"},
        {"day": "9999-12-31"},
        {"day": "9999-12-31", "until": "9999-12-31"},
        {"day": "0001-01-01"},
        {"title": "x" * 500},
    ],
)
def test_hostile_forms_come_back(send, hour, admin, sent):
    assert send(admin, hour, "termine", **{**OPENING, **sent}).status_code == 422


def test_calendars_follow_the_room(browse, send, hour, planned, admin, town):
    first, second = planned(title="Hafen, Deich; Steg", until=dt.date(2035, 4, 3))
    send(admin, hour, f"termine/{second}/absagen")
    answer = browse().get(f"{hour.path}termine.ics")
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    found = events(answer.text)
    assert [one["UID"] for one in found] == [f"opening-{number}@{town.host}" for number in (first, second)]
    assert [(one["STATUS"], one["SEQUENCE"]) for one in found] == [("CONFIRMED", "0"), ("CANCELLED", "1")]
    assert text(found[0]["SUMMARY"]) == "Hafen, Deich; Steg · Fragestunde · Der Alte Torfhafen"
    assert found[0]["URL"] == f"https://{town.host}{hour.path}"


def test_a_longer_evening_is_a_newer_word_for_calendars(session, browse, hour, planned, moderator):
    planned()
    clock.set_to(OPENS + 50 * MINUTE)
    service.extend(session, moderator, hour)
    session.commit()
    found = events(browse().get(f"{hour.path}termine.ics").text)[0]
    assert (found["SEQUENCE"], found["DTEND"], found["DTSTAMP"]) == (
        "1",
        "20350327T181500Z",
        "20350327T175000Z",
    )


def test_before_the_begin_the_room_counts_down_and_takes_questions(browse, hour, planned):
    planned()
    page = shown(browse(), hour.path)
    assert "Öffnet Dienstag, 27. März, 19:00" in page
    assert 'aria-label="noch 6 Tage, 23 Stunden, 0 Minuten"' in page
    assert [f'href="{address}"' in page for address in ("#stellen", f"{hour.path}termine.ics")] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (OPENS - 5 * DAY, "Fragen nehmen wir ab Samstag, 24. März, 19:00 an."),
        (OPENS + 10 * MINUTE, "Geöffnet bis 20:00."),
        (OPENS + HOUR, "Angefangene Nachrichten kommen noch bis 20:05 an."),
        (OPENS + 2 * HOUR, "Geschlossen. Geöffnet war Dienstag, 27. März, 19:00 bis 20:00."),
    ],
)
def test_each_phase_says_what_is_possible_until_when(browse, hour, planned, moment, said):
    planned(lobby_days=3)
    clock.set_to(moment)
    assert said in shown(browse(), hour.path)
    assert said in html.unescape(browse().get(f"{hour.path}zeiten").text)


def test_scripts_fetch_the_hours_alone(browse, hour, planned, statements):
    planned()
    browser = browse()
    for _ in range(2):
        browser.get(f"{hour.path}zeiten")
    with statements() as asked:
        part = browser.get(f"{hour.path}zeiten").text
    assert (part.count("data-hours"), "<html" in part) == (1, False)
    # What the core asks besides depends on how long ago it did.
    assert sum("chat_" in one for one in asked) == 3


def test_a_room_without_hours_shows_none(browse, hour):
    part = browse().get(f"{hour.path}zeiten").text
    assert [word in part for word in ("data-hours", "<section", "<p")] == [True, False, False]


def test_a_kept_page_ends_with_its_phase(browse, hour, planned):
    planned()
    browser = browse()
    before = shown(browser, f"{hour.path}termine")
    clock.set_to(OPENS + MINUTE)
    assert ("jetzt geöffnet" in before, "jetzt geöffnet" in shown(browser, f"{hour.path}termine")) == (
        False,
        True,
    )


def test_staff_lets_the_evening_last_longer_and_says_so(browse, send, hour, planned, moderator):
    planned()
    clock.set_to(OPENS + 50 * MINUTE)
    answer = send(moderator, hour, "regler/verlaengern", "regler", tell="1")
    assert (answer.status_code, answer.location) == (303, f"{hour.path}regler")
    page = shown(browse(), hour.path)
    assert [said in page for said in ("Verlängert bis 20:15.", "Wir machen weiter bis 20:15 Uhr.")] == [
        True,
        True,
    ]


def test_nothing_runs_that_could_last_longer(send, hour, moderator):
    answer = send(moderator, hour, "regler/verlaengern", "regler")
    assert (answer.status_code, "Zurzeit läuft kein Termin." in answer.text) == (409, True)


def test_staff_shuts_the_room_and_opens_it(browse, send, hour, moderator):
    said = "Die Moderation hat diesen Raum geschlossen."
    seen = []
    for goal in ("schliessen", "oeffnen"):
        send(moderator, hour, f"regler/{goal}", "regler")
        seen.append(said in shown(browse(), hour.path))
    assert seen == [True, False]


def test_staff_sets_the_pace(session, browse, send, hour, moderator):
    for seconds, pause in (("20", 20), ("", None)):
        send(moderator, hour, "regler/tempo", "regler", seconds=seconds)
        session.rollback()
        assert rooms.of_module(session, hour).slow_seconds == pause
    assert send(moderator, hour, "regler/tempo", "regler", seconds="7").status_code == 422


def test_everybody_reads_how_slow_the_room_is(browse, send, hour, moderator):
    send(moderator, hour, "regler/tempo", "regler", seconds="20")
    assert "Langsamer Modus: eine Nachricht alle 20 Sekunden." in shown(browse(), hour.path)


def test_an_announcement_is_read_by_all_and_taken_back(browse, send, hour, moderator):
    send(moderator, hour, "regler/ansage", "regler", text="Wir **beginnen** <b>gleich</b>.")
    page = browse().get(hour.path).text
    assert "Wir <strong>beginnen</strong> &lt;b&gt;gleich&lt;/b&gt;." in page
    send(moderator, hour, "regler/ansage/zuruecknehmen", "regler")
    assert "beginnen" not in browse().get(hour.path).text


@pytest.mark.parametrize(("said", "status"), [("", 422), ("x" * 401, 422), ("x" * 400, 303)])
def test_an_announcement_is_short(send, hour, moderator, said, status):
    assert send(moderator, hour, "regler/ansage", "regler", text=said).status_code == status


@pytest.mark.parametrize(
    "goal", ["verlaengern", "schliessen", "oeffnen", "tempo", "ansage", "ansage/zuruecknehmen"]
)
def test_citizens_steer_nothing(browse, hour, anna, goal):
    browser = browse(anna)
    token = browser.token(hour.path)
    answer = browser.post(f"{hour.path}regler/{goal}", data={"_token": token, "text": "x", "seconds": "20"})
    assert answer.status_code == 403


def test_buttons_lead_back_to_where_they_were_pressed_and_nowhere_else(send, hour, moderator):
    found = [
        send(moderator, hour, "regler/schliessen", "regler", back=back).location
        for back in ("index", "", "https://boese.example/", "delete_everything")
    ]
    own = f"{hour.path}regler"
    assert found == [hour.path, own, own, own]


def test_another_towns_room_is_not_there(browse, client_of, other_town, hour):
    found = [
        client_of(other_town).get(f"{hour.path}{page}").status_code for page in ("termine", "termine.ics")
    ]
    assert found == [404, 404]


def test_english_readers_get_english_hours(browse, hour, planned):
    planned()
    assert "Opens Tuesday, March 27" in shown(browse(), f"/en{hour.path}")


def test_the_lobby_counts_the_questions_that_are_there(
    session, browse, database, town, evening, anna, admin, plan
):
    module = open_chat(database, town, slug="deich", form="questions", questions_wait=False)
    plan(module)
    session.commit()
    asked = browse(anna)
    page = asked.get(module.path).text
    assert "Noch liegt keine Frage vor." in html.unescape(page)


def test_facts_for_scripts_are_the_same_as_the_pages_key(session, browse, hour, planned):
    planned()
    facts = browse().get(f"{hour.path}seit/0").json["facts"]
    key = " ".join(
        [
            facts["phase"],
            facts["opens_at"],
            facts["closes_at"],
            str(facts["slow"]),
            str(facts["shut"]).lower(),
        ]
    )
    assert f'data-key="{html.escape(key)}"' in browse().get(f"{hour.path}zeiten").text


def test_who_plans_openings_finds_the_way_from_a_room_without_any(browse, hour, admin, moderator):
    found = [
        f'href="{hour.path}termine"' in shown(browse(one), hour.path) for one in (admin, moderator, None)
    ]
    assert found == [True, False, False]
