"""Forms of the console: open a town, grant a plugin."""

from collections.abc import Sequence

from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")


def town_form(themes: Sequence[str]) -> Form:
    """Ask for what a town needs to be open."""
    fields = [
        Field("name", _("Name of the town"), required=True, max_length=120),
        Field(
            "slug",
            _("Short name"),
            required=True,
            max_length=40,
            help=_("Small letters, digits and hyphens."),
        ),
        Field("host", _("Host"), required=True, max_length=253, help=_("For example mitreden.example")),
        Field("tagline", _("One line below the name"), max_length=120),
        Field(
            "theme",
            _("Look"),
            FieldKind.SELECT,
            required=True,
            default="klar",
            choices=[(t, t) for t in themes],
        ),
    ]
    return Form(fields, submit=_("Open the town"))


def grant_form(name: str, action: str) -> Form:
    """Ask which town may use a plugin, or no longer."""
    fields = [
        Field("town", _("Short name of the town"), required=True, max_length=40),
        Field(
            "what",
            _("What"),
            FieldKind.RADIO,
            required=True,
            default="grant",
            choices=(("grant", _("Grant")), ("revoke", _("Withdraw"))),
        ),
        Field("plugin", "plugin", FieldKind.HIDDEN, default=name),
    ]
    return Form(fields, action=action, submit=_("Save"), among=name)
