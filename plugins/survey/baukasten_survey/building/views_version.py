"""Changing a survey that is open: what changed, what it does to the answers, and the history of both."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import here, may, member_names, module_url, requires
from baukasten_survey.building import showing, versions
from baukasten_survey.building.comparing import Changes
from baukasten_survey.building.forms import first, whole
from baukasten_survey.definition.model import Definition, said
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import BUILD, RUN, SEALED, Anonymity, SurveyState
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")

DONE = {
    "mended": _("The words are mended. What they said before stands in the history."),
    "published": _("The new version is answered from now on."),
}
MOST_PAIRS = 200


@routes.get("/bearbeiten/fassung")
@requires(BUILD)
def build_version(module: ModuleRef) -> ResponseReturnValue:
    """Show what changed since the latest version."""
    return _show(module)


@routes.post("/bearbeiten/fassung/texte")
@requires(RUN)
def build_mend(module: ModuleRef) -> ResponseReturnValue:
    """Mend words of the version that is answered now."""
    session = here().session

    def change() -> ResponseReturnValue:
        survey = lookup.of_module(session, module.id)
        setting = showing.setting_of(session, survey, parse(survey.definition))
        versions.mend(session, showing.me(), module, whole(request.form, "revision"), setting)
        return showing.back(module, "build_version", done="mended")

    return showing.trying(change, lambda refused: _show(module, refused))


@routes.post("/bearbeiten/fassung")
@requires(RUN)
def build_publish(module: ModuleRef) -> ResponseReturnValue:
    """Publish a new version."""
    session = here().session

    def change() -> ResponseReturnValue:
        survey = lookup.of_module(session, module.id)
        setting = showing.setting_of(session, survey, parse(survey.definition))
        revision = whole(request.form, "revision")
        versions.publish(session, showing.me(), module, revision, setting, _pairs())
        return showing.back(module, "build_version", done="published")

    return showing.trying(change, lambda refused: _show(module, refused))


def _pairs() -> dict[str, str]:
    """Read what codes that are gone are called now."""
    found = {}
    for at in range(min(whole(request.form, "pairs", "0"), MOST_PAIRS)):
        old, new = first(request.form, f"old.{at}"), first(request.form, f"new.{at}")
        if old and new:
            found[old] = new
    return found


def _show(module: ModuleRef, refused: Exception | None = None) -> ResponseReturnValue:
    session, member = here().session, here().member
    survey = lookup.of_module(session, module.id)
    running = survey.state == SurveyState.OPEN
    found = versions.changes(session, survey) if running else None
    fixes = versions.history(session, survey)
    writers = [fix.by for _number, fix in fixes if fix.by is not None]
    stopping = [one for one in showing.findings_of(session, survey, parse(survey.definition)) if one.stops]
    return showing.page(
        "survey/build_version.html",
        module,
        title=_("Changes and versions"),
        refused=refused,
        said="" if refused else DONE.get(request.args.get("done", ""), ""),
        errors=dict(getattr(refused, "errors", {})),
        survey=survey,
        sealed=Anonymity(survey.anonymity) in SEALED,
        changes=found[0] if found else None,
        pairs=_choices(*found) if found else [],
        stopping=[(one, showing.place_url(module, one)) for one in stopping],
        versions=versions.published(session, survey),
        fixes=fixes,
        names=member_names(session, writers) if writers else {},
        may_run=may(session, member, RUN, module),
        urls={name: module_url(module, name) for name in ("build_mend", "build_publish")},
    )


def _choices(
    changes: Changes, before: Definition, after: Definition
) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Give what is gone with its words, the proposal, and what it could have become."""
    found = []
    for code in changes.gone:
        home = code.partition("/")[0]
        target = changes.proposed.get(home, home)
        rest = [
            (one, f"{one} {_words(after, one)}")
            for one in changes.added
            if ("/" in one) == ("/" in code) and ("/" not in one or one.partition("/")[0] == target)
        ]
        found.append((code, _words(before, code), changes.proposed.get(code, ""), rest))
    return found


def _words(definition: Definition, code: str) -> str:
    home, _slash, part = code.partition("/")
    question = definition.questions[home]
    owner = question.option(part) or question.row(part) if part else question
    return said(owner.title, here().language, definition.languages[0]) if owner is not None else ""
