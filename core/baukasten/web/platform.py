"""What the process shares among all requests."""

from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from baukasten.config import Config
from baukasten.db.session import Database
from baukasten.plugin.contract import Contract
from baukasten.plugin.refs import TenantRef
from baukasten.web.generation import Generations, Memo
from baukasten.web.pagecache import PageCache
from baukasten.web.shedding import Shedding
from baukasten.web.tally import Tallies

EXTENSION = "baukasten"


@dataclass(frozen=True, slots=True)
class Platform:
    """Config, database, plugins and caches of one process."""

    config: Config
    database: Database
    contract: Contract
    generations: Generations
    memo: Memo
    pages: PageCache
    parts: Memo
    """Rendered parts of pages that all readers of a town see alike."""
    tallies: Tallies
    shedding: Shedding
    hosts: dict[str, tuple[int, TenantRef]] = field(default_factory=dict)
    """Towns by host name, each with the generation in which that was true."""


def platform() -> Platform:
    """Give the platform that serves the current request; views and checks only."""
    return cast("Platform", current_app.extensions[EXTENSION])
