"""The check before sending: it finds what it is for, names the block, and no stored rubbish makes it fall."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baukasten_newsletter.letters import blocks, linting, rendering
from baukasten_newsletter.letters.linting import Finding, check, errors
from tests.forum.conftest import open_forum
from tests.newsletter.letters.conftest import add_edition, add_issue

TEXT = {"kind": "text", "text": "Guten Tag."}
HEAD = {"kind": "heading", "text": "Hafen", "level": 2}
DEEP = {"kind": "heading", "text": "Kai", "level": 3}
IMAGE = {"kind": "image", "media": 0, "alt": "", "decoration": False, "path": ""}


def found(session, letters, *parts, **more):
    return check(session, add_issue(session, letters, *parts, **more))


def test_a_good_letter_passes(session, letters):
    text = {
        "kind": "text",
        "text": "Reden Sie in der [Beteiligung](/beteiligung/) mit, siehe [Regeln](/regeln#x).",
    }
    assert (
        found(
            session,
            letters,
            HEAD,
            DEEP,
            text,
            {"kind": "button", "text": "Mitreden", "path": "https://a.example"},
        )
        == []
    )


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"kind": "heading", "text": "", "level": 2}, "text"),
        ({"kind": "button", "text": "", "path": "/regeln"}, "text"),
        ({"kind": "button", "text": "Los", "path": ""}, "path"),
        ({"kind": "button", "text": "Los", "path": "javascript:alert(1)"}, "path"),
        ({"kind": "button", "text": "Los", "path": "/beteiligung/gibt-es-nicht/"}, "path"),
        ({"kind": "text", "text": "[Dorthin geht es](/gibt-es-nicht/x)"}, "path"),
        ({"kind": "text", "text": "> " * 60 + "x"}, "text"),
        (IMAGE, "file"),
        (IMAGE, "alt"),
        ({"kind": "date", "text": "Rundgang", "at": "", "place": "", "path": ""}, "at"),
        ({"kind": "teaser", "path": "/gibt-es-nicht/", "text": ""}, "path"),
        ({"kind": "result", "path": "/gibt-es-nicht/", "text": "Steht."}, "path"),
        ({"kind": "projects", "slugs": []}, "slugs"),
        (DEEP, "level"),
        ({"kind": "text", "text": "### Zu tief"}, "level"),
    ],
)
def test_what_keeps_a_letter_back_is_named_with_its_block(session, letters, part, field):
    issue = add_issue(session, letters, TEXT, part)
    assert ("de", 1, field) in {(one.language, one.block, one.field) for one in errors(check(session, issue))}


@pytest.mark.parametrize(
    "text",
    [
        "[hier](https://a.example)",
        "[Mehr lesen …](/regeln)",
        "<https://a.example/x>",
        "www.a.example",
        "[Anker](#a)",
    ],
)
def test_links_that_say_nothing_are_told(session, letters, text):
    (one,) = found(session, letters, {"kind": "text", "text": text})
    assert (one.blocks, one.block) == (False, 0)


def test_a_link_to_a_page_that_is_not_public_keeps_the_letter_back(session, letters, database, town, morning):
    open_forum(database, town)
    ideas = "/beteiligung/torfhafen/forum/"
    link = {
        "kind": "text",
        "text": f"[Ideen](https://{town.host}/en{ideas}) und [mehr davon]({ideas}kategorie/x)",
    }
    (one,) = found(session, letters, link)
    assert not one.blocks, "what lies below a public module cannot be looked up everywhere"
    assert [
        one.blocks
        for one in found(session, letters, {"kind": "text", "text": "[Ideen](/beteiligung/x/forum/)"})
    ] == [True]


def test_what_points_somewhere_leaves_no_level_out(session, letters, database, town, morning):
    open_forum(database, town)
    date = {"kind": "date", "text": "Rundgang", "at": "2035-04-01T18:00", "place": "", "path": ""}
    project = {"kind": "projects", "slugs": ["torfhafen"]}
    issue = add_issue(
        session, letters, project, date, DEEP, HEAD, project, {"kind": "text", "text": "# Teil"}, date
    )
    assert check(session, issue) == []
    (one,) = rendering.render(session, issue, 1)
    assert re.findall(r"<h(\d)", one.page_html) == ["2", "2", "3", "2", "3", "2", "3"]


def test_what_is_empty_is_told_for_each_language(session, letters):
    issue = add_issue(session, letters, subject="")
    add_edition(session, issue, TEXT)
    add_edition(session, issue, {"kind": "divider"}, language="de-simple")
    assert [(one.language, one.field) for one in errors(check(session, issue))] == [
        ("de", "subject"), ("de", ""), ("de-simple", ""),
    ]  # fmt: skip


def test_a_copy_that_nobody_translated_is_told(session, letters):
    issue = add_issue(session, letters, TEXT)
    add_edition(session, issue, TEXT, subject="Neues vom Hafen")
    (one,) = check(session, issue)
    assert (one.blocks, one.language) == (True, "en")


def test_long_subjects_and_long_letters_are_told(session, letters):
    (one,) = found(session, letters, TEXT, subject="x" * 61)
    assert (one.blocks, one.field) == (False, "subject")
    long = {"kind": "text", "text": "Wort " * 3_900}
    assert [one.blocks for one in found(session, letters, *[long] * 5)] == [False]
    assert [one.blocks for one in found(session, letters, *[long] * 6)] == [True]


def test_a_theme_that_cannot_be_read_keeps_letters_back(session, letters, monkeypatch):
    issue = add_issue(session, letters, TEXT)
    paper = rendering.paper_for(session, issue, rendering.editions_of(session, issue.id))
    assert [*linting._colours(paper)] == []
    object.__setattr__(paper.head, "problems", ("light: text on paper has 1.00, needs 4.5",))
    assert [one.blocks for one in linting._colours(paper)] == [True]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PATHS = st.sampled_from(
    ["", "/", "//x", "/beteiligung/x/", "https://[", "http://a b", "mailto:", "\0", "javascript:x", "/\\x"]
)
NEARLY = st.fixed_dictionaries(
    {"kind": st.sampled_from([*blocks.Kind, "other"])},
    optional={
        "text": st.text(max_size=60) | JSON,
        "path": PATHS | JSON,
        "level": st.integers() | JSON,
        "media": st.integers(-1, 3) | st.sampled_from([2**63 - 1, 2**64]) | JSON,
        "alt": st.text(max_size=5) | JSON,
        "decoration": st.booleans() | JSON,
        "at": st.text(max_size=20) | st.just("9999-12-31T23:59") | JSON,
        "place": st.text(max_size=5),
        "slugs": st.lists(st.text(max_size=5)) | JSON,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NEARLY | JSON, max_size=6))
def test_no_stored_blocks_break_the_check_or_the_letter(session, letters, town, raw):
    parts = blocks.read(raw)
    assert blocks.read(blocks.store(parts)) == parts, "what is stored is read as it was"
    with session.begin_nested() as undone:
        issue = add_issue(session, letters, *blocks.store(parts))
        assert all(isinstance(one, Finding) for one in check(session, issue))
        rendering.render(session, issue, 1)
        undone.rollback()
