"""However long a file is, little of it is in memory at any moment."""

import json
import subprocess
import sys
import tracemalloc

import pytest
from sqlalchemy import func, select

from baukasten.plugin.work import Work, begin
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.transfer import running, service
from tests.house.tree import ROOT
from tests.newsletter.transfer.conftest import table

MEGABYTE = 1024 * 1024
ROWS = 200_000


def test_memory_does_not_follow_the_number_of_rows(transfer, database, town, monkeypatch):
    # Smaller than any of these files, so that each is read in several pieces.
    monkeypatch.setattr(service, "PIECE", 16_384)

    def peak(count):
        number = transfer.send(table(count))
        with database.session(town.id) as session:
            begin(session, Work(0, 1, town, frozenset(), {}))
            tracemalloc.start()
            running.run(session, import_id=number)
            top = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            session.commit()
        assert transfer.row(number).counts == {"added": count}
        return top

    peak(10)
    small, large = peak(1000), peak(8000)
    # Kept, seven thousand people more would take nearly nine megabytes; other threads of the tests take some too.
    assert large - small < 6 * MEGABYTE
    assert large < 12 * MEGABYTE


@pytest.mark.soak
def test_two_hundred_thousand_people_in_less_than_200_megabytes(
    transfer, database_urls, base_config, mailbox, town
):
    urls = [database_urls.owner, database_urls.app, database_urls.operator]
    given = json.dumps({"data": str(base_config.data_dir), "urls": urls})

    def work():
        command = [sys.executable, "-m", "tests.newsletter.transfer.bringer", given]
        done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
        return int(done.stdout.split()[-1]) / 1024

    idle = work()
    number = transfer.send(table(ROWS))
    trial = work()
    assert transfer.row(number).counts == {"added": ROWS}
    transfer.start(number)
    taking = work()
    row = transfer.row(number)
    assert (row.state, row.taken) == ("done", {"added": ROWS})
    people = select(func.count()).select_from(Subscriber)
    assert transfer.on(lambda session: session.scalar(people)) == ROWS
    found = f"{idle:.0f} MB with nothing to do, {trial:.0f} MB for the trial, {taking:.0f} MB for the run"
    print(found)  # noqa: T201 - read in `make soak`
    assert max(trial, taking) - idle < 25
    assert max(trial, taking) < 200
