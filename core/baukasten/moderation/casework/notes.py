"""Words among colleagues about a case; nobody else ever reads them."""

from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Invalid
from baukasten.moderation.models import Case, CaseNote
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy

_ = lazy("core")
LONGEST = 2_000


def add(session: Scope, actor: MemberRef, case: Case, body: str) -> CaseNote:
    """Put a word beside a case; raises Invalid for an empty or a long one."""
    words = body.strip()
    if not words:
        raise Invalid({"note": _("Fill this in.")})
    if len(words) > LONGEST:
        raise Invalid({"note": _("That is too long. Please shorten it.")})
    note = CaseNote(case_id=case.id, author_id=actor.id, body=words)
    session.add(note)
    session.flush()
    record(session, actor, "moderation.note.add", f"case:{case.id}", note=note.id)
    return note
