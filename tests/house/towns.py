"""A town with something of everything, every text of it marked, for tests that look for leaks."""

import dataclasses
import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from baukasten import clock
from baukasten.access import members
from baukasten.db.session import Database
from baukasten.exports import service as exports
from baukasten.identity import sessions, tokens
from baukasten.identity.tokens import Purpose
from baukasten.media import storing as media
from baukasten.media.service import attach
from baukasten.moderation import service as moderation
from baukasten.moderation.appeals import filing
from baukasten.moderation.casework import replies
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.house_rules import drafting
from baukasten.moderation.house_rules.service import RuleText
from baukasten.moderation.models import CaseCause, CaseNote, Measure
from baukasten.moderation.people import letters, loans
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.steps import Step
from baukasten.notify import links
from baukasten.notify import service as notices
from baukasten.plugin.refs import ContentRef, MemberRef, ModuleRef, Outcome, Role, TenantRef, Visibility
from baukasten.projects import publishing
from baukasten.projects.placing import place_module
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.tenants import settings
from baukasten.web import forgery
from baukasten_forum import categories, service
from baukasten_forum.answers import service as answers
from baukasten_forum.keys import Level, State
from baukasten_forum.models import Permalink, Post
from baukasten_forum.plans import service as plans
from baukasten_forum.readers import Follow
from baukasten_forum.staff import joining
from baukasten_forum.steering import schedule
from baukasten_forum.writing import drafts
from tests.house import lettering, polling, surveying
from tests.house.talking import FEATURES, UNSEEN, talk

DAY = dt.timedelta(days=1)
ROLES = ("guest", "citizen", "moderator", "admin")


@dataclass(frozen=True)
class Furnished:
    """A town and where its things are."""

    town: TenantRef
    marker: str
    project: str
    module: ModuleRef
    topic: service.Written
    hidden: service.Written
    arguments: dict[str, str]
    """Values of the arguments of routes by name: what is the town's own."""
    members: dict[str, MemberRef]
    drafts: tuple[str, ...]
    """Paths that only staff may know."""


@dataclass(frozen=True)
class Kit:
    """Fixtures that filling a town takes."""

    database: Database
    new_member: Callable[..., MemberRef]
    secret: str

    def session_of(self, town: TenantRef, member: MemberRef) -> int:
        """Sign a member in and give the id of the sign-in."""
        with self.database.session(town.id) as session:
            account_id = members.get(session, member.id).account_id or 0
            sessions.start(session, account_id, host=town.host)
            session.commit()
            return sessions.list_own(session, account_id)[0].id


