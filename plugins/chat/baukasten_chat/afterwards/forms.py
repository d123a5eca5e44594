"""Forms of staff about transcripts: which stretch, other words for a line, how it is published."""

import datetime as dt
from collections.abc import Sequence

from baukasten.plugin import Field, FieldKind, ModuleRef, lazy
from baukasten.sdk import Form, clock, translator
from baukasten_chat.afterwards.making import MAX_TITLE
from baukasten_chat.afterwards.redacting import MAX_TEXT

_ = lazy("chat")
ANSWER_DAYS = dt.timedelta(days=14)


def draft_form(action: str, title: str, since: dt.datetime, until: dt.datetime) -> Form:
    """Ask what a transcript covers; the last opening of the room stands there already."""
    fields = [
        Field("title", _("Title"), required=True, max_length=MAX_TITLE),
        Field("since", _("From"), FieldKind.DATETIME, required=True),
        Field("until", _("Until"), FieldKind.DATETIME, required=True),
    ]
    values = {"title": title, "since": since, "until": until}
    return Form(fields, action, str(_("Draft the transcript")), values)


def line_form(action: str, text: str) -> Form:
    """Ask for other words of a line."""
    field = Field(
        "text",
        _("Words of this line"),
        FieldKind.TEXTAREA,
        required=True,
        max_length=MAX_TEXT,
        rows=4,
        help=_("Take out what nobody else should read, such as addresses. Everybody sees that words were taken out."),
    )  # fmt: skip
    return Form([field], action, str(_("Take over these words")), {"text": text})


def publish_form(action: str, forums: Sequence[ModuleRef], questions: int) -> Form:
    """Ask how to publish; what concerns open questions only where there are any and a forum to take them."""
    fields = [
        Field(
            "names",
            _("People keep the names under which they spoke"),
            FieldKind.CHECKBOX,
            default=False,
            help=_("Otherwise they are called Person 1, Person 2 and so on, for good."),
        )
    ]
    if forums:
        choices = [("", _("Nowhere")), *((str(one.id), one.title) for one in forums)]
        fields.append(
            Field("forum", _("Where people go on talking"), FieldKind.SELECT, default="", choices=choices)
        )
    if forums and questions:
        fields += _promises()
    return Form(fields, action, str(_("Publish")))


def _promises() -> list[Field]:
    day = translator().formats.local(clock.now() + ANSWER_DAYS).date()
    return [
        Field(
            "due_on",
            _("Answer the open questions there by"),
            FieldKind.DATE,
            default=day,
            help=_("Each becomes a question of the forum. Empty: they stay where they are."),
        ),
        Field("department", _("Who answers them"), max_length=100, default=""),
    ]
