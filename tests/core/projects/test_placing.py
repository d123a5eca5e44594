"""Modules are placed, ordered, changed and taken away; the kind is told, and nobody's words vanish."""

import pytest

from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.projects import placing, queries, service
from baukasten.tenants import plugins
from baukasten.web.forms import UnknownSettingError
from tests.core.projects.made import Notes
from tests.core.projects.rig import draft, open_project


@pytest.fixture
def project(session):
    return service.create_project(session, None, draft())


def place(session, title="Stand", **more):
    return placing.place_module(session, None, "stall", title=title, **more)


def test_a_module_gets_its_kinds_defaults_and_the_kind_is_told(session, project):
    placed = placing.place_module(session, None, "stall", project_id=project.id)
    assert (placed.title, placed.slug, placed.path) == (
        "Stall",
        "stall",
        "/beteiligung/der-alte-torfhafen/stall/",
    )
    assert dict(placed.settings) == {"limit": 5, "intro": ""}
    assert Notes.told == [("placed", placed.id)]
    assert queries.modules(session, project.id) == [placed]


def test_addresses_are_free_within_a_project_and_not_beyond(session, project):
    assert [place(session, project_id=project.id).slug for _ in range(2)] == ["stand", "stand-2"]
    assert place(session).path == "/stand/"
    with pytest.raises(Invalid) as refused:
        place(session, slug="stand")
    assert refused.value.errors.keys() == {"slug"}


@pytest.mark.parametrize("slug", ["verwaltung", "en", "static", "beteiligung"])
def test_the_site_keeps_its_own_addresses(session, project, slug):
    with pytest.raises(Invalid) as refused:
        place(session, slug=slug)
    assert refused.value.errors.keys() == {"slug"}
    # Below a project nothing of the house is in the way.
    assert place(session, slug=slug, project_id=project.id).slug == slug


@pytest.mark.parametrize("slug", ["Groß", "mit leer", "a--b", "-a"])
def test_an_address_is_small_letters_digits_and_hyphens(session, slug):
    with pytest.raises(Invalid):
        place(session, slug=slug)


def test_a_kind_that_is_not_active_cannot_be_placed(session, town):
    plugins.switch_off(session, town, "stall")
    for kind in ("stall", "unknown"):
        with pytest.raises(NotFound):
            placing.place_module(session, None, kind)


def test_settings_are_checked_against_the_kinds_fields(session, project):
    placed = place(session, project_id=project.id, settings={"limit": 7})
    assert placed.settings["limit"] == 7
    with pytest.raises(Invalid) as refused:
        placing.change_module(session, None, placed.id, settings={"limit": 51})
    assert refused.value.errors.keys() == {"limit"}
    with pytest.raises(UnknownSettingError):
        placing.change_module(session, None, placed.id, settings={"colour": "red"})
    changed = placing.change_module(
        session, None, placed.id, title="Neu", settings={"intro": "Hallo"}, visible=False
    )
    assert (changed.title, dict(changed.settings), changed.visible) == (
        "Neu",
        {"limit": 7, "intro": "Hallo"},
        False,
    )


def test_a_public_modules_address_stays(session, project):
    hidden_yet = place(session, project_id=project.id)
    assert placing.change_module(session, None, hidden_yet.id, slug="tisch").slug == "tisch"
    _project, public = open_project(session, "Markt")
    with pytest.raises(Invalid) as refused:
        placing.change_module(session, None, public.id, slug="tisch")
    assert refused.value.errors.keys() == {"slug"}


def test_modules_change_places_with_their_neighbours(session, project):
    first, second, third = (place(session, name, project_id=project.id) for name in ("a", "b", "c"))

    def order():
        return [one.title for one in queries.modules(session, project.id)]

    placing.move_module(session, None, third.id, "up")
    assert order() == ["a", "c", "b"]
    placing.move_module(session, None, first.id, "down")
    assert order() == ["c", "a", "b"]
    for module, direction in ((third, "up"), (second, "down"), (first, "sideways")):
        placing.move_module(session, None, module.id, direction)
    assert order() == ["c", "a", "b"]


def test_a_module_goes_when_its_kind_lets_go(session, project):
    placed = place(session, project_id=project.id)
    Notes.used = True
    with pytest.raises(Conflict, match="There are notes at this stall"):
        placing.remove_module(session, None, placed.id)
    assert queries.modules(session, project.id) == [placed]
    Notes.used = False
    placing.remove_module(session, None, placed.id)
    assert queries.modules(session, project.id) == []


def test_what_is_rolled_back_was_never_placed(session, project):
    placed = place(session, project_id=project.id)
    session.rollback()
    assert queries.module_by_id(session, placed.id) is None


def test_another_towns_module_is_not_there(session, database, other_town):
    _project, module = open_project(session)
    with database.session(other_town.id) as foreign:
        assert queries.module_by_id(foreign, module.id) is None
        assert queries.module_at(foreign, "der-alte-torfhafen", module.slug) is None
        with pytest.raises(NotFound):
            placing.remove_module(foreign, None, module.id)
        with pytest.raises(NotFound):
            placing.change_module(foreign, None, module.id, title="Unser")
        with pytest.raises(NotFound):
            placing.place_module(foreign, None, "stall", project_id=_project.id)


def test_a_kind_that_cannot_prepare_itself_is_not_placed(session, project, monkeypatch):
    monkeypatch.setattr(Notes, "told", None)
    with pytest.raises(Conflict, match="could not prepare itself"):
        place(session, project_id=project.id)
    session.rollback()
    assert queries.modules(session, project.id) == []
