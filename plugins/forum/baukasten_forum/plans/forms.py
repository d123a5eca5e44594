"""Forms of plans: adding and changing one, and a remark on it."""

from collections.abc import Mapping
from typing import Any

from baukasten.plugin import Field, FieldKind, lazy
from baukasten.sdk import Form, token
from baukasten_forum.forms import NONCE, TITLE, VERSION, number
from baukasten_forum.listing import AnyRow
from baukasten_forum.plans import grid, reading
from baukasten_forum.plans.service import MAX_DESCRIPTION, MAX_PLACE, MAX_TITLE, Spot
from baukasten_forum.service import checked_title

_ = lazy("forum")
MAX_TEXT, MAX_REMARK, MAX_ALT = 60_000, 20_000, 500
NAME = Field("title", _("Name of the plan"), required=True, max_length=MAX_TITLE)
DESCRIPTION = Field(
    "description", _("What it is about"), FieldKind.TEXTAREA, rows=3, max_length=MAX_DESCRIPTION
)
TEXT = Field(
    "body",
    _("Text of the plan"),
    FieldKind.MARKDOWN,
    required=True,
    max_length=MAX_TEXT,
    rows=20,
    help=_(
        "Each paragraph becomes a passage with a number that people can remark on. Up to 60,000 characters."
    ),
)
ALT = Field(
    "alt",
    _("What does the plan show?"),
    FieldKind.TEXTAREA,
    required=True,
    rows=4,
    max_length=MAX_ALT,
    help=_("For people who cannot see it: what lies where, so that they can remark on it too."),
)
SEEN = Field("seen", "", FieldKind.HIDDEN, default="", max_length=64)
BODY = Field(
    "body", _("Your remark"), FieldKind.MARKDOWN, required=True, max_length=MAX_REMARK, rows=10,
    help=_("Up to 20,000 characters."),
)  # fmt: skip
FIELD = Field(
    "field",
    _("Field of the plan"),
    FieldKind.SELECT,
    choices=[("", _("None of them")), *((one, one) for one in grid.fields())],
    help=_("Letters run from left to right, numbers from top to bottom."),
)
PLACE = Field(
    "place", _("Where is it, in words?"), max_length=MAX_PLACE,
    help=_("For example: left of the bridge, at the old crane."),
)  # fmt: skip
X, Y = (Field(name, "", FieldKind.HIDDEN, default="", max_length=5) for name in "xy")


def plan_form(action: str, kind: str, values: Mapping[str, Any] | None = None, *, fresh: bool) -> Form:
    """Give the form of a plan; a picture is chosen once, with words for it."""
    further = [TEXT, SEEN] if kind == reading.TEXT else [ALT] if fresh else []
    return Form([NAME, DESCRIPTION, *further], action, _("Add plan") if fresh else _("Save plan"), values)


def remark_form(action: str, plan: AnyRow, values: Mapping[str, Any] | None = None) -> Form:
    """Give the form of a remark, with a mark of its own against the double click."""
    where = [_passage(len(plan.passages))] if plan.kind == reading.TEXT else [FIELD, PLACE, X, Y]
    fields = [*where, TITLE, BODY, NONCE, VERSION]
    return Form(fields, action, _("Publish remark"), {"nonce": token(16), **(values or {})})


def spot_of(form: Form) -> Spot:
    """Give what a remark is about: the point pressed if it lies in the chosen field, else the middle of that."""
    sent = form.values
    if "passage" in sent:
        return Spot(sent["passage"])
    point, field = grid.read(sent["x"], sent["y"]), sent["field"] or ""
    if field and (point is None or point.field != field):
        point = grid.centre(field)
    return Spot(point=point if field else None, place=sent["place"])


def checked_number(written: str, last: int) -> int | None:
    """Read the number of a passage from an address; nothing for what is none."""
    found = number(written)
    return found if 1 <= found <= last else None


def suggested(passage: int, quote: str) -> str:
    """Give a title to begin with."""
    lead = str(_("On passage %(number)s: %(quote)s")) % {"number": passage, "quote": quote}
    return checked_title(lead[:80].rsplit(" ", 1)[0] + "…" if len(lead) > 80 else lead)


def _passage(last: int) -> Field:
    return Field(
        "passage",
        _("Passage of the plan"),
        FieldKind.NUMBER,
        minimum=1,
        maximum=last,
        help=_("Its number; empty for the plan as a whole."),
    )
