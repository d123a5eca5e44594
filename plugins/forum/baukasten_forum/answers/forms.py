"""Forms of the town: an official answer, its correction, what is prepared for the weighing."""

from collections.abc import Mapping
from typing import Any

from baukasten.plugin import Field, FieldKind, ModuleRef, Outcome, lazy
from baukasten.sdk import Form, token
from baukasten_forum import outcomes
from baukasten_forum.answers.service import MAX_DEPARTMENT, MAX_REASON, Facts
from baukasten_forum.forms import MAX_BODY, NONCE

_ = lazy("forum")
SETTING = Field(
    "departments",
    _("Departments that answer, one on each line"),
    FieldKind.TEXTAREA,
    default="",
    max_length=4_000,
    help=_("They are offered when staff answer, together with those used before."),
)
DEPARTMENT = Field(
    "department",
    _("Who answers"),
    required=True,
    max_length=MAX_DEPARTMENT,
    help=_("The department whose name stands above the answer."),
)
OUTCOME = Field(
    "outcome",
    _("What becomes of the contribution"),
    FieldKind.RADIO,
    required=True,
    choices=[(key.value, label) for key, label in outcomes.CHOICES.items()],
)
DUE = Field(
    "due_on", _("When will you say more?"), FieldKind.DATE,
    help=_("Everybody sees this day above the answer."),
)  # fmt: skip
BODY = Field(
    "body",
    _("Your answer"),
    FieldKind.MARKDOWN,
    required=True,
    max_length=MAX_BODY,
    rows=10,
    help=_("The decision first, then the reason. Of a rejection the first sentence stands in the list."),
)
TO = Field("to", "", FieldKind.HIDDEN, default="1", max_length=18)
SEEN = Field("seen", "", FieldKind.HIDDEN, default="", max_length=64)
REASON = Field(
    "reason", _("What do you change, and why?"), required=True, max_length=MAX_REASON,
    help=_("Everybody can read it."),
)  # fmt: skip
WHY = Field(
    "why", _("Why do you take it back?"), required=True, max_length=MAX_REASON,
    help=_("Stands in place of the answer. What it said stays readable behind it."),
)  # fmt: skip


def answer_form(action: str, values: Mapping[str, Any] | None = None) -> Form:
    """Give the form of an answer, with a mark of its own against the double click."""
    fields = [DEPARTMENT, OUTCOME, BODY, DUE, NONCE, TO, SEEN]
    return Form(fields, action, _("Publish answer"), {"nonce": token(16), **(values or {})})


def correct_form(action: str, values: Mapping[str, Any]) -> Form:
    """Give the form that corrects what an answer says besides its text."""
    return Form([DEPARTMENT, OUTCOME, DUE, REASON, SEEN], action, _("Save correction"), values)


def take_back_form(action: str, seen: str) -> Form:
    """Give the form that takes an answer back."""
    return Form([WHY, SEEN], action, _("Take answer back"), {"seen": seen})


def facts_of(form: Form) -> Facts:
    """Give what was entered as the service takes it."""
    sent = form.values
    return Facts(sent["department"], Outcome(sent["outcome"]), sent["due_on"])


def configured(module: ModuleRef) -> list[str]:
    """Give the departments that the town set up for a forum, in its order."""
    lines = str(module.settings.get(SETTING.key) or "").splitlines()
    return [name for line in lines if (name := " ".join(line.split())[:MAX_DEPARTMENT])]
