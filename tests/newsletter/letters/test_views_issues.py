"""The desk of a list: its issues, their languages and papers, tests to oneself, and the second person."""

import io
import re

import pikepdf
import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.audit.models import AuditEntry
from baukasten.media.models import Media
from baukasten.plugin.refs import Role
from baukasten.web.platform import EXTENSION
from baukasten_newsletter.keys import IssueState
from baukasten_newsletter.letters import rendering, service, views_issues
from baukasten_newsletter.models import Edition, Issue
from baukasten_newsletter.sending import audience
from tests.newsletter.conftest import add_subscriber, add_topic, open_list
from tests.newsletter.letters.conftest import add_edition, add_issue

TEXT = {"kind": "text", "text": "Moin."}
BASE = "/stadtbrief/ausgaben/"


@pytest.fixture
def desk(browse, moderator, letters):
    """The browser of somebody who writes."""
    return browse(moderator)


@pytest.fixture
def issue(session, letters, topic):
    """A draft."""
    made = add_issue(session, letters, TEXT, topics=[topic])
    session.commit()
    return made


def again(session, issue):
    session.expire_all()
    session.rollback()
    return session.get(Issue, (issue.tenant_id, issue.id))


def press(client, path, **values):
    return client.post(path, data={"_token": client.token(BASE), **values})


def choose(client, url, *topics, subject="Neues"):
    """Save an issue's topics, with the words that stand in the same form."""
    (revision,) = re.findall(r'name="revision" value="(\d+)"', client.get(url).text)
    values = {"revision": revision, "sprache": "de", "count": "0", "subject": subject, "do": "save"}
    return press(client, url, **values, **{"topics-asked": "1"}, topics=[*topics])


def paper():
    file, document = io.BytesIO(), pikepdf.new()
    document.add_blank_page()
    document.save(file)
    file.seek(0)
    return file


def deeds(session):
    session.rollback()
    done = select(AuditEntry.action).where(AuditEntry.action.like("newsletter.issue.%"))
    return [*session.scalars(done.order_by(AuditEntry.seq))]


def test_the_list_names_each_state_and_one_step(desk, browse, admin, session, letters):
    for number, state in enumerate(IssueState, 1):
        add_issue(
            session,
            letters,
            TEXT,
            subject=f"Brief {state}.",
            state=state,
            number=number if state == "sent" else None,
        )
    session.commit()
    page = desk.get(BASE).text
    for state in IssueState:
        assert f"Brief {state}." in page
    for words in (
        "Entwurf",
        "wartet auf Freigabe",
        "geplant",
        "wird versandt",
        "angehalten",
        "versandt",
        "abgesagt",
    ):
        assert words in page
    assert page.count("Weiterschreiben") == 1
    assert "Versand ansehen" not in page
    assert "Versand ansehen" in browse(admin).get(BASE).text, "who sends is led there"


def test_long_lists_go_on_and_cost_the_same(app, desk, session, letters, statements):
    for number in range(35):
        add_issue(session, letters, TEXT, subject=f"Brief {number}.")
    session.commit()
    desk.get(BASE)
    # Else a request asks now and then whether anything changed.
    app.extensions[EXTENSION].generations.refresh()
    with statements() as first:
        page = desk.get(BASE).text
    assert "Brief 34." in page
    assert "Brief 4." not in page
    older = page[page.index('rel="next" href="') :].split('"')[3].replace("&amp;", "&")
    app.extensions[EXTENSION].generations.refresh()
    with statements() as rest:
        assert "Brief 4." in desk.get(older).text
    assert len(rest) <= len(first)
    for nonsense in ("x", "-1", "9" * 40, "²"):
        assert desk.get(BASE, query_string={"nach": nonsense}).status_code == 200


def test_a_copy_has_words_topics_and_papers_of_its_own(desk, session, issue, topic):
    assert f'action="{BASE}{issue.id}/kopieren"' in desk.get(f"{BASE}{issue.id}").text
    answer = press(desk, f"{BASE}{issue.id}/kopieren")
    made = again(session, issue)
    copy = session.scalars(select(Issue).order_by(Issue.id.desc())).first()
    assert answer.location.startswith(f"{BASE}{copy.id}")
    assert copy.id != made.id
    assert rendering.editions_of(session, copy.id)[0].blocks == [TEXT]
    assert deeds(session) == ["newsletter.issue.create"]


def test_deleting_asks_first_and_takes_files_that_nobody_else_shows(desk, session, issue):
    url = f"{BASE}{issue.id}"
    press(desk, f"{url}/anhaenge", file=(paper(), "Plan am Kai.pdf"))
    press(desk, f"{url}/kopieren")
    assert "weg" in desk.get(f"{url}/loeschen").text
    assert again(session, issue) is not None, "asking deletes nothing"
    assert press(desk, f"{url}/loeschen").status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Media)) == 1, "the copy still has it"
    copy = session.scalars(select(Issue)).one()
    press(desk, f"{BASE}{copy.id}/loeschen")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Media)) == 0


