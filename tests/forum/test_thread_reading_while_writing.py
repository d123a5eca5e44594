"""Whoever reads a topic page by page while others write in it sees every post once, in every process and order."""

import re
import threading
import time
from itertools import cycle

import pytest
from sqlalchemy import func, select

from baukasten.app import create_app, end
from baukasten.web.platform import EXTENSION
from baukasten_forum import service
from baukasten_forum.models import Post, Topic
from baukasten_forum.thread import PAGE_SIZE
from tests.forum.conftest import first
from tests.forum.test_topic_page import fill

POST = re.compile(r'id="post-(\d+)"')
PEOPLE = 8
"""More than one, for nobody may write without end."""


@pytest.fixture(scope="module")
def app(base_config, database):
    """A process that hears of what others wrote only when a test lets it ask."""
    before = set(threading.enumerate())
    made = create_app(base_config, database)
    begun = [thread for thread in threading.enumerate() if thread not in before]
    made.extensions[EXTENSION].generations.stop()
    for thread in begun:
        if thread.name == "generations":
            thread.join(60)
    yield made
    end(made)


@pytest.fixture
def people(new_member):
    return [new_member() for _number in range(PEOPLE)]


@pytest.fixture
def write(database, town, forum, topic, people):
    """Add replies as another process would: this one hears of it when it asks the database next."""
    author = cycle(people)

    def do(count):
        with database.session(town.id) as session:
            session.on_written = ()
            for number in range(count):
                service.reply(session, next(author), forum, topic.topic_id, body=f"Meinung {number}.")
            session.commit()

    return do


@pytest.fixture
def stand(database, town, topic):
    """Let so many replies stand there already."""

    def do(count):
        with database.session(town.id) as session:
            session.on_written = ()
            fill(session, topic, count)

    return do


@pytest.fixture
def ask(app, browse, topic):
    """Fetch a page as a guest or a member: the numbers on it, and the addresses before and after."""
    platform = app.extensions[EXTENSION]

    def do(client, url, *, heard):
        if heard:
            platform.generations.refresh()
        page = client.get(url)
        assert page.status_code == 200
        numbers = [int(number) for number in POST.findall(page.text)]
        links = {rel: first(rf'rel="{rel}" href="([^"]+)"', page.text) for rel in ("prev", "next")}
        return numbers, links

    return do


@pytest.fixture(params=["guest", "member"])
def reader(request, browse, people):
    return browse(people[0] if request.param == "member" else None)


def address(topic, after=0):
    url = f"/beteiligung/torfhafen/forum/{topic.topic_id}-{topic.slug}"
    return f"{url}?nach={after}" if after else url


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "not yet heard"])
@pytest.mark.parametrize("burst", [3, 30])
def test_forwards_nothing_is_skipped_and_nothing_doubled(ask, reader, topic, stand, write, burst, heard):
    stand(PAGE_SIZE - 4)
    ask(reader, address(topic), heard=True)
    rounds = 6 if burst < PAGE_SIZE // 2 else 4
    seen, url, bursts = [], address(topic), rounds
    while url:
        numbers, links = ask(reader, url, heard=heard or not bursts)
        write(burst if bursts else 0)
        if links["next"] or not bursts:
            seen += numbers
            url = links["next"]
        else:
            # The last page is read again until its next one begins; what stood there stays.
            assert numbers == list(range(len(seen) + 1, len(seen) + 1 + len(numbers)))
        bursts = max(bursts - 1, 0)
    assert seen == list(range(1, PAGE_SIZE - 3 + rounds * burst + 1))


def test_backwards_nothing_is_skipped_and_nothing_doubled(ask, browse, topic, stand, write):
    stand(3 * PAGE_SIZE + 9)
    client, url = browse(), address(topic, 3 * PAGE_SIZE)
    seen: list[int] = []
    while url:
        numbers, links = ask(client, url, heard=True)
        write(1)
        seen = numbers + seen
        url = links["prev"]
    assert seen == list(range(1, 3 * PAGE_SIZE + 11))


def test_a_page_that_leads_on_is_full_whatever_a_process_kept_before(ask, app, browse, people, topic, write):
    app.extensions[EXTENSION].generations.refresh()
    write(PAGE_SIZE - 4)
    member, guest = browse(people[0]), browse()
    assert len(ask(member, address(topic), heard=True)[0]) == PAGE_SIZE - 3
    write(10)
    numbers, links = ask(member, address(topic), heard=False)
    assert (len(numbers), bool(links["next"])) == (PAGE_SIZE, True)
    numbers, links = ask(guest, f"{address(topic)}?neu", heard=False)
    assert (len(numbers), bool(links["next"])) == (PAGE_SIZE, True)


@pytest.mark.soak
def test_five_posts_a_second_for_a_minute(ask, browse, database, topic, town, write):
    over = threading.Event()

    def write_on():
        for _number in range(300):
            write(1)
            time.sleep(0.2)
        over.set()

    writer = threading.Thread(target=write_on)
    writer.start()
    client, seen, url, while_writing = browse(), [], address(topic), 0
    while url:
        was_over = over.is_set()
        numbers, links = ask(client, url, heard=True)
        while_writing += not was_over
        if links["next"] or was_over:
            seen += numbers
            url = links["next"]
    writer.join()
    with database.session(town.id) as session:
        count = session.scalar(select(func.count()).where(Post.topic_id == topic.topic_id))
        told = session.scalar(select(Topic.last_number).where(Topic.id == topic.topic_id))
    assert while_writing > 100
    assert seen == list(range(1, 302))
    assert (count, told) == (301, 301)
