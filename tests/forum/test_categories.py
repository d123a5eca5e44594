"""The subjects of a forum: set up by the town's administration, used by all."""

import re
from typing import Any

import pytest

from baukasten.audit.models import AuditEntry
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten_forum import categories
from baukasten_forum.models import Category, Topic
from tests.forum.conftest import open_forum

HOME = "/beteiligung/torfhafen/forum/einrichten/kategorien"


def names(session, forum):
    return [(row.title, row.slug, row.closed) for row in categories.all_of(session, forum.id)]


def add(session, admin, forum, *titles):
    return [categories.add(session, admin, forum, title=title) for title in titles]


def test_categories_stand_in_the_order_they_were_given(session, forum, admin):
    first, second, third = add(session, admin, forum, "Wohnen", "Ufer  und Wasser", "Wohnen!")
    assert names(session, forum) == [
        ("Wohnen", "wohnen", False),
        ("Ufer und Wasser", "ufer-und-wasser", False),
        ("Wohnen!", "wohnen-2", False),
    ]
    categories.move(session, admin, forum, third, up=True)
    categories.move(session, admin, forum, first, up=True)
    assert [row.id for row in categories.all_of(session, forum.id)] == [first, third, second]
    categories.move(session, admin, forum, first, up=False)
    assert [row.id for row in categories.all_of(session, forum.id)] == [third, first, second]


def test_a_renamed_category_keeps_its_address(session, forum, admin):
    (number,) = add(session, admin, forum, "Wohnen")
    categories.change(session, admin, forum, number, title="Verkehr", description="Wege.", closed=True)
    assert names(session, forum) == [("Verkehr", "wohnen", True)]
    deeds = session.query(AuditEntry.action).filter(AuditEntry.action.startswith("forum.category.")).all()
    assert sorted(row.action for row in deeds) == ["forum.category.add", "forum.category.change"]


@pytest.mark.parametrize("title", ["", "  ", "x" * 61, "wohnen"])
def test_a_title_is_needed_short_and_free(session, forum, admin, title):
    add(session, admin, forum, "Wohnen")
    with pytest.raises(Invalid):
        categories.add(session, admin, forum, title=title)
    with pytest.raises(Invalid):
        categories.add(session, admin, forum, title="Ufer", description="x" * 301)
    assert len(names(session, forum)) == 1


def test_there_are_at_most_sixty(session, forum, admin):
    add(session, admin, forum, *(f"Thema {number}" for number in range(60)))
    with pytest.raises(Invalid):
        add(session, admin, forum, "Noch eins")


def test_only_an_empty_category_goes(session, forum, admin, topic):
    used, free = add(session, admin, forum, "Wohnen", "Ufer")
    session.query(Topic).update({"category_id": used, "visibility": "hidden"})
    with pytest.raises(Conflict):
        categories.delete(session, admin, forum, used)
    categories.delete(session, admin, forum, free)
    assert [row.id for row in categories.all_of(session, forum.id)] == [used]


def test_new_topics_go_where_it_is_open_and_of_this_forum(session, database, town, forum, admin):
    open_one, closed = add(session, admin, forum, "Wohnen", "Ufer")
    categories.change(session, admin, forum, closed, title="Ufer", description="", closed=True)
    categories.check(session, forum, None)
    categories.check(session, forum, open_one)
    categories.check(session, forum, closed, closed_too=True)
    session.commit()
    other = open_forum(database, town, "zweites")
    for module, number in ((forum, closed), (other, open_one), (forum, 2**62)):
        with pytest.raises(Invalid) as refused:
            categories.check(session, module, number)
        assert list(refused.value.errors) == ["category"]


def test_others_categories_are_unknown_and_others_are_refused(
    session, database, town, forum, admin, moderator
):
    (number,) = add(session, admin, forum, "Wohnen")
    session.commit()
    other = open_forum(database, town, "zweites")
    values: Any = {"title": "Neu", "description": "", "closed": False}
    with pytest.raises(NotFound):
        categories.change(session, admin, other, number, **values)
    with pytest.raises(NotFound):
        categories.move(session, admin, other, number, up=True)
    with pytest.raises(NotFound):
        categories.delete(session, admin, other, number)
    with pytest.raises(Denied):
        categories.change(session, moderator, forum, number, **values)
    assert names(session, forum) == [("Wohnen", "wohnen", False)]


def post(client, path, **values):
    page = client.get(HOME).get_data(as_text=True)
    token = re.search(r'name="(csrf_token|_token|token)" value="([^"]+)"', page)
    fields = {token[1]: token[2]} if token else {}
    return client.post(path, data={**fields, **values})


def test_the_administration_sets_categories_up_without_script(browse, session, forum, admin):
    client = browse(admin)
    assert "Noch gibt es keine Themen" in client.get(HOME).get_data(as_text=True)
    assert post(client, HOME, title="").status_code == 422
    for title in ("Wohnen", "Ufer"):
        answer = post(client, HOME, title=title, description="Alles dazu.")
        assert answer.status_code == 303
    number = int(answer.location.rpartition("-")[2])
    assert answer.location == f"{HOME}#thema-{number}"
    assert post(client, f"{HOME}/{number}/bewegen", direction="up").status_code == 303
    page = client.get(f"{HOME}/{number}").get_data(as_text=True)
    assert 'value="Ufer"' in page
    assert post(client, f"{HOME}/{number}", title="Wohnen", description="").status_code == 422
    assert post(client, f"{HOME}/{number}", title="Kai", description="", closed="1").status_code == 303
    session.expire_all()
    assert names(session, forum) == [("Kai", "ufer", True), ("Wohnen", "wohnen", False)]
    assert post(client, f"{HOME}/{number}/loeschen").status_code == 303
    assert session.query(Category.title).all() == [("Wohnen",)]
    listed = client.get("/beteiligung/torfhafen/forum/").get_data(as_text=True)
    assert f'href="{HOME}"' in listed


def test_nobody_else_sets_categories_up(browse, session, forum, admin, ben, moderator):
    (number,) = add(session, admin, forum, "Wohnen")
    session.commit()
    for member in (ben, moderator):
        client = browse(member)
        for path in (HOME, f"{HOME}/{number}"):
            assert client.get(path).status_code == 403
        assert client.post(f"{HOME}/{number}/loeschen").status_code in (400, 403)
    assert browse().get(HOME).status_code == 303
    for wrong in (number + 1, 2**63 - 1, 2**63, "x"):
        assert browse(admin).get(f"{HOME}/{wrong}").status_code == 404
