"""A person who has left traces wherever the platform keeps any, in two towns."""

import itertools
from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from baukasten.access import members
from baukasten.identity import service, sessions, tokens
from baukasten.identity.models import Token
from baukasten.moderation.reporting import service as reports
from baukasten.plugin.refs import MemberRef, Role, Standing, TenantRef
from baukasten_forum import service as forum_service
from tests.forum.conftest import open_forum

PASSWORD = "Moor-Birke-Kahn-42"
numbers = itertools.count(101)


@dataclass
class Person:
    surname: str
    """Stands in every text about the person, and in no other one."""
    account_id: int
    homes: list[tuple[TenantRef, MemberRef]]
    topics: list[int]

    @property
    def email(self) -> str:
        return f"{self.surname.lower()}@post.example"

    @property
    def name(self) -> str:
        return f"Irmgard {self.surname}"

    @property
    def agent(self) -> str:
        return f"{self.surname} Browser 7"


@pytest.fixture
def owner(database_urls):
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def traces(owner):
    """Find words in any column of any table of the installation; gives ``table: number of rows``."""

    def find(*words):
        names = text(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind = 'r' AND n.nspname IN ('public', 'platform', 'jobs') ORDER BY 1"
        )
        found = {}
        with owner.connect() as connection:
            for name in connection.scalars(names).all():
                for word in words:
                    question = text(f"SELECT count(*) FROM {name} AS t WHERE t::text ILIKE :word")  # noqa: S608 - names of the catalogue
                    if count := connection.scalar(question, {"word": f"%{word}%"}):
                        found[name, word] = count
        return found

    return find


@pytest.fixture
def person(database, town, other_town, mailbox, new_member):
    """Register, confirm, sign in with a browser, join two towns, write, reply, report, get a notice and a measure."""
    made = Person(f"Quast{next(numbers)}", 0, [], [])
    with database.session(town.id) as session:
        service.register(session, email=made.email, password=PASSWORD, display_name=made.name)
        # Asked twice, and the second letter was never followed.
        service.register(session, email=made.email, password=PASSWORD, display_name=made.name)
        token = session.query(Token).order_by(Token.id).first()
        assert token is not None
        account_id = service.confirm(session, tokens.arm(token))
        session.commit()
    made.account_id = account_id
    for place in (town, other_town):
        forum = open_forum(database, place)
        with database.session(place.id, account_id) as session:
            member = members.join(session, account_id, made.name)
            sessions.start(session, account_id, host=place.host, user_agent=made.agent)
            service.ask_recovery(session, email=made.email)
            topic = forum_service.open_topic(
                session, member, forum, title="Treppe", body="Breite Stufen", nonce="n1"
            )
            other = new_member(where=place)
            forum_service.reply(session, other, forum, topic.topic_id, body="Gute Idee")
            forum_service.reply(session, member, forum, topic.topic_id, body="Danke", nonce="n2")
            seen = reports.reported(session, f"forum.post:{topic.post_id}")
            reports.file(
                session, member, seen, reason="spam", explanation=f"Ich, {made.name}, habe es gesehen"
            )
            session.commit()
        admin = new_member(Role.ADMIN, where=place)
        with database.session(place.id) as session:
            reason = f"Frau {made.surname} schreibt zu oft"
            members.set_standing(session, admin, member.id, Standing.MUTED, reason=reason)
            session.commit()
        made.homes.append((place, member))
        made.topics.append(topic.topic_id)
    with database.session(town.id, account_id) as session:
        sign_in = sessions.list_own(session, account_id)[0]
        identity = sessions.identity_of(
            type(
                "Row",
                (),
                {
                    "account_id": account_id,
                    "session_id": sign_in.id,
                    "email": made.email,
                    "confirmed": True,
                    "display_name": made.name,
                    "is_operator": False,
                },
            )
        )
        service.ask_new_address(session, identity, current=PASSWORD, email=f"neu.{made.email}")
        session.commit()
    mailbox.deliver()
    return made
