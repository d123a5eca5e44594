"""The pages with figures: plain counts, a sentence about what is not measured, and nothing of others."""

import datetime as dt

import pytest

from baukasten.plugin.refs import Role
from baukasten_newsletter.figures import exports
from baukasten_newsletter.keys import DeliveryState, IssueKind, IssueState
from baukasten_newsletter.models import Issue
from tests.newsletter.conftest import open_list

BASE = "/stadtbrief/zahlen/"


@pytest.fixture
def page(world, browse, moderator):
    return browse(moderator)


def cells(text):
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    return [cell.partition("<")[0] for cell in body.split("<td>")[1:]]


def test_the_list_of_issues_in_numbers(world, page):
    one = world.issue(number=3, visits=12)
    world.deliver(one, 5)
    world.deliver(one, 1, DeliveryState.SKIPPED, reason="left")
    world.session.commit()
    text = page.get(BASE).text
    assert cells(text)[1:] == ["6", "5", "0", "0", "0", "0", "1", "0", "12"]
    assert f'href="{BASE}{one}"' in text
    assert "post.example" not in text


def test_one_issue_by_reason_and_domain(world, page):
    one = world.issue()
    world.deliver(one, 5, domain="gross.example")
    world.deliver(one, 5, domain="klein.example")
    world.deliver(one, 1, DeliveryState.SKIPPED, reason="left", domain="einzel.example")
    world.session.commit()
    text = page.get(f"{BASE}{one}").text
    assert "gross.example" in text
    assert "einzel.example" not in text


def test_rubbish_and_foreign_numbers(world, page, database, town, client_of, other_town, new_member, sign_in):
    one = world.issue()
    world.session.commit()
    open_list(database, town, slug="kulturbrief", title="Kulturbrief")
    for rubbish in ("x", "-1", "9" * 30, "%00", "²"):
        assert page.get(f"{BASE}?nach={rubbish}").status_code == 200
    assert page.get(f"/kulturbrief/zahlen/{one}").status_code == 404
    assert page.get(f"{BASE}{one + 1}").status_code == 404
    open_list(database, other_town)
    stranger = client_of(other_town)
    sign_in(stranger, new_member(Role.ADMIN, where=other_town), other_town)
    assert stranger.get(f"{BASE}{one}").status_code == 404
    assert BASE + str(one) not in stranger.get(BASE).text


def test_citizens_see_no_figures(world, browse, new_member):
    world.session.commit()
    for who in (new_member(), None):
        assert browse(who).get(BASE).status_code in (302, 303, 403, 404)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (IssueState.SENDING, ["ist unterwegs", "Bisher ging sie an 2 Menschen."]),
        (IssueState.SENT, ["ist verschickt", "Sie ging an 2 Menschen."]),
        (IssueState.PAUSED, ["steht still: Niemand glaubt uns.", "Bisher ging sie an 2 Menschen."]),
        (IssueState.CANCELLED, ["hat nicht alle erreicht", "Bisher ging sie an 2 Menschen."]),
    ],
)
def test_staff_see_what_became_of_the_newest_digest(world, page, state, words):
    assert "Zusammenfassung vom" not in page.get(BASE).text
    reason = "Niemand glaubt uns." if state == IssueState.PAUSED else ""
    for day in (18, 19):
        row = Issue(kind=IssueKind.DIGEST, day=dt.date(2035, 3, day), state=state, pause_reason=reason)
        world.session.add(row)
        world.session.flush()
    world.deliver(row.id, 2)
    world.deliver(row.id, 1, DeliveryState.PENDING)
    world.session.commit()
    text = page.get(BASE).text
    assert text.count("Zusammenfassung vom") == 1
    assert "vom 19. März 2035" in text
    assert [one for one in words if one not in text] == []


def test_statements_are_few_and_constant(world, page, statements):
    one = world.issue()
    world.deliver(one)
    world.session.commit()
    page.get(BASE)
    with statements() as few:
        page.get(BASE)
    for _number in range(3):
        world.deliver(world.issue(), 2)
    world.session.commit()
    page.get(BASE)
    with statements() as many:
        page.get(BASE)
    # What a page knows of the town is kept for a moment; on a busy machine it may be read anew in between.
    own = [sum("newsletter_" in one for one in asked) for asked in (few, many)]
    assert own == [5, 5]


def test_the_table_to_take_away(world):
    for number in (1, 2):
        world.deliver(world.issue(number=number), number)
    (table,) = exports.EXPORTS
    found = list(exports.rows(world.session, world.module))
    assert [(row[0], row[3], row[4]) for row in found] == [(2, 2, 2), (1, 1, 1)]
    assert {len(row) for row in found} == {len(table.columns)} == {len(table.titles)}
