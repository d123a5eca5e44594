"""The log of consents: entries that the database numbers and chains, and the proof that none was changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, Table, Text, any_, func, insert, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.dialects.postgresql import insert as added_insert
from sqlalchemy.orm import Session

from baukasten.sdk import Scope, clock
from baukasten_newsletter.people.models import Consent, ConsentKind, Declaration, Person

LONGEST_HOW = 500
CONSENT: Table = Consent.metadata.tables["newsletter_consent"]
PERSON: Table = Person.metadata.tables["newsletter_person"]
BROKEN = text("""
    SELECT least(platform.first_broken('newsletter_consent'), (
        SELECT min(c.number) FROM newsletter_consent c LEFT JOIN newsletter_declaration d
        ON d.tenant_id = c.tenant_id AND d.id = c.declaration_id
        WHERE c.declaration_id IS NOT NULL
        AND (d.sha256 IS DISTINCT FROM c.declaration_sha256
             OR encode(sha256(convert_to(d.text, 'UTF8')), 'hex') <> c.declaration_sha256)
    ))
""")
BROKEN_OF = text("""
    SELECT min(c.number) FROM newsletter_consent c
    JOIN newsletter_person p ON p.tenant_id = c.tenant_id AND p.person = c.person AND p.fingerprint = :fingerprint
    LEFT JOIN newsletter_consent b ON b.tenant_id = c.tenant_id AND b.number = c.number - 1
    LEFT JOIN newsletter_declaration d ON d.tenant_id = c.tenant_id AND d.id = c.declaration_id
    WHERE c.hash <> platform.row_hash(platform.print_row(c)) OR c.previous <> coalesce(b.hash, '')
        OR (c.declaration_id IS NOT NULL
            AND c.declaration_sha256 IS DISTINCT FROM encode(sha256(convert_to(d.text, 'UTF8')), 'hex'))
""")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and in which words somebody agreed or changed their mind."""

    declaration_id: int | None = None
    declaration_sha256: str = ""
    language: str = ""
    form: str = ""
    """Full address of the page with the form."""
    how: str = ""
    message_id: str = ""
    actor_member_id: int | None = None
    network: str = ""


NOWHERE = Circumstances()


def write(
    session: Session, kind: ConsentKind, fingerprint: bytes, topics: str = "", at: Circumstances = NOWHERE
) -> None:
    """Add an entry, in the transaction of what it tells; whoever adds one to the same town's log waits for it.

    ``topics`` are their titles, one a line. So take all other locks before.
    """
    values: dict[str, Any] = {name: getattr(at, name) for name in Circumstances.__slots__}
    values["how"] = at.how[:LONGEST_HOW]
    scope = {"tenant_id": _town(session), "at": clock.now()}
    person = _person(session, fingerprint)
    session.execute(insert(Consent).values(**scope, **values, kind=kind, person=person, topics=topics))


def know(session: Session, fingerprints: Collection[bytes]) -> None:
    """Draw the numbers of people whose entries come in two parts, before the first part takes the log."""
    rows = [{"tenant_id": _town(session), "fingerprint": one} for one in sorted({*fingerprints})]
    if rows:
        session.execute(added_insert(PERSON).on_conflict_do_nothing(), rows)


def write_all(
    session: Session,
    kind: ConsentKind,
    told: Sequence[tuple[bytes, Circumstances]],
    topics: Mapping[bytes, str],
) -> None:
    """Add an entry for each of many people, in their order; three statements. See ``write``."""
    if not told:
        return
    town, at = _town(session), clock.now()
    prints = {fingerprint for fingerprint, _told in told}
    know(session, prints)
    query = select(Person.fingerprint, Person.person).where(Person.fingerprint.in_(prints))
    people = {row.fingerprint: row.person for row in session.execute(query)}
    rows = [
        {
            **{name: getattr(circumstances, name) for name in Circumstances.__slots__},
            "how": circumstances.how[:LONGEST_HOW],
            "tenant_id": town,
            "at": at,
            "kind": kind,
            "person": people[fingerprint],
            "topics": topics.get(fingerprint, ""),
        }
        for fingerprint, circumstances in told
    ]
    session.execute(insert(CONSENT), rows)


def gone(session: Session, fingerprints: Collection[bytes]) -> set[bytes]:
    """Give those of some people whose last word was that they leave, or that they were forgotten; one statement."""
    decisive = (ConsentKind.CONFIRMED, ConsentKind.IMPORTED, ConsentKind.WITHDRAWN, ConsentKind.ERASED)
    query = (
        select(Person.fingerprint, Consent.kind)
        .join(Consent, (Consent.tenant_id == Person.tenant_id) & (Consent.person == Person.person))
        .where(Person.fingerprint.in_(fingerprints), Consent.kind.in_(decisive))
        .ext(distinct_on(Person.fingerprint))
        .order_by(Person.fingerprint, Consent.number.desc())
    )
    ended = (ConsentKind.WITHDRAWN, ConsentKind.ERASED)
    return {row.fingerprint for row in session.execute(query) if row.kind in ended} if fingerprints else set()


