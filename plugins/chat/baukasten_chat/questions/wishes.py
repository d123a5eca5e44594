"""What a town wants of the questions in a room."""

from dataclasses import dataclass

from baukasten.plugin import Field, FieldKind, ModuleRef, lazy
from baukasten_chat.keys import Form

_ = lazy("chat")
ONE = Field(
    "one_question",
    _("One open question a person"),
    FieldKind.CHECKBOX,
    default=True,
    help=_(
        "Whoever has a question in the list asks the next one when that is answered. So more people get a turn."
    ),
)
NAMELESS = Field(
    "nameless",
    _("People may ask without showing their name"),
    FieldKind.CHECKBOX,
    default=True,
    help=_("The public does not see who asks then; the moderators do."),
)
FIELDS = (ONE, NAMELESS)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one room does with questions."""

    taken: bool
    """Whether there are questions at all: in question hours."""
    one: bool
    nameless: bool


def of(module: ModuleRef) -> Wishes:
    """Read a room's settings."""
    chosen = module.settings
    return Wishes(
        taken=chosen.get("form", Form.OPEN.value) == Form.QUESTIONS,
        one=bool(chosen.get(ONE.key, ONE.default)),
        nameless=bool(chosen.get(NAMELESS.key, NAMELESS.default)),
    )
