"""How a form of people is taken: where it came from, how often it may be sent, whether a machine filled it in."""

import ipaddress

from flask import request

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Form, Scope, TooMany, absolute_url, attempt, here, read_settings, signals_of
from baukasten_newsletter.people import declarations
from baukasten_newsletter.people.log import Circumstances

_ = lazy("newsletter")
SETTINGS = "newsletter.people"
HOUR, DAY = 3_600, 86_400
PER_NETWORK, PER_ADDRESS = 20, 3
"""Requests an hour from one household or office, and mails a day to one address."""
LEAST_SECONDS = 2


def circumstances(session: Scope, module: ModuleRef) -> Circumstances:
    """Give where and in which words somebody agrees on the page that is being answered; stores a new wording."""
    place = here()
    text = declaration(module)
    stored = declarations.store(session, text, place.language)
    return Circumstances(
        declaration_id=stored.id,
        declaration_sha256=stored.sha256,
        language=place.language,
        form=page(),
        network=network(session),
        actor_member_id=None if place.member is None else place.member.id,
    )


def declaration(module: ModuleRef) -> str:
    """Give the words beside the button, as they are stored."""
    place = here()
    return declarations.words(module, place.tenant.name, place.language, place.tenant.language)


def page() -> str:
    """Give the full address of the page, without what a signed link carries."""
    path = request.script_root + request.path
    token = (request.view_args or {}).get("token", "")
    return absolute_url(path.replace(f"/{token}", "") if token else path)


def network(session: Scope) -> str:
    """Give the network that a request came from (/24, /48), where the town wants it in its log."""
    if not read_settings(session, SETTINGS)["network"]:
        return ""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network((found, bits), strict=False))


def count_network() -> None:
    """Count a request of this network; raises TooMany."""
    attempt("newsletter.ask", HOUR, network=request.remote_addr or "", per_network=PER_NETWORK)


def may_mail(address: str) -> bool:
    """Count a mail to an address, and tell whether one more may go there today."""
    try:
        town = here().tenant.id
        attempt("newsletter.mail", DAY, address=f"{town} {address}", per_address=PER_ADDRESS)
    except TooMany:
        return False
    return True


def check_person(form: Form) -> bool:
    """Tell whether the trap stayed empty and the form took its time; otherwise it says what helps."""
    told = signals_of(here())
    hasty = told.seconds is not None and told.seconds < _least(here().session) and not told.proven
    if told.trapped or hasty:
        form.add_error("", _("That was unusually fast. Please send the form once more."))
    return not form.errors


def _least(session: Scope) -> float:
    screening: int = read_settings(session, "moderation.screening")["least_seconds"]
    return min(LEAST_SECONDS, screening)
