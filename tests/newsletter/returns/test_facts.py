"""Figures per issue, each delivery once a kind; and when the sender is warned."""

from baukasten_newsletter.returns import facts, service
from baukasten_newsletter.returns.classes import Kind
from tests.newsletter.returns.conftest import complaint, note, report


def test_figures_count_deliveries_and_not_letters(database, world, arrive, morning):
    one = world.deliver()
    other = world.deliver(issue_id=one.issue_id)
    silent = world.issue()
    arrive((report(number=1), one), (report(said="550 unknown user", number=2), one), (note(3), one))
    arrive((report(number=4), other), (complaint(5), other))
    with database.session(world.town.id) as session:
        found = facts.by_kind(session, [one.issue_id, silent])
        assert facts.by_kind(session, []) == {}
    assert found == {
        one.issue_id: {Kind.USER_UNKNOWN: 2, Kind.VACATION: 1, Kind.COMPLAINT: 1},
        silent: {},
    }
    assert (facts.failed(found[one.issue_id]), facts.against_sender(found[one.issue_id])) == (2, 0)


def test_what_the_ledger_counts_as_refused_did_not_come_back_later(database, world, arrive, morning):
    one = world.deliver()
    other = world.deliver(issue_id=one.issue_id, state="failed", handed_over_at=None)
    arrive((report(), one))
    with database.session(world.town.id) as session:
        service.note_refusal(session, other.id, code=550, text="5.1.1 unknown")
        found = [facts.by_kind(session, [one.issue_id], later=later) for later in (False, True)]
    assert found == [{one.issue_id: {Kind.USER_UNKNOWN: number}} for number in (2, 1)]


def test_the_sender_is_warned_of_more_than_chance():
    assert facts.warning({}) == ""
    assert facts.warning({Kind.SPAM: 4}) == ""
    assert facts.warning({Kind.SPAM: 5, Kind.USER_UNKNOWN: 100}) == ""
    assert facts.warning({Kind.SPAM: 3, Kind.POLICY: 2, Kind.USER_UNKNOWN: 15}).startswith(
        "Other servers refused 5 mails"
    )


def test_other_towns_figures_are_not_seen(database, world, other_town, arrive, morning):
    one = world.deliver()
    arrive((report(), one))
    with database.session(other_town.id) as session:
        assert facts.by_kind(session, [one.issue_id]) == {one.issue_id: {}}
