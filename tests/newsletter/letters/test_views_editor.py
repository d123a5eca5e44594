"""Writing an issue with a browser that knows no scripts."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from baukasten import clock
from baukasten.web.platform import EXTENSION
from baukasten_newsletter.letters import blocks, rendering
from baukasten_newsletter.models import Edition, Issue
from tests.newsletter.conftest import open_list
from tests.newsletter.letters.conftest import add_issue

TEXT = {"kind": "text", "text": "Moin."}
HEAD = {"kind": "heading", "text": "Hafen", "level": 2}
BASE = "/stadtbrief/ausgaben/"


@pytest.fixture
def desk(browse, moderator, letters):
    """The browser of somebody who writes."""
    return browse(moderator)


def begin(desk):
    """Begin an issue; gives its address."""
    answer = desk.post(f"{BASE}neu", data={"_token": desk.token(BASE)})
    assert answer.status_code == 303
    return answer.location


def fields(page):
    """What a browser would send of the editor's form, without a button."""
    form = page[page.index('id="letter"') : page.index("</form>", page.index('id="letter"'))]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        values = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        kind = values.get("type", "text")
        if (kind in ("checkbox", "radio") and " checked" not in tag) or kind == "file":
            continue
        found.setdefault(values["name"], []).append(values.get("value", ""))
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = [text]
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)
    return found


def press(desk, url, do="save", files=None, **typed):
    """Fill in and press a button of the editor."""
    data = {**fields(desk.get(url).text), "do": do, **typed, **(files or {})}
    return desk.post(url.partition("?")[0].partition("#")[0], data=data, content_type="multipart/form-data")


def stored(session, language="de"):
    session.rollback()
    return session.scalars(
        select(Edition).where(Edition.language == language).order_by(Edition.id.desc())
    ).first()


def test_an_issue_is_written_block_by_block(desk, session):
    url = begin(desk)
    for kind in blocks.Kind:
        answer = press(desk, url, f"add:{kind}")
        assert answer.status_code == 303, kind
    assert [one["kind"] for one in stored(session).blocks] == [*blocks.Kind]
    assert answer.location.endswith(f"#block-{len(blocks.Kind) - 1}")
    press(
        desk,
        url,
        **{"subject": "Neues", "b0-text": "Moin *Hafen*.", "b1-text": "Ideen", "b3-path": "/regeln"},
    )
    edition = stored(session)
    assert edition.subject == "Neues"
    assert edition.blocks[0] == {"kind": "text", "text": "Moin *Hafen*."}
    assert (edition.blocks[1]["text"], edition.blocks[3]["path"]) == ("Ideen", "/regeln")


def test_buttons_move_and_delete_and_save_what_was_typed(desk, session, letters):
    issue = add_issue(session, letters, TEXT, HEAD)
    session.commit()
    url = f"{BASE}{issue.id}"
    assert press(desk, url, "down:0", **{"b0-text": "Neu."}).location.endswith("#block-1")
    assert stored(session).blocks == [HEAD, {"kind": "text", "text": "Neu."}]
    press(desk, url, "up:1")
    assert stored(session).blocks == [{"kind": "text", "text": "Neu."}, HEAD]
    for nonsense in ("up:0", "down:1", "up:99", "delete:99", "add:bomb", "explode", "down:", ""):
        press(desk, url, nonsense)
    assert stored(session).blocks == [{"kind": "text", "text": "Neu."}, HEAD]
    press(desk, url, "delete:0")
    assert stored(session).blocks == [HEAD]


def test_two_editors_notice_each_other_and_lose_nothing(desk, browse, admin, session, letters):
    issue = add_issue(session, letters, TEXT)
    session.commit()
    url, other = f"{BASE}{issue.id}", browse(admin)
    late = fields(other.get(url).text)
    press(desk, url, **{"b0-text": "Von Mo."})
    answer = other.post(url, data={**late, "do": "save", "b0-text": "Von Ada."})
    assert answer.status_code == 409
    assert "Von Ada." in answer.text
    assert stored(session).blocks[0]["text"] == "Von Mo."
    again = other.post(url, data={**fields(answer.text), "do": "save"})
    assert again.status_code == 303, "having been told, she may"
    assert stored(session).blocks[0]["text"] == "Von Ada."


def test_what_can_no_longer_be_changed_is_shown_as_a_letter(desk, session, letters):
    issue = add_issue(session, letters, TEXT)
    issue.state, issue.number, issue.started_at = "sent", 3, clock.now()
    session.commit()
    page = desk.get(f"{BASE}{issue.id}").text
    assert "<iframe" in page
    assert (page.count("<textarea"), page.count('name="subject"'), page.count('id="papers"')) == (0, 0, 0)
    assert 'href="/stadtbrief/ausgabe/3/"' in page
    refused = desk.post(
        f"{BASE}{issue.id}",
        data={
            "_token": desk.token(BASE),
            "do": "save",
            "count": "1",
            "b0-kind": "text",
            "b0-text": "Zu spät.",
        },
    )
    assert refused.status_code in (409, 422)
    assert "Zu spät." in refused.text, "what was typed is not lost"


