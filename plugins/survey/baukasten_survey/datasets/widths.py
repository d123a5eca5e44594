"""How long the texts of a table become at most: SPSS wants to know before the first row."""

from collections.abc import Sequence

from sqlalchemy import Text, cast, func, select, true
from sqlalchemy.orm import Session

from baukasten_survey.datasets import reading
from baukasten_survey.datasets.columns import Column
from baukasten_survey.definition.renaming import renamed
from baukasten_survey.models import Response


def widths(session: Session, data: reading.DataSet, columns: Sequence[Column]) -> list[int]:
    """Give the bytes (UTF-8) of the longest text of each column, or more; 0 where nobody wrote any.

    The database measures what it stores as it is shown; only texts that are put together are read through.
    """
    about, answered = _about(session, data.survey_id), _answered(session, data.survey_id)
    made = [column for column in columns if not column.stored and column.name not in about]
    longest = dict.fromkeys((column.name for column in made), 0)
    for row in reading.rows(session, data, made) if made else ():
        for column, words in zip(made, row, strict=True):
            if words:
                longest[column.name] = max(longest[column.name], len(str(words).encode()))
    known = answered | longest | about
    return [known.get(column.name, 0) for column in columns]


def _about(session: Session, survey_id: int) -> dict[str, int]:
    """Measure what every response has; marks stand there in brackets, so they are shown in fewer bytes."""
    table = Response.__table__.c
    texts = {"language": table.language, "source": table.source, "flags": cast(table.flags, Text)}
    query = select(*(func.max(func.octet_length(text)).label(name) for name, text in texts.items()))
    found = session.execute(query.where(table.survey_id == survey_id, table.test.is_(False))).one()
    return {name: getattr(found, name) or 0 for name in texts}


def _answered(session: Session, survey_id: int) -> dict[str, int]:
    """Measure all answers, each under the name that it has in the newest version."""
    table = Response.__table__.c
    each = func.jsonb_each_text(table.answers).table_valued("key", "value")
    query = (
        select(table.version, each.c.key, func.max(func.octet_length(each.c.value)))
        .select_from(Response.__table__.join(each, onclause=true()))
        .where(table.survey_id == survey_id, table.test.is_(False))
        .group_by(table.version, each.c.key)
    )
    mappings = reading.mappings(session, survey_id)
    found: dict[str, int] = {}
    for version, key, size in session.execute(query):
        name = next(iter(renamed({key: None}, mappings.get(version, ()))))
        found[name] = max(found.get(name, 0), size or 0)
    return found
