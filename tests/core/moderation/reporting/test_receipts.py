"""Receipts cannot be guessed, are easy to read, and tell no more than their reporter may know."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.errors import NotFound
from baukasten.moderation import deciding, service
from baukasten.moderation.appeals import filing
from baukasten.moderation.models import Decision, Measure
from baukasten.moderation.reporting import receipts
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.reporting.receipts import State
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef
from baukasten.tenants import plugins

POST, ZONE = "forum.post", "Europe/Berlin"
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


@pytest.fixture
def ref(topic):
    return ContentRef(POST, topic.post_id)


@pytest.fixture
def filed(session, ref, anna):
    content = reports.reported(session, f"{POST}:{ref.id}")
    return reports.file(session, anna, content, reason="spam", explanation="Werbung")


def test_a_receipt_has_a_hundred_random_bits_in_groups():
    made = {receipts.fresh() for _ in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {24}
    assert len(receipts.LETTERS) ** (receipts.GROUPS * receipts.GROUP) == 2**100
    assert set("".join(made)) == {*receipts.LETTERS, "-"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a1b2-c3d4-e5f6-g7h8-j9k0", "A1B2-C3D4-E5F6-G7H8-J9K0"),
        (" a1b2c3d4 e5f6g7h8j9ko ", "A1B2-C3D4-E5F6-G7H8-J9K0"),
        ("iIlL-oO00", "1111-0000"),
        ("", ""),
        ("\0🦢%00", "00"),
        ("x" * 1_000, "-".join(["XXXX"] * 25)),
    ],
)
def test_what_somebody_types_is_read_kindly(typed, meant):
    assert receipts.normalised(typed) == meant


def test_a_report_waits_until_it_is_decided_and_its_decision_is_final(session, filed, ref, moderator):
    shown = receipts.show(session, filed.lower(), ZONE)
    assert shown.content is not None
    assert (shown.state, shown.content.title, shown.content.label) == (State.WAITING, "Treppe", "#1")
    assert (shown.reason, shown.explanation) == (
        "No advertising and no copies of foreign texts or pictures without permission.",
        "Werbung",
    )
    with clock.turned(NOW):
        service.hide(session, moderator, ref, rule="Regel 5", facts="Werbung")
    session.expire_all()
    with clock.turned(NOW + dt.timedelta(seconds=14)):
        assert receipts.show(session, filed, ZONE).state is State.WAITING
    with clock.turned(NOW + dt.timedelta(seconds=16)):
        shown = receipts.show(session, filed, ZONE)
    assert (shown.state, shown.granted, shown.rule, shown.decided_at) == (State.DECIDED, True, "Regel 5", NOW)
    assert shown.done == "The contribution is hidden from public view now."
    assert (shown.content, shown.appeal_until) == (None, None)


def test_whoever_is_refused_may_object_for_six_months(session, filed, ref, moderator):
    with clock.turned(NOW):
        service.keep(session, moderator, ref)
    session.expire_all()
    for later, until in ((1, dt.date(2027, 5, 22)), (181, dt.date(2027, 5, 22)), (182, None)):
        with clock.turned(NOW + dt.timedelta(days=later)):
            shown = receipts.show(session, filed, ZONE)
        assert (shown.state, shown.granted, shown.appeal_until) == (State.DECIDED, False, until)
    assert shown.rule == ""
    assert shown.content is not None
    assert shown.content.title == "Treppe"


def test_whoever_objected_does_so_once(session, filed, ref, moderator):
    service.keep(session, moderator, ref)
    with clock.turned(clock.now() + dt.timedelta(days=1)):
        filing.by_reporter(session, filed, "Es ist doch Werbung, Satz für Satz.", ZONE)
        shown = receipts.show(session, filed, ZONE)
    assert (shown.appealed, shown.appeal_until, shown.reversed) == (True, None, False)


def test_a_measure_that_was_lifted_is_told(session, filed, ref, moderator):
    hidden = deciding.decide_content(session, moderator, ref, Step(Measure.HIDE, "Regel 5", "Werbung"))
    lifted = {"content_type": POST, "content_id": ref.id, "measure": "restore", "reverses": hidden.id}
    session.add(Decision(**lifted))
    session.flush()
    with clock.turned(clock.now() + dt.timedelta(days=1)):
        shown = receipts.show(session, filed, ZONE)
    assert (shown.state, shown.granted, shown.reversed) == (State.DECIDED, True, True)


def test_what_was_taken_back_is_settled_without_a_decision(session, filed, ref):
    service.withdraw(session, ref)
    session.expire_all()
    assert receipts.show(session, filed, ZONE).state is State.VOID


def test_the_plugin_may_be_off(session, town, filed):
    plugins.switch_off(session, town, "forum")
    shown = receipts.show(session, filed, ZONE)
    assert (shown.state, shown.content) == (State.WAITING, None)


@pytest.mark.parametrize("typed", ["", "M-abc", "0" * 20, "\0", "'; --", "x" * 5_000])
def test_an_unknown_receipt_is_not_found(session, filed, typed):
    with pytest.raises(NotFound):
        receipts.show(session, typed, ZONE)


def test_another_town_does_not_know_the_receipt(database, session, filed, other_town):
    session.commit()
    with database.session(other_town.id) as other, pytest.raises(NotFound):
        receipts.show(other, filed, ZONE)


def test_own_reports_come_page_by_page_newest_first(session, topic, anna, moderator, ref, monkeypatch):
    monkeypatch.setattr(receipts, "PAGE", 2)
    made = []
    for _ in range(5):
        content = reports.reported(session, f"{POST}:{ref.id}")
        made.append(reports.file(session, anna, content, reason="spam"))
        reports.file(session, None, content, reason="spam")
        service.keep(session, moderator, ref)
    found, before = [], None
    for size in (2, 2, 1):
        page, before = receipts.own(session, anna.id, ZONE, before=before)
        assert len(page) == size
        found += [one.receipt for one in page]
    assert (found, before) == (made[::-1], None)
    assert receipts.own(session, moderator.id, ZONE) == ([], None)
