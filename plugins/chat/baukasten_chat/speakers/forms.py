"""Forms of the list of speakers."""

from baukasten.plugin import Field, lazy
from baukasten.sdk import Form
from baukasten_chat.speakers.service import MAX_ABOUT, MAX_NAME

_ = lazy("chat")


def join_form(action: str) -> Form:
    """Give the form with which somebody asks for the floor."""
    field = Field(
        "about",
        _("What is it about?"),
        max_length=MAX_ABOUT,
        help=_("Only those who lead the room read this. Your name stands on the list."),
    )
    return Form([field], action, _("Ask for the floor"))


def hall_form(action: str) -> Form:
    """Give the form that puts somebody in the hall on the list."""
    field = Field("name", _("Somebody in the hall"), required=True, max_length=MAX_NAME)
    return Form([field], action, _("Put on the list"))
