"""An issue is on no surface before it goes out, and on all of them while it may be read; its readers are on none."""

import pytest

from baukasten import clock
from baukasten.plugin.work import Work, begin
from baukasten.tenants import plugins
from baukasten.web.platform import EXTENSION
from baukasten_newsletter.digests import issues
from baukasten_newsletter.keys import IssueState
from baukasten_newsletter.models import Issue
from baukasten_newsletter.people import topics
from baukasten_newsletter.sending import service as sending
from tests.house.test_revocation import elsewhere
from tests.newsletter.conftest import DAY, add_subscriber, admin, letters
from tests.newsletter.letters.conftest import add_issue

__all__ = ["admin", "elsewhere", "letters"]
WORD, BELOW = "Quarkstrudel", "Blaubeerplinse"
"""One stands in the subject, the other in the text alone."""
READER = "liesel-liest@post.example"
SHOWN = {"front", "archive", "page", "feed", "topic's feed", "search", "digest", "link preview", "cache"}
STAFFS = ("", "{0}", "{0}/vorschau/mail", "{0}/vorschau/mail/brief", "{0}/vorschau/text", "{0}/versand",
          "{0}/versand/stand")  # fmt: skip
NOT_FOR_GUESTS = (*(f"ausgaben/{one}" for one in STAFFS), "zahlen/", "zahlen/{0}", "menschen/", "rueckweg/")


@pytest.fixture
def issue(session, letters):
    """A draft to one reader; gives its number among all issues."""
    topic = topics.listed(session, letters.id)[0]
    add_subscriber(session, topic.id, address=READER, name="Liesel Liest")
    words = {"kind": "text", "text": f"Heute gibt es {BELOW}, und zwar warm."}
    found = add_issue(session, letters, words, subject=f"Es gibt {WORD}", topics=[topic.id]).id
    session.commit()
    return found


@pytest.fixture
def found(app, elsewhere, session, town, letters, issue, client_of, mailbox):
    """Names the surfaces on which a guest finds the issue, once both processes heard of what happened."""

    def look():
        mailbox.deliver()
        for one in (app, elsewhere):
            one.extensions[EXTENSION].generations.refresh()
        session.rollback()
        guest, away = client_of(town), elsewhere.test_client()
        slug = topics.listed(session, letters.id)[0].slug

        def text_of(*paths):
            return "\n".join(guest.get(f"{letters.path}{path}").get_data(as_text=True) for path in paths)

        lines = guest.get(f"/suche/?q={BELOW}").get_data(as_text=True).splitlines()
        page = text_of("ausgabe/1/", "ausgabe/1/de")
        texts = {
            "front": text_of(""),
            "archive": text_of("ausgabe/"),
            "page": page,
            "feed": text_of("feed.atom"),
            "topic's feed": text_of(f"themen/{slug}/feed.atom"),
            # The search repeats what was asked for: only a link below it is a find.
            "search": WORD if any(f"{letters.path}ausgabe/" in line for line in lines) else "",
            "digest": repr(issues.find(session, [f"{issues.KEY}:{issue}"])),
            "link preview": page.partition("</head>")[0],
            "cache": away.get(f"{letters.path}ausgabe/", base_url=f"http://{town.host}").text,
            "sitemap": guest.get("/sitemap.xml").text,
            "staff": text_of(*(path.format(issue) for path in NOT_FOR_GUESTS)),
        }
        whole = "\n".join(texts.values())
        assert READER not in whole
        assert "Liesel" not in whole
        return {name for name, text in texts.items() if WORD in text or BELOW in text}

    return look


@pytest.fixture
def set_state(session, issue):
    def do(state):
        session.get_one(Issue, (session.tenant_id, issue)).state = state
        session.commit()

    return do


def test_an_issue_is_nowhere_before_it_goes_out_and_nowhere_once_its_list_is_off(
    session, town, letters, issue, admin, found, mailbox, set_state
):
    assert found() == set()
    for state in (IssueState.AWAITING_RELEASE, IssueState.SCHEDULED, IssueState.CANCELLED):
        set_state(state)
        assert found() == set(), state
    set_state(IssueState.DRAFT)
    sending.schedule(session, admin, letters, issue, clock.now() + DAY)
    session.commit()
    assert found() == set()
    with clock.turned(clock.now() + DAY):
        begin(session, Work(1, 1, town, frozenset(), mailbox.tools))
        sending.begin(session, issue_id=issue)
        session.commit()
    assert found() == SHOWN
    plugins.switch_off(session, town, "newsletter")
    session.commit()
    assert found() - {"digest"} == set()
