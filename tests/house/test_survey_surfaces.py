"""A survey is on no surface before it opens; its results are on all of them while they are published, then on none."""

import datetime as dt

import pytest
from sqlalchemy import update

from baukasten import clock
from baukasten.plugin.refs import Role
from baukasten.projects import publishing as projects
from baukasten.projects.models import Module
from baukasten.projects.placing import place_module
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.sdk import pdf_possible, previews_of
from baukasten.tenants import plugins, settings
from baukasten.web.platform import EXTENSION
from baukasten_survey.building import closing, opening
from baukasten_survey.building.findings import Setting
from baukasten_survey.keys import Anonymity
from baukasten_survey.outward import digests
from baukasten_survey.results import publishing
from baukasten_survey.surveys import lookup
from tests.house.bodies import words_of
from tests.house.surveying import freeze
from tests.house.test_revocation import elsewhere
from tests.survey.conftest import definition, page, question

__all__ = ["elsewhere"]
WORD, FOUND = "Quarkstrudel", "Blaubeerplinse"
"""One stands in what is asked, the other in what was found."""
WRITTEN = {
    **definition(page("p1", question("q1", "long", help={"de": f"Hilfe {WORD}"}))),
    "title": {"de": f"Umfrage {WORD}"},
    "intro": {"de": f"Vorweg {WORD}"},
}
# Pages with questions are for those who began, and the table of figures has no words of the town's.
PAPER = {"paper"} if pdf_possible() else set()
ASKED = {"front", "search", "digest", "link preview", "cache", *PAPER}
CLOSED = ASKED - {"digest"}
RESULTS = {"results", "JSON", "search", "digest", "link preview", "cache", "project"}
DAY = dt.timedelta(days=1)


@pytest.fixture
def admin(new_member):
    return new_member(Role.ADMIN, name="Ada Siel")


@pytest.fixture
def module(session):
    """A survey that is written, in a published project."""
    settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
    texts = dict.fromkeys(("question", "description", "place", "contact", "decides"), "Wie sicher?")
    wanted = ProjectDraft("Schulweg", "schulweg", can_influence=("Wege",), fixed=("Schule",), **texts)
    project = create_project(session, None, wanted)
    now = clock.now()
    set_phases(
        session, None, project.id, [PhaseDraft("Fragen", now - DAY, now + DAY, "", ("survey.answer",))]
    )
    made = place_module(session, None, "survey", title="Umfrage", slug="umfrage", project_id=project.id)
    survey = lookup.of_module(session, made.id)
    survey.definition, survey.anonymity = WRITTEN, Anonymity.PSEUDONYMOUS
    projects.publish(session, None, project.id)
    session.commit()
    return made


@pytest.fixture
def survey(session, module):
    """Gives the survey as it is stored now."""
    return lambda: lookup.of_module(session, module.id)


@pytest.fixture
def found(app, elsewhere, session, town, module, survey, client_of, mailbox):
    """Names the surfaces on which a guest finds a word, once both processes heard of what happened."""
    path = "/beteiligung/schulweg/umfrage/"

    def surfaces(word):
        guest, away, host = client_of(town), elsewhere.test_client(), f"http://{town.host}"

        def text_of(*paths):
            return "\n".join(words_of(guest.get(f"{path}{one}").data) for one in paths)

        hits = [line for line in guest.get(f"/suche/?q={word}").text.splitlines() if path in line]
        keys = {f"{begin}:{survey().id}" for begin in (digests.OPENED, digests.RESULTS)}
        return {
            "front": text_of(""),
            "page": text_of("seite/p1"),
            "results": text_of("ergebnisse"),
            "CSV": text_of("ergebnisse/zahlen.csv"),
            "JSON": text_of("ergebnisse/zahlen.json"),
            "paper": text_of("fragebogen.pdf"),
            "search": "\n".join([*hits, word * bool(hits)]),
            "digest": repr(digests.find(session, keys)),
            "link preview": repr(previews_of(session, [path, f"{path}ergebnisse"])),
            "cache": "".join(away.get(f"{path}{one}", base_url=host).text for one in ("", "ergebnisse")),
            "project": guest.get("/beteiligung/schulweg/").text,
            "sitemap": guest.get("/sitemap.xml").text + guest.get("/api/v1/projects").text,
            "staff": text_of("bearbeiten/", "auswertung/", "auswertung/vorschau", "antworten/"),
        }

    def look(word):
        mailbox.deliver()
        for one in (app, elsewhere):
            one.extensions[EXTENSION].generations.refresh()
        session.rollback()
        return {name for name, text in surfaces(word).items() if word in text}

    return look


def test_a_survey_is_nowhere_before_it_opens_and_nowhere_once_it_is_hidden(
    session, town, module, survey, admin, found
):
    assert found(WORD) == set()
    opening.open_survey(session, admin, module, survey().revision, Setting(Anonymity.PSEUDONYMOUS))
    session.commit()
    assert found(WORD) == ASKED
    for visible, where in ((False, set()), (True, ASKED)):
        session.execute(update(Module).where(Module.id == module.id).values(visible=visible))
        session.commit()
        assert found(WORD) == where
    closing.close_by_hand(session, admin, module)
    session.commit()
    assert found(WORD) == CLOSED
    plugins.switch_off(session, town, "survey")
    session.commit()
    assert found(WORD) == set()


def test_results_are_everywhere_while_they_are_published_and_then_nowhere(
    session, module, survey, admin, found
):
    opening.open_survey(session, admin, module, survey().revision, Setting(Anonymity.PSEUDONYMOUS))
    freeze(session, survey(), "q1")
    wanted = publishing.Wanted(f"Gewünscht: {FOUND}", f"Kurz {FOUND}", shown=[("q1", f"Meist {FOUND}")])
    publishing.save(session, admin, survey(), wanted)
    session.commit()
    assert found(FOUND) == set()
    for deed, where in (
        (publishing.publish, RESULTS),
        (publishing.take_back, set()),
        (publishing.publish, RESULTS),
    ):
        deed(session, admin, survey())
        session.commit()
        assert found(FOUND) == where, deed.__name__
