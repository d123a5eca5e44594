"""Words that the town lists, and people who do something at the same time."""

import threading

import pytest

from baukasten.tenants import settings


@pytest.fixture
def listed(session):
    """The town looks first at a word, and takes another one not at all."""
    settings.write(session, "moderation.screening", {"words_held": "schrott", "words_refused": "verboten"})
    session.commit()


@pytest.fixture
def at_once():
    """Runs jobs in threads of their own and waits for all; raises what one of them raised."""

    def run(jobs):
        failed = []

        def guarded(job):
            try:
                job()
            except Exception as error:  # noqa: BLE001 - shown by the test's own thread
                failed.append(error)

        threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for error in failed:
            raise error

    return run
