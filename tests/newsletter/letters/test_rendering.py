"""What is sent of an issue: HTML, text and page, with slots in place of anything personal."""

import re

import pytest

from baukasten import clock
from baukasten.errors import NotFound
from baukasten.tenants import settings
from baukasten.tenants.models import Tenant
from baukasten_newsletter.keys import IssueState, Slot
from baukasten_newsletter.letters import rendering
from baukasten_newsletter.models import Issue
from tests.forum.conftest import open_forum
from tests.newsletter.letters.conftest import add_edition, add_issue

TEXT = {"kind": "text", "text": "Moin,\n\nes wird **ernst**: [mitreden](/regeln) oder <https://a.example>."}
EVERYTHING = [
    {"kind": "heading", "text": "Der Hafen & mehr", "level": 2},
    TEXT,
    {"kind": "projects", "slugs": ["torfhafen", "gibt-es-nicht"]},
    {"kind": "teaser", "path": "/beteiligung/torfhafen/forum/", "text": "Reden Sie mit."},
    {"kind": "button", "text": "Hin", "path": "/beteiligung/"},
    {"kind": "divider"},
    {"kind": "date", "text": "Rundgang", "at": "2035-04-01T18:00", "place": "Kai 3", "path": "/regeln"},
    {"kind": "result", "path": "/beteiligung/torfhafen/", "text": "14 Linden stehen."},
]
SLOT = re.compile("\ue000[a-z]*\ue001")


@pytest.fixture
def project(database, town, morning):
    """A consultation with a forum."""
    return open_forum(database, town)


def made(session, letters, *parts, **more):
    (one,) = rendering.render(session, add_issue(session, letters, *parts, **more), 1)
    return one


def test_every_kind_of_block_is_in_all_three_forms(session, letters, project):
    one = made(session, letters, *EVERYTHING)
    for form in (one.html, one.text, one.page_html):
        for words in (
            "Der Hafen",
            "ernst",
            "Der Alte Torfhafen",
            "Reden Sie mit.",
            "Hin",
            "Rundgang",
            "14 Linden",
        ):
            assert words in form, (words, form)
        assert "gibt-es-nicht" not in form
        assert "1. April 2035" in form
    assert one.subject == "Neues vom Hafen"


def test_personal_parts_are_slots_and_each_stands_where_it_belongs(session, letters):
    one = made(session, letters, TEXT)
    assert SLOT.findall(one.html) == [Slot.SALUTATION, Slot.WHY, Slot.PREFERENCES, Slot.LEAVE]
    assert SLOT.findall(one.text) == [Slot.SALUTATION, Slot.WHY, Slot.PREFERENCES, Slot.LEAVE]
    assert SLOT.findall(one.page_html) == []
    assert f'href="{Slot.LEAVE}"' in one.html
    assert f'href="{Slot.PREFERENCES}"' in one.html


def test_nobody_can_write_a_slot_by_its_numbers(session, letters):
    mark = "".join(f"&#{ord(sign)};" if ord(sign) > 0xDFFF else sign for sign in Slot.PREFERENCES)
    text = f"https://a.example/?{mark} [x](https://a.example/?{mark} '{mark}') `{mark}`"
    usual, one = made(session, letters, TEXT), made(session, letters, {"kind": "text", "text": text})
    for form in ("html", "text", "page_html"):
        assert SLOT.findall(getattr(one, form)) == SLOT.findall(getattr(usual, form))


def test_nobody_can_write_a_slot(session, letters, town):
    session.get(Tenant, town.id).name = f"Stadt {Slot.WHY}"
    evil = f"x {Slot.LEAVE} y"
    parts = [
        {"kind": "text", "text": evil},
        {"kind": "heading", "text": evil, "level": 2},
        {"kind": "button", "text": evil, "path": f"https://a.example/{Slot.LEAVE}"},
    ]
    one = made(session, letters, *parts, subject=evil)
    assert len(SLOT.findall(one.html)) == 4
    assert len(SLOT.findall(one.text)) == 4
    assert "\ue000" not in one.subject + one.page_html


