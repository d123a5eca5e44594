"""``baukasten doctor``: looks at everything an installation needs, one line each, and says what helps."""

import os
import shutil
import smtplib
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import click
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from baukasten import house
from baukasten.cli.setting import Setting, pass_setting
from baukasten.config import Config, DatabaseUrls
from baukasten.db import migrate
from baukasten.errors import BaukastenError
from baukasten.exports.pdf import pdf_possible
from baukasten.jobs import dead
from baukasten.mail.service import transport_for
from baukasten.mail.transport import SmtpTransport
from baukasten.operator.health import LATE_JOBS, LOW_SPACE, WAITING
from baukasten.plugin.faults import PluginError
from baukasten.web.assets import build

OLDEST_POSTGRESQL = 150_000
"""Version 15 brought SET NULL for a single column of a key."""
SMTP_SECONDS = 5.0
ROLES = ("app", "operator", "owner")


class State(StrEnum):
    """How one thing is."""

    OK = "ok"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: str
    state: State
    text: str


Answer = tuple[State, str]


@click.command()
@pass_setting
def doctor(setting: Setting) -> None:
    """Check environment, database, roles, migrations, queue, disk, mail and assets; ends with 1 when one is broken."""
    broken = 0
    for finding in examine(setting):
        broken += finding.state is State.BROKEN
        click.echo(f"{finding.state:<7} {finding.name:<18} {finding.text}")
    if broken:
        raise click.exceptions.Exit(1)


def examine(setting: Setting) -> Iterator[Finding]:
    """Look at one thing after the other; what cannot be looked at is broken, and the rest goes on."""
    yield _looked("environment", lambda: environment(setting.config))
    yield _looked("disk", lambda: disk(setting.config))
    yield _looked("mail", lambda: mail(setting.config))
    yield _looked("assets", assets)
    yield _looked("documents", documents)
    yield _looked("plugins", lambda: plugins(setting))
    try:
        with setting.urls() as urls:
            yield from _database(setting, urls)
    except (BaukastenError, OSError) as error:
        yield Finding("database", State.BROKEN, _said(error))


def _looked(name: str, look: Callable[[], Answer]) -> Finding:
    try:
        state, told = look()
    except (BaukastenError, PluginError, SQLAlchemyError, OSError, ValueError) as error:
        return Finding(name, State.BROKEN, _said(error))
    return Finding(name, state, told)


def _said(error: Exception) -> str:
    # The first line says it; what follows are statements and addresses of documentation.
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0] or type(error).__name__


def environment(config: Config) -> Answer:
    """Look at Python and at who may read the installation's secret."""
    version = sys.version.partition(" ")[0]
    secret = config.data_dir / "secret"
    if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        return State.BROKEN, f"others may read {secret}: chmod 600"
    if not os.access(config.data_dir, os.W_OK):
        return State.BROKEN, f"{config.data_dir} cannot be written"
    if config.scheme != "https":
        return State.LOOK, f"Python {version}; links and cookies are made for {config.scheme}"
    return State.OK, f"Python {version}, data in {config.data_dir}"


def disk(config: Config) -> Answer:
    """Look at the space beside the data."""
    free = shutil.disk_usage(config.data_dir).free
    return State.LOOK if free < LOW_SPACE else State.OK, f"{free / 1024**3:.1f} GB free"


def mail(config: Config) -> Answer:
    """Speak to the mail server, as far as its greeting and encryption."""
    transport = transport_for(config.smtp_url, config.mail_dir)
    if not isinstance(transport, SmtpTransport):
        return State.LOOK, f"no BAUKASTEN_SMTP_URL: mails are files in {config.mail_dir}"
    with smtplib.SMTP(transport.host, transport.port, timeout=SMTP_SECONDS) as server:
        if transport.tls:
            server.starttls(context=transport.tls)
        server.noop()
    return State.OK, f"{transport.host}:{transport.port} answers{' with TLS' if transport.tls else ''}"


def assets() -> Answer:
    """Look for the built fonts and scripts."""
    missing = [path.name for path in build.wanted() if not path.is_file()]
    if missing:
        return State.BROKEN, f"{', '.join(missing)} missing: make assets"
    return State.OK, "fonts and scripts are there"


def documents() -> Answer:
    """Look for the libraries that PDF needs; without them towns are offered all other formats."""
    if not pdf_possible():
        return State.LOOK, "no PDF: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    return State.OK, "PDF can be made"


def plugins(setting: Setting) -> Answer:
    """Load all plugins, and ask those that have something to say about their health."""
    registry, found = setting.contract.registry, setting.contract.manager.plugins
    ill = []
    for key, answer in registry.health_checks.items():
        health = answer.value.run()
        if not health.ok:
            ill.append(f"{key}: {health.detail}")
    named = ", ".join(f"{name} {one.manifest.version}" for name, one in found.items()) or "none"
    return (State.BROKEN, "; ".join(ill)) if ill else (State.OK, named)


def _database(setting: Setting, urls: DatabaseUrls) -> Iterator[Finding]:
    for name in ROLES:
        url = getattr(urls, name)
        if url:
            yield _looked(f"database {name}", partial(role, name, url))
        else:
            yield Finding(
                f"database {name}", State.OK, "no URL: only `db upgrade`, backup and restore need one"
            )
    yield _looked("migrations", lambda: migrations(setting, urls))
    yield _looked("queue", lambda: queue(urls))


def role(name: str, url: str) -> Answer:
    """Connect as one of the three roles and compare its rights with what it may have."""
    with _connected(url) as connection:
        who = connection.execute(text(house.WHO)).one()
        version = connection.scalar(text("SHOW server_version"))
        number = int(connection.scalar(text("SHOW server_version_num")) or 0)
    told = f"PostgreSQL {version} as {who.name}"
    if number < OLDEST_POSTGRESQL:
        return State.BROKEN, f"{told}: version 15 or newer is needed"
    if name == "owner":
        enough = who.rolsuper or who.rolbypassrls
        return (State.OK, told) if enough else (State.BROKEN, f"{told}: ALTER ROLE {who.name} BYPASSRLS")
    if who.rolsuper or who.rolbypassrls or who.owns:
        return State.BROKEN, f"{told}: may pass by row-level security; give it a role of its own"
    return State.OK, told


def migrations(setting: Setting, urls: DatabaseUrls) -> Answer:
    """Compare each lineage in the database with the code."""
    with _connected(urls.app) as connection:
        found = [migrate.standing(connection, chain) for chain in house.lineages(setting.contract)]
    told = ", ".join(f"{one.lineage} {one.database or 'nothing'}" for one in found)
    behind = [
        f"{one.lineage} is at {one.database or 'nothing'}, the code wants {one.code}"
        for one in found
        if not one.current
    ]
    return (State.BROKEN, f"{'; '.join(behind)}: baukasten db upgrade") if behind else (State.OK, told)


def queue(urls: DatabaseUrls) -> Answer:
    """Look for jobs that wait too long, or were given up."""
    with _connected(urls.operator) as connection:
        count, seconds = connection.execute(WAITING).one()
        given_up = connection.execute(dead.COUNT).scalar_one()
    told = f"{count} waiting, the oldest for {int(seconds)} s; {given_up} given up"
    if seconds > LATE_JOBS:
        return State.LOOK, f"{told}: is a worker running?"
    return (State.LOOK, f"{told}: see the operator's console") if given_up else (State.OK, told)


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
