"""Surveys in every state, every text of them marked, for tests that look for leaks."""

from typing import Any

from sqlalchemy import select

from baukasten import clock
from baukasten.projects.placing import place_module
from baukasten_survey.access import codes
from baukasten_survey.access.admission import digest
from baukasten_survey.bringing.models import ImportState, SurveyImport, SurveyImportPiece
from baukasten_survey.building.models import Past
from baukasten_survey.cells.rows import OpenData
from baukasten_survey.cells.shown import Table, shown
from baukasten_survey.entry.models import Entry
from baukasten_survey.keys import AdmissionKind, Source, SurveyState
from baukasten_survey.models import Admission, Draft, Fix, Quota, Response, Survey, Version
from baukasten_survey.results.models import Freeze, Publication
from baukasten_survey.results.tallies import ANSWERED
from baukasten_survey.surveys import lookup
from baukasten_survey.texts.models import Category, Coder, Coding, Quote
from tests.house.talking import UNSEEN

CODE = "x"
"""Of a page, a group and a question: codes belong to no town."""
PEOPLE = 9


def survey(session, project_id, people, marker):
    """Place three surveys: one with published results, one without, and one that is being written.

    Gives the first one's arguments of routes.
    """
    module = _with_results(session, project_id, people, marker)
    _without_results(session, project_id, people, marker)
    _written(session, project_id, marker)
    session.flush()
    quote, response = map(str, _sort(session, module, people, marker))
    file = str(_import(session, module, people, marker))
    return {"survey": module.slug, "datei_row": file, "stimmen_row": response, "texte_row": quote}


def _with_results(session, project_id, people, marker):
    """An open survey, with an answer that nobody else may read, and with what everybody may."""
    module, found = _placed(session, project_id, f"Umfrage {marker}", f"umfrage-{marker}")
    _publish(session, found, _definition(marker))
    found.anonymity = "named"
    answer = {CODE: f"Geheim {UNSEEN}{marker}"}
    _respond(session, found, answer, member_id=people["citizen"].id)
    freeze(session, found)
    words = {"headline": f"Befund {marker}", "lead": f"Kurz {marker}", "steps": [f"Danach {marker}"]}
    shown = [[CODE, f"Meist {marker}"]]
    session.add(Publication(survey_id=found.id, published_at=clock.now(), shown=shown, **words))
    return module


def _without_results(session, project_id, people, marker):
    """An open survey by code: its figures are not published, and its next version is being written."""
    unseen, place = f"{UNSEEN}{marker}", f"befragung-{marker}"
    _module, found = _placed(session, project_id, f"Befragung {marker}", place)
    version = _publish(session, found, _definition(marker, title=f"Vertippt {unseen}"))
    found.definition = _definition(unseen)
    found.access, found.anonymity = "code", "pseudonymous"
    mine = {"survey_id": found.id}
    mended = {
        "path": "title",
        "language": "de",
        "before": f"Vertippt {unseen}",
        "after": f"Befragung {marker}",
    }
    session.add(Fix(version_id=version.id, by=people["moderator"].id, at=clock.now(), **mended))
    session.add(
        Quota(**mine, code=CODE, expression="true", wanted=99, taken=1, message={"de": f"Voll {unseen}"})
    )
    for spent in (True, False):
        code = digest(session, found.id, AdmissionKind.CODE, codes.draw())
        about = {"kind": AdmissionKind.CODE, "series": f"Reihe {unseen}", "spent": spent}
        session.add(Admission(**mine, digest=code, **about))
    _respond(session, found, {CODE: f"Geheim {unseen}"}, source=Source.PAPER)
    locked = f"Bogen {unseen}".encode()
    session.add(Draft(**mine, digest=place.encode(), blob=locked, until=clock.now().date()))
    session.add(Entry(**mine, version=1, stack=f"Stapel {unseen}", number=1, answers=locked))
    session.add(Past(**mine, revision=0, definition=_definition(f"Davor {unseen}")))
    freeze(session, found)
    words = {"headline": f"Befund {unseen}", "lead": f"Kurz {unseen}", "steps": [f"Danach {unseen}"]}
    session.add(Publication(**mine, shown=[[CODE, f"Meist {unseen}"]], **words))