def furnish(kit, town, marker):
    """Fill a town through the services, as people would; ``kit`` has the fixtures that this takes."""
    people = {
        "citizen": kit.new_member(name=f"Bürgerin {marker}", where=town),
        "moderator": kit.new_member(Role.MODERATOR, name=f"Moderation {marker}", where=town),
        "admin": kit.new_member(Role.ADMIN, name=f"Verwaltung {marker}", where=town),
    }
    with kit.database.session(town.id) as session:
        write_settings(session, marker)
        project, module = open_project(session, marker, f"projekt-{marker}".lower())
        draft, _unused = open_project(session, f"{UNSEEN}{marker}", f"entwurf-{marker}".lower(), public=False)
        posts = discuss(session, module, people, marker)
        post = ContentRef("forum.post", posts["topic"].post_id)
        receipt = reports.file(
            session,
            people["citizen"],
            moderation.find(session, post),
            reason="spam",
            explanation=f"Meldung {marker}",
        )
        loan = write_rules(session, people["admin"], marker)
        decision = object_to_folding(session, module, people, posts["topic"], marker)
        paper = add_paper(session, people["citizen"], posts["topic"], f"Anlage {marker}")
        add_paper(session, people["citizen"], posts["hidden"], f"Anlage {UNSEEN}{marker}")
        # Its address is the x that stands for every slug.
        subject = categories.add(session, people["admin"], module, title="X", description=f"Dazu {marker}")
        follow = Follow(member_id=people["citizen"].id, module_id=module.id, level=Level.FOLLOW)
        session.add(follow)
        session.flush()
        session.add(Permalink(module_id=module.id, path=f"/alt/{marker}", post_id=posts["topic"].post_id))
        file = exports.ask(session, people["admin"], module, "forum.posts", "csv")
        stage = schedule.add(
            session, people["admin"], module, schedule.Plan(State.READ_ONLY, clock.now() + DAY)
        )
        plan = plans.add_text(
            session, people["admin"], module, title=f"Plan {marker}", description="", body=f"Stelle {marker}"
        )
        operation = joining.sort(session, people["moderator"], module, [posts["topic"].topic_id], subject)
        drafts.save(session, people["citizen"], module, drafts.NEW, body=f"Entwurf {marker}", version=0)
        draft_id = drafts.listed(session, people["citizen"], module)[0].id
        case = moderation.open_case(session, post, CaseCause.REPORTED)
        session.add(CaseNote(case_id=case, author_id=people["moderator"].id, body=f"Notiz {marker}"))
        reply = replies.save(
            session, people["moderator"], None, title=f"Antwort {marker}", texts={"de": f"Hallo {marker}"}
        )
        notices.notify(
            session,
            "forum.reply",
            recipients=[people["citizen"].id],
            data={"topic": f"Hinweis {marker}"},
            group="made",
            path=module.path,
        )
        _room, of_room = talk(session, project.id, people, marker)
        of_list = lettering.write(session, project.id, people, marker)
        of_survey = surveying.survey(session, project.id, people, marker)
        of_poll = polling.poll(session, people["citizen"], posts["topic"], posts["hidden"], marker)
        notice = notices.page(session, people["citizen"].id)[0][0]
        token = tokens.ask(
            session, Purpose.CONFIRM, f"neu-{marker}@post.example", hash=None, name=f"Neu {marker}"
        )
        secret = tokens.arm(token)
        recovery = tokens.arm(tokens.ask(session, Purpose.RECOVER, f"alt-{marker}@post.example"))
        session.commit()
    arguments = {
        "project": project.slug,
        "module": module.slug,
        "project_id": str(project.id),
        "module_id": str(module.id),
        "topic_id": str(posts["topic"].topic_id),
        "stage_id": str(stage),
        "post_id": str(posts["topic"].post_id),
        "category_id": str(subject),
        "plan_id": str(plan),
        "operation_id": str(operation),
        "draft_id": str(draft_id),
        "old": f"alt/{marker}",
        "member_id": str(people["citizen"].id),
        "case_id": str(case),
        "reply_id": str(reply.id),
        "follow_id": str(follow.id),
        "media_id": str(paper),
        "file_id": str(file.id),
        "notice_id": str(notice.id),
        "session_id": str(kit.session_of(town, people["citizen"])),
        "secret": secret,
        "recovery": recovery,
        "token": links.leave_path(kit.secret, town.id, people["citizen"].id, "forum.reply").rpartition("/")[
            2
        ],
        "receipt": receipt,
        "loan_id": str(loan.id),
        "invitation": letters.token_of(kit.secret, town.id, loan.id),
        "decision_id": str(decision),
        "key": f"forum.post:{posts['topic'].post_id}",
        **of_room,
        **of_list,
        **of_survey,
        **of_poll,
    }
    projects = (f"/beteiligung/{draft.slug}/",)
    return Furnished(
        town, marker, project.slug, module, posts["topic"], posts["hidden"], arguments, people, projects
    )


def write_settings(session, marker):
    """Mark every text that a town writes for itself."""
    for key, answer in session.contract.registry.settings.items():
        values = {
            field.key: f"{field.key} {marker}"
            for field in answer.value.fields
            if str(field.kind) in ("text", "textarea", "markdown") and not field.choices
        }
        if str(answer.value.scope) == "tenant":
            settings.write(session, key, values)


def open_project(session, marker, slug, *, public=True):
    """Begin a project with a phase that opens its forum, and publish it unless it shall stay a draft."""
    texts = {name: f"{name} {marker}" for name in ("question", "description", "place", "contact", "decides")}
    project = create_project(
        session,
        None,
        ProjectDraft(
            f"Projekt {marker}",
            slug,
            can_influence=(f"Einfluss {marker}",),
            fixed=(f"Fest {marker}",),
            **texts,
        ),
    )
    begin, end = clock.now() - 3 * DAY, clock.now() + 10 * DAY
    phase = PhaseDraft(
        f"Phase {marker}", begin, end, f"Notiz {marker}", ("forum.discuss", "survey.answer", *FEATURES)
    )
    set_phases(session, None, project.id, [phase])
    module = place_module(
        session, None, "forum", title=f"Forum {marker}", slug=f"forum-{marker}".lower(), project_id=project.id
    )
    if public:
        publishing.publish(session, None, project.id)
    return project, module


