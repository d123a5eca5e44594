"""What a town wishes for one room: what waits, how fast people write, how many fit in, whether people speak in turn."""

from dataclasses import dataclass, fields
from enum import StrEnum

from baukasten.plugin import Field, FieldKind, ModuleRef, lazy
from baukasten_chat.keys import Form

_ = lazy("chat")
MOST_DELAY = 120
"""Seconds; more would be no conversation."""


class Speakers(StrEnum):
    """Where people may ask for the floor."""

    CONSULTATION = "consultation"
    ALSO_QUESTIONS = "also_questions"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Wishes:
    """The typed settings of a room; see the labels of ``FIELDS``."""

    form: str = Form.OPEN
    approve: bool = False
    delay_seconds: int = 0
    questions_wait: bool = True
    slow_seconds: int = 0
    busy_per_minute: int = 60
    capacity: int = 1_000
    grace_minutes: int = 5
    speakers: str = Speakers.CONSULTATION
    speaking_minutes: int = 3

    @property
    def has_speakers(self) -> bool:
        """Whether people ask for the floor in this room."""
        if self.speakers == Speakers.NEVER:
            return False
        return self.form == Form.CONSULTATION or (
            self.form == Form.QUESTIONS and self.speakers == Speakers.ALSO_QUESTIONS
        )


def of(module: ModuleRef) -> Wishes:
    """Give the settings of a placed room, with the defaults for those that nobody stored."""
    stored = {
        field.name: module.settings[field.name] for field in fields(Wishes) if _is_set(module, field.name)
    }
    return Wishes(**stored)


def _is_set(module: ModuleRef, key: str) -> bool:
    return module.settings.get(key) is not None


def _number(key: str, label: str, most: int, text: str, least: int = 0) -> Field:
    default = getattr(Wishes(), key)
    return Field(
        key, label, FieldKind.NUMBER, required=True, default=default, minimum=least, maximum=most, help=text
    )


FIELDS = (
    Field(
        "approve",
        _("Moderators read every message before it appears"),
        FieldKind.CHECKBOX,
        default=False,
        help=_("Only with somebody at the desk all the time; else nobody answers anybody."),
    ),
    _number(
        "delay_seconds",
        _("Seconds until a message appears"),
        MOST_DELAY,
        _("0: at once. In this time moderators can stop a message before anybody else reads it."),
    ),
    Field(
        "questions_wait",
        _("Moderators read every question before it appears"),
        FieldKind.CHECKBOX,
        default=True,
    ),
    _number(
        "slow_seconds",
        _("Seconds between two messages of one person"),
        3_600,
        _("0: no pause. Moderators can change it during the evening."),
    ),
    _number(
        "busy_per_minute",
        _("Messages a minute from which the room slows itself"),
        10_000,
        _("Everybody then waits ten seconds between two messages, until it is calmer. 0: never."),
    ),
    _number(
        "capacity",
        _("People who can be in the room at the same time"),
        100_000,
        _("Whoever comes after that reads along on a page that renews itself every few seconds."),
        1,
    ),
    _number(
        "grace_minutes",
        _("Minutes after the end in which messages that were begun can be sent"),
        60,
        "",
    ),
    Field(
        "speakers",
        _("People ask for the floor"),
        FieldKind.SELECT,
        default=Speakers.CONSULTATION.value,
        choices=[
            (Speakers.CONSULTATION.value, _("In consultation hours")),
            (Speakers.ALSO_QUESTIONS.value, _("In consultation hours and question hours")),
            (Speakers.NEVER.value, _("Nowhere")),
        ],
    ),
    _number(
        "speaking_minutes",
        _("Minutes that one person may speak"),
        120,
        _("0: no limit. The clock is shown to everybody; nobody is cut off by it."),
    ),
)
