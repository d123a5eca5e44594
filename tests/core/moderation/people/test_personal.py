"""Whoever moderates on loan and whoever invited them are told what is kept of each, and forgotten one by one."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.moderation.people import loans, personal
from baukasten.moderation.people.models import Loan
from baukasten.privacy import erase


@pytest.fixture
def loan(session, admin):
    until = clock.now() + dt.timedelta(days=7)
    made = loans.invite(session, admin, email="mo@nachbarstadt.example", home="Nachbarstadt", until=until)
    session.commit()
    return made.id


def test_whoever_invited_gets_what_they_did_without_anybodys_address(session, admin, loan, new_member):
    (told,) = personal.INVITATIONS.export(session, admin.id)
    assert told["from"] == "Nachbarstadt"
    assert "mo@" not in str(told)
    assert personal.LOANS.export(session, admin.id) == []
    assert personal.INVITATIONS.export(session, new_member().id) == []


def test_an_invitation_outlives_whoever_wrote_it(session, admin, loan):
    erase.erase_member(session, member_id=admin.id)
    session.commit()
    kept = session.execute(select(Loan.invited_by, Loan.email, Loan.home).where(Loan.id == loan)).one()
    assert kept == (None, "mo@nachbarstadt.example", "Nachbarstadt")
