"""Putting a worker together: what its jobs may know about towns, and the tools they are lent."""

import ctypes
from contextlib import AbstractContextManager
from typing import Any

from baukasten.app import CORE_FOLDER, make_templates, package_folders
from baukasten.config import Config
from baukasten.db.session import Database
from baukasten.inbox.door import TOOL as DOOR
from baukasten.inbox.door import Door
from baukasten.jobs.run import Surroundings
from baukasten.jobs.worker import CONCURRENCY, Worker
from baukasten.mail import line, zones
from baukasten.mail.message import Sender
from baukasten.mail.post import TOOL, Post
from baukasten.mail.service import transport_for
from baukasten.plugin.refs import TenantRef
from baukasten.realtime import exchange
from baukasten.tenants import plugins, service
from baukasten.tenants.sender.service import signing_sender
from baukasten.web.i18n import load_catalogues, speaking
from baukasten.web.page import Page
from baukasten.web.theming import load_themes

M_ARENA_MAX = -8
"""Of glibc's malloc.h."""


def make_worker(config: Config, database: Database, concurrency: int = CONCURRENCY) -> Worker:
    """Give a worker of this installation; run it in the main thread or start it beside the pages."""
    _share_memory()
    exchange.install(database, config)
    return Worker(database, surroundings(config, database), concurrency=concurrency)


def _share_memory() -> None:
    """Let all threads take memory from one place: each keeps what it once needed, and jobs wander between them."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)


def surroundings(config: Config, database: Database) -> Surroundings:
    """Give what jobs may know and use."""
    contract = database.contract
    catalogues = load_catalogues({"core": CORE_FOLDER, **package_folders(contract)})

    def sender_of(town: TenantRef) -> Sender:
        with database.session(town.id) as session:
            return signing_sender(session, town)

    def speak(town: TenantRef | None) -> AbstractContextManager[Any]:
        if town is None:
            return speaking(catalogues.translator("de"))
        return speaking(catalogues.translator(town.language, town.time_zone))

    transport = transport_for(config.smtp_url, config.mail_dir)
    post = Post(
        config,
        contract,
        make_templates(contract, load_themes(), {}, Page),
        catalogues.translator,
        transport,
        sender_of,
    )
    outgoing = line.outgoing_of(transport, config.operator_host)
    tools = {
        TOOL: post,
        line.TOOL: outgoing,
        zones.TOOL: zones.SystemResolver,
        DOOR: Door(database, config),
    }
    return Surroundings(service.by_id, plugins.active, speak, tools, outgoing.close)
