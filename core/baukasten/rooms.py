"""The rooms of the core: what they declare, the checks they hand to the gate, the pages they serve."""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from flask import Blueprint

from baukasten.access import enforce
from baukasten.access import hooks as access
from baukasten.access import views as access_views
from baukasten.admin import hooks as admin
from baukasten.admin import views as admin_views
from baukasten.api import views as api_views
from baukasten.audit import hooks as audit
from baukasten.exports import hooks as exports
from baukasten.exports import views as exports_views
from baukasten.identity import hooks as identity
from baukasten.identity import views as identity_views
from baukasten.inbox import hooks as inbox
from baukasten.jobs import hooks as jobs
from baukasten.mail import hooks as mail
from baukasten.media import hooks as media
from baukasten.media import views as media_views
from baukasten.moderation import hooks as moderation
from baukasten.moderation import views as moderation_views
from baukasten.moderation.house_rules.notice import rules_notice
from baukasten.notify import hooks as notify
from baukasten.notify import views as notify_views
from baukasten.operator import hooks as operator
from baukasten.operator import views as operator_views
from baukasten.privacy import hooks as privacy
from baukasten.privacy import views as privacy_views
from baukasten.projects import hooks as projects
from baukasten.projects import links, locate, phases
from baukasten.projects import views as projects_views
from baukasten.search import hooks as search
from baukasten.search import views as search_views
from baukasten.site import hooks as site
from baukasten.site import views as site_views
from baukasten.tenants import hooks as tenants
from baukasten.tenants.resolve import find_site
from baukasten.web import guard, uploads
from baukasten.web.gate import Check
from baukasten.web.here import Place
from baukasten.web.page import Page
from baukasten.web.speech import speak, speak_as_asked

TOWN, OPERATOR, DEMO = (Place.TOWN,), (Place.OPERATOR,), (Place.DEMO,)

HOOKS: Mapping[str, ModuleType] = {
    "moderation": moderation,
    "privacy": privacy,
    "search": search,
    "projects": projects,
    "site": site,
    "access": access,
    "admin": admin,
    "audit": audit,
    "exports": exports,
    "identity": identity,
    "inbox": inbox,
    "jobs": jobs,
    "mail": mail,
    "media": media,
    "notify": notify,
    "operator": operator,
    "tenants": tenants,
}
"""Hooks modules by room; a room declares itself like a stranger."""

CHECKS: Sequence[Check] = (
    find_site,
    speak,
    enforce.find_person,
    locate.find_module,
    enforce.check_mark,
    phases.check_open,
    uploads.let_files_in,
    guard.read_signals,
)
"""The gate's chain, in its order: site, person, module, permission, phase, then what a form tells."""

LIVE_CHECKS: Sequence[Check] = (find_site, speak_as_asked, enforce.find_person)
"""What fills the place of a live event; its mark is held against it by ``PERMIT``."""

PERMIT = enforce.check_mark

BLUEPRINTS: Sequence[tuple[Blueprint, Sequence[Place]]] = (
    (identity_views.blueprint, TOWN + OPERATOR),
    (notify_views.blueprint, TOWN),
    (access_views.blueprint, TOWN),
    (moderation_views.blueprint, TOWN),
    (media_views.blueprint, TOWN),
    (privacy_views.blueprint, TOWN),
    (exports_views.blueprint, TOWN),
    (search_views.blueprint, TOWN),
    (api_views.blueprint, TOWN),
    (site_views.blueprint, TOWN),
    (admin_views.blueprint, TOWN),
    (projects_views.blueprint, TOWN),
    (operator_views.blueprint, OPERATOR),
)
"""Pages, and the kinds of host they live on."""

TEMPLATE_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "module_url": links.module_url,
    "local": links.spoken,
    "rules_notice": rules_notice,
}
"""Further functions that all templates may call."""


def page() -> Page:
    """Give what the frame of the current page shows."""
    return site_views.page()
