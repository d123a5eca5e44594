"""The contract kit: what every plugin keeps, for its author's tests and for ``baukasten plugin check``.

An author's test runs each of ``CHECKS`` over ``Case(contract, "pinboard", server)`` and wants ``[]`` from its
``find``; both arguments are fixtures of ``baukasten.testing.fixtures``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from baukasten.testing import contract_code as code
from baukasten.testing import contract_tables as tables
from baukasten.testing import contract_texts as texts
from baukasten.testing.case import Case

__all__ = ["CHECKS", "Case", "Check"]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: ``find`` gives a sentence for each place where the plugin breaks it."""

    key: str
    title: str
    find: Callable[[Case], list[str]]


CHECKS: Sequence[Check] = (
    Check("doors", "imports only baukasten.plugin and baukasten.sdk", code.doors),
    Check("routes_marked", "every route says who may come", code.routes),
    Check("links_lead", "every link of the navigation leads to a page", code.links),
    Check("permissions_used", "every permission opens something", code.permissions),
    Check("settings_default", "every default of a setting is accepted", code.settings),
    Check("tables_prefixed", "every table is a tenant's and bears the plugin's name", tables.names),
    Check("foreign_keys", "foreign keys stay in the town and in core or plugin", tables.foreign_keys),
    Check("personal_data_declared", "what points to a person is declared", tables.personal_data),
    Check("migrations", "migrations go up, down and up, and say what the models say", tables.migrations),
    Check("rows_locked", "in the database, every table is behind its locks", tables.locks),
    Check("templates", "templates lie in the plugin's folder and keep the rules", texts.templates),
    Check("german_complete", "every text has its German", texts.german),
    Check("readme", "a README tells a town what it gets", texts.readme),
    Check("quality", "quality.toml says how far the plugin is", texts.quality),
)
