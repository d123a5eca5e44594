"""The pages of a survey: shown, sent, and saved while somebody writes."""

from collections.abc import Sequence

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import clock, dgettext, here, module_url, requires, sign_in_url, takes_files
from baukasten_survey.answers.checking import Fault
from baukasten_survey.answers.flow import Path, ShownPage
from baukasten_survey.asking import drafts, posting, sheet, tongues
from baukasten_survey.asking import views_files as files
from baukasten_survey.asking import views_finishing as finishing
from baukasten_survey.asking import views_sitting as sitting
from baukasten_survey.asking.posting import Step
from baukasten_survey.asking.views_sitting import Sitting
from baukasten_survey.definition.model import Page
from baukasten_survey.keys import ANSWER
from baukasten_survey.routes import routes

_ = lazy("survey")
PAGE = "<string(maxlength=40):code>"
NEXT, BACK, LATER = "next", "back", "later"
"""What the buttons of a page say."""
AUTOSAVE = "_autosave"
FRESH = "neu"


@routes.get(f"/seite/{PAGE}")
@requires(ANSWER)
def page(module: ModuleRef, code: str) -> ResponseReturnValue:
    """Show a page; whoever asks for one that is hidden is led to the next that is not."""
    at = sitting.current(module)
    if at is None:
        return redirect(module_url(module, "front"), 303)
    path = at.path
    shown = path.page(code)
    if shown is None:
        return redirect(_beside(at, path, code), 303)
    return _drawn(at, path, shown, fresh=bool(request.args.get(FRESH)))


@routes.post(f"/seite/{PAGE}")
@requires(ANSWER)
@takes_files
def send_page(module: ModuleRef, code: str) -> ResponseReturnValue:
    """Take what a page sends: it is kept whatever it says, and what is wrong is said at once."""
    at = sitting.current(module, hold=True)
    if at is None:
        return finishing.again(module) or redirect(module_url(module, "front"), 303)
    asked = next((one for one in at.compiled.asked.definition.pages if one.code == code), None)
    if asked is None:
        return redirect(_beside(at, at.path, code), 303)
    form = request.form.to_dict(flat=False)
    saving, go = AUTOSAVE in form, request.form.get("go", NEXT)
    refused = [] if saving else files.take(at, asked)
    step = posting.take(at.compiled.flow, at.work, asked, form, clock.now().date())
    if saving:
        return _saved(at, Response(status=204))
    if go == LATER:
        return _saved(at, redirect(at.url("later"), 303))
    if go == BACK:
        return _saved(at, redirect(_before(at, step.path, code), 303))
    return _forward(at, asked, step, [*refused, *step.faults])


def _forward(at: Sitting, asked: Page, step: Step, faults: Sequence[Fault]) -> ResponseReturnValue:
    """Go on where nothing is wrong, else show the page again."""
    if faults and step.shown is not None:
        return _saved(at, _drawn(at, step.path, step.shown, faults))
    if step.appeared:
        return _saved(at, redirect(at.url("page", code=asked.code, **{FRESH: "1"}), 303))
    following = step.path.after(asked.code)
    if following is not None:
        at.work.at = following.page.code
        return _saved(at, redirect(at.url("page", code=following.page.code), 303))
    if len(at.compiled.asked.definition.pages) == 1:
        return finishing.finish(at)
    return _saved(at, redirect(at.url("overview"), 303))


def _saved(at: Sitting, answer: ResponseReturnValue) -> ResponseReturnValue:
    session = here().session
    drafts.save(session, at.facts.id, at.keys, at.work)
    session.commit()
    return answer


def _before(at: Sitting, path: Path, code: str) -> str:
    earlier = path.before(code)
    if earlier is None:
        return at.url("front")
    at.work.at = earlier.page.code
    return at.url("page", code=earlier.page.code)


def _beside(at: Sitting, path: Path, code: str) -> str:
    """Give where somebody goes on who asks for a page that is not shown."""
    near = path.after(code) or path.before(code) or path.page(at.work.at) or next(iter(path.pages), None)
    return at.url("front") if near is None else at.url("page", code=near.page.code)


def _drawn(
    at: Sitting, path: Path, shown: ShownPage, faults: Sequence[Fault] = (), *, fresh: bool = False
) -> Response:
    """Show a page with what is filled in and what is wrong with it."""
    language = at.work.language
    with tongues.speaks(language):
        values = sheet.values(at.compiled, path, shown, at.work, faults)
        count = values["progress"].count
        title = dgettext("survey", "Page %(number)s of %(count)s", number=shown.number, count=count)
        wrong = str(_("Error"))
        prefix = f"{wrong}: " if values["wrong"] else ""
    single = len(at.compiled.asked.definition.pages) == 1
    return tongues.show(
        "survey/page.html",
        language,
        f"{prefix}{title} · {values['survey_title']}",
        status=422 if faults else 200,
        **values,
        level=at.facts.anonymity,
        promise=sheet.promise(at.facts),
        trial=at.facts.drafted,
        fresh=fresh,
        single=single,
        formed=finishing.form_token(at) if single else "",
        uploads=files.possible(at),
        sign_in=sign_in_url(at.url("page", code=shown.page.code)),
        languages=tongues.switch(at.languages, language),
        urls={
            "here": at.url("page", code=shown.page.code),
            "front": at.url("front"),
            "anonymity": at.url("anonymity"),
        },
    )
