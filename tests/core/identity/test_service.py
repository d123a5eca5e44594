"""The verbs of an account, without pages."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from baukasten import clock
from baukasten.errors import BaukastenError, Conflict, Invalid, NotFound
from baukasten.identity import passwords, service, sessions, tokens
from baukasten.identity.models import Token
from baukasten.identity.tokens import Purpose
from tests.core.identity.conftest import PASSWORD, there


@pytest.fixture(scope="module")
def digest():
    return passwords.digest(PASSWORD)


def ask(database, town, address, name="Martha", digest="x"):
    """Ask as a registration does, and arm the link as the letter does; gives its secret."""
    with database.session(town.id) as session:
        token = tokens.ask(session, Purpose.CONFIRM, address, hash=digest, name=name, language="de")
        secret = tokens.arm(token)
        session.commit()
    return secret


def outcome(work):
    try:
        work()
    except BaukastenError as error:
        return type(error)
    return "done"


def test_registering_makes_no_account_before_the_link_is_followed(database, town, digest):
    address = "late@post.example"
    secret = ask(database, town, address, digest=digest)
    with database.session(town.id) as session:
        assert service.find(session, address) is None
        account = service.confirm(session, secret)
        session.commit()
    with database.session(town.id) as session:
        found = there(service.find(session, "LATE@post.example "))
        assert (found.id, found.password_hash, found.display_name) == (account, digest, "Martha")
        sessions.act_as(session, account)
        assert service.own(session, account).confirmed_at is not None


def test_all_wrong_entries_are_named_at_once(session):
    with pytest.raises(Invalid) as refused:
        service.register(session, email="no", password="short", display_name="<>")
    assert sorted(refused.value.errors) == ["display_name", "email", "password"]


def test_fifty_people_with_one_link_make_one_account(database, town):
    secret = ask(database, town, "race@post.example")

    def follow(_number):
        with database.session(town.id) as session:
            said = outcome(lambda: service.confirm(session, secret))
            session.commit()
        return said

    with ThreadPoolExecutor(10) as pool:
        said = list(pool.map(follow, range(50)))
    assert (said.count("done"), said.count(NotFound)) == (1, 49)


def test_fifty_links_for_one_address_make_one_account(database, town, other_town):
    secrets = [(town, ask(database, town, "many@post.example", f"Name {n}")) for n in range(25)]
    secrets += [(other_town, ask(database, other_town, "many@post.example", f"Name {n}")) for n in range(25)]

    def follow(link):
        place, secret = link
        with database.session(place.id) as session:
            said = outcome(lambda: service.confirm(session, secret))
            if said == "done":
                session.commit()
        return said

    with ThreadPoolExecutor(10) as pool:
        said = list(pool.map(follow, secrets))
    assert said.count("done") == 1
    assert set(said) <= {"done", Conflict, NotFound}


def test_a_link_is_good_for_its_town_its_purpose_and_its_time(database, town, other_town):
    secret = ask(database, town, "bound@post.example")
    with database.session(other_town.id) as session, pytest.raises(NotFound):
        tokens.use(session, secret, Purpose.CONFIRM)
    with database.session(town.id) as session:
        for wrong in (Purpose.RECOVER, Purpose.CHANGE_EMAIL):
            with pytest.raises(NotFound):
                tokens.use(session, secret, wrong)
    late = clock.now() + tokens.LIFE[Purpose.CONFIRM]
    with clock.turned(late), database.session(town.id) as session, pytest.raises(NotFound):
        tokens.use(session, secret, Purpose.CONFIRM)
    just = late - dt.timedelta(seconds=30)
    with clock.turned(just), database.session(town.id) as session:
        assert tokens.peek(session, secret, Purpose.CONFIRM).email == "bound@post.example"
        assert tokens.use(session, secret, Purpose.CONFIRM).used_at == just


def test_confirming_puts_the_other_links_of_the_address_out_of_use_and_forgets_what_they_carried(
    database, town
):
    first, second = (ask(database, town, "twice@post.example", name) for name in ("One", "Two"))
    with database.session(town.id) as session:
        service.confirm(session, second)
        session.commit()
    with database.session(town.id) as session:
        with pytest.raises(NotFound):
            service.waiting(session, first)
        assert [row.data for row in session.query(Token).filter_by(email="twice@post.example")] == [{}, {}]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("known@post.example", "wrong words here"),
        ("unknown@post.example", PASSWORD),
        ("", ""),
        ("no", "x" * 999),
    ],
)
def test_whatever_is_wrong_the_refusal_is_the_same(database, town, digest, email, password):
    with database.session(town.id) as session:
        if service.find(session, "known@post.example") is None:
            service.create_account(session, "known@post.example", digest, "Known")
            session.commit()
        with pytest.raises(Invalid) as refused:
            service.sign_in(session, email=email, password=password)
        assert refused.value.errors == {
            "": "Address and password do not fit together. "
            "If you have just registered, confirm your address first."
        }


def test_signing_in_gives_a_new_secret_each_time(database, town, new_account, digest):
    account = new_account(email="in@post.example", password_hash=digest)
    with database.session(town.id) as session:
        first = service.sign_in(session, email=" IN@post.example", password=PASSWORD)
        second = service.sign_in(session, email="in@post.example", password=PASSWORD)
        session.commit()
    assert first != second
    with database.session(town.id) as session:
        assert [there(sessions.find(session, one)).account_id for one in (first, second)] == [
            account,
            account,
        ]


def test_only_operators_come_into_the_console(database, new_account, digest):
    account = new_account(email="console@post.example", password_hash=digest)
    with database.session(None) as session, pytest.raises(Invalid):
        service.sign_in(session, email="console@post.example", password=PASSWORD)
    with database.operator_session() as session:
        service.appoint_operator(session, account)
        session.commit()
    with database.session(None) as session:
        secret = service.sign_in(session, email="console@post.example", password=PASSWORD)
        session.commit()
        assert there(sessions.find(session, secret)).is_operator
    with database.operator_session() as session:
        service.appoint_operator(session, account, is_operator=False)
        session.commit()
    with database.session(None) as session:
        assert sessions.find(session, secret) is None


def test_an_outdated_hash_is_renewed_at_the_next_sign_in(database, town, new_account):
    weak = passwords.HASHER.__class__(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    new_account(email="old@post.example", password_hash=weak)
    with database.session(town.id) as session:
        service.sign_in(session, email="old@post.example", password=PASSWORD)
        session.commit()
    with database.session(town.id) as session:
        stored = there(service.find(session, "old@post.example")).password_hash
    assert stored != weak
    assert passwords.matches(stored, PASSWORD)


def test_changing_the_password_ends_all_other_sessions_everywhere(
    database, town, other_town, new_account, digest
):
    account = new_account(email="change@post.example", password_hash=digest)
    with database.session(other_town.id) as session:
        elsewhere = sessions.start(session, account)
        session.commit()
    with database.session(town.id) as session:
        here = sessions.start(session, account)
        me = there(sessions.find(session, here))
        with pytest.raises(Invalid) as refused:
            service.change_password(session, me, current="wrong words", new="vier blaue Tassen")
        assert list(refused.value.errors) == ["current"]
        with pytest.raises(Invalid) as refused:
            service.change_password(session, me, current=PASSWORD, new="kurz")
        assert list(refused.value.errors) == ["new"]
        service.change_password(session, me, current=PASSWORD, new="vier blaue Tassen")
        session.commit()
        assert sessions.find(session, here) == me
    with database.session(other_town.id) as session:
        assert sessions.find(session, elsewhere) is None
    with database.session(town.id) as session:
        service.sign_in(session, email="change@post.example", password="vier blaue Tassen")


def test_a_password_that_is_too_short_does_not_spend_the_recovery(database, town, new_account):
    account = new_account(email="lost@post.example")
    with database.session(town.id) as session:
        old = sessions.start(session, account)
        token = tokens.ask(session, Purpose.RECOVER, "lost@post.example", account_id=account)
        secret = tokens.arm(token)
        session.commit()
    with database.session(town.id) as session:
        with pytest.raises(Invalid):
            service.recover(session, secret, "kurz")
        service.recover(session, secret, PASSWORD)
        session.commit()
    with database.session(town.id) as session:
        assert sessions.find(session, old) is None
        service.sign_in(session, email="lost@post.example", password=PASSWORD)
        with pytest.raises(NotFound):
            service.recover(session, secret, PASSWORD)


def test_two_accounts_never_get_one_address(database, town, new_account):
    first, second = new_account(email="one@post.example"), new_account(email="two@post.example")
    with database.session(town.id) as session:
        token = tokens.ask(session, Purpose.CHANGE_EMAIL, "two@post.example", account_id=first)
        secret = tokens.arm(token)
        session.commit()
        with pytest.raises(Conflict):
            service.change_address(session, secret)
        session.commit()
        found = [there(service.find(session, f"{name}@post.example")).id for name in ("one", "two")]
        assert found == [first, second]


def test_a_closed_account_is_gone_and_frees_its_address(database, town, new_account, digest):
    account = new_account("Martha Klein", email="gone@post.example", password_hash=digest)
    with database.session(town.id) as session:
        secret = sessions.start(session, account)
        service.close_account(session, account)
        session.commit()
    with database.session(town.id) as session:
        assert sessions.find(session, secret) is None
        assert service.find(session, "gone@post.example") is None
        assert service.create_account(session, "gone@post.example", digest, "Other") != account
        sessions.act_as(session, account)
        left = service.own(session, account)
        assert (left.email, left.password_hash, left.display_name) == (f"closed-{account}@invalid", None, "")


def test_appointing_needs_an_account(database):
    with database.operator_session() as session, pytest.raises(NotFound):
        service.appoint_operator(session, -1)
