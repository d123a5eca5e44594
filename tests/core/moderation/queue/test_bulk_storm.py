"""A storm of statements with everything held: two people decide, one by one and in bulk, while others write."""

import threading

import pytest

from baukasten.moderation import deciding
from baukasten.moderation.models import Measure
from baukasten.moderation.queue import bulk, claim, listing
from baukasten.moderation.queue.bulk import Way
from baukasten.moderation.queue.filters import Filters
from baukasten.moderation.screening import prechecks
from baukasten.moderation.screening.facts import Level
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import Role
from baukasten_forum import service as forum_service
from tests.core.moderation.queue import storm

COUNT, WRITERS, AT_ONCE = 90, 3, 12


@pytest.fixture
def everything_held(session, moderator, topic):
    prechecks.write(session, moderator, {prechecks.TOWN: Level.EVERYBODY})
    session.commit()


class Storm:
    """Writers and two moderators, each in a thread with sessions of their own; what fails is kept for the test."""

    def __init__(self, database, town):
        self.open = lambda: database.session(town.id)
        self.written = threading.Event()
        self.failed = []
        self.singles, self.together = 0, 0

    def run(self, *parts):
        def guarded(part):
            try:
                part()
            except Exception as error:  # noqa: BLE001 - handed on to the test's thread
                self.failed.append(error)
                self.written.set()

        threads = [threading.Thread(target=guarded, args=(part,)) for part in parts]
        for thread in threads:
            thread.start()
        return threads

    def decide_one_by_one(self, member):
        while True:
            over = self.written.is_set()
            with self.open() as own:
                case_id = claim.next_case(own, member)
                own.commit()
                if case_id is not None:
                    deciding.decide(own, member, case_id, Step(Measure.PUBLISH))
                    own.commit()
                    self.singles += 1
                elif over:
                    return

    def decide_in_bulk(self, member):
        while True:
            over = self.written.is_set()
            with self.open() as own:
                found = listing.page(own, member, Filters(limit=AT_ONCE)).lines
                chosen = [line.id for line in found if line.holder_id is None]
                if chosen:
                    step = bulk.step_of(own, Way.CLEAR, "", "")
                    self.together += len(bulk.decide(own, member, chosen, Way.CLEAR, step).decided)
                    own.commit()
                elif over and not found:
                    return


def test_no_statement_is_lost_or_decided_twice(
    database, town, session, forum, topic, new_member, everything_held
):
    people = [new_member(name=f"Schreiberin {number}") for number in range(WRITERS)]
    one, other = (new_member(Role.MODERATOR, name=name) for name in ("Jule", "Tjark"))
    statements = [f"Aussage {number} zur Treppe am Wasser" for number in range(COUNT)]
    work = Storm(database, town)

    def write(number):
        for text in statements[number::WRITERS]:
            with work.open() as own:
                forum_service.reply(own, people[number], forum, topic.topic_id, body=text)
                own.commit()

    def writers():
        for thread in work.run(*(lambda number=number: write(number) for number in range(WRITERS))):
            thread.join()
        work.written.set()

    for thread in work.run(writers, lambda: work.decide_one_by_one(one), lambda: work.decide_in_bulk(other)):
        thread.join()
    assert work.failed == []
    assert min(work.singles, work.together) > 0
    assert work.singles + work.together == COUNT
    storm.check(session, topic.topic_id, statements)


@pytest.mark.parametrize("count", [1, 24, 120, storm.STATEMENTS])
def test_the_days_shape_keeps_its_number_and_its_order(count):
    due = storm.moments(count, 240)
    assert (len(due), due) == (count, sorted(due))
    assert 0 <= due[0] <= due[-1] < 240
