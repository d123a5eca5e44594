"""Plans in the browser, without script: read, press a place or name it, say something, see it again."""

import io
import re

import pytest

from baukasten import clock
from baukasten.web.platform import EXTENSION
from baukasten_forum.plans import reading, service
from baukasten_forum.plans.service import Spot
from tests.core.content import traced
from tests.forum.conftest import DAY, first, hidden_fields, open_forum

BASE = "/beteiligung/torfhafen/forum"
SETUP = f"{BASE}/einrichten/plaene"


def read(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def send(client, url, **values):
    page = read(client, url)
    target = first(r'class="form above-3 writer" method="post" action="([^"]*)', page)
    return client.post(target, data={**hidden_fields(page), **values})


def test_a_passage_is_remarked_on(browse, anna, text_plan):
    page = read(browse(), f"{BASE}/plaene/{text_plan}")
    assert re.findall(r'<section class="passage" id="p-(\d)"', page) == ["1", "2", "3"]
    link = re.findall(r'href="([^"]*stelle=2)" rel="nofollow"', page)[0]
    client = browse(anna)
    form = read(client, link)
    assert 'value="Zu Abschnitt 2: Drei Meter bleiben frei."' in form
    answer = send(client, link, passage="2", title="Breiter", body="Vier Meter.")
    assert answer.status_code == 303
    topic = read(browse(), answer.location)
    assert f'href="{BASE}/plaene/{text_plan}#p-2"' in topic
    assert "<q>Drei Meter bleiben frei.</q>" in topic
    page = read(browse(), f"{BASE}/plaene/{text_plan}")
    assert "1 Anmerkung<" in page
    listed = read(browse(), f"{BASE}/plaene/{text_plan}/anmerkungen?stelle=2")
    assert re.findall(r'<h2 class="h-part"><a href="([^"]*)"', listed) == [answer.location]
    assert "Noch keine Anmerkung" in read(browse(), f"{BASE}/plaene/{text_plan}/anmerkungen?stelle=1")
    whole = read(browse(), f"{BASE}/")
    assert "zu einem Plan" in whole
    assert f'href="{BASE}/plaene/{text_plan}"' in whole


def test_a_place_is_pressed_or_named(browse, session, anna, picture_plan):
    client = browse(anna)
    page = read(client, f"{BASE}/plaene/{picture_plan}")
    wide, high = map(int, re.findall(r'type="image"[^>]* width="(\d+)" height="(\d+)"', page)[0])
    url = f"{BASE}/plaene/{picture_plan}/neu"
    form = read(client, f"{url}?punkt.x={wide // 2}&punkt.y={high}")
    assert '<option value="E6" selected>' in form
    assert (
        send(
            client, f"{url}?punkt.x={wide // 2}&punkt.y={high}", field="E6", title="Eins", body="A"
        ).status_code
        == 303
    )
    assert send(client, f"{url}?punkt.x=0&punkt.y=0", field="B1", title="Zwei", body="B").status_code == 303
    assert send(client, url, field="", place="am Kran", title="Drei", body="C").status_code == 303
    missing = send(client, url, field="", place="", title="Vier", body="Nicht verloren")
    assert missing.status_code == 422
    assert "Nicht verloren" in missing.get_data(as_text=True)
    session.rollback()
    assert [(one.title, one.x, one.y) for one in reading.dots(session, picture_plan)] == [
        ("Eins", wide // 2 * 10_000 // wide, 10_000), ("Zwei", 1875, 833), ("Drei", None, None),
    ]  # fmt: skip
    page = read(browse(), f"{BASE}/plaene/{picture_plan}")
    assert page.count("<circle") == 2
    assert re.findall(r'<b class="dot-no">(\d)</b>', page) == ["1", "2", "3"]
    assert "style=" not in page[page.index("plan-over") :].split("</svg>")[0]


def test_a_draft_of_a_remark_comes_back(browse, anna, text_plan):
    client = browse(anna)
    url = f"{BASE}/plaene/{text_plan}/neu"
    saved = send(client, url, passage="1", title="Halb", body="Unfertig", draft="1")
    assert saved.status_code == 200
    drafts = read(client, f"{BASE}/entwuerfe")
    again = first(r'class="btn btn--line btn--s" href="([^"]*)"', drafts)
    assert again == f"{url}?entwurf=1"
    page = read(client, again)
    assert "Unfertig" in page
    assert 'value="Halb"' in page
    assert send(client, url, passage="1", title="Ganz", body="Fertig").status_code == 303
    assert again not in read(client, f"{BASE}/entwuerfe")


def test_what_comes_too_late_is_not_lost(browse, anna, text_plan):
    client = browse(anna)
    url = f"{BASE}/plaene/{text_plan}/neu"
    fields = hidden_fields(read(client, url))
    with clock.turned(clock.now() + 20 * DAY):
        late = client.post(url, data={**fields, "passage": "1", "title": "Spät", "body": "Zu spät"})
        assert late.status_code == 403
        assert "Zu spät" in late.get_data(as_text=True)
        assert "Dazu etwas sagen" not in read(browse(), f"{BASE}/plaene/{text_plan}")


@pytest.mark.parametrize(
    "path",
    [
        "999999",
        "999999/neu",
        "{0}/anmerkungen?stelle=9",
        "{0}/anmerkungen?stelle=x",
        "{0}/anmerkungen?nach=x",
    ],
)
def test_what_is_not_there_is_not_found(browse, anna, text_plan, path):
    assert browse(anna).get(f"{BASE}/plaene/{path.format(text_plan)}").status_code == 404


def test_odd_places_give_an_empty_form(browse, anna, text_plan, picture_plan):
    client = browse(anna)
    for query in ("stelle=0", "stelle=99", "stelle=%00", "stelle=" + "9" * 30):
        assert "<q>" not in read(client, f"{BASE}/plaene/{text_plan}/neu?{query}")
    for query in ("punkt.x=-1&punkt.y=5", "punkt.x=a&punkt.y=%00", "punkt.x=" + "9" * 30):
        form = read(client, f"{BASE}/plaene/{picture_plan}/neu?{query}")
        assert re.findall(r'<option value="([A-H][^"]*)" selected', form) == []
    hostile = send(
        client, f"{BASE}/plaene/{picture_plan}/neu", field="Z9", x="99999", y="\x00", title="T", body="B"
    )
    assert hostile.status_code == 422


def test_the_town_sets_plans_up(browse, session, forum, admin, anna, text_plan):
    client = browse(admin)
    assert read(client, SETUP).count("<li class=") >= 1
    assert (
        client.send(f"{SETUP}/neu/text", title="Satzung", description="", body="Erstens.").status_code == 303
    )
    assert client.send(f"{SETUP}/neu/text", title="", description="", body="Erstens.").status_code == 422
    token = client.token(f"{SETUP}/neu/bild")
    values = {"_token": token, "title": "Karte", "description": "", "alt": "Der Hafen"}
    assert client.post(f"{SETUP}/neu/bild", data=values).status_code == 422
    file = (io.BytesIO(traced.jpeg()), "Karte.jpg")
    assert client.post(f"{SETUP}/neu/bild", data={**values, "files": file}).status_code == 303
    session.rollback()
    assert [one.title for one in reading.all_of(session, forum.id)] == ["Leitbild", "Satzung", "Karte"]
    service.remark(session, anna, forum, text_plan, texts=("T", "B"), spot=Spot(passage=1))
    session.commit()
    page = read(client, f"{SETUP}/{text_plan}")
    assert "bezieht sich auf diesen Plan" in page
    seen = first(r'name="seen" value="([^"]*)"', page)
    changed = {"_token": token, "title": "Leitbild 2", "description": "", "body": "Neu.", "seen": seen}
    assert client.post(f"{SETUP}/{text_plan}", data=changed).status_code == 303
    assert client.post(f"{SETUP}/{text_plan}", data=changed).status_code == 409
    assert client.post(f"{SETUP}/{text_plan}/loeschen", data={"_token": token}).status_code == 409
    assert client.get(f"{SETUP}/neu/tanz").status_code == 404


@pytest.mark.parametrize("path", ["", "/neu/text", "/neu/bild", "/{}"])
def test_setting_up_is_for_admins(browse, text_plan, moderator, path):
    assert browse(moderator).get(SETUP + path.format(text_plan)).status_code == 403
    assert browse().get(SETUP + path.format(text_plan)).status_code in (302, 303, 401)


def test_the_pages_ask_little(app, browse, text_plan, picture_plan, statements):
    client = browse()
    for path in ("", str(text_plan), str(picture_plan), f"{text_plan}/anmerkungen"):
        app.extensions[EXTENSION].generations.refresh()
        read(client, f"{BASE}/plaene/{path}")
        with statements() as asked:
            read(client, f"{BASE}/plaene/{path}?x=1")
        assert len(asked) <= 6, (path, asked)


def test_another_town_has_no_such_plan(database, client_of, other_town, text_plan):
    open_forum(database, other_town)
    stranger = client_of(other_town)
    assert stranger.get(f"{BASE}/plaene/").status_code == 200
    gone, missing = (stranger.get(f"{BASE}/plaene/{number}") for number in (text_plan, 999_999))
    assert (gone.status_code, missing.status_code) == (404, 404)
    same = missing.get_data().replace(b"999999", str(text_plan).encode())
    assert gone.get_data() == same