def discuss(session, module, people, marker):
    """Let people write: a topic with replies in view, a hidden topic, a hidden reply and a held one."""
    citizen, moderator = people["citizen"], people["moderator"]
    topic = service.open_topic(session, citizen, module, title=f"Thema {marker}", body=f"Text {marker}")
    answer(session, moderator, module, topic.topic_id, f"Antwort 0 {marker}")
    service.reply(session, moderator, module, topic.topic_id, body=f"Antwort 1 {marker}")
    unseen = f"{UNSEEN}{marker}"
    hidden = service.open_topic(session, citizen, module, title=f"Thema {unseen}", body=f"Text {unseen}")
    reply = service.reply(session, citizen, module, topic.topic_id, body=f"Antwort {unseen}")
    for post_id in (hidden.post_id, reply.post_id):
        moderation.hide(
            session, moderator, ContentRef("forum.post", post_id), rule="Regel 1", facts=f"Grund {unseen}"
        )
    held = Post(
        topic_id=topic.topic_id,
        author_id=citizen.id,
        body=f"Gehalten {unseen}",
        body_html=f"<p>Gehalten {unseen}</p>",
        sanitiser_version=1,
        visibility=Visibility.HELD,
    )
    session.add(held)
    session.flush()
    moderation.open_case(session, ContentRef("forum.post", held.id), CaseCause.HELD, note=f"Notiz {unseen}")
    return {"topic": topic, "hidden": hidden}


def write_rules(session, admin, marker):
    """Put rules in force, begin the next version, and invite somebody to help with them; gives the loan."""
    for words in (marker, f"{UNSEEN}{marker}"):
        rules = (RuleText("matter", 1, f"Regel {words}", f"Sinn {words}", f"Frei {words}"),)
        seen, intro, changes = drafting.draft(session).seen, f"Vorweg {words}", f"Neu {words}"
        saved = drafting.save(session, admin, seen, intro=intro, changes=changes, rules=rules)
        if words == marker:
            drafting.publish(session, admin, saved.seen)
    address, until = f"hilfe-{marker}@post.example".lower(), clock.now() + DAY
    return loans.invite(session, admin, email=address, home=f"Nachbarstadt {marker}", until=until)


def object_to_folding(session, module, people, topic, marker):
    """Let an answer of the administration be folded, an hour ago, and the administration object to that."""
    admin, zone = people["admin"], "Europe/Berlin"
    reply = service.reply(session, admin, module, topic.topic_id, body=f"Gefaltet {marker}")
    fold = Step(Measure.FOLD, f"Regel {marker}", f"Grund {UNSEEN}{marker}")
    with clock.turned(clock.now() - dt.timedelta(hours=1)):
        ref = ContentRef("forum.post", reply.post_id)
        decision = decide_content(session, people["moderator"], ref, fold)
    filing.by_author(session, admin, decision.id, f"Widerspruch {UNSEEN}{marker}", zone)
    return decision.id


def answer(session, moderator, module, topic_id, text):
    """Answer a topic for the town, and correct that, so that there are two wordings."""
    facts = answers.Facts(f"Amt {text}", Outcome.EXAMINATION)
    at = (topic_id, 1)
    number = answers.answer(session, moderator, module, at, body=text, facts=facts).number
    assert number is not None
    corrected = dataclasses.replace(facts, outcome=Outcome.ADOPTED)
    answers.correct(session, moderator, module, topic_id, number, facts=corrected, reason=f"Grund {text}")


def add_paper(session, actor, written, text):
    """Add a plain text to a contribution and give its number."""
    paper = media.store_upload(session, actor, "marker.txt", io.BytesIO(text.encode()))
    attach(session, actor, [paper.id], ContentRef("forum.post", written.post_id))
    return paper.id


def token_of(page):
    """Give the token of the first form on a page."""
    found = re.search(rf'name="{forgery.FIELD}" value="(\w+)"', page)
    return found[1] if found else ""
