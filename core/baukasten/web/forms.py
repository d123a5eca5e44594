"""Forms: a list of fields that is shown, read, checked, and shown again with what was typed."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from baukasten.errors import BaukastenError, Invalid
from baukasten.plugin.fields import Field, FieldKind, SettingsGroup
from baukasten.plugin.text import lazy
from baukasten.web.i18n import current
from baukasten.web.inputs import CHOICE, EMPTY_IS_NONE, WrongError, parse

_ = lazy("core")
SAVE = _("Save")
_LIMITED = frozenset({
    FieldKind.TEXT, FieldKind.TEXTAREA, FieldKind.MARKDOWN, FieldKind.PASSWORD, FieldKind.URL,
})  # fmt: skip


class UnknownSettingError(BaukastenError):
    """A key that the group does not have; a programmer's mistake, named."""


class FormData(Protocol):
    """What of a posted form is needed; werkzeug's MultiDict has it."""

    def getlist(self, key: str) -> list[str]:
        """Give all values sent under a name."""


@dataclass(slots=True)
class FormField:
    """A field as templates show it."""

    key: str
    id: str
    """Of its input, once on a page."""
    label: str
    kind: FieldKind
    help: str
    required: bool
    choices: Sequence[tuple[str, str]]
    value: Any
    error: str
    autocomplete: str
    inputmode: str
    rows: int
    maxlength: int
    """0 where the length is not bounded by characters."""
    minimum: int | None
    maximum: int | None


class Form:
    """One form during one request."""

    def __init__(
        self,
        fields: Iterable[Field],
        action: str = "",
        submit: str = SAVE,
        values: Mapping[str, Any] | None = None,
        *,
        guarded: bool = False,
        among: str = "",
    ) -> None:
        """Show ``values`` (typed), else each field's default; an empty action posts to the page itself.

        ``among`` names the form where a page has several of the same kind, so that no two of their inputs are called
        alike. ``guarded`` adds the fields that tell people from machines; what they told is in ``guard.signals_of``.
        """
        self.guarded = guarded
        self._begin = f"f-{among}-" if among else "f-"
        self.action = action
        self.submit = submit
        self.values: dict[str, Any] = {}
        self.errors: list[tuple[str, str]] = []
        self._declared = {field.key: field for field in fields}
        given = values or {}
        self._shown = {
            key: _show(field, given.get(key, field.default)) for key, field in self._declared.items()
        }

    @property
    def fields(self) -> list[FormField]:
        """The fields as templates show them, in order."""
        return [self.field(key) for key in self._declared]

    def field(self, key: str) -> FormField:
        """One field, for pages that place their fields by hand; raises KeyError."""
        field = self._declared[key]
        return FormField(
            key=key,
            id=f"{self._begin}{key}",
            label=field.label,
            kind=field.kind,
            help=field.help,
            required=field.required,
            choices=field.choices,
            value=self._shown[key],
            error=next((message for at, message in self.errors if at == key), ""),
            autocomplete=field.autocomplete,
            inputmode=field.inputmode,
            rows=field.rows,
            maxlength=field.max_length if field.kind in _LIMITED else 0,
            minimum=field.minimum,
            maximum=field.maximum,
        )

    def read(self, data: FormData) -> bool:
        """Take what was sent; tells whether all of it can be taken. Names that no field has are ignored."""
        self.values, self.errors = {}, []
        for key, field in self._declared.items():
            raw = data.getlist(key)
            self._shown[key] = _typed(field, raw)
            try:
                self.values[key] = parse(field, raw)
            except WrongError as error:
                self.errors.append((key, str(error)))
        return not self.errors

    def show(self, key: str, value: str) -> None:
        """Show another text in a field than the one that was given or sent; raises KeyError."""
        self._shown[self._declared[key].key] = value

    def add_error(self, key: str, message: object) -> None:
        """Say what is wrong with a field, or with the whole form under ""."""
        self.errors.append((key if key in self._declared else "", str(message)))

    def add_invalid(self, invalid: Invalid) -> None:
        """Take over what a service refused."""
        for key, message in invalid.errors.items():
            self.add_error(key, message)
        if not invalid.errors:
            self.add_error("", invalid.message)


def read_settings(group: SettingsGroup, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Give a group's typed values with defaults; raises UnknownSettingError for a key it does not have.

    A stored value that is no longer accepted, say a choice that a newer version dropped, gives the default.
    """
    _refuse_unknown(group, stored)
    found = {}
    for field in group.fields:
        found[field.key] = field.default
        if field.key in stored:
            try:
                found[field.key] = parse(field, _sent(field, stored[field.key]))
            except WrongError:
                continue
    return found


def store_settings(group: SettingsGroup, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give typed values as JSON, checked as a form would; raises Invalid and UnknownSettingError."""
    _refuse_unknown(group, values)
    errors: dict[str, object] = {}
    found: dict[str, Any] = {}
    for field in group.fields:
        if field.key not in values:
            continue
        try:
            value = parse(field, _sent(field, values[field.key]))
        except WrongError as error:
            errors[field.key] = str(error)
            continue
        found[field.key] = value.isoformat() if isinstance(value, dt.date) else value
    if errors:
        raise Invalid(errors)
    return found


def _refuse_unknown(group: SettingsGroup, values: Mapping[str, Any]) -> None:
    unknown = sorted(values.keys() - {field.key for field in group.fields})
    if unknown:
        raise UnknownSettingError(f"{group.key} has no setting {', '.join(unknown)}")


def _sent(field: Field, value: Any) -> list[str]:
    """Give a typed or stored value as a browser would send it."""
    if value is None or value is False:
        return []
    if value is True:
        return ["1"]
    if field.kind is FieldKind.CHECKBOXES:
        return [str(one) for one in value]
    return [value.isoformat() if isinstance(value, dt.date) else str(value)]


def _show(field: Field, value: Any) -> Any:
    """Give a typed value as the input shows it."""
    if field.kind is FieldKind.CHECKBOX:
        return bool(value)
    if field.kind is FieldKind.CHECKBOXES:
        return list(value or ())
    if field.kind is FieldKind.DATETIME and isinstance(value, dt.datetime):
        return current().formats.local(value).strftime("%Y-%m-%dT%H:%M")
    if field.kind in EMPTY_IS_NONE or field.kind in CHOICE:
        return "" if value is None else str(value)
    return "" if value is None else value


def _typed(field: Field, raw: list[str]) -> Any:
    """Give what was sent, so that nothing typed is lost; a password is never sent back."""
    if field.kind is FieldKind.PASSWORD:
        return ""
    if field.kind is FieldKind.CHECKBOX:
        return bool(raw)
    if field.kind is FieldKind.CHECKBOXES:
        return raw
    return raw[-1] if raw else ""
