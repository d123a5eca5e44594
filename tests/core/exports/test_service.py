"""Asking for files, making them, taking them, and what makes them go."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.errors import Closed, Denied, Invalid, NotFound, TooMany
from baukasten.exports import hooks, making, service
from baukasten.exports.models import ExportFile, State
from baukasten.jobs.outbox import publish
from baukasten.plugin.events import ContentHidden, ContentPublished
from baukasten.plugin.refs import Role
from baukasten.projects import placing
from baukasten.tenants import plugins
from baukasten.tenants.files import files_of
from tests.core.exports.conftest import furnish
from tests.core.exports.ledger import Book


@pytest.fixture
def made(house, home, worker):
    """Ask for a file, let the worker make it, and give it as it then is."""

    def make(member, module, key="ledger.lines", chosen="csv", where=home):
        with house.session(where.id) as session:
            file_id = service.ask(session, member, module, key, chosen).id
            session.commit()
        worker.run_pending()
        with house.session(where.id) as session:
            return session.get(ExportFile, (where.id, file_id))

    return make


def again(scope, file):
    scope.rollback()
    query = select(ExportFile).where(ExportFile.id == file.id)
    return scope.scalars(query.execution_options(populate_existing=True)).one()


def stored(scope, file):
    try:
        return files_of(scope).read(file.stored_as)
    except NotFound:
        return None


def test_offers_follow_permissions(scope, module, admin, moderator, new_member):
    assert [(one.key, list(one.formats)) for one in service.offers(scope, admin, module)] == [
        ("ledger.lines", ["csv", "xlsx", "odt", "jsonl", "pdf"]),
        ("ledger.parcel", ["zip"]),
        ("ledger.secrets", ["csv"]),
    ]
    assert [one.key for one in service.offers(scope, moderator, module)] == ["ledger.lines", "ledger.parcel"]
    for member in (new_member(), None):
        with pytest.raises(NotFound):
            service.offers(scope, member, module)


def test_a_file_is_made_and_taken(scope, module, admin, made):
    Book.lines = [("eins",), ("=zwei",)]
    with clock.turned(dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)):
        file = made(admin, module)
    assert (file.state, file.reason, file.member_id) == (State.READY, "", admin.id)
    # In the town's language and day.
    assert file.file_name == "kasse-lines-2026-07-02.csv"
    assert file.expires_at == dt.datetime(2026, 7, 8, 22, 30, tzinfo=dt.UTC)
    with clock.turned(dt.datetime(2026, 7, 8, 22, 29, tzinfo=dt.UTC)):
        taken, data = service.take(scope, admin, module, file.id)
    assert data.decode("utf-8-sig") == f"Page;Words\r\n{module.id};eins\r\n{module.id};'=zwei\r\n"
    assert (taken.bytes, taken.media_type) == (len(data), "text/csv; charset=utf-8")
    deeds = [(one.action, one.actor_id, one.target) for one in audit.entries(scope, limit=2)]
    assert deeds == [
        ("exports.file.take", admin.id, f"module:{module.id}"),
        ("exports.file.ask", admin.id, f"module:{module.id}"),
    ]
    with clock.turned(dt.datetime(2026, 7, 8, 22, 30, tzinfo=dt.UTC)), pytest.raises(NotFound):
        service.take(scope, admin, module, file.id)


@pytest.mark.parametrize("chosen", ["xlsx", "odt", "jsonl", "pdf"])
def test_every_format_comes_out_of_the_job(scope, module, admin, made, chosen):
    Book.lines = [("eins",)]
    file = made(admin, module, chosen=chosen)
    assert (file.state, file.reason) == (State.READY, "")
    assert file.file_name.endswith(f".{chosen}")
    _file, data = service.take(scope, admin, module, file.id)
    assert data[:4] in (b"PK\x03\x04", b'{"mo', b"%PDF")


def test_a_plugin_writes_its_own_file(scope, module, moderator, made):
    file = made(moderator, module, "ledger.parcel", "zip")
    assert (file.media_type, file.file_name[-4:]) == ("application/zip", ".zip")
    assert service.take(scope, moderator, module, file.id)[1] == b"PKKasse"


def test_what_cannot_be_made_says_why(put, admin, made):
    file = made(admin, put("Closed"), "ledger.parcel", "zip")
    assert (file.state, file.reason) == (State.FAILED, "Not today.")


def test_an_accident_is_tried_three_times_and_then_told(module, admin, made):
    Book.error = ZeroDivisionError("private words")
    file = made(admin, module)
    assert Book.asked == making.ATTEMPTS
    assert file.state == State.FAILED
    assert "Something broke" in file.reason
    assert "private" not in file.reason


def test_a_hindrance_is_asked_twice(scope, module, admin, made, house, home, worker):
    file = service.ask(scope, admin, module, "ledger.lines", "csv")
    scope.commit()
    Book.hindrance = "Not before May."
    worker.run_pending()
    failed = again(scope, file)
    assert (failed.state, failed.reason) == (State.FAILED, "Not before May.")
    with pytest.raises(Closed, match="Not before May"):
        service.ask(scope, admin, module, "ledger.lines", "csv")


@pytest.mark.parametrize(
    ("key", "chosen", "refused"),
    [
        ("ledger.secrets", "csv", NotFound),
        ("ledger.nothing", "csv", NotFound),
        ("", "", NotFound),
        ("ledger.lines", "zip", Invalid),
        ("ledger.lines", "", Invalid),
        ("ledger.parcel", "csv", Invalid),
    ],
)
def test_wishes_that_are_refused(scope, module, moderator, key, chosen, refused):
    with pytest.raises(refused):
        service.ask(scope, moderator, module, key, chosen)


def test_the_same_wish_waits_once_and_a_town_has_ten(scope, put, module, admin, moderator):
    others = [put(f"Buch{number}") for number in range(service.MOST_WAITING - 1)]
    first = service.ask(scope, admin, module, "ledger.lines", "csv")
    assert service.ask(scope, moderator, module, "ledger.lines", "csv").id == first.id
    for other in others:
        service.ask(scope, admin, other, "ledger.lines", "csv")
    with pytest.raises(TooMany):
        service.ask(scope, admin, module, "ledger.lines", "xlsx")


@pytest.fixture
def there(house, put, other_town):
    furnish(house, other_town)
    return put("Andere", other_town)


def test_foreign_files_are_none(scope, put, module, admin, made, other_town, there, new_member):
    their_admin, moderator = new_member(Role.ADMIN, where=other_town), new_member(Role.MODERATOR)
    theirs = made(their_admin, there, where=other_town)
    secret = made(admin, module, "ledger.secrets")
    elsewhere = made(admin, put("Zweite"))
    assert {theirs.state, secret.state, elsewhere.state} == {State.READY}
    for member, file in ((admin, theirs), (moderator, secret), (admin, elsewhere)):
        with pytest.raises(NotFound):
            service.take(scope, member, module, file.id)
    assert [one.id for one in service.files(scope, ["ledger.lines"], module)] == []


def test_what_was_hidden_takes_the_modules_files_along(scope, house, home, put, module, admin, made, worker):
    hidden, kept = made(admin, module), made(admin, put("Zweite"))
    publish(scope, ContentPublished(home.id, "ledger", module.id))
    scope.commit()
    worker.run_pending()
    assert again(scope, hidden).state == State.READY
    publish(scope, ContentHidden(home.id, "ledger", module.id))
    scope.commit()
    worker.run_pending()
    gone = again(scope, hidden)
    assert (gone.state, stored(scope, gone)) == (State.EXPIRED, None)
    assert again(scope, kept).state == State.READY
    assert stored(scope, kept) is not None
    # Whose module nobody knows may stand in any file.
    publish(scope, ContentHidden(home.id, "ledger", 0))
    scope.commit()
    worker.run_pending()
    assert again(scope, kept).state == State.EXPIRED


def test_a_file_begun_before_the_hiding_goes_too(scope, house, home, module, admin, worker):
    """While a file is made, whoever hides waits for it, and then lets it go."""
    file = service.ask(scope, admin, module, "ledger.lines", "csv")
    scope.commit()
    begun, heard = threading.Event(), threading.Event()

    def hide():
        with house.session(home.id) as session:
            begun.wait(60)
            hooks.on_event(session, ContentHidden(home.id, "ledger", module.id))
            session.commit()
            heard.set()

    def pause():
        begun.set()
        assert not heard.wait(0.3)

    Book.pause = pause
    hider = threading.Thread(target=hide)
    hider.start()
    worker.run_pending()
    hider.join(60)
    assert heard.is_set()
    assert (again(scope, file).state, stored(scope, file)) == (State.EXPIRED, None)


def test_an_erased_person_takes_all_files_along(scope, module, admin, moderator, made):
    file = made(moderator, module)
    assert hooks._export(scope, moderator.id) == [
        {"at": file.created_at, "export": "ledger.lines", "format": "csv"}
    ]
    assert hooks._erase(scope, admin.id) == 0
    assert again(scope, file).member_id == moderator.id
    assert hooks._erase(scope, moderator.id) == 1
    scope.commit()
    gone = again(scope, file)
    assert (gone.state, gone.member_id, stored(scope, gone)) == (State.EXPIRED, None, None)


def test_tidying(scope, home, put, module, admin, made):
    without = put("Weg")
    old, orphan = made(admin, module), made(admin, without)
    placing.remove_module(scope, admin, without.id)
    scope.commit()
    making.tidy(scope)
    scope.commit()
    assert (again(scope, orphan).state, stored(scope, orphan)) == (State.EXPIRED, None)
    assert again(scope, old).state == State.READY
    later = clock.now() + service.KEPT
    with clock.turned(later):
        assert service.is_over(old)
        making.tidy(scope)
        scope.commit()
    assert (again(scope, old).state, stored(scope, old)) == (State.EXPIRED, None)
    with clock.turned(later + dt.timedelta(days=90)):
        making.tidy(scope)
        scope.commit()
    assert scope.scalars(select(ExportFile)).all() == []


def test_a_plugin_switched_off_makes_no_file(scope, home, module, admin, worker):
    file = service.ask(scope, admin, module, "ledger.lines", "csv")
    plugins.switch_off(scope, home, "ledger")
    scope.commit()
    worker.run_pending()
    assert again(scope, file).state == State.FAILED
    assert Book.asked == 0


def test_running_again_changes_nothing(scope, module, admin, made):
    file = made(admin, module)
    making.build(scope, file_id=file.id)
    making.build(scope, file_id=10**12)
    assert Book.asked == 1


def test_a_suspended_moderator_takes_nothing(scope, module, new_member):
    from_before = new_member(Role.MODERATOR)
    lost = type(from_before)(from_before.id, from_before.display_name, frozenset({Role.CITIZEN}))
    with pytest.raises((NotFound, Denied)):
        service.ask(scope, lost, module, "ledger.lines", "csv")
