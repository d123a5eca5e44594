"""Codes of letters: twelve signs that people can type, the last of which finds every single slip and every swap."""

import re
import secrets
from collections.abc import Iterator

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, record, require
from baukasten_survey.access.admission import CROCKFORD, digest
from baukasten_survey.keys import RUN, AdmissionKind
from baukasten_survey.models import Admission, Survey

_ = lazy("survey")

SIGNS = 12
"""Eleven drawn signs of five bits, 55 in all, and the check sign."""
BATCH = 1_000
MOST = 20_000
"""Codes made at once; a town of more makes several series."""
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
FIELD = 0b100101
"""x⁵ + x² + 1, by which the 32 signs are a field; in it each place can have a weight of its own."""


def draw() -> str:
    """Draw a code."""
    signs = "".join(secrets.choice(CROCKFORD) for _at in range(SIGNS - 1))
    return signs + check_sign(signs)


def check_sign(signs: str) -> str:
    """Give the sign that makes a code whole: weighted by place, so that no slip and no swap goes unseen."""
    total = 0
    for sign in signs:
        total = _double(total) ^ CROCKFORD.index(sign)
    return CROCKFORD[_double(total)]


def _double(number: int) -> int:
    """Multiply by x in the field of 32 elements."""
    doubled = number << 1
    return doubled ^ FIELD if doubled & 32 else doubled


def read(typed: str) -> str:
    """Give a code as it was drawn, however it was typed; raises Invalid with what helps."""
    signs = re.sub(r"[\s./_-]", "", typed[:100]).upper().translate(MISREAD)
    if len(signs) != SIGNS or any(sign not in CROCKFORD for sign in signs):
        raise Invalid({"code": _("A code has twelve letters and digits, in three groups of four.")})
    if check_sign(signs[:-1]) != signs[-1]:
        raise Invalid({"code": _("There is a slip in this code. Please compare it with your letter.")})
    return signs


def grouped(code: str) -> str:
    """Write a code as letters show it: in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, SIGNS, 4))


def hand_out(
    session: Scope, actor: MemberRef, module: ModuleRef, survey: Survey, count: int, series: str
) -> Iterator[str]:
    """Make codes and give them, the only time that anybody sees them; only their keyed hashes stay.

    Commits each thousand before it is given, so that no letter is printed whose code is not known. Raises Denied,
    Invalid for a number outside 1 to 20,000, Conflict for a series that is there already.
    """
    require(session, actor, RUN, module)
    if not 1 <= count <= MOST:
        raise Invalid({"count": _("Choose a number from 1 to 20,000.")})
    if series in {name for name, _all, _spent in all_series(session, survey.id)}:
        raise Conflict(_("There is a series of this name already."))
    record(session, actor, "survey.codes.make", f"module:{module.id}", codes=count)
    return _made(session, survey.id, count, series)


def _made(session: Scope, survey_id: int, count: int, series: str) -> Iterator[str]:
    left = count
    while left:
        drawn = {draw() for _at in range(min(left, BATCH))}
        rows = [
            {
                "tenant_id": session.tenant_id,
                "survey_id": survey_id,
                "kind": AdmissionKind.CODE,
                "digest": digest(session, survey_id, AdmissionKind.CODE, code),
                "series": series,
            }
            for code in sorted(drawn)
        ]
        session.execute(insert(Admission), rows)
        session.commit()
        left -= len(drawn)
        yield from drawn


def all_series(session: Scope, survey_id: int) -> list[tuple[str, int, int]]:
    """Give the series of codes with how many were made and how many are spent; one statement."""
    spent = func.count().filter(Admission.spent.is_(True))
    mine = (Admission.survey_id == survey_id) & (Admission.kind == AdmissionKind.CODE)
    query = select(Admission.series, func.count(), spent).where(mine).group_by(Admission.series)
    return [(row[0], row[1], row[2]) for row in session.execute(query.order_by(func.min(Admission.id)))]


def take_back(session: Scope, actor: MemberRef, module: ModuleRef, survey: Survey, series: str) -> int:
    """Make the unspent codes of a series worthless, such as after a lost sack of mail; gives how many.

    Raises Denied.
    """
    require(session, actor, RUN, module)
    mine = (Admission.survey_id == survey.id) & (Admission.kind == AdmissionKind.CODE)
    gone = delete(Admission).where(mine, Admission.series == series, Admission.spent.is_(False))
    found = session.scalars(gone.returning(Admission.id).execution_options(synchronize_session=False)).all()
    record(session, actor, "survey.codes.take_back", f"module:{module.id}", codes=len(found))
    return len(found)
