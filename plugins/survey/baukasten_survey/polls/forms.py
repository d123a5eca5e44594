"""The form that adds a poll, and what it says."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from baukasten.plugin import Field, FieldKind, Scope, SettingsGroup, lazy
from baukasten.sdk import Form, clock, next_midnight
from baukasten_survey.polls import service
from baukasten_survey.polls.models import Results
from baukasten_survey.polls.service import MAX_OPTION, MAX_QUESTION, MOST, Wanted

_ = lazy("survey")
LINES = Field(
    "options",
    _("Options"),
    FieldKind.TEXTAREA,
    required=True,
    help=_("2 to 20, one a line."),
    rows=5,
    max_length=MOST * (MAX_OPTION + 2),
)
MORE = Field(
    "options",
    _("More options"),
    FieldKind.TEXTAREA,
    required=True,
    help=_("One a line. This is possible as long as nobody has voted."),
    rows=3,
    max_length=MOST * (MAX_OPTION + 2),
)
SETTINGS = SettingsGroup(
    service.SETTINGS,
    Scope.TENANT,
    _("Polls"),
    [
        Field(
            "guests",
            _("People without an account may vote in polls that say so"),
            FieldKind.CHECKBOX,
            default=False,
            help=_("Then a browser counts as a person: whoever uses several can vote several times."),
        )
    ],
)
FARTHEST = dt.timedelta(days=731)
GUESTS = Field("guests", _("People without an account may vote too"), FieldKind.CHECKBOX, default=False)


def adding(*, guests: bool) -> Form:
    """Give the form of a new poll; ``guests`` says that the town lets people vote without an account."""
    fields = [
        Field("question", _("Question"), required=True, max_length=MAX_QUESTION),
        LINES,
        Field(
            "kind",
            _("How many may be chosen"),
            FieldKind.RADIO,
            required=True,
            default="single",
            choices=[("single", _("One option")), ("multiple", _("Several options"))],
        ),
        Field(
            "results",
            _("When results are shown"),
            FieldKind.RADIO,
            required=True,
            default=Results.VOTED.value,
            choices=[
                (
                    Results.VOTED.value,
                    _("From 50 votes on to each person who has voted, to everybody at the end"),
                ),
                (Results.END.value, _("To everybody at the end")),
            ],
        ),
        Field(
            "changeable",
            _("Votes may be changed until the end"),
            FieldKind.CHECKBOX,
            default=False,
            help=_("Then the results come at the end only."),
        ),
        Field(
            "closes_on",
            _("Last day"),
            FieldKind.DATE,
            help=_("Empty: open until you end it."),
            check=_near,
        ),
    ]
    return Form([*fields, GUESTS] if guests else fields, submit=_("Add the poll"), guarded=True)


def more() -> Form:
    """Give the form that adds options."""
    return Form([MORE], submit=_("Add options"))


def wanted(values: dict[str, Any], language: str, zone: ZoneInfo) -> Wanted:
    """Give what a form asks for; the last day ends at midnight of the town."""
    day = values.get("closes_on")
    return Wanted(
        question=values["question"],
        options=values["options"].splitlines(),
        multiple=values["kind"] == "multiple",
        results=Results(values["results"]),
        changeable=bool(values["changeable"]),
        guests=bool(values.get("guests")),
        closes_at=None if day is None else _end_of(day, zone),
        language=language,
    )


def _near(day: dt.date | None) -> str | None:
    if day is None:
        return None
    today = clock.now().date()
    far = day < today - dt.timedelta(days=1) or day > today + FARTHEST
    return str(_("Please choose a day within the next two years.")) if far else None


def _end_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return next_midnight(dt.datetime.combine(day, dt.time(12), zone), zone)
