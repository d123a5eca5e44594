"""Whether everything runs: the platform's own checks and the plugins'."""

import shutil
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.plugin.declarations import HealthCheck
from baukasten.plugin.text import lazy
from baukasten.web.platform import Platform

_ = lazy("core")
WAITING = text(
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(coalesce(scheduled_at, now()))), 0) AS seconds "
    "FROM jobs.procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
)
REFUSED = text(
    "SELECT coalesce(sum(refused) FILTER (WHERE noted_at > :hour), 0) AS hour, coalesce(sum(refused), 0) AS day "
    "FROM platform.shedding WHERE noted_at > :day"
)
LOW_SPACE = 2 * 1024**3
LATE_JOBS = 300


def checks(session: Scope, platform: Platform) -> list[dict[str, Any]]:
    """Give each check's title, state in a word, kind (ok, warn, bad) and sentence; an operator's session."""
    asked = platform.contract.registry.health_checks.values()
    return [
        _database(session),
        _queue(session),
        _space(platform),
        _refused(session),
        *(_asked(one.value) for one in asked),
    ]


def _row(title: str, kind: str, sentence: str) -> dict[str, Any]:
    words = {"ok": _("good"), "warn": _("look"), "bad": _("broken")}
    return {"title": title, "state": words[kind], "state_kind": kind, "text": sentence}


def _database(session: Scope) -> dict[str, Any]:
    begun = time.perf_counter()
    version = session.execute(text("SHOW server_version")).scalar_one()
    return _row(_("Database"), "ok", f"PostgreSQL {version} · {(time.perf_counter() - begun) * 1000:.1f} ms")


def _queue(session: Scope) -> dict[str, Any]:
    count, seconds = session.execute(WAITING).one()
    kind = "warn" if seconds > LATE_JOBS else "ok"
    return _row(_("Jobs that wait"), kind, f"{count} · {int(seconds)} s")


def _space(platform: Platform) -> dict[str, Any]:
    free = shutil.disk_usage(platform.config.data_dir).free
    return _row(_("Free space"), "bad" if free < LOW_SPACE else "ok", f"{free / 1024**3:.0f} GB")


def _refused(session: Scope) -> dict[str, Any]:
    now = clock.now()
    row = session.execute(REFUSED, {"hour": now - timedelta(hours=1), "day": now - timedelta(days=1)}).one()
    sentence = str(_("%(hour)s in the last hour, %(day)s in the last day")) % {
        "hour": row.hour,
        "day": row.day,
    }
    return _row(_("Crawlers turned away"), "warn" if row.hour else "ok", sentence)


def _asked(check: HealthCheck) -> dict[str, Any]:
    try:
        health = check.run()
        return _row(check.title, "ok" if health.ok else "bad", health.detail)
    except Exception as error:  # noqa: BLE001 - a broken check is itself a finding
        return _row(check.title, "bad", type(error).__name__)
