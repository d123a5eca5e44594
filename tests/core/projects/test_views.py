"""The page of a project, and the phases at work on real requests."""

import datetime as dt

from markupsafe import escape

from baukasten import clock
from baukasten.plugin import ActivityItem, Stat
from baukasten.projects import placing, queries
from baukasten.web.platform import EXTENSION
from tests.core.projects.made import Notes
from tests.core.projects.rig import DAY, NOW, open_project, phase

PAGE = "/beteiligung/der-alte-torfhafen/"
WRITE = f"{PAGE}ideen-stand/schreiben"


def test_the_page_says_where_it_stands_and_what_can_be_influenced(session, client):
    open_project(
        session,
        phases=[
            phase("Informieren", -9, -3),
            phase("Ideen sammeln", -3, 12, "stall.write"),
            phase("Rat", 20, 21),
        ],
        can_influence=["Wege", "Bäume"],
        fixed=["Der Deich & das Geld"],
        decides="Der Rat",
        description="Ein **Hafen**",
    )
    page = client.get(PAGE).text
    for text in ("Was soll hier entstehen?", "Wege", "Bäume", "Der Rat", "Bauamt, Zimmer 4", "Informieren"):
        assert text in page
    assert "Der Deich &amp; das Geld" in page
    assert "<strong>Hafen</strong>" in page
    assert page.count('aria-current="step"') == 1
    assert "Leave a note at Ideen-Stand" in page
    assert f'href="{PAGE}ideen-stand/"' in page


def test_what_people_wrote_in_fields_is_text(session, client):
    evil = "<script>alert(1)</script>"
    open_project(session, place=evil, decides=evil, contact=evil, can_influence=[evil], summary=evil)
    page = client.get(PAGE).text
    assert page.count(str(escape(evil))) == 5
    assert evil not in page


def test_a_failing_door_closes_no_other(session, client):
    project, _module = open_project(session)
    placing.place_module(session, None, "stall", title="Zweiter", project_id=project.id)
    session.commit()
    Notes.door_fails = True
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Ideen-Stand" in page.text
    assert "Zweiter" in page.text


def test_activity_and_numbers_come_from_the_plugins(session, client):
    Notes.activity = [
        ActivityItem("Älteres", f"{PAGE}ideen-stand/notiz/1/", NOW - 2 * DAY),
        ActivityItem("Neues", f"{PAGE}ideen-stand/notiz/2/", NOW - DAY),
    ]
    Notes.stats = [
        Stat("stall.contributions", "Beiträge", 186),
        Stat("stall.answered", "Antworten", 131),
        Stat("stall.visits", "Besuche", 4212),
    ]
    open_project(session)
    page = client.get(PAGE).text
    assert page.index("Neues") < page.index("Älteres")
    assert '<span class="big">131</span>' in page
    assert "4.212" in page
    assert page.count("<i></i>") == 131
    assert page.count('<i class="o"></i>') == 55


def test_writing_is_open_in_its_phase_alone(session, client):
    open_project(session, phases=[phase("Ideen", 2, 4, "stall.write")])
    with clock.turned(NOW + 2 * DAY - dt.timedelta(seconds=1)):
        early = client.get(WRITE)
    with clock.turned(NOW + 2 * DAY):
        opened = client.get(WRITE)
    with clock.turned(NOW + 4 * DAY):
        late = client.get(WRITE)
    assert [answer.status_code for answer in (early, opened, late)] == [403, 200, 403]
    assert "24. November 2026, 10:00" in early.text
    assert "26. November 2026, 10:00" in late.text


def test_a_kept_page_ends_where_a_phase_does(session, client, app, statements):
    open_project(session, phases=[phase("Ideen", -1, 2, "stall.write")])
    platform = app.extensions[EXTENSION]
    platform.generations.refresh()
    first = client.get(PAGE)
    platform.generations.refresh()
    with statements() as seen:
        assert client.get(PAGE).data == first.data
    assert seen == []
    with clock.turned(NOW + 3 * DAY):
        platform.generations.refresh()
        over = client.get(PAGE)
    assert over.data != first.data
    assert 'aria-current="step"' not in over.text


def test_a_signed_in_page_asks_the_same_for_one_door_and_for_nine(
    session, client, app, new_member, sign_in, statements
):
    project, _module = open_project(session)
    sign_in(client, new_member())
    platform = app.extensions[EXTENSION]
    counts = []
    for more in (0, 8):
        for number in range(more):
            placing.place_module(session, None, "stall", title=f"Stand {number}", project_id=project.id)
        session.commit()
        platform.generations.refresh()
        client.get(PAGE)
        platform.generations.refresh()
        with statements() as seen:
            assert client.get(PAGE).status_code == 200
        counts.append(len(seen))
    assert len(queries.modules(session, project.id)) == 9
    assert counts[0] == counts[1]
    assert counts[1] <= 3


def test_a_door_that_is_true_for_a_while_is_asked_again_and_no_kept_page_outlives_it(session, client, app):
    Notes.door_until = NOW + dt.timedelta(minutes=1)
    open_project(session)
    platform = app.extensions[EXTENSION]
    platform.generations.refresh()
    client.get(PAGE)
    asked = Notes.door_asked
    platform.generations.refresh()
    client.get(PAGE)
    assert Notes.door_asked == asked
    Notes.door_until = None
    with clock.turned(NOW + dt.timedelta(minutes=1)):
        platform.generations.refresh()
        client.get(PAGE)
        platform.generations.refresh()
        client.get(PAGE)
    assert Notes.door_asked == asked + 1
