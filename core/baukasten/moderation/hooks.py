"""What moderation declares: its permission, its place in the navigation, its personal data."""

from typing import Any, cast

from markupsafe import Markup
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.db.session import Scope
from baukasten.moderation import cases, deciding, reminders, settings
from baukasten.moderation.appeals import keeping, notices, personal, telling
from baukasten.moderation.casework import notices as desk_notices
from baukasten.moderation.casework import personal as desk_personal
from baukasten.moderation.guessing import service as guessing
from baukasten.moderation.house_rules import personal as rule_personal
from baukasten.moderation.models import Report
from baukasten.moderation.people import letters as loan_letters
from baukasten.moderation.people import loans
from baukasten.moderation.people import personal as loan_personal
from baukasten.moderation.reporting import origins, profile
from baukasten.moderation.screening import care
from baukasten.moderation.screening import settings as screening
from baukasten.plugin import (
    PUBLIC_TASK,
    Area,
    ContentType,
    Event,
    Job,
    NavItem,
    NotificationType,
    Outlet,
    OutletContext,
    Permission,
    PersonalDataset,
    Role,
    SettingsGroup,
    hookimpl,
)
from baukasten.plugin.text import lazy
from baukasten.web.languages import prefix

_ = lazy("core")


@hookimpl
def register_permissions() -> list[Permission]:
    """Deciding cases is for those who moderate."""
    who = frozenset({Role.MODERATOR, Role.ADMIN})
    return [
        Permission("moderation.case.decide", _("Read the queue and decide cases"), who, risky=True),
        Permission(
            screening.MANAGE,
            _("Say whose contributions are looked at first"),
            frozenset({Role.ADMIN}),
            risky=True,
        ),
        Permission(
            "moderation.rules.manage",
            _("Write the house rules and put them in force"),
            frozenset({Role.ADMIN}),
            risky=True,
        ),
        Permission(
            "moderation.loan.manage",
            _("Invite moderators from other towns"),
            frozenset({Role.ADMIN}),
            risky=True,
        ),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    """Put the queue into the staff's navigation."""
    return [
        NavItem(Area.ADMIN, _("Moderation"), "moderation.queue", "moderation.case.decide", 20, "shield"),
        NavItem(Area.ADMIN, _("Pre-check"), "moderation.prechecks_page", screening.MANAGE, 22, "eye"),
        NavItem(Area.ADMIN, _("House rules"), "moderation.rules_desk", "moderation.rules.manage", 24, "book"),
        NavItem(Area.ADMIN, _("Help in moderation"), "moderation.loan_list", "moderation.loan.manage", 26),
    ]


@hookimpl
def register_settings() -> list[SettingsGroup]:
    """Give what a town decides about its moderation."""
    return [settings.group(), screening.group()]


@hookimpl
def register_jobs() -> list[Job]:
    """Give what happens after the click, and by the clock."""
    return [
        Job(deciding.TELL_JOB, telling.tell),
        Job(keeping.FORGET_JOB, keeping.forget, every="17 4 * * *"),
        Job(care.TIDY_JOB, care.tidy, every="37 3 * * *"),
        Job(reminders.REMIND_JOB, reminders.remind, every="*/15 * * * *"),
        Job(loans.LETTER_JOB, loan_letters.send_letter),
        Job(loans.END_JOB, loan_letters.end_loans, every="*/15 * * * *"),
        Job(guessing.LEARN_JOB, guessing.learn, every="23 2 * * *", max_attempts=2),
        Job(cases.GUESS_JOB, guessing.guess),
        Job(origins.FORGET_JOB, origins.forget_networks, every="7 0 * * *"),
    ]


@hookimpl
def register_content_types() -> list[ContentType]:
    """Names of members are judged like what they write."""
    return profile.CONTENT_TYPES


@hookimpl
def fill_outlet(outlet: Outlet, context: OutletContext) -> Markup | None:
    """Lead from one's account to one's reports, and to the decisions about oneself."""
    if outlet is not Outlet.ACCOUNT_ASIDE or context.member is None:
        return None
    before = prefix(context.language, context.tenant.language)
    link = Markup('<p><a class="btn btn--line fill" href="{}">{}</a></p>')
    places = (("/konto/meldungen", _("Your reports")), ("/konto/entscheidungen", _("Decisions about me")))
    return Markup("").join(link.format(before + path, str(words)) for path, words in places)


@hookimpl
def on_event(session: Session, event: Event) -> None:
    """Hear of names that change, and of people who leave."""
    profile.hear(cast("Scope", session), event)


@hookimpl
def register_notifications() -> list[NotificationType]:
    """Give what people are told."""
    return [reminders.OVERDUE, *notices.TYPES, *desk_notices.TYPES]


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """Reports name who filed them, decisions who took them and whom they are about."""
    return [
        PersonalDataset(
            key="moderation.reports",
            title=_("Your reports"),
            purpose=_("To judge contributions that people report, and to answer them."),
            legal_basis=PUBLIC_TASK,
            columns=("moderation_report.reporter_id", "moderation_report.explanation"),
            retention=_("Until the project is archived"),
            export=_export_reports,
            erase=_erase_reports,
        ),
        *personal.DATASETS,
        *care.DATASETS,
        desk_personal.DATASET,
        *loan_personal.DATASETS,
        rule_personal.DATASET,
    ]


def _export_reports(session: Session, member_id: int) -> list[dict[str, Any]]:
    query = select(Report).where(Report.reporter_id == member_id).order_by(Report.id)
    return [
        {"at": row.created_at, "reason": row.reason, "explanation": row.explanation, "receipt": row.receipt}
        for row in session.scalars(query)
    ]


def _erase_reports(session: Session, member_id: int) -> int:
    mine = (
        update(Report)
        .where(Report.reporter_id == member_id)
        .values(reporter_id=None, explanation="", origin="")
    )
    return len(session.execute(mine.returning(Report.id)).all())
