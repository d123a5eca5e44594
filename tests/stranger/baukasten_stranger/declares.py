"""What the consultation hours declare, kind by kind."""

import click
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from baukasten.plugin import (
    Area,
    Audience,
    Companion,
    ContentType,
    DigestSource,
    Door,
    Export,
    Feature,
    Field,
    FieldKind,
    Health,
    HealthCheck,
    Job,
    LiveEvent,
    LiveNamespace,
    Mailbox,
    ModuleKind,
    ModuleRef,
    Mount,
    NavItem,
    NotificationType,
    Permission,
    PersonalDataset,
    Role,
    Scope,
    SearchSource,
    SettingsGroup,
    Tally,
    TemplateHelper,
    TenantRef,
    Visibility,
    Widget,
    lazy,
)
from baukasten_stranger import adapters, beside, life, service, views

_ = lazy("stranger")
STAFF = frozenset({Role.MODERATOR, Role.ADMIN})
EVERYBODY = frozenset({Role.CITIZEN, Role.RESIDENT, *STAFF})


def door(session: Session, module: ModuleRef) -> Door:
    """Say how many dates are to come."""
    count = len(service.coming(session, module.id))
    return Door(str(_("Talk to those who plan.")), str(_("See %(count)s dates")) % {"count": count})


def widget(session: Session, _tenant: TenantRef) -> Markup:
    """Show staff the next date."""
    dates = service.coming(session)
    return Markup("<p>{}</p>").format(dates[0].place if dates else _("There is no date at present."))


def seats(free: int, of: int) -> Markup:
    """Say how many seats are left."""
    return escape(str(_("%(free)s of %(seats)s seats are free")) % {"free": free, "seats": of})


def check_dates() -> Health:
    """Tell that the plugin was started."""
    return Health(life.STARTED.is_set(), "started" if life.STARTED.is_set() else "never started")


def seats_live(session: Session, module: ModuleRef, **_values: object) -> dict[str, int]:
    """Answer how many seats each date has left."""
    return {str(offer.id): offer.free for offer in service.offers(session, module.id)}


@click.group("stranger")
def commands() -> None:
    """Consultation hours."""


@commands.command("retention")
def retention() -> None:
    """Say how long lines are kept."""
    click.echo(f"{adapters.RETENTION.days} days")


KIND = ModuleKind(
    "stranger",
    _("Consultation hours"),
    _("Offer dates, and let people sign up with what they want to talk about."),
    "calendar",
    views.routes,
    settings=(Field("intro", _("Introduction"), FieldKind.TEXTAREA, max_length=500),),
    features=(Feature("sign_up", _("Sign up"), frozenset({views.CREATE})),),
    door=door,
)
PERMISSIONS = [
    Permission(views.CREATE, _("Sign up for consultation hours"), EVERYBODY),
    Permission(views.MANAGE, _("Offer consultation hours"), STAFF),
]
SETTINGS = SettingsGroup(
    "stranger",
    Scope.TENANT,
    _("Consultation hours"),
    [Field("residents_only", _("Only people from the town may sign up"), FieldKind.CHECKBOX, default=False)],
)
LINK = NavItem(Area.ADMIN, _("Consultation hours"), "stranger_admin.desk", views.MANAGE, icon="calendar")
WIDGET = Widget("stranger.next", Area.ADMIN, _("Next date"), widget, views.MANAGE)
TYPE = ContentType(
    service.SIGNUP,
    _("Sign-up"),
    adapters.find,
    publish=adapters.become(Visibility.PUBLISHED),
    hide=adapters.become(Visibility.HIDDEN),
    restore=adapters.become(Visibility.PUBLISHED),
    reject=adapters.become(Visibility.REMOVED),
)
COMPANION = Companion(
    "stranger.beside",
    _("Next date"),
    _("Offer a date"),
    "calendar",
    views.MANAGE,
    beside.add_url,
    beside.beside,
    beside.forget,
    beside.follow,
)
SEARCH = SearchSource(service.SIGNUP, adapters.document, adapters.stream)
NOTICE = NotificationType(
    "stranger.signed_up", _("Sign-ups"), "stranger/mail/signed_up", _("Somebody has signed up for your date")
)
MAILBOX = Mailbox("termin", life.take)
DATA = PersonalDataset(
    "stranger.signups",
    _("Sign-ups for consultation hours"),
    _("So that the town knows who comes, and with what."),
    "Art. 6 (1) (e) GDPR",
    ["stranger_signup.member_id", "stranger_signup.line", "stranger_slot.host_id"],
    _("90 days after the date"),
    adapters.hand_out,
    adapters.erase,
)
EXPORT = Export(
    "stranger.signups", _("Sign-ups"), ["begins_at", "place", "line"], views.MANAGE, adapters.rows
)
AUDIENCE = Audience("stranger.signed_up", _("Who has signed up"), adapters.signed_up)
JOB = Job("stranger.forget", adapters.forget_old, every="20 4 * * *")
LIVE = LiveNamespace("stranger", [LiveEvent("seats", "public", seats_live)])
HELPER = TemplateHelper("stranger_seats", seats)
CHECK = HealthCheck("stranger.started", _("Consultation hours"), check_dates)
DIGEST = DigestSource(adapters.DATES, _("New dates"), adapters.digest, adapters.find_dates)
TALLY = Tally("stranger.slot", service.add_views)
MOUNTS = [Mount(Area.ADMIN, views.admin), Mount(Area.API, views.api)]
