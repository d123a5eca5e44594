"""Messages of rooms with a delay: they come into view by themselves unless somebody stopped them before."""

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope, Submission


def plan(session: Scope, module: ModuleRef, done: Submission) -> None:
    """Let a held message come into view by itself where it waits for nothing but some seconds."""
