"""What was gathered for somebody, and what of it they still want when the mail is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from baukasten.plugin import DigestItem
from baukasten.sdk import Scope
from baukasten_newsletter.digests import issues
from baukasten_newsletter.digests.models import Digest
from baukasten_newsletter.keys import SubscriptionState, TopicKind
from baukasten_newsletter.models import Subscription, Topic


@dataclass(frozen=True, slots=True)
class Reading:
    """One person's digest, with the topics of this moment."""

    keys: Sequence[str]
    projects: Collection[int | None]
    """Whose news are chosen; nothing among them stands for the whole town."""
    letters: bool
    """Whether letters of the town are."""

    def items(self, known: Mapping[str, DigestItem]) -> tuple[DigestItem, ...]:
        """Give what there is to tell, of the items that everybody may read."""
        return tuple(known[key] for key in self.keys if key in known and self._wants(known[key]))

    def _wants(self, item: DigestItem) -> bool:
        if item.key.startswith(f"{issues.KEY}:"):
            return self.letters
        project = None if item.project is None else item.project.id
        return None in self.projects or (project is not None and project in self.projects)


def readings(session: Scope, issue_id: int, subscriber_ids: Collection[int]) -> dict[int, Reading]:
    """Give the digests of a day by subscriber; who chose nothing any more is left out. One statement."""
    is_digest, topics = Topic.kind == TopicKind.DIGEST, Subscription.tenant_id == Digest.tenant_id
    query = (
        select(
            Digest.subscriber_id,
            Digest.keys,
            func.array_agg(Topic.project_id).filter(is_digest).label("projects"),
            func.bool_or(~is_digest).label("letters"),
        )
        .join(Subscription, topics & (Subscription.subscriber_id == Digest.subscriber_id))
        .join(Topic, (Topic.tenant_id == Subscription.tenant_id) & (Topic.id == Subscription.topic_id))
        .where(
            Digest.issue_id == issue_id,
            Digest.subscriber_id.in_(subscriber_ids),
            Subscription.state == SubscriptionState.ACTIVE,
        )
        .group_by(Digest.subscriber_id, Digest.keys)
    )
    return {
        row.subscriber_id: Reading(row.keys, frozenset(row.projects or ()), row.letters)
        for row in session.execute(query)
    }
