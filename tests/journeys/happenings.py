"""What happens in the demo before its pages are looked at: a town is founded, letters and posts are written."""

import datetime as dt

from sqlalchemy import text

from baukasten import clock
from baukasten.identity import service as identity
from baukasten.mail.dkim import Algorithm
from baukasten.moderation import service as moderation
from baukasten.moderation.casework import proposals
from baukasten.moderation.casework.carrying import Plan
from baukasten.moderation.house_rules import drafting
from baukasten.moderation.house_rules.service import RuleText
from baukasten.moderation.models import CaseCause, Measure
from baukasten.moderation.people import letters, loans
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, Role
from baukasten.projects import placing
from baukasten.projects import service as projects
from baukasten.tenants import plugins, service, settings
from baukasten.tenants.sender import keys
from baukasten.tenants.sender.findings import About, Finding, Verdict, stored
from baukasten_forum import categories
from baukasten_forum import service as forum
from baukasten_forum.keys import State
from baukasten_forum.stages import accepting
from baukasten_forum.steering import schedule
from baukasten_forum.writing import drafts, editing
from tests.journeys.exhibition import PASSWORD, Exhibition
from tests.journeys.pages import EMPTY, FOUNDER_EMAIL, NEWCOMER_EMAIL, QUESTIONS, TOPICS, TOWN
from tests.journeys.townhall import acting


def found_town(shown: Exhibition) -> None:
    """Open a town in which nothing has happened, and a draft with an empty forum in it."""
    with shown.database.operator_session() as session:
        town = service.create(session, slug=EMPTY, name="Neuland", hosts=[f"{EMPTY}.localhost"])
        plugins.grant(session, town.id, "forum")
        session.commit()
    founder = shown.newcomer(EMPTY, FOUNDER_EMAIL, "Erika Erste", Role.ADMIN)
    with shown.database.session(town.id) as session:
        plugins.switch_on(session, town, "forum")
        draft = projects.create_project(session, founder, projects.ProjectDraft("Leere Wiese"))
        placing.place_module(session, founder, "forum", title="Ideen", slug="forum", project_id=draft.id)
        session.commit()


def take_haste_for_granted(shown: Exhibition) -> None:
    """Let those who fill in forms without script be as fast as these tests."""
    with shown.database.session(shown.town(TOWN).id) as session:
        settings.write(session, "moderation.screening", {"least_seconds": 0})
        session.commit()


def publish_keys(shown: Exhibition) -> None:
    """Let the town have one key that signs and one that waits, and a check that found things right and wrong."""
    town = shown.town(TOWN)
    with shown.database.session(town.id) as session:
        domain = town.host.partition(":")[0]
        first = keys.make(session, None, domain, Algorithm.RSA)
        keys.activate(session, domain, {first.id})
        keys.make(session, None, domain, Algorithm.RSA)
        known, _ = keys.find(session, domain)
        assert known is not None
        spf = Finding(About.SPF, domain, Verdict.BAD, "spf_wrong_term", {"term": "ip4"}, ("v=spf1 ip4 -all",))
        mx = Finding(About.MX, domain, Verdict.WEAK, "mx_address")
        dmarc = Finding(About.DMARC, f"_dmarc.{domain}", Verdict.UNCLEAR, "unclear")
        known.findings, known.checked_at = stored([spf, dmarc, mx]), clock.now()
        session.commit()


def write_letters(shown: Exhibition) -> None:
    """Let somebody register and somebody forget a password, whose letters carry links."""
    with shown.database.session(shown.town(TOWN).id) as session:
        identity.register(
            session,
            email=NEWCOMER_EMAIL,
            password=PASSWORD,
            display_name="Neele Neu",
            language="de",
            target="",
        )
        identity.ask_recovery(session, email=shown.person(TOWN, Role.CITIZEN), language="de")
        session.commit()


