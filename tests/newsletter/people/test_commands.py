"""The command that proves a town's log of consents to be whole."""

import contextlib

from click.testing import CliRunner
from sqlalchemy import create_engine, text

from baukasten.audit.service import entries
from baukasten_newsletter.people import addresses, commands, log, watching
from baukasten_newsletter.people.models import ConsentKind


class House:
    """An installation with one town."""

    def __init__(self, database, town):
        self.database, self.found = database, town

    @contextlib.contextmanager
    def town(self, _slug):
        with self.database.session(self.found.id) as session:
            yield session, self.found


def test_a_tampered_log_ends_the_command_with_its_first_entry(session, database, database_urls, town):
    fingerprint = addresses.fingerprint(session, "anna@post.example")
    for kind in (ConsentKind.REQUESTED, ConsentKind.MAILED, ConsentKind.CONFIRMED):
        log.write(session, kind, fingerprint)
    session.commit()
    ask = ["verify", town.slug]
    done = CliRunner().invoke(commands.newsletter, ask, obj=House(database, town))
    assert (done.exit_code, done.output) == (0, f"{town.slug}: the log of consents is whole\n")
    engine = create_engine(database_urls.owner)
    with engine.begin() as connection:
        change = text("UPDATE newsletter_consent SET kind = 'withdrawn' WHERE number = 2 AND tenant_id = :id")
        connection.execute(change, {"id": town.id})
    engine.dispose()
    done = CliRunner().invoke(commands.newsletter, ask, obj=House(database, town))
    assert done.exit_code == 1
    assert "from entry 2 on" in done.output


def test_a_changed_secret_is_accepted_by_command(session, database, town):
    watching.note(session, secret=b"that of before")
    session.commit()
    done = CliRunner().invoke(commands.newsletter, ["accept-secret", town.slug], obj=House(database, town))
    assert (done.exit_code, done.output) == (
        0,
        f"{town.slug}: 0 subscribers are known under the secret of now\n",
    )
    session.expire_all()
    assert not watching.is_other_secret(session)
    assert entries(session)[0].action == "newsletter.secret.accept"
