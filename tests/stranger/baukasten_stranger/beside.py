"""What stands beside contributions of other plugins; kept in the process, since these tests ask for no more."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, MemberRef, ModuleRef

NOTES: dict[ContentRef, Any] = {}
"""What is shown beside contributions; tests put rubbish here too."""
FOLLOWED: list[ContentRef] = []


def add_url(_ref: ContentRef) -> str:
    """Lead to the dates, for want of a form."""
    return url_for("stranger_admin.desk")


def beside(
    _session: Session, _module: ModuleRef, _member: MemberRef | None, refs: Sequence[ContentRef]
) -> Mapping[ContentRef, Markup]:
    """Give what stands beside some contributions."""
    return {ref: NOTES[ref] for ref in refs if ref in NOTES}


def forget(_session: Session, refs: Sequence[ContentRef]) -> None:
    """Let go what stood beside contributions that are gone."""
    for ref in refs:
        NOTES.pop(ref, None)


def follow(_session: Session, refs: Sequence[ContentRef]) -> None:
    """Note what was carried elsewhere."""
    FOLLOWED.extend(refs)