@pytest.mark.parametrize("state", [one for one in IssueState if one not in service.ERASABLE])
def test_what_goes_out_is_neither_deleted_nor_changed(desk, session, issue, state):
    again(session, issue).state = state
    session.commit()
    assert desk.get(f"{BASE}{issue.id}/loeschen").status_code == 409
    assert press(desk, f"{BASE}{issue.id}/loeschen").status_code == 409
    changed = press(desk, f"{BASE}{issue.id}", count="0", revision="1", sprache="de", do="save")
    assert (changed.status_code == 303) == (state == IssueState.PAUSED)
    assert again(session, issue).state == state


def test_languages_begin_as_copies_and_can_go(desk, session, issue, town):
    for language in ("en", "de-simple", "en", "fr", "x"):
        press(desk, f"{BASE}{issue.id}/sprachen", language=language, source="de")
    session.rollback()
    assert [one.language for one in rendering.editions_of(session, issue.id)] == ["de", "en", "de-simple"]
    assert rendering.editions_of(session, issue.id)[2].blocks == [TEXT]
    assert desk.get(f"{BASE}{issue.id}?sprache=de-simple").status_code == 200
    assert desk.get(f"{BASE}{issue.id}?sprache=fr").status_code == 404
    assert press(desk, f"{BASE}{issue.id}/sprachen/en/entfernen").status_code == 303
    assert press(desk, f"{BASE}{issue.id}/sprachen/de-simple/entfernen").status_code == 303
    assert press(desk, f"{BASE}{issue.id}/sprachen/de/entfernen").status_code == 409
    session.rollback()
    assert [one.language for one in rendering.editions_of(session, issue.id)] == ["de"]


def test_papers_go_with_the_letter_as_links(desk, browse, session, issue):
    assert press(desk, f"{BASE}{issue.id}/anhaenge", file=(paper(), "Plan am Kai.pdf")).status_code == 303
    (one,) = rendering.render(session, again(session, issue), 1)
    assert "Plan am Kai.pdf</a> (1" in one.html
    assert "Anhänge\n-------" in one.text
    (media,) = rendering.papers_of(session, again(session, issue))
    assert [*rendering.attached([media])] == [media]
    assert browse().get(media.url).status_code == 200
    assert press(desk, f"{BASE}{issue.id}/anhaenge").status_code == 422
    assert press(desk, f"{BASE}{issue.id}/anhaenge", file=(io.BytesIO(b"\0\1"), "x.exe")).status_code == 422
    assert press(desk, f"{BASE}{issue.id}/anhaenge/{media.id + 1}/entfernen").status_code == 404
    assert press(desk, f"{BASE}{issue.id}/anhaenge/{media.id}/entfernen").status_code == 303
    assert again(session, issue).papers == []


def test_a_test_goes_to_the_writer_alone(desk, session, issue, mailbox, database, moderator):
    add_edition(session, again(session, issue), TEXT, subject="News")
    session.commit()
    assert press(desk, f"{BASE}{issue.id}/probe", language="de").status_code == 303
    assert press(desk, f"{BASE}{issue.id}/probe", language="en").status_code == 303
    mailbox.deliver()
    mails = mailbox.transport.list()
    assert sorted(mail.subject for mail in mails) == ["[Probe] Neues vom Hafen", "[Test] News"]
    assert len({mail.to for mail in mails}) == 1
    assert all("\ue000" not in mail.text + (mail.html or "") for mail in mails)


def test_a_second_person_releases(desk, browse, admin, new_member, session, issue, mailbox):
    second = new_member(Role.ADMIN, name="Bo Siel")
    mine, other = browse(admin), browse(second)
    assert press(mine, f"{BASE}{issue.id}/freigabe/erbitten").status_code == 303
    assert again(session, issue).state == IssueState.AWAITING_RELEASE
    assert "freigeben" in other.get(BASE).text
    assert press(mine, f"{BASE}{issue.id}/freigabe/erteilen").status_code == 403, (
        "nobody releases what they asked for"
    )
    assert press(desk, f"{BASE}{issue.id}/freigabe/erteilen").status_code == 403, "moderators do not send"
    assert (
        press(desk, f"{BASE}{issue.id}", count="0", revision="1", sprache="de", do="save").status_code == 409
    )
    assert press(other, f"{BASE}{issue.id}/freigabe/erteilen").status_code == 303
    released = again(session, issue)
    assert (released.state, released.released_by, released.asked_by) == (
        IssueState.DRAFT,
        second.id,
        admin.id,
    )
    assert deeds(session) == ["newsletter.issue.ask", "newsletter.issue.release"]
    assert press(other, f"{BASE}{issue.id}/freigabe/erteilen").status_code == 409


