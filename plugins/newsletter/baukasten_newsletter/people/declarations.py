"""The words that people agree to: shown on the form, and stored exactly as they were shown."""

import hashlib
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import ModuleRef
from baukasten.sdk import Conflict, Scope, clock, dgettext
from baukasten_newsletter.people.models import Declaration

OWN = "declaration"
"""The setting in which a town has words of its own for a list, in its own language."""


def words(module: ModuleRef, town: str, language: str, spoken: str) -> str:
    """Give the declaration of a list as the form shows it now, in the language of the request.

    ``spoken`` is the town's language: only there its own words count, for nobody has translated them.
    """
    own = str(module.settings.get(OWN) or "").strip()
    if own and language == spoken:
        return own
    return dgettext(
        "newsletter",
        "I want to get “%(list)s” by e-mail from %(town)s, about the topics that I choose here. For that %(town)s "
        "may store my address, my choice and, if I give it, my name. I can take this back at any time, with the link "
        "at the end of each mail; what was sent until then stays lawful. That I agreed is kept as a proof, after I "
        "leave without my address.",
        list=module.title,
        town=town,
    )


def store(session: Scope, text: str, language: str) -> Any:
    """Give the stored declaration of these very words (``id``, ``version``, ``sha256``); a new wording is a version."""
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    wanted = select(Declaration.id, Declaration.version, Declaration.sha256).where(
        Declaration.language == language, Declaration.sha256 == digest
    )
    for _attempt in range(5):
        found = session.execute(wanted).one_or_none()
        if found is not None:
            return found
        _add(session, text, language, digest)
    raise Conflict


def _add(session: Scope, text: str, language: str, digest: str) -> None:
    """Add a wording, unless somebody else takes its number or adds the same at this moment."""
    newest = select(func.coalesce(func.max(Declaration.version), 0)).where(Declaration.language == language)
    version = session.scalar(newest) or 0
    values = {"version": version + 1, "language": language, "text": text, "sha256": digest, "at": clock.now()}
    added = insert(Declaration).values(tenant_id=session.tenant_id, **values)
    session.execute(added.on_conflict_do_nothing())
