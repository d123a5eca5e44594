"""What stands below a question besides its own figures: what people wrote, by category and in their words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from baukasten.plugin import lazy
from baukasten.sdk import Scope
from baukasten_survey.charts.bars import frequency_bars
from baukasten_survey.charts.words import answers
from baukasten_survey.models import Survey
from baukasten_survey.results.findings import Finding, Reader
from baukasten_survey.results.standing import Standing
from baukasten_survey.results.told import told
from baukasten_survey.texts.fields import Field, fields_of
from baukasten_survey.texts.freezing import CodedTable, coded_tables
from baukasten_survey.texts.quotes import Voice, voices

_ = lazy("survey")


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands below one question."""

    code: str
    coded: Mapping[str, tuple[CodedTable, Finding]]
    """By the name of the text."""
    voices: Sequence[Voice]


Sides = dict[str, Beside]


def drawn(field: Field, title: str, coded: CodedTable) -> Finding:
    """Draw how often each category came."""
    chart = frequency_bars(f"c-{field.name.replace('.', '-')}", title, coded.table, coded.labels)
    code = f"{field.name.replace('.', '-')}-texts"
    return Finding(code, str(_("What people wrote, by category")), title, answers(coded.table), chart)


def sides(
    session: Scope, survey: Survey, reader: Reader, standing: Standing, codes: Collection[str]
) -> Sides:
    """Give what stands below the questions that are shown; two statements.

    Nothing of a text whose question does not tell how many answered, and no figures that do not add up to these.
    """
    tables, said = coded_tables(session, survey.id), voices(session, survey.id)
    found: Sides = {}
    for name, field in fields_of(reader.definitions, standing.names).items():
        people = told(standing, field)
        if field.code not in codes or not people or people < survey.minimum_cell:
            continue
        before = found.get(field.code, Beside(field.code, {}, []))
        coded = dict(before.coded)
        if name in tables and tables[name].table.people == people:
            question = reader.question(field.code)
            title = reader.words(question.title) if question else ""
            coded[name] = (tables[name], drawn(field, title or field.code, tables[name]))
        found[field.code] = Beside(field.code, coded, [*before.voices, *said.get(name, [])])
    return {code: one for code, one in found.items() if one.coded or one.voices}
