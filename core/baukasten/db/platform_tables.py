"""The one list of tables that belong to no tenant, and of the functions past the locks; a test holds it live."""

from collections.abc import Mapping
from dataclasses import dataclass

from baukasten.db.rls import APP_ROLE, OPERATOR_ROLE

NOBODY = "false"
OWN_TENANT = "(tenant_id = ( SELECT platform.current_tenant() AS current_tenant))"
OWN_ACCOUNT = "(account_id = ( SELECT platform.current_account() AS current_account))"
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
APP = frozenset({APP_ROLE})
OPERATOR = frozenset({OPERATOR_ROLE})
BOTH = APP | OPERATOR


@dataclass(frozen=True, slots=True)
class Lock:
    """Why a table without a tenant is safe, and the rights of the serving roles on it."""

    words: str
    own: str | None = NOBODY
    """Rows that the app's policy lets it see, as the catalogue prints it; None where no policy stands."""
    app: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """What a function that runs as the owner lets through, and who may call it."""

    words: str
    roles: frozenset[str] = APP


_QUEUE = "the queue of all towns; no policy, for a worker takes any job; never shown but to operators"

PLATFORM_TABLES: Mapping[str, Lock] = {
    "jobs.applied": Lock("names of the queue's own migrations; the owner alone", own=None),
    "jobs.failure": Lock(_QUEUE, None, EVERYTHING, EVERYTHING),
    "jobs.procrastinate_events": Lock(_QUEUE, None, EVERYTHING, EVERYTHING),
    "jobs.procrastinate_jobs": Lock(_QUEUE, None, EVERYTHING, EVERYTHING),
    "jobs.procrastinate_periodic_defers": Lock(_QUEUE, None, EVERYTHING, EVERYTHING),
    "jobs.procrastinate_workers": Lock(_QUEUE, None, EVERYTHING, EVERYTHING),
    "platform.account": Lock(
        "the app sees the account it acts for; operators see no address and no password",
        "(id = ( SELECT platform.current_account() AS current_account))",
        "SELECT, UPDATE (email, password_hash, display_name, closed_at)",
        "SELECT (id, display_name, is_operator, confirmed_at, created_at, closed_at), UPDATE (is_operator)",
    ),
    "platform.audit_entry": Lock("operators add and read, nobody changes", operator="SELECT, INSERT"),
    "platform.audit_head": Lock("the end of the chain; only its trigger writes", operator="SELECT"),
    "platform.generation": Lock(
        "numbers without content; written by bump_generation", OWN_TENANT, "SELECT", "SELECT"
    ),
    "platform.hook_cost": Lock("what plugins cost; reported by note_costs", operator="SELECT"),
    "platform.host": Lock("the app sees its town's hosts", OWN_TENANT, "SELECT", EVERYTHING),
    "platform.mail_suppression": Lock("keyed hashes of addresses; asked and added to by their doors"),
    "platform.plugin_grant": Lock("the app sees its town's grants", OWN_TENANT, "SELECT", EVERYTHING),
    "platform.rate_limit": Lock("keyed hashes of who tried what; counted by count_hits"),
    "platform.session": Lock(
        "the app sees the sessions of the account it acts for",
        OWN_ACCOUNT,
        "SELECT, INSERT, UPDATE (last_seen_at, revoked_at)",
    ),
    "platform.shedding": Lock("how many crawlers were refused; reported by note_shedding", operator="SELECT"),
    "platform.tenant": Lock(
        "the app sees its town and changes what the town owns",
        "(id = ( SELECT platform.current_tenant() AS current_tenant))",
        "SELECT, UPDATE (name, tagline, language, languages, theme, crest, time_zone)",
        EVERYTHING,
    ),
    "platform.token": Lock(
        "the app sees what was asked for at its town, for nobody is signed in yet",
        "(NOT (tenant_id IS DISTINCT FROM ( SELECT platform.current_tenant() AS current_tenant)))",
        "SELECT, INSERT, UPDATE (token_sha256, account_id, data, used_at)",
    ),
}
"""Every table outside the tenants' schema by name; the version tables of migrations stand beside it."""

VERSION_TABLE = Lock("how far a lineage got; the app compares it with the code at start", None, "SELECT")

FOREIGN_KEYS_OUT: Mapping[str, str] = {
    "membership.account_id": "the one place where a town's row names an account; everything else names members",
}
"""Columns of tenants' tables that point into the platform's schema, beside ``tenant_id``."""

DOORS: Mapping[str, Door] = {
    "jobs.open_towns": Door("ids of open towns, for periodic jobs", BOTH),
    "platform.allow_mail": Door("takes a keyed hash from the list of those who are never written to"),
    "platform.bump_generation": Door("adds one to the scope's own generation", BOTH),
    "platform.count_hits": Door("counts attempts under hashed keys and gives the counts"),
    "platform.create_account": Door("adds an account unless the address is known", BOTH),
    "platform.find_account": Door("one account by its exact address, for signing in", BOTH),
    "platform.find_session": Door("one person by the hash of a cookie's secret"),
    "platform.find_site": Door("one town by its exact host", BOTH),
    "platform.forget_account": Door("removes a closed account that no town knows any more"),
    "platform.forget_requests": Door(
        "removes what the account that the session acts for ever asked for by mail"
    ),
    "platform.generations": Door("all generations: ids and numbers", BOTH),
    "platform.is_mail_suppressed": Door("tells whether a keyed hash is on that list"),
    "platform.link_audit_entry": Door("trigger: chains a town's entry", frozenset()),
    "platform.link_platform_entry": Door("trigger: chains an entry of the installation", frozenset()),
    "platform.link_row": Door("trigger: numbers and chains a row of a plugin's log", frozenset()),
    "platform.live_people": Door("who people with open sockets are by now, by the hashes of their secrets"),
    "platform.mail_suppressed": Door("tells which of some keyed hashes are on that list"),
    "platform.member_addresses": Door("addresses of the scope's own members, for mails"),
    "platform.note_costs": Door("stores what plugins cost this process"),
    "platform.note_shedding": Door("stores how many crawlers this process refused"),
    "platform.own_memberships": Door("the towns of the account that the session acts for"),
    "platform.search_at": Door("documents of the scope's own index by their paths"),
    "platform.search_clear": Door("empties the scope's own index of a type"),
    "platform.search_find": Door("searches the scope's own index"),
    "platform.search_put": Door("stores a document in the scope's own index"),
    "platform.search_remove": Door("removes a document from the scope's own index"),
    "platform.suppress_mail": Door("adds a keyed hash to that list"),
    "platform.tenant_figures": Door("counts rows of towns, without their content", OPERATOR),
    "platform.tenant_touched": Door(
        "trigger: makes a town's pages stale when an operator changes it", frozenset()
    ),
    "platform.tidy_identity": Door("removes what has expired long ago"),
}
"""Every function that runs as the owner, and who may call it."""
