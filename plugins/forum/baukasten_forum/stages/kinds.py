"""Kinds of topic: which of them a town allows in a forum, and what they are called."""

from collections.abc import Mapping

from baukasten.plugin import Field, FieldKind, LazyText, ModuleRef, lazy
from baukasten.sdk import Invalid
from baukasten_forum.keys import TopicKind

_ = lazy("forum")

LABELS: Mapping[TopicKind, LazyText] = {
    TopicKind.IDEA: _("Idea"),
    TopicKind.DISCUSSION: _("Discussion"),
    TopicKind.QUESTION: _("Question"),
    TopicKind.REMARK: _("Remark on a plan"),
}
MEANINGS: Mapping[TopicKind, LazyText] = {
    TopicKind.IDEA: _("Idea: others can support it, and the town says what becomes of it"),
    TopicKind.DISCUSSION: _("Discussion: I want to hear what others think"),
    TopicKind.QUESTION: _("Question: I want an answer"),
}
"""What people choose from; remarks are made on the page of a plan."""
INVITATIONS: Mapping[TopicKind, LazyText] = {
    TopicKind.IDEA: _("Bring in an idea"),
    TopicKind.DISCUSSION: _("Begin a discussion"),
    TopicKind.QUESTION: _("Ask a question"),
}
DEFAULT = (TopicKind.IDEA, TopicKind.DISCUSSION)
SETTING = Field(
    "kinds",
    _("What people may write"),
    FieldKind.CHECKBOXES,
    required=True,
    default=[kind.value for kind in DEFAULT],
    choices=[(kind.value, label) for kind, label in MEANINGS.items()],
    help=_("With one kind alone nobody has to choose."),
)


def allowed(module: ModuleRef) -> tuple[TopicKind, ...]:
    """Give the kinds that a forum takes, in the order of the form; a forum from before has the usual two."""
    chosen = module.settings.get(SETTING.key) or DEFAULT
    return tuple(kind for kind in MEANINGS if kind in chosen) or DEFAULT


def checked(module: ModuleRef, kind: str | None) -> TopicKind:
    """Give the kind of a new topic; without a choice a discussion where there are any. Raises Invalid."""
    kinds = allowed(module)
    if not kind:
        return TopicKind.DISCUSSION if TopicKind.DISCUSSION in kinds else kinds[0]
    if kind not in kinds:
        raise Invalid({"kind": _("This forum does not take this kind of contribution. Choose another one.")})
    return TopicKind(kind)


def field(module: ModuleRef) -> Field | None:
    """Give the choice on the form of a new topic; nothing where there is only one kind."""
    kinds = allowed(module)
    if len(kinds) < 2:
        return None
    choices = [(kind.value, MEANINGS[kind]) for kind in kinds]
    return Field("kind", _("What is it?"), FieldKind.RADIO, default=kinds[0].value, choices=choices)


def label(module: ModuleRef, kind: str) -> str:
    """Give the word for a topic's kind where it tells topics apart; empty in a forum of one kind."""
    return str(LABELS[TopicKind(kind)]) if len(allowed(module)) > 1 else ""


def invitation(module: ModuleRef) -> LazyText:
    """Give the words of the button that leads to the form of a new topic."""
    kinds = allowed(module)
    return INVITATIONS[kinds[0]] if len(kinds) == 1 else _("Write a contribution")