def test_what_people_type_stays_text(session, letters):
    evil = "<script>alert(1)</script>\"'"
    parts = [
        {"kind": "text", "text": evil},
        {"kind": "heading", "text": evil, "level": 3},
        {"kind": "button", "text": evil, "path": 'https://a.example/?"><script>'},
        {"kind": "button", "text": "x", "path": "javascript:alert(1)"},
        {"kind": "date", "text": evil, "at": "2035-04-01T18:00", "place": evil, "path": "data:x"},
    ]
    one = made(session, letters, *parts, subject=evil)
    assert "<script" not in one.html + one.page_html
    assert "javascript:" not in one.html + one.page_html


def test_links_are_whole_in_mails_and_in_the_language_of_the_edition(session, letters, town):
    issue = add_issue(session, letters, TEXT)
    add_edition(session, issue, TEXT)
    add_edition(session, issue, TEXT, language="de-simple", subject="Leicht")
    german, english, easy = rendering.render(session, issue, 1)
    assert f'href="https://{town.host}/regeln"' in german.html
    assert f'href="https://{town.host}/en/regeln"' in english.html
    assert f"<https://{town.host}/en/regeln>" in english.text
    assert 'href="/en/regeln"' in english.page_html
    assert f'href="https://{town.host}/regeln"' in easy.html, "the site itself does not offer it"
    assert [one.language for one in (german, english, easy)] == ["de", "en", "de-simple"]
    assert '<html lang="de" dir="ltr">' in german.html
    assert "Unsubscribe with one click" in english.html + english.text


def test_a_mail_looks_like_the_town_and_asks_nobody_but_the_town(session, letters, town):
    session.get(Tenant, town.id).crest = "kranichsiel"
    settings.write(session, "site.contact", {"address": "Am Siel 1\n12345 Kranichsiel"})
    one = made(session, letters, TEXT, subject="Hafen")
    assert "#0f5260" in one.html, "the theme's colour"
    assert "prefers-color-scheme:dark" in one.html
    (crest,) = re.findall(r'src="([^"]*)"', one.html)
    assert crest.startswith(f"https://{town.host}/static/")
    assert "Am Siel 1, 12345 Kranichsiel" in one.html
    assert "Am Siel 1, 12345 Kranichsiel" in one.text
    assert "<title>Hafen</title>" in one.html
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", one.html))


def test_the_line_behind_the_subject_is_hidden_in_the_mail(session, letters):
    issue = add_issue(session, letters, TEXT)
    add_edition(session, issue, TEXT, preheader="Noch zwölf Tage")
    german, english = rendering.render(session, issue, 1)
    assert "Noch zwölf Tage" in english.html
    assert 'class="hidden"' not in german.html
    assert "Noch zwölf Tage" not in english.text


def test_what_is_being_sent_is_never_written_again(session, letters, topic):
    issue = add_issue(session, letters, TEXT)
    rendering.render(session, issue, 1)
    (edition,) = rendering.editions_of(session, issue.id)
    edition.subject = "Anders"
    assert rendering.render(session, issue, 1)[0].subject == "Anders", "nothing was sent yet"
    issue.state, issue.started_at, edition.subject = IssueState.SENDING, clock.now(), "Zu spät"
    assert rendering.render(session, issue, 1)[0].subject == "Anders"
    assert rendering.render(session, issue, 2)[0].subject == "Zu spät"
    assert [one.subject for one in rendering.written(session, issue.id, 1)] == ["Anders"]


def test_a_digest_has_no_list_to_render_for(session, letters, morning):
    issue = Issue(kind="digest", day=morning.date())
    session.add(issue)
    session.flush()
    with pytest.raises(NotFound):
        rendering.render(session, issue, 1)


def test_blocks_of_an_older_version_are_left_out(session, letters):
    issue = add_issue(session, letters, TEXT)
    (edition,) = rendering.editions_of(session, issue.id)
    edition.blocks = [*edition.blocks, {"kind": "unknown"}, 7, None, {"kind": "heading", "text": 3}]
    session.flush()
    assert "ernst" in rendering.render(session, issue, 1)[0].text


def test_the_number_of_statements_does_not_grow(session, letters, project, statements):
    paper = []
    for repeat in (1, 1, 5):  # the first also learns which plugins are on
        issue = add_issue(session, letters, *EVERYTHING * repeat)
        with statements() as seen:
            rendering.paper_for(session, issue, rendering.editions_of(session, issue.id))
        paper.append(len(seen))
    assert paper[1] == paper[2]
