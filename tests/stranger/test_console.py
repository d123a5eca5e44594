"""The operator reads which plugin, which hook, how often and how slow; other towns notice nothing."""

import itertools
import re
from collections.abc import Callable

import pytest
from baukasten_twin.plugin import Knobs, Mood
from flask import Flask
from flask.testing import FlaskClient

from baukasten.app import COSTS
from baukasten.plugin import MemberRef, TenantRef

_visits = itertools.count()


def visit(client: FlaskClient, times: int = 1) -> list[bool]:
    """Open the front page under ever new addresses, past the kept ones; tells where the twin is seen."""
    pages = [client.get(f"/?besuch={next(_visits)}") for _number in range(times)]
    assert {page.status_code for page in pages} == {200}
    return ["<p>twin " in page.text for page in pages]


def cells(app: Flask, operator: FlaskClient, hook: str) -> list[str]:
    """Let the process report, then read the cells of the twin's row for a hook."""
    app.extensions[COSTS].report()
    page = operator.get("/en/betrieb/bausteine").text
    (row,) = (row for row in page.split("<tr>") if ">twin<" in row and f">{hook}<" in row)
    return [re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row)]


def number(cell: str) -> int:
    return int(re.sub(r"\D", "", cell.partition(".")[0]))


@pytest.mark.parametrize("mood", [Mood.RAISE, Mood.RUBBISH, Mood.BREAK_SQL])
def test_errors_in_one_town_are_counted_and_pause_it_there_alone(
    app: Flask,
    operator: FlaskClient,
    client: FlaskClient,
    client_of: Callable[..., FlaskClient],
    other_town: TenantRef,
    mood: Mood,
) -> None:
    elsewhere = client_of(other_town)
    assert (visit(client), visit(elsewhere)) == ([True], [True])
    before = cells(app, operator, "fill_outlet")
    Knobs.fill_outlet = mood
    assert visit(client, 4) == [False] * 4
    Knobs.fill_outlet = Mood.FINE
    assert (visit(client), visit(elsewhere, 2)) == ([False], [True, True])
    after = cells(app, operator, "fill_outlet")
    assert number(after[4]) - number(before[4]) == 5
    assert after[5] == "paused"
    overview = operator.get("/en/betrieb/").text
    assert "<b>twin · fill_outlet</b> is paused in some towns" in overview


def test_slowness_is_seen_and_pauses_the_hook(app: Flask, operator: FlaskClient, client: FlaskClient) -> None:
    Knobs.fill_outlet, Knobs.hang_seconds = Mood.HANG, 0.55
    visit(client, 2)
    Knobs.fill_outlet = Mood.FINE
    assert visit(client) == [False]
    after = cells(app, operator, "fill_outlet")
    assert number(after[3]) >= 550
    assert after[5] == "paused"


def test_people_of_the_town_read_nothing_of_it(
    client: FlaskClient, sign_in: Callable[..., str], new_member: Callable[..., MemberRef]
) -> None:
    Knobs.fill_outlet = Mood.RAISE
    sign_in(client, new_member())
    page = client.get("/").text
    assert ("TwinError" in page, "fell over" in page) == (False, False)