def _import(session, module, people, marker):
    """Keep a file of another program that was read, with the rest of it."""
    found, now = lookup.of_module(session, module.id), clock.now()
    file = SurveyImport(
        survey_id=found.id, created_by=people["admin"].id, created_at=now, changed_at=now, bytes=1, revision=1,
        file_name=f"{UNSEEN}{marker}.lsa", state=ImportState.DONE,
    )  # fmt: skip
    session.add(file)
    session.flush()
    session.add(SurveyImportPiece(import_id=file.id, number=0, data=f"Datei {UNSEEN}{marker}".encode()))
    return file.id


def _sort(session, module, people, marker):
    """Sort an answer into a category, and choose it as a quote that waits; gives the quote and its response."""
    found, unseen, now = lookup.of_module(session, module.id), f"{UNSEEN}{marker}", clock.now()
    response = session.scalars(select(Response.id).where(Response.survey_id == found.id)).one()
    mine = {"survey_id": found.id, "question": CODE}
    category = Category(**mine, name=f"Sorte {unseen}", description=f"Dazu {unseen}", place=1)
    coder = Coder(**mine, number=1, member_id=people["moderator"].id)
    quote = Quote(**mine, response_id=response, body=f"Stimme {unseen}", place=1, at=now)
    quote.chosen_by = people["moderator"].id
    session.add_all([category, coder, quote])
    session.flush()
    session.add(Coding(coder_id=coder.id, response_id=response, category_id=category.id, at=now))
    return quote.id, response


def _written(session, project_id, marker):
    """A survey that staff tries out."""
    unseen = f"{UNSEEN}{marker}"
    _module, found = _placed(session, project_id, f"Geplant {marker}", f"geplant-{marker}")
    found.definition = _definition(unseen)
    _respond(session, found, {CODE: f"Probe {unseen}"}, version=0, test=True)


def _placed(session, project_id, title, slug):
    module = place_module(session, None, "survey", title=title, slug=slug.lower(), project_id=project_id)
    return module, lookup.of_module(session, module.id)


def _publish(session, found: Survey, data) -> Version:
    made = Version(survey_id=found.id, number=1, definition=data, sealed_size=8192, at=clock.now())
    session.add(made)
    found.definition, found.version, found.state = data, 1, SurveyState.OPEN
    found.opens_at = clock.now()
    session.flush()
    return made


def _respond(session, found, answers, *, version=1, **values):
    session.add(
        Response(survey_id=found.id, version=version, day=clock.now().date(), answers=answers, **values)
    )


def freeze(session, found, code=CODE):
    """Figures as they are frozen: nine people said something in their own words."""
    table = Table(people=PEOPLE, k=5, cells={ANSWERED: shown(PEOPLE)})
    rows = OpenData([code], [], {(ANSWERED,): PEOPLE})
    tables: dict[str, Any] = {"tables": {code: [["", table.dump()]]}, "ranks": {}, "crossings": []}
    tables["open"] = rows.dump()
    values = {"number": 1, "version": 1, "day": clock.now().date(), "last_id": 0, "people": PEOPLE}
    session.add(Freeze(survey_id=found.id, tables=tables, **values))


def _definition(marker, title=""):
    question = {
        "code": CODE,
        "kind": "long",
        "title": {"de": f"Frage {marker}"},
        "help": {"de": f"Hilfe {marker}"},
    }
    group = {"code": CODE, "title": {"de": f"Gruppe {marker}"}, "questions": [question]}
    page = {
        "code": CODE,
        "title": {"de": f"Seite {marker}"},
        "text": {"de": f"Dazu {marker}"},
        "groups": [group],
    }
    return {
        "languages": ["de"],
        "title": {"de": title or f"Umfrage {marker}"},
        "intro": {"de": f"Vorweg {marker}"},
        "outro": {"de": f"Zuletzt {marker}"},
        "pages": [page],
    }
