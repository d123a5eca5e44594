"""What the public face of a town declares: who may change it, and its settings."""

from baukasten.plugin import hookimpl
from baukasten.plugin.declarations import Permission
from baukasten.plugin.fields import Field, FieldKind, Scope, SettingsGroup
from baukasten.plugin.refs import Role
from baukasten.plugin.text import lazy

_ = lazy("core")

LEGAL, ACCESSIBILITY, CONTACT = "site.legal", "site.accessibility", "site.contact"
FRONT, RULES = "site.front", "site.rules"
LONG, SHORT = 40_000, 1_000

LEGAL_FIELDS = (
    Field(
        "imprint",
        _("Imprint"),
        FieldKind.MARKDOWN,
        help=_(
            "Name, address, who represents the town, e-mail and phone (§ 5 DDG). Nothing is published without it."
        ),
        max_length=LONG,
        rows=10,
    ),
    Field(
        "controller",
        _("Responsible for personal data"),
        FieldKind.TEXTAREA,
        help=_("The authority with its address (Article 13 GDPR)."),
        max_length=SHORT,
        rows=4,
    ),
    Field(
        "officer",
        _("Data protection officer"),
        FieldKind.TEXTAREA,
        help=_("How to reach the officer."),
        max_length=SHORT,
        rows=4,
    ),
    Field(
        "privacy",
        _("More about privacy"),
        FieldKind.MARKDOWN,
        help=_("What the town itself wants to add. What the platform stores is listed by itself."),
        max_length=LONG,
        rows=8,
    ),
)
ACCESSIBILITY_FIELDS = (
    Field(
        "status",
        _("How accessible the site is"),
        FieldKind.SELECT,
        default="partly",
        choices=(
            ("full", _("fully accessible")),
            ("partly", _("partly accessible")),
            ("not", _("not accessible")),
        ),
    ),
    Field(
        "barriers",
        _("Known barriers"),
        FieldKind.MARKDOWN,
        help=_("What does not work yet, why, and what to do instead."),
        max_length=LONG,
    ),
    Field(
        "method",
        _("How this was found out"),
        FieldKind.SELECT,
        default="self",
        choices=(("self", _("by an examination of our own")), ("external", _("by an independent test"))),
    ),
    Field("checked_on", _("Day of the statement"), FieldKind.DATE),
    Field(
        "contact",
        _("Where to report a barrier"),
        FieldKind.TEXTAREA,
        help=_("E-mail, phone and address."),
        max_length=SHORT,
        rows=4,
    ),
    Field(
        "enforcement",
        _("Enforcement body"),
        FieldKind.TEXTAREA,
        help=_("The body in your state that helps when the town does not answer."),
        max_length=SHORT,
        rows=4,
    ),
)
CONTACT_FIELDS = (
    Field("office", _("Office"), help=_("Who looks after participation in the town hall.")),
    Field("address", _("Address"), FieldKind.TEXTAREA, max_length=SHORT, rows=3),
    Field("phone", _("Phone"), inputmode="tel"),
    Field("email", _("E-mail address"), FieldKind.EMAIL),
    Field("hours", _("Hours")),
)
FRONT_FIELDS = (
    Field(
        "welcome",
        _("Welcome"),
        FieldKind.TEXTAREA,
        help=_("Shown on the front page while nothing is running."),
        max_length=SHORT,
        rows=4,
    ),
)
RULES_FIELDS = (
    Field(
        "rules",
        _("House rules"),
        FieldKind.MARKDOWN,
        help=_("Stands above the platform's rules until you put rules of your own in force."),
        max_length=LONG,
        rows=12,
    ),
)


@hookimpl
def register_permissions() -> list[Permission]:
    """Change the texts of the site."""
    title = _("Change imprint, contact and other settings of the site")
    return [Permission("site.settings.manage", title, frozenset({Role.ADMIN}), risky=True)]


@hookimpl
def register_settings() -> list[SettingsGroup]:
    """Give the texts that each town writes for itself."""
    return [
        SettingsGroup(LEGAL, Scope.TENANT, _("Imprint and privacy"), LEGAL_FIELDS),
        SettingsGroup(ACCESSIBILITY, Scope.TENANT, _("Accessibility"), ACCESSIBILITY_FIELDS),
        SettingsGroup(CONTACT, Scope.TENANT, _("Contact"), CONTACT_FIELDS),
        SettingsGroup(FRONT, Scope.TENANT, _("Front page"), FRONT_FIELDS),
        SettingsGroup(RULES, Scope.TENANT, _("House rules"), RULES_FIELDS),
    ]
