"""Pages of the consultation hours: the list, signing up, offering a date, the staff's table, the interface."""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from baukasten.plugin import Field, FieldKind, ModuleRef, ModuleRoutes, lazy
from baukasten.sdk import Form, here, module_url, opening, public, render, requires, tally, translator
from baukasten_stranger import service
from baukasten_stranger.models import Signup

_ = lazy("stranger")
CREATE = "stranger.signup.create"
MANAGE = "stranger.slot.manage"
routes = ModuleRoutes()
admin = Blueprint("stranger_admin", __name__)
api = Blueprint("stranger_api", __name__)

LINE = Field("line", _("What do you want to talk about?"), required=True, max_length=120)
SLOT = (
    Field("begins_at", _("When"), FieldKind.DATETIME, required=True),
    Field("place", _("Where"), required=True, max_length=120),
    Field("seats", _("Seats"), FieldKind.NUMBER, required=True, default=5, minimum=1, maximum=200),
)


@routes.get("/")
@public
def index(module: ModuleRef) -> ResponseReturnValue:
    """Show the coming dates."""
    place, now_open = here(), opening(module, CREATE)
    mine = place.member.id if place.member else 0
    offers = [
        _shown(module, offer, mine, may=now_open.open) for offer in service.offers(place.session, module.id)
    ]
    for one in offers:
        tally("stranger.slot", one["id"])
    return render(
        "stranger/hours.html",
        title=module.title,
        module=module,
        crumbs=_crumbs(module),
        offers=offers,
        closed=now_open.reason,
        new_url=module_url(module, "offer") if place.member and place.member.roles - {"citizen"} else "",
    )


def _shown(module: ModuleRef, offer: service.Offer, mine: int, *, may: bool) -> dict[str, Any]:
    lines = [
        {"text": line.text, "withdraw_url": _withdraw_url(module, line.id) if line.member_id == mine else ""}
        for line in offer.lines
    ]
    url = module_url(module, "sign_up", slot_id=offer.id) if may and offer.free else ""
    when = translator().datetime(offer.begins_at)
    return {
        "id": offer.id,
        "when": when,
        "place": offer.place,
        "free": offer.free,
        "seats": offer.seats,
        "lines": lines,
        "sign_up_url": url,
    }


def _withdraw_url(module: ModuleRef, signup_id: int) -> str:
    return module_url(module, "withdraw", signup_id=signup_id)


def _crumbs(module: ModuleRef) -> list[tuple[str, str]]:
    project = [(module.project.title, f"/beteiligung/{module.project.slug}/")] if module.project else []
    return [*project, (module.title, module.path)]


@routes.form("/<int:slot_id>/anmelden/")
@requires(CREATE)
def sign_up(module: ModuleRef, slot_id: int) -> ResponseReturnValue:
    """Put a line on a date's list."""
    form = Form([LINE], submit=_("Sign up"))
    if request.method == "POST" and form.read(request.form):
        place = here()
        service.sign_up(place.session, _member(), module, slot_id, form.values["line"])
        place.session.commit()
        return redirect(module_url(module, "index"), 303)
    return render("stranger/form.html", title=_("Sign up"), crumbs=_crumbs(module), form=form)


@routes.post("/<int:signup_id>/absagen/")
@requires(CREATE)
def withdraw(module: ModuleRef, signup_id: int) -> ResponseReturnValue:
    """Take one's line off the list."""
    session = here().session
    service.withdraw(session, _member(), signup_id)
    session.commit()
    return redirect(module_url(module, "index"), 303)


@routes.form("/neu/")
@requires(MANAGE)
def offer(module: ModuleRef) -> ResponseReturnValue:
    """Offer a date."""
    form = Form(SLOT, submit=_("Offer a date"))
    if request.method == "POST" and form.read(request.form):
        session = here().session
        service.open_slot(session, _member(), module, **form.values)
        session.commit()
        return redirect(module_url(module, "index"), 303)
    return render("stranger/form.html", title=_("Offer a date"), crumbs=_crumbs(module), form=form)


@admin.get("/")
@requires(MANAGE)
def desk() -> ResponseReturnValue:
    """Show staff all coming dates with how many come."""
    place = here()
    counted = (
        select(Signup.slot_id, func.count())
        .where(Signup.visibility.in_(service.TAKEN))
        .group_by(Signup.slot_id)
    )
    taken = dict(place.session.execute(counted).all())
    slots = [
        {
            "when": translator().datetime(slot.begins_at),
            "place": slot.place,
            "taken": taken.get(slot.id, 0),
            "seats": slot.seats,
        }
        for slot in service.coming(place.session)
    ]
    return render("stranger/desk.html", title=_("Consultation hours"), slots=slots)


@api.get("/slots")
@public
def slots() -> ResponseReturnValue:
    """Give the coming dates of the town as JSON."""
    return [
        {"id": slot.id, "begins_at": slot.begins_at.isoformat(), "place": slot.place, "seats": slot.seats}
        for slot in service.coming(here().session)
    ]


def _member() -> Any:
    # The gate lets nobody in without a membership where a permission is required.
    return here().member
