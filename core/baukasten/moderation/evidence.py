"""Evidence: what a decision was about, frozen when it was taken, with a hash that shows any later change."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.moderation import kinds
from baukasten.moderation.models import NUMBER, Case, Report
from baukasten.plugin.refs import Content, ContentRef, Original


def frozen(session: Scope, content: Content, case_id: int | None) -> dict[str, Any]:
    """Give a contribution as it stands now, with the reports about it, as plain JSON."""
    reports = _reports(session, [] if case_id is None else [case_id])
    whole = kinds.originals(session, [content.ref]).get(content.ref)
    return _frozen(content, whole, reports.get(case_id or 0, []))


def frozen_all(
    session: Scope, contents: Mapping[ContentRef, Content], cases: Iterable[Case]
) -> dict[int, dict[str, Any]]:
    """Give the same for many cases by id, in a few statements; those whose contribution is gone are left out."""
    about = {case.id: ContentRef(case.content_type, case.content_id) for case in cases}
    reports, wholes = _reports(session, list(about)), kinds.originals(session, contents)
    return {
        case_id: _frozen(contents[ref], wholes.get(ref), reports.get(case_id, []))
        for case_id, ref in about.items()
        if ref in contents
    }


def _frozen(content: Content, whole: Original | None, reports: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "contribution": f"{content.ref.type}:{content.ref.id}",
        "title": str(content.title),
        "text": whole.text if whole else content.excerpt,
        "place": whole.label if whole else "",
        "path": content.path,
        "author": content.author_name,
        "written_at": content.created_at.isoformat(),
        "visibility": content.visibility.value,
        "frozen_at": clock.now().isoformat(),
        "reports": reports,
    }


def written(evidence: dict[str, Any]) -> bytes:
    """Write evidence down as JSON with sorted keys and no spaces (as in RFC 8785), the same at any time."""
    return json.dumps(evidence, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(evidence: dict[str, Any]) -> str:
    """Give the SHA-256 of evidence as ``written`` gives it; `sha256sum` says the same of the file."""
    return hashlib.sha256(written(evidence)).hexdigest()


def _reports(session: Scope, case_ids: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    if not case_ids:
        return {}
    columns = (
        Report.case_id, Report.created_at, Report.reason, Report.explanation, Report.excerpt, Report.receipt,
    )  # fmt: skip
    rows = session.execute(select(*columns).where(Report.case_id.in_(case_ids)).order_by(Report.id))
    found: dict[int, list[dict[str, str]]] = {}
    for row in rows:
        # Who reported is nobody's business but the moderators'.
        one = {
            "at": row.created_at.isoformat(),
            "reason": row.reason,
            "explanation": row.explanation,
            "seen": row.excerpt,
            "receipt": row.receipt[:NUMBER],
        }
        found.setdefault(row.case_id, []).append(one)
    return found
