"""What is wrong with a plugin: errors that stop the start, and failures while serving."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

MESSAGE_LENGTH = 200


class PluginError(Exception):
    """A plugin that cannot be used; stops the start and names the culprit."""

    def __init__(self, plugin: str, reason: str) -> None:
        super().__init__(f"plugin {plugin}: {reason}")
        self.plugin = plugin
        self.reason = reason


class Trouble(StrEnum):
    """What went wrong with a call."""

    RAISED = "raised"
    RUBBISH = "rubbish"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Failure:
    """One call of a hook that went wrong, for the operator."""

    tenant_id: int
    plugin: str
    hook: str
    trouble: Trouble
    error: str
    """Name of the exception's type; empty where nothing was raised."""
    message: str
    seconds: float
    at: dt.datetime


def short(error: Exception) -> str:
    """Give the first line of an error: the further ones of a database error carry people's values."""
    lines = str(error).splitlines()
    # What PostgreSQL cannot store would keep the whole process's report from the operator.
    return "".join(filter(str.isprintable, lines[0]))[:MESSAGE_LENGTH] if lines else ""