def write_in_forum(shown: Exhibition) -> None:
    """Let the citizen reply twice, change the first reply, and leave a draft."""
    with acting(shown, Role.CITIZEN) as (session, module, citizen):
        crane = session.execute(text(f"{TOPICS} WHERE t.title = 'Den Kran wieder drehen lassen'")).one()
        words = f"> [#1](post:{crane.first})\n> Drehen\n\nSonntags, **bitte**."
        own = forum.reply(session, citizen, module, crane.id, body=words)
        forum.reply(session, citizen, module, crane.id, body="Und bei Regen nicht.")
        change = editing.Change(words.replace("Sonntags", "Samstags und sonntags"))
        editing.edit(session, citizen, module, crane.id, own.number or 0, change)
        last = session.execute(text(f"{TOPICS} ORDER BY t.replies DESC LIMIT 1")).one()
        drafts.save(session, citizen, module, drafts.reply_key(last.id), body="Halb fertig", version=0)


def sort_forum(shown: Exhibition) -> None:
    """Give the forum two subjects, one of them closed, and put half of its topics under the first."""
    with acting(shown, Role.ADMIN) as (session, ideas, admin):
        water = categories.add(session, admin, ideas, title="Wasser und Ufer", description="Am Kai.")
        old = categories.add(session, admin, ideas, title="Frühere Fragen")
        categories.change(session, admin, ideas, old, title="Frühere Fragen", description="", closed=True)
        session.execute(
            text("UPDATE forum_topic SET category_id = :water WHERE id % 2 = 0"), {"water": water}
        )


def plan_forum(shown: Exhibition) -> None:
    """Plan a state of the forum, and conclude another one, in which a question has an answer."""
    with acting(shown, Role.ADMIN) as (session, ideas, admin):
        coming = schedule.Plan(State.REPLIES, clock.now() + dt.timedelta(days=2))
        schedule.add(session, admin, ideas, coming)
        settings = {"kinds": ["question", "discussion"]}
        module = placing.place_module(
            session, admin, "forum", title=QUESTIONS, slug="fragen", settings=settings
        )
        asked = forum.open_topic(
            session, admin, module, title="Wann öffnet das Bad?", body="?", kind="question"
        )
        forum.reply(session, admin, module, asked.topic_id, body="Am ersten Mai, wenn die Pumpen laufen.")
        accepting.accept(session, admin, module, asked.topic_id, 2)
        schedule.conclude(session, admin, module, title="Ergebnis", body="Das Bad öffnet am **1. Mai**.")


def propose_measure(shown: Exhibition) -> None:
    """Let the moderator propose a measure that waits for a second person."""
    with acting(shown, Role.MODERATOR) as (session, _ideas, moderator):
        last = session.execute(text(f"{TOPICS} WHERE t.title = 'Bahnhofsweg: bitte niemals dunkler'")).one()
        ref = ContentRef("forum.post", last.first)
        case_id = moderation.open_case(session, ref, CaseCause.REPORTED)
        step = Step(Measure.HIDE, "Bleiben Sie beim Thema", "Es geht hier nicht um den Bahnhof.")
        proposals.propose(session, moderator, case_id, Plan(step))


def ask_for_help(shown: Exhibition) -> None:
    """Let the admin invite a moderator from the next town, and begin a new version of the rules."""
    with acting(shown, Role.ADMIN) as (session, _ideas, admin):
        until = clock.now() + dt.timedelta(days=30)
        loan = loans.invite(session, admin, email="hilfe@dreibirken.example", home="Dreibirken", until=until)
        # In words of the town's own: those of the platform would be another reader's language on some page.
        seen, own = drafting.draft(session).seen, RuleText("ruder", 1, "Wer spricht, hat das Ruder.")
        drafting.save(session, admin, seen, intro="Wir sitzen in einem Boot.", changes="", rules=[own])
    invitation = letters.token_of(shown.config.secret_key, shown.town(TOWN).id, loan.id)
    shown.said["invitation"] = f"{letters.PATH}/{invitation}"
