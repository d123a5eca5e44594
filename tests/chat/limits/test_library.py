"""Limits count people, not addresses: forty visitors of a library write as if each sat at home."""

import datetime as dt
import re

import pytest

from baukasten import clock
from baukasten.tenants import settings
from baukasten_chat import rooms
from baukasten_chat.messages import service

SECOND = dt.timedelta(seconds=1)
DEFAULTS = {"least_seconds": 3, "proof_of_work": True, "per_ten_minutes": 20, "per_day": 100}


@pytest.fixture
def strict(session):
    """The town's limits are those that the platform begins with."""
    settings.write(session, "moderation.screening", DEFAULTS)
    session.commit()


def form_of(browser, chat):
    """The hidden fields of the form for a message, as a browser keeps them."""
    page = browser.get(chat.path).text
    form = page[page.index('name="body"') - 4_000 :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_forty_people_behind_one_address_say_two_things_within_a_minute(
    session, evening, chat, new_member, browse, strict
):
    browsers = [browse(new_member(name=f"Leserin {number}")) for number in range(40)]
    forms = [form_of(browser, chat) for browser in browsers]
    answers = []
    for turn in range(2):
        clock.forward(20 * SECOND)
        for number, browser in enumerate(browsers):
            answer = browser.post(
                f"{chat.path}nachricht",
                data={**forms[number], "nonce": f"n{turn}-{number}", "body": f"Beitrag {turn} von {number}"},
                headers={"Accept": "application/json"},
            )
            answers.append(answer.status_code)
    assert answers == [200] * 80
    assert rooms.of_module(session, chat).number == 80


def test_talk_is_not_counted_as_contributions_are(session, evening, chat, anna, strict):
    said = []
    for number in range(25):
        clock.forward(4 * SECOND)
        said.append(service.say(session, anna, chat, body=f"Nummer {number}").number)
    assert said == list(range(1, 26))
