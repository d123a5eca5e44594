"""A form keeps what was typed, says what is wrong beside the field, and gives typed values."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from baukasten.errors import Conflict, Invalid
from baukasten.plugin.fields import Field, FieldKind, Scope, SettingsGroup
from baukasten.web.forms import Form, UnknownSettingError, read_settings, store_settings
from baukasten.web.i18n import Catalogues, speaking

FIELDS = [
    Field("title", "Title", required=True, max_length=10),
    Field("secret", "Secret", FieldKind.PASSWORD),
    Field("age", "Age", FieldKind.NUMBER, default=3),
    Field("news", "News", FieldKind.CHECKBOX, default=True),
    Field("tags", "Tags", FieldKind.CHECKBOXES, choices=(("a", "A"), ("b", "B"))),
    Field("at", "At", FieldKind.DATETIME),
    Field("size", "Size", FieldKind.SELECT, choices=(("1", "One"), ("2", "Two"))),
]
GROUP = SettingsGroup("site.x", Scope.TENANT, "X", FIELDS)
MOMENT = dt.datetime(2026, 7, 1, 16, 30, tzinfo=dt.UTC)


def shown(form: Form) -> dict[str, Any]:
    return {field.key: field.value for field in form.fields}


def test_a_fresh_form_shows_values_and_defaults(tmp_path: Path) -> None:
    with speaking(Catalogues({"core": tmp_path}).translator("en", "Europe/Berlin")):
        form = Form(FIELDS, "/x", "Send", {"title": "Old", "at": MOMENT, "tags": ["b"], "secret": "kept"})
    assert shown(form) == {
        "title": "Old", "secret": "kept", "age": "3", "news": True, "tags": ["b"], "at": "2026-07-01T18:30",
        "size": "",
    }  # fmt: skip
    assert (form.action, form.submit, form.errors) == ("/x", "Send", [])


def test_what_was_sent_becomes_values() -> None:
    form = Form(FIELDS)
    sent = MultiDict([("title", " New "), ("age", "7"), ("tags", "b"), ("tags", "a"), ("unknown", "x")])
    assert form.read(sent)
    assert form.values == {
        "title": "New", "secret": "", "age": 7, "news": False, "tags": ["a", "b"], "at": None, "size": "",
    }  # fmt: skip


def test_nothing_typed_is_lost_but_a_password() -> None:
    form = Form(FIELDS)
    sent = {
        "title": "far too long a title",
        "age": "seven",
        "size": "9",
        "secret": "s",
        "news": "1",
        "at": "soon",
    }
    assert not form.read(MultiDict(sent))
    assert [key for key, _message in form.errors] == ["title", "age", "at", "size"]
    assert shown(form) == {
        "title": "far too long a title", "secret": "", "age": "seven", "news": True, "tags": [], "at": "soon",
        "size": "9",
    }  # fmt: skip
    assert form.field("age").error == dict(form.errors)["age"]
    assert form.field("secret").error == ""
    assert form.values == {"secret": "s", "news": True, "tags": []}


def test_a_second_reading_forgets_the_first() -> None:
    form = Form(FIELDS[:1])
    assert not form.read(MultiDict())
    assert form.read(MultiDict({"title": "x"}))
    assert (form.errors, form.values) == ([], {"title": "x"})


def test_a_services_refusal_stands_beside_its_field() -> None:
    form = Form(FIELDS)
    form.add_invalid(Invalid({"title": "Taken.", "elsewhere": "Strange."}))
    form.add_invalid(Invalid(message="Not today."))
    form.add_error("", Conflict().message)
    assert form.errors == [
        ("title", "Taken."), ("", "Strange."), ("", "Not today."),
        ("", "This has changed in the meantime. Please reload the page."),
    ]  # fmt: skip
    assert form.field("title").error == "Taken."


def test_lengths_are_told_to_the_browser_where_it_counts_characters() -> None:
    form = Form(FIELDS)
    assert [field.maxlength for field in form.fields] == [10, 200, 0, 0, 0, 0, 0]


def test_settings_survive_the_journey_through_json() -> None:
    values = {"title": "T", "at": MOMENT, "tags": ["b", "a"], "news": False, "age": 0, "size": "2"}
    stored = store_settings(GROUP, values)
    assert stored == {
        "title": "T", "at": "2026-07-01T16:30:00+00:00", "tags": ["a", "b"], "news": False, "age": 0, "size": "2",
    }  # fmt: skip
    assert read_settings(GROUP, stored) == {**values, "tags": ["a", "b"], "secret": None}


def test_settings_have_defaults_and_lose_what_is_no_longer_accepted() -> None:
    assert read_settings(GROUP, {"size": "gone", "age": None}) == {
        "title": None, "secret": None, "age": None, "news": True, "tags": None, "at": None, "size": None,
    }  # fmt: skip


def test_wrong_and_unknown_settings_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        store_settings(GROUP, {"title": "", "age": 1, "size": "9"})
    assert list(refused.value.errors) == ["title", "size"]
    with pytest.raises(UnknownSettingError, match=r"site\.x has no setting colour"):
        store_settings(GROUP, {"colour": 1})
    with pytest.raises(UnknownSettingError, match=r"site\.x has no setting colour"):
        read_settings(GROUP, {"colour": 1})


def test_forms_of_one_kind_on_a_page_share_no_names_of_inputs():
    fields = [Field("town", "Town")]
    found = [Form(fields, among=name).field("town") for name in ("", "forum", "chat")]
    assert [(one.key, one.id) for one in found] == [
        ("town", "f-town"),
        ("town", "f-forum-town"),
        ("town", "f-chat-town"),
    ]
