"""The stranger speaks up on the core's pages, judges drafts, denies, and hears what happens."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from baukasten_stranger import life, service
from sqlalchemy import text

from baukasten.access import policy
from baukasten.db.session import Scope
from baukasten.errors import Denied, NotFound, SignInNeeded
from baukasten.jobs import outbox
from baukasten.notify import service as notify
from baukasten.plugin import (
    Automatic,
    ContentPublished,
    Draft,
    IncomingMail,
    MemberRef,
    ModuleRef,
    Outlet,
    OutletContext,
    ProjectRef,
    Role,
    TenantRef,
    hookspecs,
)
from baukasten.plugin.contract import Contract
from baukasten.plugin.hooks import Hooks
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.tenants import plugins, settings

People = Callable[..., MemberRef]
ME = frozenset({"stranger"})


@pytest.fixture
def hooks(contract: Contract, town: TenantRef) -> Hooks:
    """Give the hooks as a town with the stranger alone sees them."""
    return contract.manager.at(town.id, ME, reading=True)


@pytest.fixture
def slot(session: Scope, person: People, module: ModuleRef, may: datetime) -> int:
    host = person("Planerin", Role.MODERATOR)
    when = may + timedelta(days=3)
    return service.open_slot(session, host, module, begins_at=when, place="Rathaus <Saal>", seats=5)


def of(answers: list[object]) -> list[object]:
    """Keep what the stranger answered, without what the core's rooms did."""
    return [answer.value for answer in answers if answer.plugin == "stranger"]  # type: ignore[attr-defined]


def test_the_next_date_stands_beside_its_project(
    session: Scope, hooks: Hooks, town: TenantRef, project: ProjectRef, slot: int
) -> None:
    def filled(outlet: Outlet, about: ProjectRef | None) -> list[object]:
        context = OutletContext(town, project=about)
        return of(hooks.ask(hookspecs.fill_outlet, session=session, outlet=outlet, context=context))  # type: ignore[arg-type]

    assert filled(Outlet.PROJECT_ASIDE, project) == ["<p>Next date: Rathaus &lt;Saal&gt;</p>"]
    assert filled(Outlet.PROJECT_ASIDE, None) == []
    assert filled(Outlet.FRONT_TOP, project) == []


def test_activity_and_numbers_of_a_project(
    session: Scope,
    hooks: Hooks,
    person: People,
    project: ProjectRef,
    module: ModuleRef,
    slot: int,
    may: datetime,
) -> None:
    service.sign_up(session, person("Erle"), module, slot, "Die Bänke")
    since = may - timedelta(days=10_000)
    (items,) = of(hooks.ask(hookspecs.list_activity, session=session, project=project, since=since, limit=5))  # type: ignore[arg-type]
    assert [(item.title, item.path) for item in items] == [("Rathaus <Saal>", module.path)]  # type: ignore[attr-defined]
    (numbers,) = of(hooks.ask(hookspecs.count_stats, session=session, project=project))  # type: ignore[arg-type]
    assert [(stat.key, stat.value) for stat in numbers] == [("stranger.signups", 1)]  # type: ignore[attr-defined]


def test_a_project_without_a_date_cannot_be_published(
    session: Scope, hooks: Hooks, project: ProjectRef, module: ModuleRef
) -> None:
    (found,) = of(hooks.ask(hookspecs.find_publish_blockers, session=session, project=project))  # type: ignore[arg-type]
    assert [blocker.message for blocker in found] == ["The consultation hours have no date yet."]  # type: ignore[attr-defined]


def test_with_a_date_nothing_blocks(session: Scope, hooks: Hooks, project: ProjectRef, slot: int) -> None:
    assert of(hooks.ask(hookspecs.find_publish_blockers, session=session, project=project)) == [[]]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "content_type", "held"),
    [
        ("0171 555 12 34", service.SIGNUP, True),
        ("030/55512-34", service.SIGNUP, True),
        ("Haus 12345", service.SIGNUP, False),
        ("0171 555 12 34", "forum.post", False),
    ],
)
def test_only_telephone_numbers_in_its_own_lines_are_held(
    body: str, content_type: str, *, held: bool
) -> None:
    assert (life.screen(Draft(content_type, body)) is not None) is held


def test_a_town_can_keep_to_its_own_people(session: Scope, person: People, module: ModuleRef) -> None:
    guest, local = person("Erle"), person("Linde", Role.RESIDENT)
    assert policy.may(session, guest, "stranger.signup.create")
    settings.write(session, "stranger", {"residents_only": True})
    refused = policy.refusal(session, guest, "stranger.signup.create")
    assert isinstance(refused, Denied)
    assert str(refused) == "Only people from the town may sign up here."
    assert policy.may(session, local, "stranger.signup.create")


def test_switching_off_rests_the_dates_and_switching_on_brings_them_back(
    session: Scope, town: TenantRef, slot: int
) -> None:
    plugins.switch_off(session, town, "stranger")
    assert service.coming(session) == []
    assert session.scalar(text("SELECT count(*) FROM stranger_slot")) == 1
    plugins.switch_on(session, town, "stranger")
    plugins.switch_on(session, town, "stranger")
    assert [found.id for found in service.coming(session)] == [slot]


def test_the_host_is_told_who_comes(
    session: Scope,
    town: TenantRef,
    person: People,
    new_member: Callable[..., MemberRef],
    module: ModuleRef,
    may: datetime,
) -> None:
    # The town's log is locked until the session that wrote to it commits.
    session.commit()
    host = new_member(Role.MODERATOR, name="Planerin")
    when = may + timedelta(days=3)
    slot = service.open_slot(session, host, module, begins_at=when, place="Rathaus", seats=5)
    theirs = service.sign_up(session, person("Erle"), module, slot, "Die Bänke").ref
    own = service.sign_up(session, host, module, slot, "Ich bin da").ref
    for ref in (theirs, own):
        outbox.deliver(session, ME, "stranger", ContentPublished(town.id, ref.type, ref.id))
    outbox.deliver(session, ME, "stranger", ContentPublished(town.id, "forum.post", theirs.id))
    (notice,) = notify.page(session, host.id)[0]
    assert (notice.type, notice.path, notice.data) == (
        "stranger.signed_up",
        module.path,
        {"place": "Rathaus"},
    )
    assert notice.content_id == theirs.id


def test_who_answers_the_letter_about_a_date_is_signed_up(
    session: Scope, person: People, project: ProjectRef, module: ModuleRef, slot: int, may: datetime
) -> None:
    phase = PhaseDraft(
        "Anmeldung", may - timedelta(days=1), may + timedelta(days=9), "", ("stranger.sign_up",)
    )
    set_phases(session, None, project.id, [phase])
    words = "Ich komme wegen der Sitzbänke."
    mail = IncomingMail(
        "termin+x@town.test",
        "erle@post.example",
        "",
        words,
        words,
        "",
        (),
        Automatic.NO,
        None,
        loop=False,
        attachments=0,
        size=len(words),
    )
    erle = person("Erle")
    for who, where, error in ((None, slot, SignInNeeded), (erle, slot + 1_000, NotFound)):
        with pytest.raises(error):
            life.take(session, who, where, mail)
    life.take(session, erle, slot, mail)
    (offer,) = service.offers(session, module.id)
    assert [(line.member_id, line.text) for line in offer.lines] == [(erle.id, words)]
