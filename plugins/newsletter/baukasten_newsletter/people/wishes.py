"""What a town sets about people who subscribe: words of a list, and what the log of consents holds."""

from baukasten.plugin import Field, FieldKind, Scope, SettingsGroup, lazy
from baukasten_newsletter.people import declarations, forms_asking

_ = lazy("newsletter")
FIELDS = (
    Field(
        "intro",
        _("What this newsletter brings"),
        FieldKind.TEXTAREA,
        default="",
        max_length=600,
        rows=3,
    ),
    Field(
        declarations.OWN,
        _("Declaration of consent"),
        FieldKind.TEXTAREA,
        default="",
        max_length=2_000,
        help=_(
            "Stands beside the button and is stored with each consent. Empty for our words, which name "
            "the newsletter and the town."
        ),
    ),
)
"""Of a placed list."""
GROUPS = [
    SettingsGroup(
        forms_asking.SETTINGS,
        Scope.TENANT,
        _("Newsletters: proof of consent"),
        (
            Field(
                "network",
                _("Keep the network from which somebody agreed"),
                FieldKind.CHECKBOX,
                default=False,
                help=_("Cut to a part that many people share. A proof does not need it."),
            ),
        ),
    )
]
