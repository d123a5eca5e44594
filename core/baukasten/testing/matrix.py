"""The permission matrix: one line for every way into the platform, generated from what is really there."""

from collections.abc import Iterator, Mapping

import click
from flask import Flask

from baukasten.plugin.registry import Registry
from baukasten.realtime.dispatcher import mark_of_event
from baukasten.web.marks import REQUIRES, Mark

MACHINE = "machine"
"""Who works at the machine itself: commands ask for no permission beyond its own."""
WORKER = "worker"
"""Jobs run what was let in when they were queued."""


def matrix(app: Flask, registry: Registry, commands: click.Command) -> dict[str, str]:
    """Give who may come in by each route, live event, export, job and command; ``route:…`` and so on by name."""
    return dict(
        [
            *_routes(app.extensions["baukasten.matrix"]),
            *_live(registry),
            *((f"export:{key}", answer.value.permission) for key, answer in registry.exports.items()),
            *((f"job:{key}", WORKER) for key in registry.jobs),
            *((f"command:{name}", MACHINE) for name in _commands(commands, ())),
            *(
                (f"command:{name}", MACHINE)
                for key, answer in registry.commands.items()
                for name in _commands(answer.value, (key,))
            ),
        ]
    )


def undeclared(matrix: Mapping[str, str], registry: Registry) -> list[str]:
    """Name the lines whose permission nobody declared."""
    known = {"public", "signed_in", MACHINE, WORKER} | registry.permissions.keys()
    return sorted(f"{line}: {mark}" for line, mark in matrix.items() if mark not in known)


def unlisted(app: Flask) -> list[str]:
    """Name the addresses that lead to a view without a line in the matrix."""
    marks: Mapping[str, Mark] = app.extensions["baukasten.matrix"]
    return sorted(str(rule) for rule in app.url_map.iter_rules() if rule.endpoint not in marks)


def _routes(marks: Mapping[str, Mark]) -> Iterator[tuple[str, str]]:
    for endpoint, mark in marks.items():
        yield f"route:{endpoint}", mark.permission if mark.kind == REQUIRES else mark.kind


def _live(registry: Registry) -> Iterator[tuple[str, str]]:
    for answer in registry.live.values():
        for event in answer.value.events:
            yield f"live:{answer.value.name}.{event.name}", str(mark_of_event(event))


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield " ".join(path)
        return
    for name, inner in command.commands.items():
        yield from _commands(inner, (*path, name))
