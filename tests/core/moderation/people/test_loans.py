"""Moderators on loan: invited by mail, in until a day, out at once."""

import datetime as dt
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.access import listing, members
from baukasten.audit import service as audit
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten.identity import service as identity
from baukasten.moderation import cases
from baukasten.moderation.casework import handing
from baukasten.moderation.models import Case, CaseCause
from baukasten.moderation.people import letters, loans
from baukasten.moderation.people.models import Loan
from baukasten.plugin.refs import ContentRef, Role

NOON = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WEEK = NOON + 7 * DAY
ADDRESS = "mo@nachbarstadt.example"
LIST = "/verwaltung/moderation/verstaerkung"
LINK = re.compile(r"https://[^/\s]+(/konto/einladung/\S+)")


@pytest.fixture(autouse=True)
def noon():
    with clock.turned(NOON):
        yield


@pytest.fixture
def account(session, new_account):
    """The account with the invited address; it is one for all towns, and so for all tests."""
    known = identity.find(session, ADDRESS)
    return known.id if known else new_account("Mo", ADDRESS)


@pytest.fixture
def mo(new_member, account):
    return new_member(name="Mo", account=account)


def invite(session, admin, *, email=ADDRESS, home="Nachbarstadt", until=WEEK):
    loan = loans.invite(session, admin, email=email, home=home, until=until)
    session.commit()
    return loan


def taken(session, admin, mo, until=WEEK):
    loan = invite(session, admin, until=until)
    loans.accept(session, mo, ADDRESS, loan.id)
    session.commit()
    return loan


def test_taking_an_invitation_makes_a_moderator_until_its_end(session, admin, mo):
    loan = taken(session, admin, mo)
    assert members.ref(session, mo.id).has(Role.MODERATOR)
    assert (loan.member_id, loan.email) == (mo.id, "")
    assert [entry.action for entry in audit.entries(session)[:2]] == [
        "moderation.loan.accept",
        "moderation.loan.invite",
    ]
    clock.set_to(WEEK - dt.timedelta(seconds=1))
    assert members.with_roles(session, Role.MODERATOR) == [mo.id]
    assert [one.member.id for one in listing.page(session, role=Role.MODERATOR).members] == [mo.id]
    clock.set_to(WEEK)
    assert not members.ref(session, mo.id).has(Role.MODERATOR)
    assert members.with_roles(session, Role.MODERATOR) == []
    assert listing.page(session, role=Role.MODERATOR).members == []
    assert handing.colleagues(session, admin) == []


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"email": "keine"}, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"home": "  "}, "home"),
        ({"until": NOON}, "until"),
        ({"until": NOON + 90 * DAY + dt.timedelta(seconds=1)}, "until"),
    ],
)
def test_what_makes_no_sense_is_refused(session, admin, values, wrong):
    with pytest.raises(Invalid) as refused:
        invite(session, admin, **values)
    assert list(refused.value.errors) == [wrong]


def test_only_so_many_invitations_wait(session, admin):
    for number in range(loans.MOST_OPEN):
        invite(session, admin, email=f"n{number}@post.example")
    with pytest.raises(Invalid):
        invite(session, admin)


def test_an_invitation_is_for_its_address_once_and_for_two_weeks(session, admin, mo, new_member):
    loan = invite(session, admin, until=NOON + 60 * DAY)
    other = new_member(name="Fremd")
    with pytest.raises(Denied):
        loans.accept(session, other, "fremd@post.example", loan.id)
    with pytest.raises(Denied):
        loans.accept(session, other, "", loan.id)
    clock.set_to(NOON + 14 * DAY)
    with pytest.raises(NotFound):
        loans.accept(session, mo, ADDRESS, loan.id)
    clock.set_to(NOON)
    loans.accept(session, mo, ADDRESS, loan.id)
    with pytest.raises(NotFound):
        loans.accept(session, mo, ADDRESS, loan.id)
    with pytest.raises(NotFound):
        loans.accept(session, mo, ADDRESS, 999_999)


def test_the_towns_own_staff_is_not_lent_to_it(session, admin, new_member, account):
    own = new_member(Role.MODERATOR, account=account)
    with pytest.raises(Denied):
        loans.accept(session, own, ADDRESS, invite(session, admin).id)
    assert members.get(session, own.id).moderator_until is None


