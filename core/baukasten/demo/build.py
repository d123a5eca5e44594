"""Opening the demo's towns: each whole or not at all, so that a start that was cut short is simply repeated."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from baukasten import clock
from baukasten.access import members
from baukasten.db.session import Database, Scope
from baukasten.demo import days, incidents
from baukasten.demo.folder import Account, Keys
from baukasten.demo.plans import ModulePlan, Person, ProjectPlan, TownPlan
from baukasten.errors import NotFound
from baukasten.identity import passwords
from baukasten.identity import service as identity
from baukasten.jobs import outbox
from baukasten.jobs.queue import enqueue
from baukasten.plugin.events import ContentPublished
from baukasten.plugin.refs import ContentRef, MemberRef, Role, TenantRef
from baukasten.projects import placing, publishing, queries, schedule
from baukasten.projects import service as projects
from baukasten.tenants import plugins, service, settings

Tell = Callable[[str], None]
OPERATOR_NAME, OPERATOR_EMAIL = "Rechenzentrum Deichmark", "betrieb@demo.example"
RANKS = (Role.ADMIN, Role.MODERATOR, Role.RESIDENT, Role.CITIZEN)


def accounts(towns: Sequence[TownPlan], operator_host: str) -> list[Account]:
    """Give everybody whom a visitor may be, the operator first."""
    found = [Account(Role.OPERATOR, "", OPERATOR_NAME, OPERATOR_EMAIL, f"http://{operator_host}")]
    for town in towns:
        shown = [person for person in town.people if person.shown]
        for person in sorted(shown, key=lambda one: RANKS.index(highest(one))):
            entry = Account(
                highest(person), town.name, person.name, town.email(person), f"http://{town.host}"
            )
            found.append(entry)
    return found


def highest(person: Person) -> Role:
    """Give the role that says most about a person."""
    return next(role for role in RANKS if role in person.roles)


def build(database: Database, towns: Sequence[TownPlan], keys: Keys, tell: Tell) -> None:
    """Open the towns that are not there yet, move the days of the others on; safe to run again."""
    digest = partial(passwords.digest, keys.password)
    _operator(database, digest)
    for plan in towns:
        town = _town(database, plan)
        with database.session(town.id) as session:
            if queries.list_projects(session, drafts=True, archived=True):
                days.move_on(session, town, plan)
            else:
                tell(f"{plan.name} moves in …")
                _fill(session, town, plan, digest)
            session.commit()


def _operator(database: Database, digest: Callable[[], str]) -> None:
    with database.operator_session() as session:
        if identity.find(session, OPERATOR_EMAIL) is not None:
            return
        account = identity.create_account(session, OPERATOR_EMAIL, digest(), OPERATOR_NAME)
        identity.appoint_operator(session, account)
        session.commit()


def _town(database: Database, plan: TownPlan) -> TenantRef:
    """Find or open a town, and let it use everything that is installed."""
    with database.operator_session() as session:
        try:
            town = service.by_slug(session, plan.slug)
        except NotFound:
            town = service.create(
                session,
                slug=plan.slug,
                name=plan.name,
                hosts=[plan.host],
                tagline=plan.tagline,
                theme=plan.theme,
                crest=plan.crest,
            )
            for plugin in session.contract.manager.plugins:
                plugins.grant(session, town.id, plugin)
            session.commit()
    return town


def _fill(session: Scope, town: TenantRef, plan: TownPlan, digest: Callable[[], str]) -> None:
    for plugin in session.contract.manager.plugins:
        plugins.switch_on(session, town, plugin)
    for key, values in plan.settings.items():
        settings.write(session, key, values)
    people = {person.key: _member(session, plan, person, digest) for person in plan.people}
    staff = next(people[person.key] for person in plan.people if Role.ADMIN in person.roles)
    found: dict[str, ContentRef] = {}
    for project in plan.projects:
        found |= _project(session, town, project, staff, people)
    for module in plan.modules:
        found |= _module(session, module, None, staff, people)
    session.flush()
    moderator = next(people[person.key] for person in plan.people if Role.MODERATOR in person.roles)
    for incident in plan.incidents:
        incidents.happen(session, town, incident, found[incident.of], people.get(incident.by, moderator))
    incidents.keep_replies(session, moderator, plan.replies, town.language)
    for key in plan.told:
        ref = found[key]
        outbox.publish(session, ContentPublished(town.id, ref.type, ref.id))
    enqueue(session, "search.rebuild", queueing_lock=f"search.rebuild {town.id}")


def _member(session: Scope, plan: TownPlan, person: Person, digest: Callable[[], str]) -> MemberRef:
    known = identity.find(session, plan.email(person))
    hashed = digest() if person.shown and known is None else None
    account = known.id if known else identity.create_account(session, plan.email(person), hashed, person.name)
    if person.roles == {Role.CITIZEN}:
        return members.join(session, account, person.name)
    return members.appoint(session, account, person.name, person.roles)


def _project(
    session: Scope, town: TenantRef, plan: ProjectPlan, staff: MemberRef, people: Mapping[str, MemberRef]
) -> dict[str, ContentRef]:
    project = projects.create_project(session, staff, plan.draft)
    day = days.today(town.time_zone)
    schedule.set_phases(session, staff, project.id, days.dated(plan.phases, day, town.time_zone))
    found: dict[str, ContentRef] = {}
    for module in plan.modules:
        found |= _module(session, module, project.id, staff, people)
    if plan.published:
        publishing.publish(session, staff, project.id)
    return found


def _module(
    session: Scope,
    plan: ModulePlan,
    project_id: int | None,
    staff: MemberRef,
    people: Mapping[str, MemberRef],
) -> dict[str, ContentRef]:
    module = placing.place_module(
        session,
        staff,
        plan.kind,
        title=plan.title,
        slug=plan.slug,
        project_id=project_id,
        settings=plan.settings,
    )
    load = session.contract.registry.kinds[plan.kind].value.load
    if load is None or not plan.content:
        return {}
    ids = {key: member.id for key, member in people.items()}
    return dict(load(session, module, {**plan.content, "members": ids, "staff": staff, "now": clock.now()}))
