"""The staff page about people who subscribed: the proof of a consent, and what somebody asks for by phone."""

from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    Invalid,
    here,
    module_url,
    pdf_possible,
    render,
    requires,
)
from baukasten_newsletter import desks
from baukasten_newsletter.keys import PEOPLE
from baukasten_newsletter.people import forms, on_behalf, proof
from baukasten_newsletter.people.views_topics import member
from baukasten_newsletter.routes import routes

_ = lazy("newsletter")
BASE = "/menschen/"
DEEDS = {"leave": on_behalf.leave, "erase": on_behalf.erase, "never": on_behalf.never, "lift": on_behalf.lift}


@routes.get(BASE)
@requires(PEOPLE)
def people_page(module: ModuleRef) -> ResponseReturnValue:
    """Show the form that looks somebody up."""
    return _page(module)


@routes.post(BASE)
@requires(PEOPLE)
def look_up(module: ModuleRef) -> ResponseReturnValue:
    """Show the proof of one address; it comes in the body, so that no log of addresses has it."""
    form = forms.lookup(module_url(module, "people_page"))
    found = _collected(module, form)
    if found is None:
        return _page(module, form), 422
    here().session.commit()
    return _page(module, form, found)


@routes.post(f"{BASE}nachweis.pdf")
@requires(PEOPLE)
def proof_paper(module: ModuleRef) -> ResponseReturnValue:
    """Give the proof of one address on paper."""
    form = forms.lookup(module_url(module, "people_page"))
    found = _collected(module, form)
    if found is None:
        return _page(module, form), 422
    paper = proof.paper(found, here().tenant.name)
    here().session.commit()
    response = Response(paper, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="einwilligung.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.post(f"{BASE}tun")
@requires(PEOPLE)
def do_for(module: ModuleRef) -> ResponseReturnValue:
    """Do for somebody what they asked for by phone or letter."""
    deed = DEEDS.get(request.form.get("deed", ""))
    form = forms.lookup(module_url(module, "people_page"))
    if deed is None or not form.read(request.form):
        return redirect(module_url(module, "people_page"), 303)
    try:
        deed(here().session, member(), module, form.values["address"])
    except Invalid as error:
        form.add_invalid(error)
        return _page(module, form), 422
    here().session.commit()
    answer: ResponseReturnValue = look_up(module)
    return answer


def _collected(module: ModuleRef, form: Any) -> proof.Proof | None:
    if not form.read(request.form):
        return None
    try:
        return proof.collect(here().session, member(), module, form.values["address"])
    except Invalid as error:
        form.add_invalid(error)
        return None


def _page(module: ModuleRef, form: Any = None, found: proof.Proof | None = None) -> str:
    return render(
        "newsletter/people.html",
        title=_("People who subscribed"),
        module=module,
        form=form or forms.lookup(module_url(module, "people_page")),
        proof=found,
        sheet=proof.body(found, here().tenant.name) if found else "",
        gone=found is not None and (found.subscriber is None or found.subscriber.state == "left"),
        paper_url=module_url(module, "proof_paper") if found and pdf_possible() else "",
        do_url=module_url(module, "do_for"),
        imports_url=module_url(module, "imports"),
        **desks.values(module, desks.WHO),
    )