def test_what_changes_after_the_release_needs_another(desk, browse, admin, session, issue):
    press(desk, f"{BASE}{issue.id}/freigabe/erbitten")
    press(browse(admin), f"{BASE}{issue.id}/freigabe/erteilen")
    assert again(session, issue).released_at is not None
    saved = press(
        desk,
        f"{BASE}{issue.id}",
        count="0",
        revision=str(issue.revision),
        sprache="de",
        do="save",
        subject="Neu",
    )
    assert saved.status_code == 303
    assert again(session, issue).released_at is None


def test_nothing_wrong_is_released_and_a_request_can_be_taken_back(desk, session, issue, letters):
    broken = add_issue(session, letters, TEXT, subject="")
    session.commit()
    assert press(desk, f"{BASE}{broken.id}/freigabe/erbitten").status_code == 409
    press(desk, f"{BASE}{issue.id}/freigabe/erbitten")
    assert press(desk, f"{BASE}{issue.id}/freigabe/zuruecknehmen").status_code == 303
    assert again(session, issue).state == IssueState.DRAFT
    assert press(desk, f"{BASE}{issue.id}/freigabe/zuruecknehmen").status_code == 409


def test_another_towns_issue_is_nobodys(desk, database, other_town, session, issue):
    module = open_list(database, other_town)
    with database.session(other_town.id) as elsewhere:
        foreign = add_issue(elsewhere, module, TEXT).id
        elsewhere.commit()
    deeds_of = ("", "/kopieren", "/loeschen", "/sprachen", "/sprachen/de/entfernen", "/anhaenge", "/probe",
                "/freigabe/erbitten", "/freigabe/zuruecknehmen")  # fmt: skip
    for path in deeds_of:
        answer = press(
            desk,
            f"{BASE}{foreign}{path}",
            language="en",
            source="de",
            count="0",
            revision="1",
            file=(paper(), "a.pdf"),
        )
        assert answer.status_code == 404, path
    with database.session(other_town.id) as elsewhere:
        assert elsewhere.scalars(select(Edition)).one().blocks == [TEXT]


def reached(session, issue):
    session.rollback()
    return audience.audience(session, issue.id).reached


def test_writers_choose_whose_subscribers_get_an_issue(desk, session, letters, issue, topic):
    more = add_topic(session, letters, slug="hafen", title="Hafen", position=1)
    add_topic(session, letters, slug="neues", title="Was neu ist", kind="digest", position=2)
    old = add_topic(session, letters, slug="alt", title="Von früher", archived_at=clock.now(), position=3)
    for topics in ((topic,), (topic, more), (more,), (more,), (old,)):
        add_subscriber(session, *topics)
    issue.released_at = clock.now()
    session.commit()
    url = f"{BASE}{issue.id}"
    page = desk.get(url).text
    boxes = re.findall(r'name="topics" value="(\d+)"( checked)?', page)
    first = boxes[0][0]  # the list's own topic, with which it was placed
    assert [(int(one), bool(on)) for one, on in boxes[1:]] == [(topic, True), (more, False)]
    assert reached(session, issue) == 2
    assert choose(desk, url, topic).status_code == 303
    assert choose(desk, url, more, topic, subject="Mit Worten").status_code == 303
    assert reached(session, issue) == 4
    kept = again(session, issue)
    assert (kept.released_at, kept.revision) == (None, 3)
    assert session.scalars(select(Edition.subject)).all() == ["Mit Worten"], "one form saves both"
    choose(desk, url, more, first)
    assert reached(session, issue) == 3
    none = choose(desk, url, subject="Nicht verloren")
    assert (none.status_code, "Wählen Sie mindestens ein Thema" in none.text) == (422, True)
    assert "Nicht verloren" in none.text
    assert not re.search(r'name="topics" value="\d+" checked', none.text)
    kept = again(session, issue)
    kept.state, kept.started_at = IssueState.PAUSED, clock.now()
    session.commit()
    assert choose(desk, url, topic).status_code == 409, "the snapshot is taken"
    assert reached(session, issue) == 3


def test_topics_of_others_answer_like_those_of_nothing(
    desk, session, letters, issue, database, town, other_town
):
    beside = add_topic(session, open_list(database, town, slug="kultur"), slug="kultur")
    digest = add_topic(session, letters, slug="neues", kind="digest")
    session.commit()
    with database.session(other_town.id) as elsewhere:
        foreign = add_topic(elsewhere, open_list(database, other_town))
        elsewhere.commit()
    before = reached(session, issue)
    answers = {
        (answer.status_code, answer.text)
        for one in (beside, digest, foreign, 10**7, "9" * 19, "9" * 40, "x", "²", "", "-1", "1\0")
        for answer in [choose(desk, f"{BASE}{issue.id}", one)]
    }
    assert {status for status, _text in answers} == {404}
    assert len(answers) == 1
    assert (reached(session, issue), again(session, issue).revision) == (before, 1)


def test_tests_to_oneself_have_a_limit(desk, session, issue, monkeypatch):
    session.commit()
    monkeypatch.setattr(views_issues, "TRIALS", 2)
    path = f"{BASE}{issue.id}/probe"
    assert [press(desk, path, language="de").status_code for _again in range(3)] == [303, 303, 429]
