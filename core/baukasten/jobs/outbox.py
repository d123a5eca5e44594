"""The outbox: an event becomes one job a listener, in the transaction that made it happen."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from baukasten.db.session import MissingTenantError, Scope
from baukasten.plugin import hookspecs
from baukasten.plugin.events import Event

PUBLISH = text(
    "SELECT coalesce(sum(jobs.publish(one, :listeners)), 0) "
    "FROM unnest(CAST(:happened AS jsonb[])) WITH ORDINALITY AS happened (one, place)"
)


class EventFailedError(Exception):
    """A listener failed; the queue tries that one listener again."""


def publish(session: Scope, event: Event) -> int:
    """Tell all listeners of the town after commit, at least once each; gives how many will be told.

    Raises MissingTenantError when the event is not of the session's town: it would be told in the wrong scope.
    """
    return publish_all(session, [event])


def publish_all(session: Scope, events: Sequence[Event]) -> int:
    """Tell of many events in their order, in one statement; as ``publish`` does."""
    happened = []
    for event in events:
        if session.tenant_id is None or event.tenant_id != session.tenant_id:
            raise MissingTenantError(f"{event.name} belongs to another town than the session")
        values = event.values()
        values.pop("tenant_id")
        happened.append(json.dumps({"event": event.name, "facts": values}))
    if not happened:
        return 0
    listeners = list(session.contract.manager.implementers(hookspecs.on_event))
    told = session.execute(PUBLISH, {"happened": happened, "listeners": listeners}).scalar_one()
    return int(told)


def rebuild(session: Scope, name: str, facts: Mapping[str, Any]) -> Event | None:
    """Give the event as it was published; nothing when the plugin that knew it is gone."""
    known = session.contract.registry.events.get(name)
    return None if known is None else known.value.from_values({**facts, "tenant_id": session.tenant_id})


def deliver(session: Scope, active: frozenset[str], plugin: str, event: Event) -> None:
    """Tell one listener what happened, if it still listens here; raises EventFailedError so that it is told again."""
    hooks = session.contract.manager.at(event.tenant_id, active)
    failure = hooks.tell(plugin, hookspecs.on_event, session=session, event=event)
    if failure is not None:
        raise EventFailedError(f"{plugin}: {failure.error}: {failure.message}")
