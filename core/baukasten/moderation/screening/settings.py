"""What a town asks of contributions before they come into view; the defaults leave a lively town alone."""

from dataclasses import dataclass
from typing import Any

from baukasten.content.markdown import MAX_CHARACTERS
from baukasten.moderation.screening import words
from baukasten.plugin.fields import Field, FieldKind, SettingsGroup
from baukasten.plugin.fields import Scope as Level
from baukasten.plugin.text import lazy

_ = lazy("core")
KEY = "moderation.screening"
MANAGE = "moderation.precheck.manage"


def _number(key: str, label: str, default: int, most: int, text: str, least: int = 0) -> Field:
    return Field(
        key,
        label,
        FieldKind.NUMBER,
        required=True,
        default=default,
        minimum=least,
        maximum=most,
        help=text,
    )


def _list(key: str, label: str, text: str) -> Field:
    return Field(
        key,
        label,
        FieldKind.TEXTAREA,
        default="",
        max_length=words.MAX_LIST,
        rows=8,
        help=text,
        check=words.problem,
    )


FIELDS = (
    _number(
        "newcomer_until",
        _("Somebody is new until so many contributions are in view"),
        3,
        50,
        _("0: nobody is new. Whoever got a measure within 30 days counts as new again."),
    ),
    _number(
        "look_first",
        _("Look first at so many contributions of somebody new"),
        0,
        50,
        _("0: none. They come into view once a moderator has let them in."),
    ),
    _number(
        "newcomer_links",
        _("Links that somebody new may set in a contribution"),
        2,
        50,
        _("With more, a moderator looks at it first."),
    ),
    _number(
        "newcomer_gap",
        _("Seconds between two contributions of somebody new"),
        0,
        3_600,
        _("0: no waiting."),
    ),
    _number(
        "per_ten_minutes",
        _("Contributions of one person in ten minutes"),
        20,
        1_000,
        _("Moderators and administrators are not counted."),
        1,
    ),
    _number("per_day", _("Contributions of one person in a day"), 100, 5_000, "", 1),
    _number(
        "most_characters", _("Longest contribution, in characters"), MAX_CHARACTERS, MAX_CHARACTERS, "", 200
    ),
    _number(
        "least_seconds",
        _("Seconds that somebody needs to fill in a form at least"),
        3,
        60,
        _("Faster is unusual for people. 0: never mind."),
    ),
    Field(
        "proof_of_work",
        _("Where something is unusual, let the browser solve a small puzzle"),
        FieldKind.CHECKBOX,
        default=True,
        help=_("Nobody sees it. Whoever cannot solve it is not refused; a moderator looks first."),
    ),
    _list(
        "words_held",
        _("Words at which somebody looks first"),
        _("One a line. * stands for any part of a word: *schrott*."),
    ),
    _list(
        "words_refused",
        _("Words that are not taken"),
        _("One a line. The author reads which word it is and can change the text."),
    ),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The town's values; see the labels of ``FIELDS``."""

    newcomer_until: int
    look_first: int
    newcomer_links: int
    newcomer_gap: int
    per_ten_minutes: int
    per_day: int
    most_characters: int
    least_seconds: int
    proof_of_work: bool
    words_held: str
    words_refused: str

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Limits":
        """Give the typed values of the group."""
        return cls(**values)


def group() -> SettingsGroup:
    """Give the group for the settings page."""
    return SettingsGroup(KEY, Level.TENANT, _("Pre-check and filters"), FIELDS)
