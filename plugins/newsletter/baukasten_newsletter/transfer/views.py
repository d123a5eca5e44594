"""Staff pages below a list: send a file of people, read what would become of each row, let it happen."""

import csv
import io
import tempfile
import weakref
from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request, send_file
from flask.typing import ResponseReturnValue

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import (
    Conflict,
    Form,
    Invalid,
    dgettext,
    harmless_cell,
    here,
    module_url,
    render,
    requires,
    takes_files,
)
from baukasten_newsletter import desks
from baukasten_newsletter.keys import PEOPLE
from baukasten_newsletter.people import topics
from baukasten_newsletter.people.views_topics import member
from baukasten_newsletter.routes import ID, routes
from baukasten_newsletter.transfer import forms, service
from baukasten_newsletter.transfer.judging import TAKEN, WORDS, Result
from baukasten_newsletter.transfer.models import ImportState
from baukasten_newsletter.transfer.service import Wishes

_ = lazy("newsletter")

BASE = "/menschen/einlesen/"
UNPROCESSABLE, CONFLICT = 422, 409
STATES: Mapping[str, tuple[LazyText, str, str]] = {
    ImportState.CHECKING: (_("being checked"), "warn", "clock"),
    ImportState.CHECKED: (_("checked"), "", "eye"),
    ImportState.TAKING: (_("being brought in"), "warn", "clock"),
    ImportState.DONE: (_("brought in"), "ok", "done"),
    ImportState.FAILED: (_("failed"), "bad", "warning"),
    ImportState.DROPPED: (_("thrown away"), "", "trash"),
}


@routes.get(BASE)
@requires(PEOPLE)
def imports(module: ModuleRef) -> ResponseReturnValue:
    """Show the form for a file, and the latest files."""
    return _page(module, _form(module))


@routes.post(BASE)
@takes_files
@requires(PEOPLE)
def send_import(module: ModuleRef) -> ResponseReturnValue:
    """Take a file; it is checked in a job, and nobody is brought in by that."""
    form, file = _form(module), request.files.get("file")
    if not form.read(request.form):
        return _page(module, form), UNPROCESSABLE
    if file is None or not file.filename:
        return _page(module, form, _("Choose a file.")), UNPROCESSABLE
    try:
        import_id = service.send(
            here().session, member(), module, (file.filename, file.stream), _wishes(module, form)
        )
    except Invalid as error:
        here().undo()
        problem = error.errors.pop("file", "")
        form.add_invalid(error)
        return _page(module, form, problem), UNPROCESSABLE
    except Conflict as error:
        here().undo()
        return _page(module, form, dgettext("core", error.message)), CONFLICT
    here().session.commit()
    return _to(module, import_id)


@routes.get(f"{BASE}{ID}")
@requires(PEOPLE)
def one_import(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show what would become, or became, of a file's rows."""
    return _one(module, row_id)


@routes.post(f"{BASE}{ID}/los")
@requires(PEOPLE)
def start_import(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Let a checked file be brought in."""
    return _do(module, row_id, service.start)


@routes.post(f"{BASE}{ID}/verwerfen")
@requires(PEOPLE)
def drop_import(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Throw a file away."""
    return _do(module, row_id, service.drop)


@routes.get(f"{BASE}{ID}/bericht.csv")
@requires(PEOPLE)
def import_report(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Give the report of each row: its number, what became of it, and why; no addresses."""
    row = service.find(here().session, module, row_id)
    is_trial = not row.taken
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it was sent
    out.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow([str(_("Row")), str(_("Result")), str(_("Note"))])
    for number, result, error in service.report(here().session, row_id, is_trial=is_trial):
        table.writerow([number, harmless_cell(str(WORDS[Result(result)])), harmless_cell(error)])
    text.detach()
    out.seek(0)
    name = f"bericht-{row_id}.csv"
    answer: Response = send_file(out, mimetype="text/csv", as_attachment=True, download_name=name)
    answer.call_on_close(out.close)
    # Also where nobody closes the answer, as a client that went away.
    weakref.finalize(answer.response, out.close)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _do(module: ModuleRef, row_id: int, deed: Any) -> ResponseReturnValue:
    try:
        deed(here().session, member(), module, row_id)
    except Conflict as error:
        here().undo()
        return _one(module, row_id, dgettext("core", error.message)), CONFLICT
    here().session.commit()
    return _to(module, row_id)


def _to(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    return redirect(module_url(module, "one_import", row_id=row_id), 303)


def _form(module: ModuleRef) -> Form:
    place = here()
    rows = topics.listed(place.session, module.id)
    shown = {"language": place.tenant.language, "topics": [str(row.id) for row in rows[:1]]}
    return forms.upload(module_url(module, "imports"), rows, place.tenant.languages, shown)


def _wishes(module: ModuleRef, form: Form) -> Wishes:
    sent = form.values
    chosen = sent.get("topics")
    rows = topics.listed(here().session, module.id) if chosen is None else ()
    numbers = [int(one) for one in chosen or ()] or [row.id for row in rows[:1]]
    return Wishes(
        numbers, sent.get("language") or here().tenant.language, sent["agreed"], sent["when"], sent["how"]
    )


def _page(module: ModuleRef, form: Form, problem: object = "") -> str:
    return render(
        "newsletter/imports.html",
        title=_("Bring in subscribers"),
        module=module,
        form=form,
        problem=problem,
        files=[(row, STATES[row.state], module_url(module, "one_import", row_id=row.id))
               for row in service.listed(here().session, module)],
        back_url=module_url(module, "people_page"),
        **desks.values(module, desks.WHO),
    )  # fmt: skip


def _one(module: ModuleRef, row_id: int, problem: str = "") -> str:
    row = service.find(here().session, module, row_id)
    urls = {
        "reload": module_url(module, "one_import", row_id=row_id),
        "start": module_url(module, "start_import", row_id=row_id),
        "drop": module_url(module, "drop_import", row_id=row_id),
        "report": module_url(module, "import_report", row_id=row_id),
    }
    counts = row.taken or row.counts
    titles = {one.id: one.title for one in topics.listed(here().session, module.id, archived=True)}
    return render(
        "newsletter/import.html",
        title=row.file_name or _("File without a name"),
        module=module,
        row=row,
        state=STATES[row.state],
        problem=problem,
        counts=[(words, counts[result]) for result, words in WORDS.items() if result in counts],
        taken=sum(counts.get(result, 0) for result in TAKEN),
        topics=[titles[one] for one in row.topics if one in titles],
        urls=urls,
        back_url=module_url(module, "imports"),
        **desks.values(module, desks.WHO),
    )
