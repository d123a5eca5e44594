"""What the scripts of the page say; no script of the chat has a word of its own."""

from collections.abc import Mapping

from baukasten.plugin import LazyText, lazy
from baukasten_chat.page.shown import GONE, REASONED

_ = lazy("chat")
WORDS: Mapping[str, LazyText] = {
    "connected": _("Connected, nothing missed"),
    "catching": _("Connected, looking for what was missed"),
    "waiting": _("Connection lost. We keep trying."),
    "next": _("Next try in {n} seconds."),
    "next_one": _("Next try in one second."),
    "kept": _("Your message is kept and goes out then."),
    "polling": _("Without a live connection: new messages every few seconds"),
    "full": _("The room is full: new messages every few seconds"),
    "closed": _("You can no longer listen here. Reload the page to see why."),
    "one": _("One new message"),
    "many": _("{n} new messages"),
    "people_one": _("One person here"),
    "people_many": _("{n} people here"),
    "former": _("Former member"),
    "town": _("Town"),
    "changed": _("changed"),
    "fold": _("Folded by the moderators. Show it anyway"),
    "by_staff": _("changed by the moderators"),
    "sending": _("is being sent"),
    "pending": _("waits for the connection"),
    "stopped": _("waits for the message before it"),
    "failed": _("was not sent"),
    "failed_why": _("This message was not sent. Please try again."),
    "wait": _("You can send again in {n} seconds."),
    "copied": _("The link is copied"),
    "withdrawn": _("The message is withdrawn"),
    "saved": _("The change is published"),
    "reply": _("Reply to {name}"),
    "typing_one": _("{name} is writing"),
    "typing_many": _("Several people are writing"),
}


def words() -> dict[str, str]:
    """Give all of them in the language of the request."""
    reasoned = {f"reason_{key}": str(text).replace("%(rule)s", "{rule}") for key, text in REASONED.items()}
    gone = {f"gone_{key}": str(text) for key, text in GONE.items()}
    return {key: str(text) for key, text in WORDS.items()} | gone | reasoned
