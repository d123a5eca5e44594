"""Surveys in the making before the pages are looked at: one to be mended, one that was changed, one that is over."""

import copy
import datetime as dt

from baukasten import clock
from baukasten.projects.placing import place_module
from baukasten.web import i18n
from baukasten_survey.analysis.models import Margin
from baukasten_survey.bringing import reports
from baukasten_survey.bringing.models import ImportState, SurveyImport
from baukasten_survey.bringing.reports import kept
from baukasten_survey.building import drafts
from baukasten_survey.keys import Access, Anonymity, SurveyState
from baukasten_survey.models import Fix, Response, Version
from baukasten_survey.results import freezing
from baukasten_survey.results.models import Publication
from baukasten_survey.surveys import lookup
from baukasten_survey.transfer.reports import Level, Note
from tests.journeys import sorted_out
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN
from tests.survey.asking.every import EVERY
from tests.survey.conftest import SMALL, definition, options, page, question

FLAWED = definition(
    page("p1", question("q1", "single", options=options("a1", "a2")), question("q2", "single")),
    page("p2", question("q3", "number", relevance="answered(q9)"), title={"de": "Der Weg"}),
    languages=("de", "en"),
)


def build(shown: Exhibition) -> dict[str, str]:
    """Place the surveys; gives what addresses name."""
    with i18n.speaking(i18n.translator("de")), shown.database.session(shown.town(TOWN).id) as session:
        _place(session, "entwurf", FLAWED, SurveyState.DRAFT)
        _place(session, "vielerlei", EVERY, SurveyState.DRAFT)
        module = _place(session, "laeuft", SMALL, SurveyState.OPEN)
        _change(session, module)
        shut = _place(session, "vorbei", SMALL, SurveyState.CLOSED)
        _publish(session, shut)
        told = sorted_out.sort(session, shut, shown)
        coded = lookup.of_module(session, _place(session, "brief", SMALL, SurveyState.OPEN).id)
        coded.access = Access.CODE
        files = _files(session, coded.id)
        session.commit()
    return {
        **files,
        "drafted": "/entwurf",
        "every": "/vielerlei",
        "running": "/laeuft",
        "shut": "/vorbei",
        "coded": "/brief",
        **told,
    }


def _place(session, slug, data, state):
    module = place_module(session, None, "survey", title=f"Umfrage {slug}", slug=slug)
    survey = lookup.of_module(session, module.id)
    survey.definition, survey.anonymity = data, Anonymity.PSEUDONYMOUS
    if state != SurveyState.DRAFT:
        now = clock.now()
        session.add(Version(survey_id=survey.id, number=1, definition=data, sealed_size=8192, at=now))
        survey.version, survey.state, survey.opens_at = 1, state, now
        survey.closed_at = now if state == SurveyState.CLOSED else None
    session.flush()
    return module


def _files(session, survey_id):
    """Files of another program: one is being read, one was, one could not be."""
    now = clock.now()
    values = {"column": "4711X7X8", "count": 2}
    notes = kept([Note(level, "q1", reports.LOST_VALUES, values) for level in Level])
    paths = {}
    for state in (ImportState.DONE, ImportState.FAILED, ImportState.READING):
        file = SurveyImport(
            survey_id=survey_id, created_at=now, changed_at=now, file_name="alte-umfrage.lsa", bytes=4000, revision=1,
            with_responses=True, state=state, seen=700, taken=650, lost={"4711X7X9": 3},
            problem="Diese Datei ist beschädigt." if state == ImportState.FAILED else "",
            notes=notes if state == ImportState.DONE else [],
        )  # fmt: skip
        session.add(file)
        session.flush()
        paths[f"file_{state}"] = f"/brief/bearbeiten/einlesen/datei/{file.id}"
    return paths


def _publish(session, module):
    """Let people have answered, count them and publish what they said."""
    survey = lookup.of_module(session, module.id)
    survey.closed_at = clock.now() - dt.timedelta(hours=1)
    values = {"survey_id": survey.id, "version": 1, "day": clock.now().date()}
    answers = (
        [{"q1": "a1"}] * 40 + [{"q1": "a2", "q2": "Weil die Straße zu breit ist."}] * 30 + [{"q1": "a3"}] * 2
    )
    session.add_all(Response(answers=one, **values) for one in answers)
    session.add(Margin(survey_id=survey.id, code="q1", shares=[["a1", 50], ["a2", 30], ["a3", 20]]))
    words = {"headline": "Die meisten sagen a1.", "lead": "Kurz gesagt.", "steps": ["Januar: schauen"]}
    shown = [["q1", ""], ["q2", "Viele haben etwas dazu gesagt"]]
    session.add(Publication(survey_id=survey.id, published_at=clock.now(), shown=shown, **words))
    session.flush()
    freezing.freeze(session, survey)


def _change(session, module):
    """Mend a text, and write something that becomes a new version."""
    survey = lookup.of_module(session, module.id)
    version = session.query(Version).filter(Version.survey_id == survey.id).one()
    fix = {"path": "q2/title", "language": "de", "before": "Frage q2", "after": "Frage zwei"}
    session.add(Fix(version_id=version.id, at=clock.now(), **fix))

    def change(data):
        fresh = copy.deepcopy(data)
        fresh["pages"][0]["groups"][0]["questions"][0]["code"] = "wie"
        fresh["title"]["de"] = "Ganz anders"
        data.update(fresh)
        return ""

    drafts.save(session, module, survey.revision, change)
