"""What a door promises: no more than the phase, and no more than the module itself says."""

import dataclasses
import datetime as dt

import pytest

from baukasten.plugin.refs import ModuleRef
from baukasten.projects import doors
from baukasten.projects.doors import Stone
from baukasten.projects.facts import PhaseFacts
from baukasten.web import i18n
from tests.core.projects.made import STALL

NOW = dt.datetime(2035, 3, 20, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
STONE = Stone(ModuleRef(1, "stall", "stand", "Stand"), STALL, "Notes.", "Read", "Write")


@pytest.fixture(autouse=True)
def german():
    with i18n.speaking(i18n.translator("de", "Europe/Berlin")):
        yield


def shown(at=NOW, *, archived=False, **says):
    phase = PhaseFacts(1, 1, "Notes", "", NOW - DAY, NOW + 9 * DAY, frozenset({"stall.write"}))
    view = doors.view(dataclasses.replace(STONE, **says), "/stand/", [phase], at, archived=archived)
    return view.open, view.badge, view.go


def test_a_phase_opens_and_shuts_a_door():
    assert shown() == (True, "offen bis 29. März 2035", "Write")
    assert shown(NOW - 2 * DAY) == (False, "ab 19. März 2035", "Read")
    assert shown(NOW + 9 * DAY) == shown(archived=True) == (False, "nur lesen", "Read")


def test_a_module_that_ends_before_its_phase_says_so():
    assert shown(ends=NOW + DAY) == (True, "offen bis 21. März 2035", "Write")
    assert shown(ends=NOW + 20 * DAY) == shown()


def test_a_module_that_takes_nothing_is_shut_whatever_the_phase_says():
    assert shown(shut=True) == (False, "nur lesen", "Read")
    assert shown(shut=True, begins=NOW + DAY) == (False, "ab 21. März 2035", "Read")
    assert shown(NOW + 9 * DAY, shut=True, begins=NOW + 30 * DAY) == (False, "nur lesen", "Read")
