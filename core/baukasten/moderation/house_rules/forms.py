"""The form of the rules: one group of fields a rule, kept apart by the rule's key."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from baukasten import ids
from baukasten.moderation.house_rules.drafting import MOST, Draft
from baukasten.moderation.house_rules.service import RuleText
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")
KEY = re.compile(r"[a-z0-9-]{1,40}")
PARTS = ("title", "body", "exempt")


def keys_of(sent: str) -> list[str]:
    """Give the keys of the rules in a form, in their order; what is no key is left out."""
    found = [key for key in sent[: MOST * 50].split(",") if KEY.fullmatch(key)]
    return list(dict.fromkeys(found))[:MOST]


def new_key() -> str:
    """Give a key for a further rule, which it keeps from version to version."""
    return f"r-{ids.token(6).lower().replace('_', '-')}"


def rules_form(keys: Sequence[str], *, first: bool, written: Draft | None = None) -> Form:
    """Ask for all rules at once; ``first`` while there is nothing that could be new."""
    fields = [
        Field("seen", "", FieldKind.HIDDEN),
        Field("keys", "", FieldKind.HIDDEN, max_length=MOST * 50),
        Field(
            "intro",
            _("Before the rules"),
            FieldKind.MARKDOWN,
            help=_("What the town wants to say first. Short and in plain words."),
            max_length=40_000,
            rows=5,
        ),
    ]
    for key in keys:
        fields += _fields_of(key)
    if not first:
        fields.append(
            Field(
                "changes",
                _("What is new"),
                help=_("One sentence for all who know the version before. Needed before it is put in force."),
                max_length=300,
            )
        )
    return Form(fields, submit=_("Save draft"), values=None if written is None else _values(written))


def read(form: Form, keys: Sequence[str]) -> tuple[RuleText, ...]:
    """Give the rules of a form that was read."""
    return tuple(
        RuleText(key, number, *(str(form.values[f"{part}-{key}"] or "") for part in PARTS))
        for number, key in enumerate(keys, start=1)
    )


def moved(rules: Sequence[RuleText], act: str) -> list[RuleText]:
    """Give the rules after a button was pressed: ``add``, ``up-<key>``, ``down-<key>``, ``remove-<key>``."""
    verb, _dash, key = act.partition("-")
    changed = list(rules)
    if verb == "add":
        return [*changed, RuleText(new_key(), len(changed) + 1, "")]
    at = next((place for place, one in enumerate(changed) if one.key == key), None)
    if at is None:
        return changed
    one = changed.pop(at)
    if verb == "remove":
        return changed
    changed.insert({"up": max(at - 1, 0), "down": at + 1}.get(verb, at), one)
    return changed


def _fields_of(key: str) -> list[Field]:
    return [
        Field(f"title-{key}", _("The rule in one sentence"), max_length=200),
        Field(f"body-{key}", _("What it means"), FieldKind.TEXTAREA, max_length=2_000, rows=3),
        Field(
            f"exempt-{key}",
            _("What it does not forbid"),
            FieldKind.TEXTAREA,
            help=_("Stands beside the contribution while somebody decides, so that nobody reaches too far."),
            max_length=2_000,
            rows=2,
        ),
    ]


def _values(written: Draft) -> Mapping[str, Any]:
    rules = {f"{part}-{one.key}": getattr(one, part) for one in written.rules for part in PARTS}
    keys = ",".join(one.key for one in written.rules)
    return {"seen": written.seen, "keys": keys, "intro": written.intro, "changes": written.changes, **rules}
