"""How many people have written a text, as far as the published table of its question tells."""

from collections.abc import Mapping

from sqlalchemy import func, select

from baukasten.sdk import Scope
from baukasten_survey.cells.shown import Table
from baukasten_survey.keys import OTHER
from baukasten_survey.results.models import Freeze
from baukasten_survey.results.standing import Standing
from baukasten_survey.results.tallies import ANSWERED
from baukasten_survey.texts.fields import Field


def told(standing: Standing, field: Field) -> int | None:
    """Give the people of whom a text is a part of the answer; nothing where their number is held back."""
    parts: Mapping[str, Table] = standing.tables.get(field.code, {})
    table = parts.get("")
    cell = table.cells.get(ANSWERED if field.name == field.code else OTHER) if table else None
    return None if cell is None else cell.count


def spans(session: Scope, survey_id: int) -> dict[int, int]:
    """Give the last response of each version that figures count; one statement."""
    query = select(Freeze.version, func.max(Freeze.last_id)).where(Freeze.survey_id == survey_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(Freeze.version))}
