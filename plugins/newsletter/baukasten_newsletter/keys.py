"""Names that the newsletter is known by: its kind, its permissions, its closed lists."""

from enum import StrEnum

from baukasten.plugin import Permission, Role, lazy

_ = lazy("newsletter")

KIND = "newsletter"
RETURNS = "rueckweg"
"""Purpose of the signed addresses to which other servers report."""

READ, SUBSCRIBE = "newsletter.archive.read", "newsletter.list.subscribe"
SIZE, WRITE, SEND = "newsletter.list.size", "newsletter.issue.write", "newsletter.issue.send"
PEOPLE, SETUP = "newsletter.people.read", "newsletter.list.setup"

EVERYBODY = frozenset(Role) - {Role.OPERATOR}
STAFF = frozenset({Role.MODERATOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})

PERMISSIONS = [
    Permission(READ, _("Read issues on the page"), EVERYBODY, writes=False),
    Permission(SUBSCRIBE, _("Subscribe to newsletters"), EVERYBODY, writes=False),
    Permission(SIZE, _("See how many people a newsletter reaches"), STAFF, writes=False),
    Permission(WRITE, _("Write issues of a newsletter and send oneself a test"), STAFF),
    Permission(SEND, _("Send issues of a newsletter to everybody"), ADMINS, risky=True),
    Permission(PEOPLE, _("See, bring in and take away subscribers"), ADMINS, risky=True),
    Permission(SETUP, _("Set up the topics of a newsletter"), ADMINS),
]


class TopicKind(StrEnum):
    """What a topic brings to those who choose it."""

    LETTERS = "letters"
    """What the town writes."""
    DIGEST = "digest"
    """What is new in the modules of one project, or of all."""


class SubscriberState(StrEnum):
    """Whether somebody is written to at all."""

    PENDING = "pending"
    """Asked, and not confirmed yet."""
    ACTIVE = "active"
    LEFT = "left"
    UNDELIVERABLE = "undeliverable"
    """The address took nothing for so long that it is left in peace."""


class SubscriptionState(StrEnum):
    """Whether one topic is agreed to."""

    PENDING = "pending"
    ACTIVE = "active"


class Frequency(StrEnum):
    """How often somebody wants mail; all but the first bundle everything into a digest."""

    AT_ONCE = "at_once"
    """Letters as they are sent; what is new in the modules once a day."""
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class IssueKind(StrEnum):
    """Who wrote an issue."""

    LETTER = "letter"
    DIGEST = "digest"
    """The platform: the digests of one town and day."""


class IssueState(StrEnum):
    """Where an issue is on its way."""

    DRAFT = "draft"
    AWAITING_RELEASE = "awaiting_release"
    """A second person has to agree."""
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """What became of one issue for one person."""

    PENDING = "pending"
    CLAIMED = "claimed"
    """A worker holds it for a while; nothing left the house yet."""
    SENDING = "sending"
    """It is on an open connection; whoever dies now leaves it uncertain."""
    HANDED_OVER = "handed_over"
    """The next server said 250."""
    DEFERRED = "deferred"
    """The next server wants it later."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Left, paused or suppressed since the snapshot."""
    BOUNCED = "bounced"
    COMPLAINED = "complained"


UNDONE = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.DEFERRED)
"""What an issue still waits for."""


class Slot(StrEnum):
    """Where the personal parts stand in a rendering; the signs around each word are for private use in Unicode."""

    SALUTATION = "\ue000salutation\ue001"
    PREFERENCES = "\ue000preferences\ue001"
    """Address of the person's settings."""
    LEAVE = "\ue000leave\ue001"
    """Address of the page with the one button."""
    WHY = "\ue000why\ue001"
    """The sentence that says since when somebody gets this."""


class Purpose(StrEnum):
    """What a signed link is good for."""

    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    LEAVE = "leave"
    NEVER = "never"
    """No town of the installation may write any more."""
