"""The plugin under examination, and what the checks of the contract need to know of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import Table

from baukasten.db.base import Base
from baukasten.db.embedded import Server
from baukasten.errors import NotFound
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin

CORE_DISTRIBUTION = "baukasten"


@dataclass(frozen=True)
class Case:
    """One installed plugin, the contract it is part of, and a PostgreSQL server for scratch databases."""

    contract: Contract
    name: str
    server: Server

    @cached_property
    def plugin(self) -> Plugin:
        """The plugin; raises NotFound when none of this name is installed."""
        found = self.contract.manager.plugins.get(self.name)
        if found is None:
            known = ", ".join(self.contract.manager.plugins) or "none"
            raise NotFound(f"No plugin {self.name} is installed; there are {known}.")
        return found

    @property
    def prefix(self) -> str:
        """Beginning of the plugin's tables."""
        return self.plugin.manifest.table_prefix

    def bears_name(self, table: str) -> bool:
        """Tell whether a table is called like the plugin, or begins with its prefix."""
        return table == self.name or table.startswith(self.prefix)

    @cached_property
    def package(self) -> Path:
        """Folder of the plugin's package; raises NotFound for a module without a file."""
        folder = self.plugin.folder
        if folder is None:
            raise NotFound(f"The plugin {self.name} has no folder.")
        return folder

    @property
    def first_party(self) -> bool:
        """Whether the plugin ships with the platform."""
        return self.plugin.distribution == CORE_DISTRIBUTION

    @cached_property
    def own_tables(self) -> dict[str, Table]:
        """The tables of the plugin's models, whatever they are called."""
        root = self.plugin.module.__name__.partition(".")[0]
        mapped = {
            mapper.local_table.name: mapper.local_table
            for mapper in Base.registry.mappers
            if isinstance(mapper.local_table, Table) and mapper.class_.__module__.partition(".")[0] == root
        }
        by_name = {name: table for name, table in Base.metadata.tables.items() if self.bears_name(name)}
        return dict(sorted({**by_name, **mapped}.items()))

    def parsed(self) -> Iterator[tuple[str, ast.Module]]:
        """Yield each module of the package with its syntax tree."""
        for path in sorted(self.package.rglob("*.py")):
            yield path.relative_to(self.package).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
