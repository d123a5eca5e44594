"""Evidence: what a decision was about, frozen when it was taken, with a hash that shows any later change."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.moderation import kinds
from baukasten.moderation.models import NUMBER, Report
from baukasten.plugin.refs import Content


def frozen(session: Scope, content: Content, case_id: int | None) -> dict[str, Any]:
    """Give a contribution as it stands now, with its surroundings and the reports about it, as plain JSON."""
    detail = kinds.content_type(session, content.ref.type).detail
    whole = None if detail is None else detail(session, content.ref.id)
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
        "reports": _reports(session, case_id),
    }


def written(evidence: dict[str, Any]) -> bytes:
    """Write evidence down as JSON with sorted keys and no spaces (as in RFC 8785), the same at any time."""
    return json.dumps(evidence, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(evidence: dict[str, Any]) -> str:
    """Give the SHA-256 of evidence as ``written`` gives it; `sha256sum` says the same of the file."""
    return hashlib.sha256(written(evidence)).hexdigest()


def _reports(session: Scope, case_id: int | None) -> list[dict[str, str]]:
    if case_id is None:
        return []
    columns = (Report.created_at, Report.reason, Report.explanation, Report.excerpt, Report.receipt)
    rows: Sequence[Any] = session.execute(
        select(*columns).where(Report.case_id == case_id).order_by(Report.id)
    ).all()
    # Who reported is nobody's business but the moderators'.
    return [
        {
            "at": row.created_at.isoformat(),
            "reason": row.reason,
            "explanation": row.explanation,
            "seen": row.excerpt,
            "receipt": row.receipt[:NUMBER],
        }
        for row in rows
    ]
