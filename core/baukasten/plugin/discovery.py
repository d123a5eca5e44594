"""Finding plugins: modules named by the entry points of installed distributions."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from baukasten.plugin.faults import PluginError
from baukasten.plugin.manifest import Manifest

GROUP = "baukasten.plugins"


@dataclass(frozen=True, slots=True)
class Plugin:
    """An installed plugin: its module of hooks, and the folders that came with it."""

    name: str
    module: ModuleType
    manifest: Manifest
    distribution: str = ""

    @classmethod
    def of(cls, module: object, name: str = "", distribution: str = "") -> "Plugin":
        """Take a module as a plugin; raises PluginError when it is none or goes by another name."""
        known_as = name or getattr(module, "__name__", repr(module))
        if not isinstance(module, ModuleType):
            raise PluginError(known_as, "the entry point must name a module")
        manifest = getattr(module, "manifest", None)
        if not isinstance(manifest, Manifest):
            raise PluginError(known_as, f"{module.__name__} has no manifest")
        if name and manifest.name != name:
            raise PluginError(name, f"the manifest says {manifest.name}; both names must be the same")
        return cls(manifest.name, module, manifest, distribution)

    @property
    def folder(self) -> Path | None:
        """Folder of the plugin's package; nothing for a module without a file."""
        file = getattr(self.module, "__file__", None)
        return Path(file).parent if file else None

    def part(self, name: str) -> Path | None:
        """Give the folder ``templates``, ``static`` or ``translations`` of the package, where it exists."""
        path = self.folder / name if self.folder else None
        return path if path and path.is_dir() else None

    @property
    def migrations(self) -> Path | None:
        """Folder of the Alembic lineage; raises PluginError when the manifest names one that is not there."""
        if self.manifest.migrations is None:
            return None
        path = self.part(self.manifest.migrations)
        if path is None:
            raise PluginError(self.name, f"the folder {self.manifest.migrations} is missing from the package")
        return path


def discover(group: str = GROUP) -> list[Plugin]:
    """Load every installed plugin, sorted by name; raises PluginError naming the one that cannot be."""
    found = [_load(point) for point in entry_points(group=group)]
    return sorted(found, key=lambda plugin: plugin.name)


def _load(point: EntryPoint) -> Plugin:
    try:
        module = point.load()
    except Exception as error:
        # Whatever a stranger's import raises, the operator must read whose it was.
        raise PluginError(point.name, f"cannot be loaded: {type(error).__name__}: {error}") from error
    return Plugin.of(module, point.name, point.dist.name if point.dist else "")
