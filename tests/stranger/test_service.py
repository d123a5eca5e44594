"""Dates are offered, seats are taken once, lines go through moderation."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from baukasten_stranger import service
from sqlalchemy import select

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import Closed, Conflict, NotFound
from baukasten.moderation import service as moderation
from baukasten.moderation.models import Case
from baukasten.plugin import ContentRef, MemberRef, ModuleRef, Role, Visibility

People = Callable[..., MemberRef]


@pytest.fixture
def slot(session: Scope, person: People, module: ModuleRef, may: datetime) -> int:
    """Offer a date with two seats."""
    host = person("Planerin", Role.MODERATOR)
    return service.open_slot(
        session, host, module, begins_at=may + timedelta(days=3), place="Rathaus", seats=2
    )


def test_a_date_shows_its_seats_and_lines(
    session: Scope, person: People, module: ModuleRef, slot: int
) -> None:
    service.sign_up(session, person("Erle"), module, slot, "Die Bänke")
    (offer,) = service.offers(session, module.id)
    assert (offer.id, offer.place, offer.seats, offer.free) == (slot, "Rathaus", 2, 1)
    assert [line.text for line in offer.lines] == ["Die Bänke"]


def test_a_full_date_takes_nobody_more(session: Scope, person: People, module: ModuleRef, slot: int) -> None:
    for name in ("Erle", "Linde"):
        service.sign_up(session, person(name), module, slot, "Die Bänke")
    with pytest.raises(Conflict, match="All seats are taken"):
        service.sign_up(session, person("Buche"), module, slot, "Die Bäume")


def test_nobody_sits_twice(session: Scope, person: People, module: ModuleRef, slot: int) -> None:
    erle = person("Erle")
    service.sign_up(session, erle, module, slot, "Die Bänke")
    with pytest.raises(Conflict, match="signed up already"):
        service.sign_up(session, erle, module, slot, "Die Bäume")


def test_a_date_that_has_begun_is_closed(
    session: Scope, person: People, module: ModuleRef, slot: int
) -> None:
    clock.forward(timedelta(days=3))
    with pytest.raises(Closed, match="has begun"):
        service.sign_up(session, person("Erle"), module, slot, "Die Bänke")
    assert service.offers(session, module.id) == []


def test_a_date_of_another_module_does_not_exist(
    session: Scope, person: People, module: ModuleRef, slot: int
) -> None:
    other = ModuleRef(module.id + 1_000, "stranger", "x", "X")
    with pytest.raises(NotFound):
        service.sign_up(session, person("Erle"), other, slot, "Die Bänke")


def test_withdrawing_frees_the_seat_for_oneself_too(
    session: Scope, person: People, module: ModuleRef, slot: int
) -> None:
    erle = person("Erle")
    ref = service.sign_up(session, erle, module, slot, "Die Bänke").ref
    with pytest.raises(NotFound):
        service.withdraw(session, person("Linde"), ref.id)
    service.withdraw(session, erle, ref.id)
    assert service.offers(session, module.id)[0].free == 2
    service.sign_up(session, erle, module, slot, "Doch die Bäume")
    assert [line.text for line in service.offers(session, module.id)[0].lines] == ["Doch die Bäume"]


def test_a_telephone_number_waits_for_moderation_and_keeps_its_seat(
    session: Scope, person: People, module: ModuleRef, slot: int
) -> None:
    submission = service.sign_up(session, person("Erle"), module, slot, "Bitte anrufen: 0171 555 1234")
    assert (submission.visibility, submission.code) == (Visibility.HELD, "stranger_number")
    (offer,) = service.offers(session, module.id)
    assert (offer.lines, offer.free) == ([], 1)
    assert session.scalars(select(Case.content_type).where(Case.closed_at.is_(None))).all() == [
        "stranger.signup"
    ]

    moderation.publish(session, person("Aufsicht", Role.MODERATOR), submission.ref)
    (offer,) = service.offers(session, module.id)
    assert [line.text for line in offer.lines] == ["Bitte anrufen: 0171 555 1234"]


def test_moderation_can_hide_and_restore_a_line(
    session: Scope, person: People, module: ModuleRef, slot: int
) -> None:
    ref = service.sign_up(session, person("Erle"), module, slot, "Die Bänke").ref
    judge = person("Aufsicht", Role.MODERATOR)
    moderation.hide(session, judge, ref, rule="Hausordnung 2", facts="Werbung")
    assert service.offers(session, module.id)[0].lines == []
    assert moderation.find(session, ContentRef("stranger.signup", ref.id)).visibility is Visibility.HIDDEN
    moderation.restore(session, judge, ref)
    assert len(service.offers(session, module.id)[0].lines) == 1


def test_a_towns_dates_stay_in_the_town(
    session: Scope, person: People, module: ModuleRef, slot: int, other_session: Scope
) -> None:
    session.commit()
    assert len(service.coming(session)) == 1
    assert service.coming(other_session) == []
