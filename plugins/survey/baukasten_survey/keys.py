"""Names that surveys are known by: their kind, their permissions, their closed lists."""

from enum import StrEnum

from baukasten.plugin import LazyText, Permission, Role, lazy

_ = lazy("survey")

KIND = "survey"

ANSWER, RESULTS = "survey.survey.answer", "survey.results.read"
BUILD, RUN = "survey.survey.build", "survey.survey.run"
ENTRY, RAW, PUBLISH = "survey.entry.write", "survey.responses.read", "survey.results.publish"
POLL, POLL_ADD, POLL_VOTE, POLL_MANAGE = (
    "survey.poll",
    "survey.poll.add",
    "survey.poll.vote",
    "survey.poll.manage",
)

EVERYBODY = frozenset(Role) - {Role.OPERATOR}
STAFF = frozenset({Role.MODERATOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
MEMBERS = EVERYBODY - {Role.GUEST}

PERMISSIONS = [
    Permission(ANSWER, _("Answer surveys"), EVERYBODY, writes=False),
    Permission(RESULTS, _("Read published results of surveys"), EVERYBODY, writes=False),
    Permission(BUILD, _("Write a survey and try it out"), STAFF),
    Permission(RUN, _("Open and close a survey, hand out its codes"), ADMINS, risky=True),
    Permission(ENTRY, _("Enter answers from paper and telephone"), STAFF),
    Permission(RAW, _("See the responses of a survey one by one"), ADMINS, risky=True),
    Permission(POLL_ADD, _("Add a poll to a contribution"), MEMBERS),
    Permission(POLL_VOTE, _("Vote in polls"), EVERYBODY),
    Permission(POLL_MANAGE, _("End any poll and add options to it"), STAFF),
    Permission(PUBLISH, _("See the results of a survey while it runs and publish them"), STAFF),
]


class SurveyKind(StrEnum):
    """Whether a survey has a module of its own."""

    SURVEY = "survey"
    POLL = "poll"
    """One question inside a contribution of another module."""


class SurveyState(StrEnum):
    """Where a survey is on its way."""

    DRAFT = "draft"
    """Staff tries it out; its answers vanish when it opens."""
    OPEN = "open"
    CLOSED = "closed"


class Access(StrEnum):
    """Who may answer."""

    OPEN = "open"
    REGISTERED = "registered"
    """Members of the town, each once."""
    RESIDENT = "resident"
    """Members whose residence was verified."""
    CODE = "code"
    """Whoever holds a code from a letter."""
    MIXED = "mixed"
    """Members, and whoever holds a code."""


class Anonymity(StrEnum):
    """What anybody can find out about who gave an answer."""

    NAMED = "named"
    """The town sees who answered what."""
    PSEUDONYMOUS = "pseudonymous"
    """Nobody sees names; whoever answered may change it until the close, then the key is destroyed."""
    SEPARATED = "separated"
    """Who took part and what was answered go separate ways through a sealed queue."""
    BLIND = "blind"
    """As before, and the right to answer is a blindly signed token (RFC 9474)."""


SEALED = frozenset({Anonymity.SEPARATED, Anonymity.BLIND})
"""Levels whose answers go through the mixing queue."""


class AdmissionKind(StrEnum):
    """What one response is spent on."""

    CODE = "code"
    MEMBER = "member"
    VISIT = "visit"
    """One filled-in form of an open survey; it keeps a second press from counting twice."""
    TOKEN = "token"  # noqa: S105 - a word, no secret
    """A blindly signed token."""


class Source(StrEnum):
    """How an answer came in."""

    ONLINE = "online"
    PAPER = "paper"
    TELEPHONE = "telephone"


SOURCES: dict[str, LazyText] = {
    Source.ONLINE: _("Online"),
    Source.PAPER: _("Paper"),
    Source.TELEPHONE: _("Telephone"),
}


class Flag(StrEnum):
    """Why an answer looks suspicious; it counts all the same, and results are shown with and without."""

    FAST = "fast"
    """Faster than anybody can read."""
    TRAP = "trap"
    """A field was filled in that people do not see."""
    BURST = "burst"
    """Many came from one network in a short time."""
    SAME = "same"
    """Word for word like many others."""
    IMPORTED = "imported"
    """Not suspicious: taken in from another program's archive."""


class BatchState(StrEnum):
    """Where a bundle of sealed answers is on its way."""

    OPEN = "open"
    FULL = "full"
    FLUSHED = "flushed"
    LOST = "lost"
    """Its key is not here, as after a restored backup: nobody can open its answers."""


class Kind(StrEnum):
    """What is asked."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    DROPDOWN = "dropdown"
    IMAGE = "image"
    YES_NO = "yes_no"
    SHORT = "short"
    LONG = "long"
    NUMBER = "number"
    SLIDER = "slider"
    DATE = "date"
    TIME = "time"
    SCALE = "scale"
    MATRIX_SINGLE = "matrix_single"
    MATRIX_MULTIPLE = "matrix_multiple"
    MATRIX_NUMBER = "matrix_number"
    MATRIX_TEXT = "matrix_text"
    RANKING = "ranking"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    FILE = "file"
    MAP = "map"
    CONSENT = "consent"
    INFO = "info"
    CALCULATED = "calculated"
    HIDDEN = "hidden"


class Style(StrEnum):
    """How a scale looks."""

    LIKERT = "likert"
    NPS = "nps"
    DIFFERENTIAL = "differential"


class Shape(StrEnum):
    """What is drawn on a map."""

    POINT = "point"
    LINE = "line"
    AREA = "area"


OTHER = "_other"
"""The option beside which words are written; they stand under the question's code and ``.other``."""
NO_ANSWER = "_none"
"""Said aloud that one does not want to say; missing is something else."""
