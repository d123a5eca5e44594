"""Phases are set whole: dated, in order, without overlap, opening only what exists."""

import pytest

from baukasten.errors import Invalid, NotFound
from baukasten.projects import queries, schedule, service
from tests.core.projects.rig import DAY, NOW, draft, phase


@pytest.fixture
def project(session):
    return service.create_project(session, None, draft())


def test_phases_are_kept_in_order_and_frame_the_project(session, project):
    drafts = [
        phase("Informieren", -10, -3),
        phase("Ideen", -3, 12, "stall.write", "stall.vote", note="Schreiben"),
    ]
    schedule.set_phases(session, None, project.id, drafts)
    found = queries.phases(session, project.id)
    assert [(one.title, one.note, sorted(one.features)) for one in found] == [
        ("Informieren", "", []),
        ("Ideen", "Schreiben", ["stall.vote", "stall.write"]),
    ]
    facts = queries.project_by_id(session, project.id)
    assert facts is not None
    assert (facts.starts_at, facts.ends_at) == (NOW - 10 * DAY, NOW + 12 * DAY)


def test_setting_phases_replaces_them_all(session, project):
    schedule.set_phases(session, None, project.id, [phase("Alt", 0, 1), phase("Älter", 1, 2)])
    schedule.set_phases(session, None, project.id, [phase("Neu", 5, 6)])
    assert [one.title for one in queries.phases(session, project.id)] == ["Neu"]
    schedule.set_phases(session, None, project.id, [])
    facts = queries.project_by_id(session, project.id)
    assert facts is not None
    assert (queries.phases(session, project.id), facts.starts_at, facts.ends_at) == ((), None, None)


@pytest.mark.parametrize(
    ("drafts", "fields"),
    [
        ([phase("A", 2, 2)], {"ends-0"}),
        ([phase("A", 2, 1)], {"ends-0"}),
        ([phase("A", 0, 2), phase("B", 1, 3)], {"starts-1"}),
        ([phase("B", 2, 3), phase("A", 0, 1)], {"starts-1"}),
        ([phase(" ", 0, 1), phase("B", 1, 2, note="x" * 201)], {"title-0", "note-1"}),
        ([phase("A", 0, 1, "stall.fly")], {"features-0"}),
        ([phase(f"P{n}", n, n + 1) for n in range(13)], {""}),
    ],
)
def test_what_cannot_be_is_named_by_its_place(session, project, drafts, fields):
    with pytest.raises(Invalid) as refused:
        schedule.set_phases(session, None, project.id, drafts)
    assert refused.value.errors.keys() == fields
    assert queries.phases(session, project.id) == ()


def test_phases_may_touch(session, project):
    schedule.set_phases(session, None, project.id, [phase("A", 0, 1), phase("B", 1, 2)])
    assert len(queries.phases(session, project.id)) == 2


def test_what_phases_can_open_follows_from_the_active_plugins(contract):
    assert schedule.features(contract, frozenset({"stall"})) == {
        "stall.write": "Stall: Write notes",
        "stall.vote": "Stall: Vote",
    }
    assert schedule.features(contract, frozenset()) == {}


def test_another_town_sets_nothing(session, project, database, other_town):
    session.commit()
    with database.session(other_town.id) as foreign, pytest.raises(NotFound):
        schedule.set_phases(foreign, None, project.id, [])