def test_of_two_who_take_it_at_once_one_gets_it(database, town, session, admin, mo):
    loan, gate = invite(session, admin), threading.Barrier(2)

    def take(_number):
        with database.session(town.id) as own:
            gate.wait()
            try:
                loans.accept(own, mo, ADDRESS, loan.id)
            except NotFound:
                return "too late"
            own.commit()
        return "taken"

    with clock.turned(NOON), ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, range(2))) == ["taken", "too late"]


def test_a_longer_loan_takes_the_place_of_the_first(session, admin, mo):
    first = taken(session, admin, mo)
    second = taken(session, admin, mo, until=NOON + 30 * DAY)
    session.refresh(first)
    assert first.ended_at == NOON
    assert members.get(session, mo.id).moderator_until == NOON + 30 * DAY
    assert [(one.id, one.state) for one in loans.listed(session)] == [
        (second.id, loans.State.ACTIVE),
        (first.id, loans.State.OVER),
    ]
    with pytest.raises(Conflict):
        loans.end(session, admin, first.id)


def hold(session, topic, member):
    ref = ContentRef("forum.post", topic.post_id)
    case = session.get(Case, (session.tenant_id, cases.open_case(session, ref, CaseCause.REPORTED)))
    case.holder_id = member.id
    session.commit()
    return case


def test_ending_it_takes_the_role_and_frees_the_cases(session, admin, mo, topic):
    loan = taken(session, admin, mo)
    case = hold(session, topic, mo)
    assert loans.homes(session, [mo.id, admin.id]) == {mo.id: "Nachbarstadt"}
    loans.end(session, admin, loan.id)
    session.commit()
    session.refresh(case)
    assert case.holder_id is None
    row = members.get(session, mo.id)
    assert (row.roles, row.moderator_until) == (["citizen"], None)
    assert loans.homes(session, [mo.id]) == {}
    assert audit.entries(session)[0].action == "moderation.loan.end"


def test_what_runs_out_is_tidied_and_addresses_are_forgotten(session, admin, mo, topic):
    taken(session, admin, mo)
    case = hold(session, topic, mo)
    invite(session, admin, email="nie@post.example", until=NOON + 60 * DAY)
    assert loans.finish_all(session) == 0
    clock.set_to(NOON + 14 * DAY)
    letters.end_loans(session)
    session.refresh(case)
    assert case.holder_id is None
    rows = session.execute(select(Loan.email, Loan.ended_at).order_by(Loan.id)).all()
    assert [tuple(row) for row in rows] == [("", WEEK), ("", NOON + 14 * DAY)]
    assert members.get(session, mo.id).roles == ["citizen"]
    assert loans.finish_all(session) == 0


def test_who_was_appointed_meanwhile_stays(session, admin, mo):
    loan = taken(session, admin, mo)
    members.set_roles(session, admin, mo.id, [])
    members.set_roles(session, admin, mo.id, [Role.MODERATOR])
    assert loans.listed(session)[0].state is loans.State.OVER
    loans.end(session, admin, loan.id)
    clock.set_to(WEEK + DAY)
    assert members.ref(session, mo.id).has(Role.MODERATOR)


def test_another_towns_loans_are_nobodys(session, admin, mo, database, other_town, new_member):
    loan = invite(session, admin)
    boss = new_member(Role.ADMIN, where=other_town)
    with database.session(other_town.id) as beyond:
        assert loans.listed(beyond) == []
        for work in (
            lambda: loans.end(beyond, boss, loan.id),
            lambda: loans.accept(beyond, boss, ADDRESS, loan.id),
            lambda: loans.invited(beyond, loan.id),
        ):
            with pytest.raises(NotFound):
                work()


def test_a_link_holds_for_one_town():
    token = letters.token_of("geheim", 1, 7)
    assert letters.read_token("geheim", 1, token) == 7
    for town, secret, given in (
        (2, "geheim", token),
        (1, "anders", token),
        (1, "geheim", "x"),
        (1, "geheim", ""),
    ):
        with pytest.raises(NotFound):
            letters.read_token(secret, town, given)


