"""What a plugin says about itself."""

import re
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from baukasten.plugin.faults import PluginError

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
NAME_LENGTH = 24  # leaves room for a table's own name within PostgreSQL's 63 bytes
RESERVED = frozenset({"core", "platform", "baukasten"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """The identity of a plugin; a module that is an entry point holds one as its global ``manifest``."""

    name: str
    """The entry point's name; begins every key, table, template folder and catalogue of the plugin."""
    title: str
    version: str
    core: str
    """Versions of Baukasten that the plugin works with, such as ``>=0.1,<1`` (PEP 440)."""
    description: str = ""
    icon: str = ""
    migrations: str | None = None
    """Folder of the Alembic lineage inside the package, or nothing for a plugin without tables."""

    @property
    def table_prefix(self) -> str:
        """Beginning of the name of every table of the plugin."""
        return f"{self.name}_"

    def check(self, core_version: str) -> None:
        """Raise PluginError for a name, version or range that cannot be, or a core that does not fit."""
        if not NAME.fullmatch(self.name) or len(self.name) > NAME_LENGTH:
            raise PluginError(
                self.name, f"a name is at most {NAME_LENGTH} small letters and digits, parted by underscores"
            )
        if self.name in RESERVED:
            raise PluginError(self.name, "this name is the core's own")
        if not self.title.strip():
            raise PluginError(self.name, "the manifest has no title")
        try:
            Version(self.version)
            fits = SpecifierSet(self.core).contains(core_version, prereleases=True)
        except (InvalidVersion, InvalidSpecifier) as error:
            raise PluginError(self.name, f"the manifest is wrong: {error}") from error
        if not fits:
            raise PluginError(self.name, f"needs Baukasten {self.core}, this is {core_version}")
