"""Forms about people: subscribing, settings, another address, topics, and looking up a proof."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict

from baukasten.plugin import Field, FieldKind, LazyText, lazy
from baukasten.sdk import Form, clock, language_named, translator
from baukasten_newsletter.keys import Frequency, TopicKind
from baukasten_newsletter.people.topics import MAX_DESCRIPTION, MAX_TITLE
from baukasten_newsletter.people.values import LONGEST_NAME

_ = lazy("newsletter")
Sent = MultiDict[str, str]
OFTEN: Mapping[str, LazyText] = {
    Frequency.AT_ONCE: _("At once, what is new once a day"),
    Frequency.DAILY: _("One mail a day"),
    Frequency.WEEKLY: _("One mail a week"),
    Frequency.MONTHLY: _("One mail a month"),
}
KINDS: Mapping[str, LazyText] = {
    TopicKind.LETTERS: _("Letters that we write"),
    TopicKind.DIGEST: _("What is new on the site, put together by itself"),
}
OFTEN_KEY, LANGUAGE_KEY, NAME_KEY = "frequency", "language", "name"
TOPICS_KEY, PAUSE_KEY = "topics", "paused_until"
ADDRESS = Field(
    "address",
    _("E-mail address"),
    required=True,
    max_length=254,
    autocomplete="email",
    inputmode="email",
)
NAME = Field(
    NAME_KEY,
    _("Name for the greeting"),
    max_length=LONGEST_NAME,
    autocomplete="name",
)
LONGEST_PAUSE = dt.timedelta(days=366)


def subscribe(
    action: str, topics: Sequence[Any], languages: Sequence[str], values: Mapping[str, Any]
) -> Form:
    """Ask for what a subscription needs; a single topic and a single language are asked for by nobody."""
    fields = [ADDRESS]
    if len(topics) > 1:
        fields.append(_topics(TOPICS_KEY, _("What shall we write to you about?"), topics))
    fields += [_often(), *_languages(languages), NAME]
    return Form(fields, action, _("Subscribe"), values, guarded=True)


def settings(
    action: str,
    lists: Iterable[tuple[Any, Sequence[Any]]],
    languages: Sequence[str],
    values: Mapping[str, Any],
) -> Form:
    """Ask for all settings of a person; ``lists`` are the modules with their topics."""
    fields = [_topics(f"{TOPICS_KEY}-{module.id}", module.title, topics) for module, topics in lists]
    fields += [_often(), *_languages(languages), _pause(), NAME]
    return Form(fields, action, _("Save settings"), values)


def another_address(action: str) -> Form:
    """Ask for another address."""
    help_text = _("We write there and ask for a confirmation. Until then everything stays as it is.")
    field = replace(ADDRESS, label=_("New e-mail address"), help=help_text)
    return Form([field], action, _("Change address"), among="move")


def topic(action: str, projects: Sequence[tuple[str, str]], values: Mapping[str, Any], submit: str) -> Form:
    """Ask what a topic says and brings; ``projects`` are pairs of number and title."""
    everywhere = ("", str(_("The whole site")))
    fields = [
        Field("title", _("Name"), required=True, max_length=MAX_TITLE),
        Field(
            "description",
            _("What it brings, in one sentence"),
            max_length=MAX_DESCRIPTION,
        ),
        Field(
            "kind",
            _("What people get"),
            FieldKind.RADIO,
            required=True,
            default=TopicKind.LETTERS.value,
            choices=[(key, str(words)) for key, words in KINDS.items()],
        ),
        Field(
            "project_id",
            _("News of which project"),
            FieldKind.SELECT,
            choices=[everywhere, *projects],
            help=_("Only for what is put together by itself."),
        ),
    ]
    return Form(fields, action, submit, values)


def lookup(action: str) -> Form:
    """Ask whose proof is wanted."""
    help_text = _("Looking somebody up is written into the log, with your name.")
    field = replace(ADDRESS, autocomplete="off", help=help_text)
    return Form([field], action, _("Look up"))


def topic_ids(form: Form, topics: Sequence[Any], key: str = TOPICS_KEY) -> list[int]:
    """Give the topics that were chosen; the only one of a list is chosen by subscribing to it."""
    if key not in form.values:
        return [row.id for row in topics] if len(topics) == 1 else []
    return [int(one) for one in form.values[key]]


def _topics(key: str, label: str, topics: Sequence[Any]) -> Field:
    choices = [
        (str(row.id), f"{row.title}: {row.description}" if row.description else row.title) for row in topics
    ]
    return Field(key, label, FieldKind.CHECKBOXES, choices=choices)


def _often() -> Field:
    choices = [(key, str(words)) for key, words in OFTEN.items()]
    label = _("How often")
    return Field(
        OFTEN_KEY, label, FieldKind.SELECT, required=True, default=Frequency.AT_ONCE.value, choices=choices
    )


def _languages(codes: Sequence[str]) -> list[Field]:
    if len(codes) < 2:
        return []
    choices = [(code, language_named(code).label) for code in codes]
    return [Field(LANGUAGE_KEY, _("Language"), FieldKind.SELECT, required=True, choices=choices)]


def _pause() -> Field:
    return Field(
        PAUSE_KEY,
        _("Pause until"),
        FieldKind.DATE,
        help=_("Until that day we write nothing. Empty for no pause."),
        check=_good_pause,
    )


def _good_pause(day: dt.date | None) -> str | None:
    if day is None:
        return None
    today = translator().formats.local(clock.now()).date()
    if day < today:
        return str(_("Choose a day to come, or none."))
    return str(_("Choose a day within a year.")) if day > today + LONGEST_PAUSE else None
