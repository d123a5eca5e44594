"""The list of categories of a question: added, renamed, moved, put together and taken away while texts are sorted."""

from collections.abc import Iterator

from sqlalchemy import delete, exists, func, or_, select, update

from baukasten.plugin import MemberRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, record
from baukasten_survey.texts.holding import hold
from baukasten_survey.texts.models import Category, Coding, Decision

_ = lazy("survey")
LONGEST, LONGEST_DESCRIPTION, MOST = 80, 400, 60
UNNAMED = _("Give the category a name of up to 80 signs.")
TAKEN = _("There is a category of this name already.")
LONG = _("This is too long.")
MANY = _("More than 60 categories cannot be told apart. Put some together.")
USED = _("Texts are sorted into this category. Put it together with another one instead.")
ITSELF = _("Choose another category.")
UNSYNCED = {"synchronize_session": False}


def of_question(session: Scope, survey_id: int, name: str) -> list[Category]:
    """Give the categories in their order; one statement."""
    query = select(Category).where(Category.survey_id == survey_id, Category.question == name)
    return list(session.scalars(query.order_by(Category.place, Category.id)))


def add(session: Scope, survey_id: int, name: str, title: str, description: str = "") -> Category:
    """Add a category at the end. Raises Invalid, Conflict once figures are frozen."""
    hold(session, survey_id, name, alone=True)
    there = of_question(session, survey_id, name)
    _check(there, title, description)
    if len(there) >= MOST:
        raise Invalid({"name": MANY})
    place = max((one.place for one in there), default=0) + 1
    made = Category(survey_id=survey_id, question=name, name=title, description=description, place=place)
    session.add(made)
    session.flush()
    return made


def change(session: Scope, survey_id: int, name: str, number: int, title: str, description: str) -> None:
    """Rename a category. Raises NotFound, Invalid, Conflict."""
    hold(session, survey_id, name, alone=True)
    there = of_question(session, survey_id, name)
    found = _found(there, number)
    _check([one for one in there if one is not found], title, description)
    found.name, found.description = title, description
    session.flush()


def lift(session: Scope, survey_id: int, name: str, number: int) -> None:
    """Move a category one place up. Raises NotFound, Conflict."""
    hold(session, survey_id, name, alone=True)
    there = of_question(session, survey_id, name)
    at = there.index(_found(there, number))
    if at:
        there[at - 1], there[at] = there[at], there[at - 1]
    for place, one in enumerate(there, start=1):
        one.place = place
    session.flush()


def merge(session: Scope, actor: MemberRef, survey_id: int, name: str, number: int, into: int) -> None:
    """Put a category together with another one, with all that was sorted into it, by whomever.

    Raises NotFound, Invalid, Conflict.
    """
    hold(session, survey_id, name, alone=True)
    there = of_question(session, survey_id, name)
    gone, kept = _found(there, number), _found(there, into)
    if gone is kept:
        raise Invalid({"into": ITSELF})
    for table in (Coding, Decision):
        moved = update(table).where(table.category_id == gone.id).values(category_id=kept.id)
        session.execute(moved, execution_options=UNSYNCED)
    session.execute(delete(Category).where(Category.id == gone.id), execution_options=UNSYNCED)
    record(session, actor, "survey.category.merge", f"survey:{survey_id}", question=name)


def remove(session: Scope, survey_id: int, name: str, number: int) -> None:
    """Take away a category that nobody has used. Raises NotFound, Conflict."""
    hold(session, survey_id, name, alone=True)
    gone = _found(of_question(session, survey_id, name), number)
    used = (exists().where(table.category_id == gone.id) for table in (Coding, Decision))
    if session.scalar(select(or_(*used))):
        raise Conflict(USED)
    session.execute(delete(Category).where(Category.id == gone.id), execution_options=UNSYNCED)


def checked(session: Scope, survey_id: int, name: str, number: int | None) -> int | None:
    """Give a category's number if it is one of this question; raises NotFound."""
    if number is None:
        return None
    query = select(func.count()).where(
        Category.id == number, Category.survey_id == survey_id, Category.question == name
    )
    if not session.scalar(query):
        raise NotFound
    return number


def _found(there: list[Category], number: int) -> Category:
    for one in there:
        if one.id == number:
            return one
    raise NotFound


def _check(others: list[Category], title: str, description: str) -> None:
    errors = dict(_faults(others, title, description))
    if errors:
        raise Invalid(errors)


def _faults(others: list[Category], title: str, description: str) -> Iterator[tuple[str, object]]:
    if not title or len(title) > LONGEST:
        yield "name", UNNAMED
    elif title.casefold() in {one.name.casefold() for one in others}:
        yield "name", TAKEN
    if len(description) > LONGEST_DESCRIPTION:
        yield "description", LONG