def test_a_picture_is_stored_with_its_words_and_shown_to_everybody(desk, browse, session, letters):
    issue = add_issue(session, letters, {"kind": "image"})
    session.commit()
    url = f"{BASE}{issue.id}"
    file = io.BytesIO()
    Image.new("RGB", (900, 300), "teal").save(file, "PNG")
    file.seek(0)
    answer = press(desk, url, files={"b0-file": (file, "kai.png")}, **{"b0-alt": "Der Kai bei Nacht"})
    assert answer.status_code == 303
    block = stored(session).blocks[0]
    assert block["alt"] == "Der Kai bei Nacht"
    assert block["media"] > 0
    (one,) = rendering.render(session, session.get_one(Issue, (issue.tenant_id, issue.id)), 1)
    (tag,) = re.findall(r'<img class="nl-picture"[^>]*>', one.html)
    assert all(part in tag for part in ('width="552"', 'height="184"', 'alt="Der Kai bei Nacht"'))
    (address,) = re.findall(r'src="https://[^/]*(/medien/[^"]*)"', tag)
    shown = browse().get(address)
    assert (shown.status_code, shown.headers["Cross-Origin-Resource-Policy"]) == (200, "cross-origin")
    broken = press(desk, url, files={"b0-file": (io.BytesIO(b"no picture"), "kai.png")})
    assert broken.status_code == 422
    assert stored(session).blocks[0]["media"] == block["media"]


def test_an_address_of_the_own_site_becomes_its_path_and_words_find_pages(desk, session, letters, town):
    issue = add_issue(session, letters, {"kind": "teaser", "path": "", "text": ""})
    session.commit()
    url = f"{BASE}{issue.id}"
    press(desk, url, **{"b0-path": f"https://{town.host}/en/beteiligung/x/?a=1#b"})
    assert stored(session).blocks[0]["path"] == "/beteiligung/x/"
    press(desk, url, **{"b0-path": "Treppe ins Wasser"})
    assert "Treppe ins Wasser" in desk.get(url).text
    press(desk, url, **{"b0-choice": "/beteiligung/y/"})
    assert stored(session).blocks[0]["path"] == "/beteiligung/y/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": "99"},
        {"count": "-1"},
        {"count": "9" * 19},
        {"count": "x"},
        {"b0-kind": "bomb"},
        {"b0-kind": ""},
        {"b0-text": "x" * 20_001},
        {"revision": "9" * 30},
        {"revision": "²"},
        {"subject": "x" * 151},
        {"preheader": "x" * 151},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(desk, session, letters, wrong):
    issue = add_issue(session, letters, TEXT)
    session.commit()
    assert press(desk, f"{BASE}{issue.id}", **wrong).status_code == 422
    assert stored(session).blocks == [TEXT]


def test_signs_that_no_database_takes_are_left_out(desk, session, letters):
    issue = add_issue(session, letters, TEXT)
    session.commit()
    assert press(desk, f"{BASE}{issue.id}", **{"b0-text": "a\0b\ufdd0", "subject": "x\0y"}).status_code == 303
    assert (stored(session).blocks[0]["text"], stored(session).subject) == ("ab", "xy")


def test_a_page_costs_the_same_however_long_the_letter_is(app, desk, session, letters, statements):
    counts = []
    for repeat in (1, 1, 12):
        parts = [
            TEXT,
            HEAD,
            {"kind": "teaser", "path": "/regeln", "text": ""},
            {"kind": "button", "text": "x", "path": "/a/b"},
        ]
        issue = add_issue(session, letters, *parts * repeat)
        session.commit()
        app.extensions[EXTENSION].generations.refresh()
        with statements() as seen:
            assert desk.get(f"{BASE}{issue.id}").status_code == 200
        counts.append(len(seen))
    assert counts[2] <= counts[1]


def test_only_staff_writes(browse, letters, session, new_member):
    issue = add_issue(session, letters, TEXT)
    session.commit()
    for path in (
        BASE,
        f"{BASE}{issue.id}",
        f"{BASE}{issue.id}/vorschau/mail",
        f"{BASE}{issue.id}/vorschau/mail/brief",
    ):
        assert browse().get(path).status_code in (302, 303, 401, 403), path
        assert browse(new_member()).get(path).status_code == 403, path


def test_ids_of_others_answer_like_those_of_nothing(desk, session, letters, database, other_town):
    issue = add_issue(session, letters, TEXT)
    session.commit()
    with database.session(other_town.id) as elsewhere:
        module = open_list(database, other_town)
        foreign = add_issue(elsewhere, module, TEXT)
        elsewhere.commit()
    missing = desk.get(f"{BASE}{issue.id + 10_000_000}")
    theirs = desk.get(f"{BASE}{foreign.id}")
    assert (missing.status_code, theirs.status_code) == (404, 404)
    assert missing.text.replace(f"{BASE}{issue.id + 10_000_000}", "") == theirs.text.replace(
        f"{BASE}{foreign.id}", ""
    )


def test_the_letter_in_the_frame_can_do_nothing(desk, session, letters):
    issue = add_issue(session, letters, TEXT)
    session.commit()
    frame = desk.get(f"{BASE}{issue.id}/vorschau/mail/brief")
    assert frame.status_code == 200
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "\ue000" not in frame.text
    outer = desk.get(f"{BASE}{issue.id}/vorschau/mail")
    assert "frame-src 'self'" in outer.headers["Content-Security-Policy"]
    plain = desk.get(f"{BASE}{issue.id}/vorschau/text/brief")
    assert plain.content_type == "text/plain; charset=utf-8"
    assert "#10181a" in desk.get(f"{BASE}{issue.id}/vorschau/dunkel/brief").text
    for view in ("handy", "text", "dunkel"):
        assert desk.get(f"{BASE}{issue.id}/vorschau/{view}").status_code == 200
    assert desk.get(f"{BASE}{issue.id}/vorschau/mail?sprache=fr").status_code == 404
