"""The forms of the queue: one step for many cases, and what to show."""

from baukasten.db.session import Scope
from baukasten.moderation import kinds
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.queue import words
from baukasten.moderation.queue.bulk import Way
from baukasten.moderation.queue.filters import LONG_PAGE, PAGE, Filters, Order, Why
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.text import lazy
from baukasten.projects import queries
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.platform import platform

_ = lazy("core")
ALL = ("", _("all"))


def bulk(session: Scope) -> Form:
    """Ask what shall happen to the chosen cases; rule and reason are needed for what goes out of view."""
    fields = [
        Field(
            "schritt",
            _("What shall happen to them?"),
            FieldKind.RADIO,
            required=True,
            choices=[
                (Way.CLEAR.value, _("Let pass: publish, or leave as it is")),
                (Way.AWAY.value, _("Take out of view: hide, or reject")),
            ],
        ),
        Field("rule", _("Rule"), FieldKind.SELECT, choices=[("", _("Choose")), *_rules(session)]),
        Field(
            "facts",
            _("Reason for the authors"),
            FieldKind.TEXTAREA,
            help=_("What did these contributions do against the rule?"),
            max_length=2_000,
            rows=3,
        ),
    ]
    return Form(fields, submit=_("Decide the chosen cases"))


def filters(session: Scope, asked: Filters) -> Form:
    """Ask what to show and in which order."""
    projects = _projects(session)
    types = session.contract.registry.content_types
    labels = [(key, str(types[key].value.label)) for key in kinds.judged_types(session)]
    fields = [
        Field("verfahren", _("Project"), FieldKind.SELECT, choices=[ALL, *projects]),
        Field(
            "grund",
            _("Why it waits"),
            FieldKind.SELECT,
            choices=[ALL, *((why.value, words.CAUSES[why]) for why in Why)],
        ),
        Field("art", _("Kind of contribution"), FieldKind.SELECT, choices=[ALL, *labels]),
        Field(
            "folge",
            _("Order"),
            FieldKind.SELECT,
            required=False,
            choices=[(order.value, words.ORDERS[order]) for order in Order],
        ),
        Field(
            "zahl",
            _("Cases on a page"),
            FieldKind.SELECT,
            choices=[(str(PAGE), str(PAGE)), (str(LONG_PAGE), str(LONG_PAGE))],
        ),
    ]
    values = {
        "verfahren": str(asked.project_id or ""),
        "grund": asked.why or "",
        "art": asked.kind,
        "folge": asked.order.value,
        "zahl": str(asked.limit),
    }
    return Form(fields, submit=_("Show"), values=values)


def _rules(session: Scope) -> list[tuple[str, str]]:
    def load() -> list[tuple[str, str]]:
        return [(rule.key, f"{rule.number}. {rule.title}") for rule in house_rules.current(session).rules]

    key = ("moderation", "rule choices", here().language)
    return platform().memo.get(session.tenant_id or 0, key, load)


def _projects(session: Scope) -> list[tuple[str, str]]:
    """Give all projects to choose from; they seldom change, and the queue is opened all day."""

    def load() -> list[tuple[str, str]]:
        found = queries.list_projects(session, drafts=True, archived=True)
        return [(str(one.id), one.title) for one in found]

    return platform().memo.get(session.tenant_id or 0, ("moderation", "projects"), load)