def test_from_invitation_to_desk_and_out_again(client_of, town, sign_in, admin, mo, mailbox, session):
    boss, neighbour, guest = client_of(town), client_of(town), client_of(town)
    sign_in(boss, admin)
    sent = boss.send(LIST, email=ADDRESS.upper(), home="Nachbarstadt", until="2026-05-10T14:00")
    assert sent.headers["Location"] == f"{LIST}?done=sent"
    (path,) = LINK.findall(mailbox.to(ADDRESS)[0].text)
    assert "Nachbarstadt" in mailbox.to(ADDRESS)[0].text
    page = guest.get(path)
    assert page.status_code == 200
    assert ADDRESS not in page.text
    assert "/konto/anmelden?next=" in page.text
    sign_in(neighbour, mo)
    assert neighbour.get("/verwaltung/moderation/").status_code == 403
    assert neighbour.send(path).headers["Location"] == "/verwaltung/moderation/?done=saved"
    assert neighbour.get("/verwaltung/moderation/").status_code == 200
    assert guest.get(path).status_code == neighbour.get(path).status_code == 404
    shown = boss.get(LIST).text
    assert "Mo</a>" in shown
    assert ADDRESS not in shown
    assert "ausgeliehen bis" in boss.get(f"/verwaltung/mitglieder/{mo.id}/").text
    loan_id = session.scalar(select(Loan.id))
    ended = boss.post(f"{LIST}/{loan_id}/beenden", data={"_token": boss.token(LIST)})
    assert ended.status_code == 303
    assert neighbour.get("/verwaltung/moderation/").status_code == 403
    again = boss.post(f"{LIST}/{loan_id}/beenden", data={"_token": boss.token(LIST)})
    assert again.status_code == 409
    assert boss.post(f"{LIST}/999999/beenden", data={"_token": boss.token(LIST)}).status_code == 404


def test_colleagues_see_where_somebody_comes_from(client, sign_in, session, admin, mo, topic):
    taken(session, admin, mo)
    case_id = cases.open_case(session, ContentRef("forum.post", topic.post_id), CaseCause.REPORTED)
    session.commit()
    sign_in(client, admin)
    assert ">Mo (Nachbarstadt)</option>" in client.get(f"/verwaltung/moderation/{case_id}").text


def test_the_wrong_account_learns_nothing_and_gets_nothing(
    client, sign_in, admin, mo, base_config, session, town, new_member
):
    loan = invite(session, admin)
    path = f"{letters.PATH}/{letters.token_of(base_config.secret_key, town.id, loan.id)}"
    sign_in(client, new_member(name="Fremd"))
    page = client.get(path).text
    assert ADDRESS not in page
    assert f'action="{path}"' not in page
    token = client.token("/konto/adresse")
    assert client.post(path, data={"_token": token}).status_code == 403
    assert not members.ref(session, mo.id).has(Role.MODERATOR)


def test_the_answer_is_the_same_for_known_and_unknown_addresses(client, sign_in, admin, mo, mailbox):
    sign_in(client, admin)
    answers = [
        client.send(LIST, email=address, home="Nebenan", until="2026-05-10T14:00")
        for address in (ADDRESS, "nie-gesehen@post.example")
    ]
    assert [one.headers["Location"] for one in answers] == [f"{LIST}?done=sent"] * 2
    assert [len(mailbox.to(address)) for address in (ADDRESS, "nie-gesehen@post.example")] == [1, 1]


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.MODERATOR])
def test_only_admins_invite(client, sign_in, new_member, role):
    sign_in(client, new_member(role))
    assert client.get(LIST).status_code == 403
    token = client.token("/konto/adresse")
    assert client.post(LIST, data={"_token": token}).status_code == 403
    assert client.post(f"{LIST}/1/beenden", data={"_token": token}).status_code == 403


def test_a_form_with_mistakes_keeps_what_was_typed(client, sign_in, admin):
    sign_in(client, admin)
    refused = client.send(LIST, email="keine", home="Nebenan", until="2030-05-10T14:00")
    assert refused.status_code == 422
    assert "Nebenan" in refused.text
