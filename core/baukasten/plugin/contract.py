"""The plugins of this process: what they declared, and the way to ask them."""

from dataclasses import dataclass

from baukasten.plugin.manager import PluginManager
from baukasten.plugin.registry import Registry


@dataclass(frozen=True, slots=True)
class Contract:
    """Registry and manager belong together; a session carries them to the services."""

    manager: PluginManager
    registry: Registry
