"""Pages of transcripts: a draft is staff's alone, what is published everybody's, in three shapes."""

import datetime as dt
import io
import re

import pikepdf
import pytest
from sqlalchemy import select

from baukasten.testing.fixtures import drop_left_over
from baukasten.web.platform import EXTENSION
from baukasten.workshop import make_worker
from baukasten_chat.models import Transcript
from tests.chat.conftest import NOW


@pytest.fixture
def drafted(said, draft):
    """A draft of the evening, with its address."""
    row, _told = draft()
    return f"{said.path}protokoll/{row.id}"


@pytest.fixture
def published(drafted, browse, moderator):
    """The same, published by its form."""
    browser = browse(moderator)
    answer = browser.post(f"{drafted}/veroeffentlichen", data={"_token": browser.token(drafted)})
    assert answer.headers["Location"] == f"{drafted}?done=saved"
    return drafted


def test_staff_drafts_what_the_form_offers(session, said, browse, moderator):
    path = f"{said.path}protokolle"
    browser = browse(moderator)
    fields = dict(re.findall(r'name="(title|since|until)"[^>]* value="([^"]*)"', browser.get(path).text))
    answer = browser.send(path, **fields)
    made = session.scalars(select(Transcript)).one()
    assert answer.headers["Location"] == f"{said.path}protokoll/{made.id}"
    assert (made.title, made.since) == ("Fragestunde", NOW - dt.timedelta(days=1) + dt.timedelta(minutes=6))


def test_bad_entries_come_back_with_what_was_typed(session, said, browse, moderator):
    path = f"{said.path}protokolle"
    bad = browse(moderator).send(path, title="Mein Abend", since="2035-03-21T20:00", until="2035-03-20T20:00")
    assert bad.status_code == 422
    assert 'value="Mein Abend"' in bad.text
    assert 'href="#f-until"' in bad.text
    assert session.scalars(select(Transcript)).all() == []


def test_a_draft_is_not_there_for_others(drafted, browse, anna, moderator):
    never = browse().get(re.sub(r"\d+$", "999999", drafted))
    for visitor in (browse(), browse(anna)):
        for path in (drafted, f"{drafted}.json"):
            assert visitor.get(path).status_code == 404
    assert never.status_code == 404
    assert browse(moderator).get(drafted).status_code == 200
    assert browse(moderator).get(f"{drafted}.json").status_code == 404
    listed = f"{drafted.rpartition('/protokoll/')[0]}/protokolle"
    assert drafted not in browse(anna).get(listed).text
    assert drafted in browse(moderator).get(listed).text


def test_a_line_gets_other_words_and_is_left_out(drafted, browse, moderator):
    browser = browse(moderator)
    line = f"{drafted}/zeile/1"
    token = browser.token(line)
    sent = browser.post(f"{line}/worte", data={"_token": token, "text": "Moin zusammen"})
    assert sent.headers["Location"] == f"{drafted}#zeile-1"
    page = browser.get(drafted).text
    assert "Worte herausgenommen" in page
    browser.post(f"{line}/auslassen", data={"_token": token, "out": "1"})
    assert "[ausgelassen]" in browser.get(drafted).text
    assert browser.get(f"{drafted}/zeile/99").status_code == 404


def test_what_is_published_everybody_reads(published, browse):
    page = browse().get(published).text
    assert [word in page for word in ("Person 1", "Bauamt", "Ja, im <strong>Mai</strong>.", "Anna", "Ben")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    data = browse().get(f"{published}.json").get_json()
    assert [line["who"] for line in data["lines"]] == [
        "Person 1", "Die Kommune", "Person 2", "Bauamt", "ohne Namen",
    ]  # fmt: skip
    assert (data["title"], data["hidden"]) == ("Abend am Hafen", {})


def test_the_paper_is_tagged_and_says_what_it_is(published, browse, base_config, database, town):
    drop_left_over(database, town)
    make_worker(base_config, database).run_pending()
    link = re.search(r'href="(/[^"]*abend-am-hafen\.pdf)"', browse().get(published).text)
    assert link is not None
    paper = pikepdf.open(io.BytesIO(browse().get(link[1]).data))
    assert bool(paper.Root.MarkInfo.Marked)
    assert str(paper.Root.Lang) == "de"


def test_another_town_has_none_of_it(published, client_of, other_town):
    assert client_of(other_town).get(published).status_code == 404


def test_the_list_takes_few_statements(app, said, draft, browse, moderator, statements):
    for _ in range(3):
        draft()
    browser = browse(moderator)
    path = f"{said.path}protokolle"
    # What was written a moment ago makes kept things stale until the next look at the town's generation.
    app.extensions[EXTENSION].generations.refresh()
    browser.get(path)
    with statements() as seen:
        browser.get(path)
    assert len(seen) <= 8
