"""Settings have defaults, keep what was stored, and refuse what nobody declared."""

import pytest

from baukasten.tenants import settings
from baukasten.tenants.models import SettingValue
from baukasten.tenants.settings import UnknownSettingError
from baukasten.web.forms import read_settings

KEY = "site.legal"


def test_unset_settings_have_their_defaults(session, contract):
    assert KEY in contract.registry.settings
    for key, answer in contract.registry.settings.items():
        # What the towns of tests begin with is beside the point here.
        assert settings.typed(session, key, {}) == read_settings(answer.value, {})
    assert settings.read(session, KEY) == settings.typed(session, KEY, {})


def test_writing_keeps_what_was_stored_before(session):
    settings.write(session, KEY, {"imprint": "Stadt Torfhafen"})
    before = settings.read(session, KEY)
    assert before["imprint"] == "Stadt Torfhafen"
    other = next(name for name in before if name != "imprint")
    settings.write(session, KEY, {other: "Neues"})
    assert settings.read(session, KEY) == {**before, other: "Neues"}


def test_undeclared_groups_and_keys_are_loud(session):
    for attempt in (
        lambda: settings.read(session, "made.up"),
        lambda: settings.write(session, "made.up", {}),
        lambda: settings.write(session, KEY, {"made_up": 1}),
    ):
        with pytest.raises(UnknownSettingError, match="made"):
            attempt()


def test_one_towns_settings_are_not_anothers(database, session, other_town):
    settings.write(session, KEY, {"imprint": "Stadt Torfhafen"})
    session.commit()
    with database.session(other_town.id) as other:
        assert settings.read(other, KEY)["imprint"] != "Stadt Torfhafen"


def test_what_an_older_version_stored_is_left_out(session):
    session.add(SettingValue(group_key=KEY, values={"imprint": "Stadt Torfhafen", "gone": "y"}))
    session.flush()
    assert "gone" not in settings.read(session, KEY)
    settings.write(session, KEY, {})
    assert settings.read(session, KEY)["imprint"] == "Stadt Torfhafen"