def withdrawn(
    session: Session, fingerprints: Collection[bytes], topics: Collection[str]
) -> set[tuple[bytes, str]]:
    """Give each person with each of some topics of which their last word was that they leave it; one statement.

    ``topics`` are titles as they are called now: the log knows no others.
    """
    spoken = (ConsentKind.CONFIRMED, ConsentKind.IMPORTED, ConsentKind.CHANGED, ConsentKind.WITHDRAWN)
    line = func.unnest(func.string_to_array(Consent.topics, "\n")).label("topic")
    # One value, however many they are: a place for each would make a text of its own for each length.
    wanted = literal([*fingerprints], ARRAY(LargeBinary))
    told = (
        select(Person.fingerprint, Consent.kind, Consent.number, line)
        .join(Consent, (Consent.tenant_id == Person.tenant_id) & (Consent.person == Person.person))
        .where(Person.fingerprint == any_(wanted), Consent.kind.in_(spoken))
        .subquery("told")
    ).c
    ended = told.kind == ConsentKind.WITHDRAWN
    query = (
        select(told.fingerprint, told.topic)
        .where(told.topic == any_(literal([*topics], ARRAY(Text))))
        .group_by(told.fingerprint, told.topic)
        .having(func.max(told.number).filter(ended) == func.max(told.number))
    )
    rows = session.execute(query).all() if fingerprints and topics else ()
    return {(row.fingerprint, row.topic) for row in rows}


def entries(session: Session, fingerprint: bytes) -> list[Any]:
    """Give all entries of a person with the words of their declarations, in their order."""
    columns = (*(column for column in Consent.__table__.c if column.name not in ("tenant_id", "id")),)
    words = (Declaration.version, Declaration.text.label("declaration"))
    query = select(*columns, *words).outerjoin(Declaration, Declaration.id == Consent.declaration_id)
    query = query.join(Person, Person.person == Consent.person).where(Person.fingerprint == fingerprint)
    rows = session.execute(query.order_by(Consent.number))
    return list(rows.all())


def last_request(session: Session, fingerprint: bytes) -> Circumstances:
    """Give the circumstances of a person's latest request, whose words a confirmation confirms."""
    columns = ("declaration_id", "declaration_sha256", "language", "form")
    query = select(*(Consent.__table__.c[name] for name in columns))
    query = query.join(Person, Person.person == Consent.person).where(
        Person.fingerprint == fingerprint, Consent.kind == ConsentKind.REQUESTED
    )
    row = session.execute(query.order_by(Consent.number.desc()).limit(1)).one_or_none()
    return NOWHERE if row is None else Circumstances(*row)


def last_words(session: Session, fingerprint: bytes) -> str:
    """Give the words that a person's latest request was made with; empty without one."""
    query = select(Declaration.text).join(Consent, Consent.declaration_id == Declaration.id)
    query = query.join(Person, Person.person == Consent.person).where(
        Person.fingerprint == fingerprint, Consent.kind == ConsentKind.REQUESTED
    )
    return session.scalar(query.order_by(Consent.number.desc()).limit(1)) or ""


def verify(session: Session) -> int | None:
    """Compute the town's whole log anew, and the words it names.

    Gives the number of the first entry that was changed, added, taken out or cut off, or whose declaration was
    changed; nothing where all is whole.
    """
    broken: int | None = session.execute(BROKEN).scalar_one()
    return broken


def verify_of(session: Session, fingerprint: bytes) -> int | None:
    """Compute one person's entries anew, their links to the entries before, and the words they name.

    Gives the number of the first that was changed; ``verify`` finds also what was taken out elsewhere.
    """
    broken: int | None = session.execute(BROKEN_OF, {"fingerprint": fingerprint}).scalar_one()
    return broken


def _person(session: Session, fingerprint: bytes) -> Any:
    """Give whose entries they are; the first entry draws a number by lot."""
    added = added_insert(Person).values(tenant_id=_town(session), fingerprint=fingerprint)
    session.execute(added.on_conflict_do_nothing())
    return session.scalar(select(Person.person).where(Person.fingerprint == fingerprint))


def _town(session: Session) -> int | None:
    return session.tenant_id if isinstance(session, Scope) else None
