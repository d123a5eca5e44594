"""However long a file is, little of it is in memory at any moment."""

import json
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.transfer import service
from tests.house.tree import ROOT
from tests.newsletter.transfer.conftest import table

MEGABYTE = 1024 * 1024
ROWS = 200_000


def child(name, database_urls, base_config, **more):
    """Run a program beside this file on the test's database; gives the numbers that it says."""
    urls = [database_urls.owner, database_urls.app, database_urls.operator]
    given = json.dumps({"data": str(base_config.data_dir), "urls": urls, **more})
    command = [sys.executable, "-m", f"tests.newsletter.transfer.{name}", given]
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    return [int(word) for word in done.stdout.split()]


def test_memory_does_not_follow_the_number_of_rows(transfer, database_urls, base_config, town, monkeypatch):
    # Smaller than any of these files, so that each is read in several pieces.
    monkeypatch.setattr(service, "PIECE", 16_384)
    counts = [10, 1000, 5000]
    sent = [transfer.send(table(count)) for count in counts]
    place = [town.id, town.slug, town.name, town.host]
    _first, small, large = child("peaks", database_urls, base_config, town=place, imports=sent)
    assert [transfer.row(number).counts for number in sent] == [{"added": count} for count in counts]
    # Kept, four thousand people more would take nearly five megabytes.
    assert large - small < 2 * MEGABYTE
    assert large < 12 * MEGABYTE


@pytest.mark.soak
def test_two_hundred_thousand_people_in_less_than_200_megabytes(
    transfer, database_urls, base_config, mailbox, town
):
    def work():
        return child("bringer", database_urls, base_config)[-1] / 1024

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
