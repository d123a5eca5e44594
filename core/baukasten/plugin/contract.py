"""The plugins of this process: what they declared, and the way to ask them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from baukasten.keyring import Keyring
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.registry import Registry
from baukasten.seal import Seal


@dataclass(frozen=True, slots=True)
class Contract:
    """Registry and manager belong together; a session carries them to the services."""

    manager: PluginManager
    registry: Registry
    data_dir: Path | None = None
    """Where the process keeps files that no plugin stores; nothing in a process that keeps none."""
    seal: Seal | None = None
    """What files are signed with; nothing in a process that signs none."""
    keyring: Keyring = field(default_factory=lambda: Keyring.of(""))
    """What is hashed and locked with; drawn from no secret in a process that has none."""
    origin: Callable[[str], str] = "https://{}".format
    """Gives scheme, host and port as links to a host begin with them."""
    mails_leave: bool = False
    """Whether a server carries mails away; else they stay in the data folder."""
