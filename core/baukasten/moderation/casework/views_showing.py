"""The page of a case, put together for its template."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.access.forms import STANDINGS
from baukasten.content.sanitize import SafeHtml
from baukasten.moderation import interests, settings
from baukasten.moderation.casework import authors, forms, handing, ladder, precedents, proposals, replies
from baukasten.moderation.casework.authors import Author
from baukasten.moderation.casework.forms import Town
from baukasten.moderation.casework.reading import Whole
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.measures import NAMES
from baukasten.moderation.people import loans
from baukasten.moderation.queue import views_desk as shown
from baukasten.moderation.queue import words
from baukasten.moderation.queue.filters import Filters
from baukasten.plugin.refs import MemberRef, Role, Visibility
from baukasten.plugin.text import lazy
from baukasten.web import i18n
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.inputs import clean_text
from baukasten.web.templating import render

_ = lazy("core")
STATES = {
    Visibility.DRAFT: _("a draft"),
    Visibility.HELD: _("not in view yet"),
    Visibility.PUBLISHED: _("in view"),
    Visibility.FOLDED: _("folded"),
    Visibility.HIDDEN: _("hidden"),
    Visibility.REMOVED: _("removed"),
    Visibility.WITHDRAWN: _("taken back by its author"),
}

TYPED = ("note", "facts", "public_text", "colleague")
"""What people write into the forms of a case, and find again when it could not be taken."""


def town() -> Town:
    """Give what forms need of the request's town."""
    place = here()
    site, spoken = place.tenant, i18n.translator(place.tenant.language, place.tenant.time_zone)
    rules = house_rules.current(place.session)
    with i18n.speaking(spoken):
        official = house_rules.current(place.session).rules
        lines = {rule.key: forms.rule_words(rule) for rule in official}
    languages = [site.language, *(code for code in site.languages if code != site.language)]
    offers = replies.offered(place.session, languages)
    return Town(
        site.name, rules, {rule.key: rule.title for rule in official}, lines, offers, shown.me(), spoken
    )


def form_of(whole: Whole, known: Town) -> Form | None:
    """Give the empty form of a case; nothing where there is nothing to decide about."""
    if whole.kind is None or whole.content is None:
        return None
    named = known.rules.find(whole.reports[0].report.reason) if whole.reports else None
    values = {"rule": named.key if named else ""}
    return forms.decision_form(known, whole.steps, author_name(whole), whole.seen, values)


def author_name(whole: Whole) -> str:
    """Name whoever wrote it, also where there is no name any more."""
    named = whole.content.author_name if whole.content else ""
    return named or str(_("the member"))


def variables(whole: Whole, known: Town) -> dict[str, str]:
    """Give what a reply can say of the contribution."""
    content = whole.content
    return {
        "name": content.author_name if content else "",
        "title": str(content.title) if content else "",
        "town": known.name,
    }


def page(
    whole: Whole,
    known: Town,
    form: Form | None,
    *,
    refused: str = "",
    typed: Mapping[str, Any] | None = None,
) -> str:
    """Fill the page of a case; ``refused`` says why a decision could not be taken, ``typed`` is what else was sent."""
    place, member, case = here(), shown.me(), whole.case
    own = _is_own(whole, member)
    decides = form is not None and case.closed_at is None and case.proposal is None and not own
    if own:
        # Who reported somebody is nobody's business but that of those who decide about it.
        whole = replace(whole, reports=[replace(one, reporter="") for one in whole.reports])
        refused = refused or (str(interests.PART) if case.closed_at is None else "")
    two = settings.two(place.session) if decides else frozenset()
    visible = whole.content.visibility if whole.content else None
    author = authors.history(place.session, whole.content.author_id if whole.content else None)
    colleagues = handing.colleagues(place.session, member)
    return render(
        "moderation/case.html",
        title=dgettext("core", "Case %(number)s", number=case.id),
        desk=shown.desk(case.id),
        whole=whole,
        case=case,
        html=SafeHtml(whole.detail.html) if whole.detail else "",
        form=form,
        decides=decides,
        own=own,
        rungs=ladder.rungs(whole.steps, visible, author_name(whole), two) if visible else (),
        two=two,
        rules=known.rules.rules,
        counts=precedents.counts(place.session, [rule.key for rule in known.rules.rules]),
        most=precedents.MOST,
        offers=_offers(whole, known),
        author=author,
        judgeable=_judgeable(author),
        standings=STANDINGS,
        names={one.value: name for one, name in NAMES.items()},
        states=STATES,
        age=words.age(case.created_at),
        several=len({offer.language for offer in known.offers}) > 1,
        author_name=author_name(whole),
        colleagues=colleagues,
        homes=loans.homes(place.session, [one.id for one in colleagues]),
        plan=proposals.plan_of(case),
        proposal=proposals.token_of(case),
        mine=case.proposed_by == member.id,
        me=member,
        refused=refused,
        typed={**dict.fromkeys(TYPED, ""), **(typed or {})},
    )


def typed(key: str) -> str:
    """Give a text of a small form as people meant it."""
    return clean_text(request.form.get(key, ""))


def back(case_id: int) -> ResponseReturnValue:
    """Lead back to a case, in the view of the queue that the form came from."""
    kept = Filters.read(request.form).values()
    return redirect(url_for("moderation.case", case_id=case_id, **kept), 303)


def _offers(whole: Whole, known: Town) -> list[dict[str, str]]:
    """Give the replies filled in as far as they can be before rule and end are chosen."""
    values = variables(whole, known)
    return [
        {
            "value": offer.value,
            "title": offer.title,
            "language": offer.language,
            "text": replies.fill(offer.text, values),
            "measure": offer.measure,
            "rule": offer.rule_key,
        }
        for offer in known.offers
    ]


def _is_own(whole: Whole, member: MemberRef) -> bool:
    """Tell whether this person wrote or reported what the case is about; the service asks again, and for more."""
    written = whole.case.author_id == member.id
    return written or any(one.report.reporter_id == member.id for one in whole.reports)


def _judgeable(author: Author | None) -> bool:
    """Tell whether this person may limit the author at all; the service asks again."""
    member = shown.me()
    if author is None or author.ref.id == member.id:
        return False
    return member.has(Role.ADMIN) or not author.ref.has(Role.ADMIN)
