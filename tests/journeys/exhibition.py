"""The demo as its visitors find it, served over plain http on *.localhost for real browsers."""

import dataclasses
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text
from werkzeug.serving import WSGIRequestHandler, make_server

from baukasten import house
from baukasten.access import members
from baukasten.app import CORE_FOLDER, create_app, end, package_folders
from baukasten.config import Config
from baukasten.db import embedded
from baukasten.db.session import Database
from baukasten.demo import build, plans, views
from baukasten.demo.folder import Keys
from baukasten.identity import passwords, sessions
from baukasten.identity import service as identity
from baukasten.jobs.worker import Worker
from baukasten.mail.transport import FileTransport, StoredMail
from baukasten.operator.costs import Reporter
from baukasten.plugin.refs import MemberRef, Role, TenantRef
from baukasten.tenants import service
from baukasten.testing import database as databases
from baukasten.testing.fixtures import WORKER
from baukasten.web.here import Place
from baukasten.web.i18n import load_catalogues
from baukasten.workshop import make_worker

PASSWORD = "sehr-geheim-und-lang"
OPERATOR_HOST, DEMO_HOST = "betrieb.localhost", "demo.localhost"


TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


class Quiet(WSGIRequestHandler):
    """Answers without a line in the log for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclasses.dataclass(frozen=True)
class Exhibition:
    """The served demo, and what tests may reach behind the pages."""

    config: Config
    app: Flask
    database: Database
    towns: list[plans.TownPlan]
    worker: Worker
    said: dict[str, str] = dataclasses.field(default_factory=dict)
    """What addresses of pages name, from those who prepared them."""

    @property
    def mails(self) -> FileTransport:
        """Give the mailbox."""
        return FileTransport(self.config.mail_dir)

    def url(self, host: str, path: str = "/") -> str:
        """Give the address of a page."""
        return f"http://{host}:{self.config.public_port}{path}"

    def town(self, slug: str) -> TenantRef:
        """Give a town by its short name."""
        with self.database.operator_session() as session:
            return service.by_slug(session, slug)

    def _refs(self) -> list[TenantRef]:
        with self.database.operator_session() as session:
            return service.list_towns(session)

    def work(self) -> None:
        """Run all waiting jobs; in a thread of its own, since the browser's driver holds this one's event loop."""
        failed: list[BaseException] = []

        def run() -> None:
            try:
                self.worker.run_pending()
            except BaseException as error:  # noqa: BLE001 - handed on to the test's thread
                failed.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if failed:
            raise failed[0]

    def report_costs(self) -> None:
        """Write down now what the hooks have cost, as the process does every few seconds."""
        Reporter(self.database).report()

    def rows_with(self, word: str) -> list[str]:
        """Name the tables in which any row, whoever it belongs to, contains a word; the owner's role sees all."""
        assert self.config.database is not None
        engine = create_engine(self.config.database.owner)
        with engine.connect() as connection:
            tables = connection.execute(text(TABLES)).scalars().all()
            query = "SELECT count(*) FROM {} AS t WHERE CAST(t AS text) ILIKE :word"
            found = [
                table
                for table in tables
                if connection.scalar(text(query.format(table)), {"word": f"%{word}%"})
            ]
        engine.dispose()
        return found

    def letters(self, address: str) -> list[StoredMail]:
        """Run the waiting jobs and give the mails to an address, newest first."""
        self.work()
        return self.mails.list(to=address)

    def link(self, address: str, part: str) -> str:
        """Give the path of the newest link to an address that has this part."""
        bodies = (mail.text for mail in self.letters(address))
        found = next(
            match for body in bodies if (match := re.search(rf"http://[^/\s]+(/\S*{part}\S*)", body))
        )
        return found[1]

    def plan(self, slug: str) -> plans.TownPlan:
        """Give what a town of the demo is made of."""
        return next(town for town in self.towns if town.slug == slug)

    def person(self, slug: str, role: Role) -> str:
        """Give the address of somebody whose highest role in a town is this one."""
        if role is Role.OPERATOR:
            return build.OPERATOR_EMAIL
        plan = self.plan(slug)
        shown = (person for person in plan.people if person.shown and build.highest(person) is role)
        return plan.email(next(shown))

    def secret(self, host: str, email: str) -> str:
        """Begin a session for an account and give the cookie's value."""
        place = next((town.id for town in self._refs() if town.host == host), None)
        with self.database.session(place) as session:
            found = identity.find(session, email)
            assert found is not None, f"{email} has no account"
            secret = sessions.start(session, found.id, host=host, user_agent="journeys")
            session.commit()
        return secret

    def newcomer(self, slug: str, email: str, name: str, *roles: Role) -> MemberRef:
        """Make an account with the common password and a membership."""
        town = self.town(slug)
        with self.database.session(town.id) as session:
            account = identity.create_account(session, email, passwords.digest(PASSWORD), name)
            member = members.appoint(session, account, name, roles)
            session.commit()
        return member


@contextmanager
def opened(server: embedded.Server, folder: Path) -> Iterator[Exhibition]:
    """Build the demo in a database of its own, serve it on a free port, take it down again."""
    config = Config(
        data_dir=folder,
        secret_key="only-for-tests",
        operator_host=OPERATOR_HOST,
        demo_host=DEMO_HOST,
        scheme="http",
    )
    contract = house.load_contract(config)
    name = f"journeys_{WORKER}_{os.getpid()}"
    with databases.fresh(server, name, house.lineages(contract)) as urls:
        config = dataclasses.replace(config, database=urls)
        database = house.open_database(urls, contract)
        try:
            towns = plans.read()
            keys = Keys(PASSWORD, tuple(build.accounts(towns, OPERATOR_HOST)))
            # As the demo's command does: letters are made while it is built, in the language of their readers.
            load_catalogues({"core": CORE_FOLDER, **package_folders(contract)})
            build.build(database, towns, keys, _silent)
            with _served(config, database, towns, keys) as shown:
                shown.work()
                yield shown
        finally:
            database.close()


@contextmanager
def _served(
    config: Config, database: Database, towns: list[plans.TownPlan], keys: Keys
) -> Iterator[Exhibition]:
    door = make_server("127.0.0.1", 0, _closed, threaded=True, request_handler=Quiet)
    config = dataclasses.replace(config, public_port=door.port)
    app = create_app(config, database, extra=[(views.blueprint, (Place.DEMO,))])
    app.extensions[views.EXTENSION] = views.Exhibit(
        towns, keys, FileTransport(config.mail_dir), door.port, OPERATOR_HOST
    )
    door.app = app
    serving = threading.Thread(target=door.serve_forever, name="pages")
    serving.start()
    try:
        yield Exhibition(config, app, database, towns, make_worker(config, database))
    finally:
        door.shutdown()
        serving.join()
        door.server_close()
        end(app)


def _silent(_line: str) -> None:
    """Hear the progress and say nothing."""


def _closed(_environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
    """Stand at the door until the application is built, which must know the port."""
    start("503 Service Unavailable", [])
    return []
