"""The staff page of a survey's codes: make a series as letters or as a table, see what is spent, take a series back."""

import csv
import io
from typing import Any

from flask import redirect, request, send_file
from flask.typing import ResponseReturnValue

from baukasten.plugin import Field, FieldKind, MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    Conflict,
    Denied,
    Form,
    Invalid,
    Scope,
    absolute_url,
    here,
    may,
    module_url,
    part,
    pdf_possible,
    render,
    requires,
)
from baukasten_survey import desks
from baukasten_survey.access import codes, letters, rights
from baukasten_survey.keys import BUILD, RUN, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")
BASE = "/zugang/"
UNPROCESSABLE, CONFLICT = 422, 409
LETTERS, TABLE = "letters", "table"
_NUMBER, _LINES = FieldKind.NUMBER, FieldKind.TEXTAREA
WORDS = _(
    "Good day,\n\nwe ask you for your opinion. It takes a few minutes.\n\n"
    "Nobody else has your code, and it works once."
)


@routes.get(BASE)
@requires(RUN)
def codes_page(module: ModuleRef) -> ResponseReturnValue:
    """Show the series of codes and the form for another one."""
    return _page(module, _form())


@routes.post(BASE)
@requires(RUN)
def make_codes(module: ModuleRef) -> ResponseReturnValue:
    """Make a series and give it as a file, the only time that it can be seen."""
    form = _form()
    if not form.read(request.form):
        return _page(module, form), UNPROCESSABLE
    session = here().session
    try:
        answer = _file(session, module, lookup.of_module(session, module.id), form.values)
    except (Invalid, Conflict) as error:
        here().undo()
        form.add_invalid(error if isinstance(error, Invalid) else Invalid({"series": error.message}))
        return _page(module, form), UNPROCESSABLE
    session.commit()
    return answer


@routes.post(f"{BASE}zuruecknehmen")
@requires(RUN)
def take_codes_back(module: ModuleRef) -> ResponseReturnValue:
    """Make what is left of a series worthless."""
    session = here().session
    codes.take_back(
        session, member(), module, lookup.of_module(session, module.id), request.form.get("series", "")
    )
    session.commit()
    return redirect(module_url(module, desks.CODES), 303)


def member() -> MemberRef:
    """Give who is acting; raises Denied for nobody."""
    found = here().member
    if found is None:
        raise Denied
    return found


def _file(session: Scope, module: ModuleRef, survey: Survey, wanted: dict[str, Any]) -> ResponseReturnValue:
    if survey.access not in rights.WITH_CODE or survey.state == SurveyState.CLOSED:
        raise Invalid(
            {"": _("Codes are for surveys that are open by code. Choose that in the settings first.")}
        )
    out, url = io.BytesIO(), absolute_url(module_url(module, "front"))
    if wanted["shape"] == LETTERS and wanted["count"] > letters.MOST:
        raise Invalid(
            {"count": _("500 letters fit into one file. Make several series, or a table for the print shop.")}
        )
    made = codes.hand_out(session, member(), module, survey, wanted["count"], wanted["series"])
    if wanted["shape"] == TABLE:
        _write_table(out, made, url)
        return _sent(out, "text/csv", f"{wanted['series']}.csv")
    paragraphs = [one.strip() for one in wanted["words"].replace("\r\n", "\n").split("\n\n") if one.strip()]
    body = part("survey/paper/letter.html", title=wanted["title"], paragraphs=paragraphs, url=url)
    letters.write_letters(out, made, body=body, title=wanted["title"], url=url, language=here().language)
    return _sent(out, "application/pdf", f"{wanted['series']}.pdf")


def _write_table(out: io.BytesIO, made: Any, url: str) -> None:
    """Write what a print shop needs: the code as it is shown, and the address for the QR; for a German Excel."""
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    table = csv.writer(text, delimiter=";")
    table.writerow(("code", "url"))
    for code in made:
        table.writerow((codes.grouped(code), f"{url}#code={code}"))
    text.detach()


def _sent(out: io.BytesIO, media_type: str, name: str) -> ResponseReturnValue:
    out.seek(0)
    answer = send_file(out, media_type, as_attachment=True, download_name=name, max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form() -> Form:
    shapes = [(TABLE, _("Table for the print shop (CSV)"))]
    if pdf_possible():
        shapes.insert(0, (LETTERS, _("Letters, ready to print (PDF, up to 500)")))
    named = _("Only for you, such as “Letter to the school parents”.")
    below = _("Code, square and address are printed below by themselves.")
    first = shapes[0][0]
    fields = [
        Field("series", _("Name of the series"), required=True, max_length=60, help=named, check=_name),
        Field("count", _("How many codes"), _NUMBER, required=True, minimum=1, maximum=codes.MOST),
        Field("shape", _("As"), FieldKind.RADIO, required=True, default=first, choices=shapes),
        Field("title", _("Heading of the letter"), max_length=100, default=str(_("Your opinion"))),
        Field("words", _("Words of the letter"), _LINES, max_length=2_000, default=str(WORDS), help=below),
    ]
    return Form(fields, submit=_("Make the codes"))


def _name(value: str) -> str | None:
    plain = value.strip().replace("/", "").replace("\\", "")
    return (
        None
        if plain == value and value.isprintable()
        else str(_("Letters, digits, spaces and hyphens, please."))
    )


def _page(module: ModuleRef, form: Form) -> str:
    session = here().session
    survey = lookup.of_module(session, module.id)
    return render(
        "survey/codes.html",
        title=_("Admission"),
        module=module,
        form=form,
        series=codes.all_series(session, survey.id),
        with_codes=survey.access in rights.WITH_CODE,
        closed=survey.state == SurveyState.CLOSED,
        setup_url=module_url(module, desks.SETUP) if may(session, here().member, BUILD, module) else "",
        back_url=module_url(module, "take_codes_back"),
        **desks.values(module, desks.CODES),
    )
