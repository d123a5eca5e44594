"""The form of a saved reply: title, what it is for, words in each of the town's languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from baukasten.moderation import measures
from baukasten.moderation.casework import replies
from baukasten.moderation.casework.forms import rule_words
from baukasten.moderation.house_rules.service import Rules
from baukasten.moderation.models import Measure, SavedReply
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.i18n import dgettext
from baukasten.web.languages import language

_ = lazy("core")
STEPS = (
    Measure.KEEP, Measure.PUBLISH, Measure.RESTORE, Measure.ASK, Measure.NOTE, Measure.FOLD, Measure.HIDE,
    Measure.REMOVE, Measure.REJECT,
)  # fmt: skip
PREFIX = "text_"


def reply_form(rules: Rules, languages: Sequence[str], reply: SavedReply | None = None) -> Form:
    """Ask for the words in each of some languages, the town's own first; only those are needed."""
    stored = reply.texts if reply else {}
    # Words in a language that the town offers no more stay until somebody takes them away.
    codes = [*languages, *sorted(stored.keys() - set(languages))]
    fields = [
        Field("title", _("Title"), required=True, max_length=120),
        Field(
            "measure",
            _("For which step"),
            FieldKind.SELECT,
            choices=[("", _("Any step")), *((step.value, measures.NAMES[step]) for step in STEPS)],
        ),
        Field(
            "rule_key",
            _("For which rule"),
            FieldKind.SELECT,
            choices=_rules(rules, reply.rule_key if reply else ""),
        ),
        *(_words(code, required=code == languages[0]) for code in codes),
    ]
    return Form(fields, submit=_("Save reply"), values=_values(reply))


def sent(form: Form) -> dict[str, Any]:
    """Give what was typed as ``replies.save`` takes it."""
    texts = {key.removeprefix(PREFIX): text for key, text in form.values.items() if key.startswith(PREFIX)}
    return {**{key: form.values[key] or "" for key in ("title", "measure", "rule_key")}, "texts": texts}


def _words(code: str, *, required: bool) -> Field:
    label = dgettext("core", "Text (%(language)s)", language=language(code).label)
    return Field(
        f"{PREFIX}{code}", label, FieldKind.TEXTAREA, required=required, max_length=replies.LONGEST, rows=5
    )


def _rules(rules: Rules, stored: str) -> list[tuple[str, str]]:
    known = [(rule.key, rule_words(rule)) for rule in rules.rules]
    gone = stored and all(key != stored for key, _label in known)
    kept = [(stored, dgettext("core", "%(key)s (in force no more)", key=stored))] if gone else []
    return [("", str(_("Any rule"))), *known, *kept]


def _values(reply: SavedReply | None) -> Mapping[str, Any]:
    if reply is None:
        return {}
    texts = {f"{PREFIX}{code}": text for code, text in reply.texts.items()}
    return {"title": reply.title, "measure": reply.measure, "rule_key": reply.rule_key, **texts}
