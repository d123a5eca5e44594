"""Pages of polls: adding one, voting where it stands or on a page of its own, ending it, more options."""

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import Content, ContentRef, MemberRef, lazy
from baukasten.sdk import (
    Conflict,
    Form,
    Invalid,
    NotFound,
    SignInNeeded,
    accompanied,
    attempt,
    guarded,
    here,
    public,
    render,
    requires,
    sign_in_url,
    signals_of,
    signed_in,
    site_url,
    token,
    translator,
)
from baukasten_survey.keys import POLL_ADD
from baukasten_survey.polls import forms, service, shown
from baukasten_survey.polls.facts import PollFacts

_ = lazy("survey")
polls = Blueprint("survey_polls", __name__)

NUMBER = "<int(max=9223372036854775807):poll_id>"
LONGEST_NUMBER = 18
VISIT = "__Secure-survey-poll"
"""The mark of a browser whose user voted without an account; for this poll's page only.

It has the path of that page, since it lasts a year and is to go along with nothing else: so it cannot have the prefix
``__Host-``. Who plants one through another host of the domain keeps a browser from voting, and learns nothing.
"""
YEAR, HOUR = 365 * 24 * 3600, 3600
PER_NETWORK = 60
"""Votes without an account from one network and hour; a school or a library shares one."""


@polls.route("/abstimmung/neu/<key>", methods=["GET", "POST"])
@requires(POLL_ADD)
@guarded
def add(key: str) -> ResponseReturnValue:
    """Show the form that adds a poll to a contribution, and add it."""
    place, member = here(), _member()
    host = accompanied(place.session, member, _ref(key))
    form = forms.adding(guests=service.lets_guests(place.session))
    if request.method == "POST" and form.read(request.form):
        wanted = forms.wanted(form.values, place.tenant.language, translator().formats.zone)
        try:
            poll_id = service.add(place.session, member, host, wanted)
        except (Invalid, Conflict) as refused:
            _tell(form, refused)
        else:
            place.session.commit()
            return redirect(_back(host, poll_id), 303)
    page = render(
        "survey/poll_add.html",
        title=_("Add a poll"),
        form=form,
        crumbs=_crumbs(host, str(_("Add a poll"))),
        back=site_url(host.path),
    )
    return page, 422 if form.errors else 200


@polls.get(f"/abstimmung/{NUMBER}")
@public
def poll(poll_id: int) -> ResponseReturnValue:
    """Show a poll by itself."""
    found, host = service.in_view(here().session, here().member, poll_id)
    return _page(found, host)


@polls.post(f"/abstimmung/{NUMBER}")
@public
@guarded
def vote(poll_id: int) -> ResponseReturnValue:
    """Take a vote, and lead back to where the poll stands."""
    place = here()
    found, host = service.in_view(place.session, place.member, poll_id)
    visit = ""
    if place.member is None:
        visit = request.cookies.get(VISIT, "")[:100] or token(16)
        if signals_of(place).trapped:
            # Only machines fill in what people do not see; they are led on and leave nothing.
            return redirect(_back(host, poll_id), 303)
        attempt("survey.poll", HOUR, network=request.remote_addr or "", per_network=PER_NETWORK)
    try:
        service.vote(place.session, place.member, poll_id, request.form.getlist("choice")[:100], visit)
    except Invalid:
        return _page(found, host, wrong=True, changing=True), 422
    except SignInNeeded:
        return redirect(sign_in_url(shown.page_url(found)), 303)
    place.session.commit()
    if place.member is not None:
        return redirect(_back(host, poll_id), 303)
    return _remember(make_response(redirect(shown.page_url(found), 303)), found, visit)


@polls.post(f"/abstimmung/{NUMBER}/beenden")
@signed_in
def close(poll_id: int) -> ResponseReturnValue:
    """End a poll."""
    service.close(here().session, _member(), poll_id)
    here().session.commit()
    return redirect(request.path.removesuffix("/beenden"), 303)


@polls.post(f"/abstimmung/{NUMBER}/optionen")
@signed_in
def more_options(poll_id: int) -> ResponseReturnValue:
    """Add options while nobody has voted."""
    place = here()
    found, host = service.in_view(place.session, place.member, poll_id)
    form = forms.more()
    if form.read(request.form):
        try:
            service.add_options(place.session, _member(), poll_id, form.values["options"].splitlines())
        except Invalid as refused:
            form.add_invalid(refused)
        else:
            place.session.commit()
            return redirect(shown.page_url(found), 303)
    return _page(found, host, more=form), 422


def _page(
    found: PollFacts, host: Content, *, wrong: bool = False, changing: bool = False, more: Form | None = None
) -> str:
    place = here()
    session, member = place.session, place.member
    visit = request.cookies.get(VISIT, "")[:100] if member is None else ""
    counts, spent = shown.standing(session, [found], member, visit)
    may_vote = service.may_vote(session, member, found, host)
    asked = changing or "aendern" in request.args
    box = shown.box(
        found, counts[found.survey_id], found.survey_id in spent, may_vote=may_vote, changing=asked
    )
    is_free = not counts[found.survey_id] and found.is_open()
    is_staff = service.may_manage(session, member, host)
    return render(
        "survey/poll.html",
        title=box.title,
        boxes=[box],
        wrong=wrong,
        guest=member is None,
        crumbs=_crumbs(host, box.title),
        host=host.title,
        back=site_url(host.path),
        sign_in=sign_in_url(box.page_url) if member is None and found.is_open() and not may_vote else "",
        close_url=f"{box.url}/beenden"
        if found.is_open() and service.may_close(session, member, found, host)
        else "",
        more=(more or forms.more()) if is_free and is_staff else None,
        more_url=f"{box.url}/optionen",
    )


def _ref(key: str) -> ContentRef:
    """Read what an address names, such as ``forum.post:12``; raises NotFound."""
    kind, colon, number = key.rpartition(":")
    if not colon or not (number.isascii() and number.isdecimal()) or len(number) > LONGEST_NUMBER:
        raise NotFound
    return ContentRef(kind, int(number))


def _tell(form: Form, refused: Invalid | Conflict) -> None:
    if not isinstance(refused, Invalid):
        form.add_error("", refused.message)
        return
    known = {field.key for field in form.fields}
    names = {"body": "question", "closes_at": "closes_on"}
    for key, words in refused.errors.items():
        at = names.get(key, key)
        form.add_error(at if at in known else "", str(words))


def _remember(answer: Response, found: PollFacts, visit: str) -> Response:
    """Let the browser keep the mark of its vote, for the poll's page in each language of the site."""
    town, path = here().tenant, f"/survey/abstimmung/{found.id}"
    codes = [code for code in town.languages if code != town.language]
    for one in [path, *(f"/{code}{path}" for code in codes)]:
        answer.set_cookie(VISIT, visit, max_age=YEAR, path=one, secure=True, httponly=True, samesite="Lax")
    return answer


def _crumbs(host: Content, last: str) -> list[tuple[str, str]]:
    return [(str(_("Start")), site_url("/")), (host.title, site_url(host.path)), (last, "")]


def _back(host: Content, poll_id: int) -> str:
    """Give where a poll stands; a permalink leads on and keeps the place in the page."""
    return f"{site_url(host.path)}#abstimmung-{poll_id}"


def _member() -> MemberRef:
    member = here().member
    if member is None:
        raise SignInNeeded
    return member
