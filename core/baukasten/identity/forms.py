"""Forms around an account."""

from baukasten.identity import names, passwords
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")

CURRENT, NEW = "current-password", "new-password"
"""What browsers and password keepers are told (HTML, autofill; WCAG 1.3.5)."""


def _email(label: str, help_text: str = "") -> Field:
    return Field(
        "email",
        label,
        FieldKind.EMAIL,
        required=True,
        help=help_text,
        max_length=254,
        autocomplete="email",
        inputmode="email",
    )


def _password(key: str, label: str, autocomplete: str, help_text: str = "") -> Field:
    return Field(
        key,
        label,
        FieldKind.PASSWORD,
        required=True,
        help=help_text,
        max_length=passwords.MAX_LENGTH,
        autocomplete=autocomplete,
    )


GOOD_PASSWORD = _("At least 10 characters. Three or four words in a row are easy to keep in mind.")
NAME = Field(
    "display_name",
    _("Name that others see"),
    required=True,
    help=_("Your own name or another one, as you like."),
    max_length=names.MAX_NAME,
    autocomplete="nickname",
)


def sign_in(action: str) -> Form:
    """Ask for address and password."""
    fields = [_email(_("E-mail address")), _password("password", _("Password"), CURRENT)]
    return Form(fields, action, _("Sign in"))


def register(action: str) -> Form:
    """Ask for a name, an address and a password."""
    fields = [
        NAME,
        _email(_("E-mail address"), _("We send one letter there to confirm it. Nobody else sees it.")),
        _password("password", _("Password"), NEW, GOOD_PASSWORD),
        Field(
            "rules",
            _("I keep to the rules of this site."),
            FieldKind.CHECKBOX,
            required=True,
        ),
    ]
    return Form(fields, action, _("Create account"), guarded=True)


def ask_recovery(action: str) -> Form:
    """Ask for the address of a lost password."""
    return Form([_email(_("E-mail address"))], action, _("Send link"))


def recover(action: str) -> Form:
    """Ask for the new password after the link was followed."""
    return Form([_password("password", _("New password"), NEW, GOOD_PASSWORD)], action, _("Set password"))


def change_password(action: str) -> Form:
    """Ask for the current and the new password."""
    fields = [
        _password("current", _("Current password"), CURRENT),
        _password("new", _("New password"), NEW, GOOD_PASSWORD),
    ]
    return Form(fields, action, _("Change password"))


def change_address(action: str) -> Form:
    """Ask for the current password and the new address."""
    fields = [
        _email(_("New e-mail address"), _("We send a link there. Until you follow it, nothing changes.")),
        _password("current", _("Current password"), CURRENT),
    ]
    return Form(fields, action, _("Send link"))


def rename(action: str, display_name: str) -> Form:
    """Ask for another display name."""
    return Form([NAME], action, _("Save name"), {"display_name": display_name})
