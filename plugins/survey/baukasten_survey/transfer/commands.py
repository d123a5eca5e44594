"""``baukasten survey``: tell how well files of other programs would come over, before anybody moves."""

from collections import Counter
from pathlib import Path

import click

from baukasten_survey.transfer import judging
from baukasten_survey.transfer.judging import CRASHED, Judged
from baukasten_survey.transfer.reports import Level


@click.group()
def survey() -> None:
    """Surveys of the towns."""


@survey.command("check-import")
@click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.option("--notes", is_flag=True, help="Tell all that is missing, sentence by sentence.")
@click.pass_context
def check_import(context: click.Context, paths: tuple[Path, ...], *, notes: bool) -> None:
    """Read files of LimeSurvey, XLSForm and SurveyJS, or folders of them, and count what would come over.

    Writes nothing anywhere. Ends with 1 where reading a file crashed; a file that is refused with a sentence is none.
    """
    found = []
    for path in judging.files(paths):
        one = judging.judge(path)
        found.append(one)
        click.echo(_line(one))
        if notes:
            _notes(one)
    click.echo(_sum(found))
    context.exit(1 if any(one.outcome == CRASHED for one in found) else 0)


def _line(one: Judged) -> str:
    if one.outcome:
        return f"{one.name}: {one.outcome}: {one.why}"
    answered = f", {one.responses} responses, {one.strays} values without a place" if one.responses else ""
    return (
        f"{one.name}: {one.asked} questions, {one.mapped} mapped, {one.whole} with all their logic{answered}"
    )


def _notes(one: Judged) -> None:
    for note in one.notes:
        if note.level is Level.LOST:
            click.echo(f"  {note.place or '-'}: {note.text}")


def _sum(found: list[Judged]) -> str:
    asked, mapped, whole = (sum(getattr(one, name) for one in found) for name in ("asked", "mapped", "whole"))
    outcomes = Counter(one.outcome for one in found)
    losses = sum((one.losses for one in found), Counter[str]())
    lines = [
        f"{len(found)} files: {outcomes['']} read, {outcomes[judging.REFUSED]} refused, {outcomes[CRASHED]} crashed",
        f"{asked} questions: {_share(mapped, asked)} mapped, {_share(whole, asked)} with all their logic",
    ]
    if losses:
        by_type = ", ".join(f"{type_} {count}" for type_, count in losses.most_common())
        lines.append(f"something is missing by type: {by_type}")
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})" if whole else "0"
