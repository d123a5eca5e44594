"""Issues in the making: begin, save, copy, translate, delete; two people who write at once notice each other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import delete, or_, select

from baukasten.plugin import ContentRef, MediaRef, MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    MODULE_MEDIA,
    Conflict,
    Invalid,
    NotFound,
    Scope,
    attach,
    detach,
    letterhead,
    media_by_id,
    record,
    set_alt,
    store_upload,
)
from baukasten_newsletter.keys import IssueKind, IssueState, TopicKind
from baukasten_newsletter.letters import blocks, rendering
from baukasten_newsletter.letters.blocks import Block
from baukasten_newsletter.models import Edition, Issue, IssueTopic, Topic

_ = lazy("newsletter")

MAX_SUBJECT, MAX_PREHEADER = 150, 150
MAX_PAPERS = 10
EASY = "de-simple"
OPEN = (IssueState.DRAFT, IssueState.PAUSED)
"""States in which an issue may be changed; what is paused goes on with the words of then."""
ERASABLE = (IssueState.DRAFT, IssueState.AWAITING_RELEASE)
ELSEWHERE = _(
    "Somebody else saved this issue meanwhile. What you typed is still here; look at both before you save."
)
SHUT = _("This issue can no longer be changed.")
WAITS = _("This issue waits for its release. Take the request back to change it.")
CHOSEN = _("Sending has begun: who gets this issue can no longer be changed.")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wants to save of an edition."""

    subject: str
    preheader: str
    blocks: Sequence[Block]


def find(session: Scope, module: ModuleRef, issue_id: int, *, lock: bool = False) -> Issue:
    """Give a letter of a list; raises NotFound. With ``lock`` nobody else changes it until the transaction ends."""
    query = select(Issue).where(
        Issue.id == issue_id, Issue.module_id == module.id, Issue.kind == IssueKind.LETTER
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    issue = session.scalar(query)
    if issue is None:
        raise NotFound
    return issue


def languages(session: Scope) -> tuple[str, ...]:
    """Name the languages in which issues may be written: the town's, and easy German where it speaks German."""
    town = letterhead(session).town
    known = dict.fromkeys((town.language, *town.languages))
    german = any(code.partition("-")[0] == "de" for code in known)
    return (*known, *((EASY,) if german and EASY not in known else ()))


def create(session: Scope, actor: MemberRef, module: ModuleRef) -> Issue:
    """Begin an issue in the town's own language, for the first topic of the list."""
    issue = Issue(module_id=module.id, created_by=actor.id)
    session.add(issue)
    session.flush()
    session.add(Edition(issue_id=issue.id, language=languages(session)[0], blocks=[]))
    first = next(iter(topics_of(session, issue)), None)
    if first is not None:
        session.add(IssueTopic(issue_id=issue.id, topic_id=first.id))
    _noted(session, actor, "create", issue)
    return issue


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic that an issue may be for."""

    id: int
    title: str
    chosen: bool


def topics_of(session: Scope, issue: Issue) -> list[TopicChoice]:
    """Give the topics an issue may be for; one statement.

    A topic of before is among them only where the issue has it.
    """
    chosen = IssueTopic.id.is_not(None)
    query = select(Topic.id, Topic.title, chosen.label("chosen")).outerjoin(
        IssueTopic,
        (IssueTopic.tenant_id == Topic.tenant_id)
        & (IssueTopic.topic_id == Topic.id)
        & (IssueTopic.issue_id == issue.id),
    )
    fit = query.where(Topic.module_id == issue.module_id, Topic.kind == TopicKind.LETTERS)
    fit = fit.where(or_(Topic.archived_at.is_(None), chosen))
    return [TopicChoice(*row) for row in session.execute(fit.order_by(Topic.position, Topic.id))]


def _choose(session: Scope, issue: Issue, topics: Collection[int]) -> None:
    """Say to whose subscribers an issue goes; raises NotFound, Invalid for ``topics``, and Conflict once it began."""
    known = topics_of(session, issue)
    wanted, before = {*topics}, {one.id for one in known if one.chosen}
    if not wanted:
        raise Invalid({"topics": _("Choose at least one topic: its subscribers get this issue.")})
    if not wanted <= {one.id for one in known}:
        raise NotFound
    if wanted == before:
        return
    if issue.started_at is not None:
        raise Conflict(CHOSEN)
    gone = delete(IssueTopic).where(IssueTopic.issue_id == issue.id, IssueTopic.topic_id.in_(before - wanted))
    session.execute(gone, execution_options={"synchronize_session": False})
    session.add_all(IssueTopic(issue_id=issue.id, topic_id=one) for one in sorted(wanted - before))


def copy(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int) -> Issue:
    """Begin an issue with the words, topics and files of another one; raises NotFound."""
    old = find(session, module, issue_id)
    issue = Issue(module_id=module.id, created_by=actor.id, papers=[*old.papers])
    session.add(issue)
    session.flush()
    for edition in rendering.editions_of(session, old.id):
        session.add(_like(edition, issue.id, edition.language))
    for topic_id in session.scalars(select(IssueTopic.topic_id).where(IssueTopic.issue_id == old.id)):
        session.add(IssueTopic(issue_id=issue.id, topic_id=topic_id))
    _noted(session, actor, "create", issue, source=old.id)
    return issue


def save(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    issue_id: int,
    language: str,
    words: Words,
    revision: int,
    topics: Collection[int] | None = None,
) -> Issue:
    """Save one edition, and to whose subscribers the issue goes; ``revision`` is that of the page they come from.

    Raises NotFound, Conflict where somebody saved since or where it may not be changed, and Invalid for ``subject``,
    ``preheader`` and ``topics``.
    """
    issue = _open(session, module, issue_id)
    edition = _edition(session, issue, language)
    if issue.revision != revision:
        raise Conflict(ELSEWHERE)
    _check(words)
    if topics is not None:
        _choose(session, issue, topics)
    edition.subject, edition.preheader = blocks.words(words.subject), blocks.words(words.preheader)
    edition.blocks = blocks.store(words.blocks)
    _changed(session, actor, issue)
    return issue


def add_language(
    session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int, language: str, source: str
) -> Issue:
    """Begin an edition in another language as a copy of one that is there; raises NotFound and Conflict."""
    issue = _open(session, module, issue_id)
    if language not in languages(session):
        raise NotFound
    known = {edition.language: edition for edition in rendering.editions_of(session, issue.id)}
    if source not in known:
        raise NotFound
    if language not in known:
        session.add(_like(known[source], issue.id, language))
        _changed(session, actor, issue)
    return issue


def drop_language(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int, language: str) -> Issue:
    """Delete an edition; raises NotFound, and Conflict for the only one."""
    issue = _open(session, module, issue_id)
    edition = _edition(session, issue, language)
    if len(rendering.editions_of(session, issue.id)) == 1:
        raise Conflict(_("An issue keeps at least one language."))
    gone = _media_in([edition])
    session.delete(edition)
    session.flush()
    _changed(session, actor, issue)
    _forget(session, actor, gone)
    return issue


def remove(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int) -> None:
    """Delete an issue that was not scheduled, with its files; raises NotFound and Conflict."""
    issue = find(session, module, issue_id, lock=True)
    if issue.state not in ERASABLE or issue.number is not None:
        raise Conflict(SHUT)
    gone = _media_in(rendering.editions_of(session, issue.id)) | {*issue.papers}
    session.delete(issue)
    session.flush()
    record(session, actor, "newsletter.issue.remove", f"newsletter_issue:{issue_id}")
    _forget(session, actor, gone)


def store_picture(
    session: Scope, actor: MemberRef, module: ModuleRef, name: str, stream: IO[bytes], alt: str
) -> MediaRef:
    """Store a picture for a block; raises Invalid for ``files`` for what is none, TooMany and Unavailable."""
    made = store_upload(session, actor, name, stream)
    if made.kind != "picture":
        detach(session, actor, [made.id])
        raise Invalid({"files": _("This is no picture. Papers go with the issue as attachments.")})
    set_alt(session, actor, made.id, alt[: blocks.MAX_ALT])
    attach(session, actor, [made.id], ContentRef(MODULE_MEDIA, module.id))
    return made


def add_paper(
    session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int, name: str, stream: IO[bytes]
) -> Issue:
    """Let a paper go with an issue; raises NotFound, Conflict, Invalid for ``files``, TooMany and Unavailable."""
    issue = _open(session, module, issue_id)
    if len(issue.papers) >= MAX_PAPERS:
        raise Invalid({"files": _("An issue may have ten attachments at most.")})
    made = store_upload(session, actor, name, stream)
    if made.kind == "picture":
        detach(session, actor, [made.id])
        raise Invalid(
            {
                "files": _(
                    "Pictures belong into a block of their own, with words for those who do not see them."
                )
            }
        )
    attach(session, actor, [made.id], ContentRef(MODULE_MEDIA, module.id))
    issue.papers = [*issue.papers, made.id]
    _changed(session, actor, issue)
    return issue


def remove_paper(session: Scope, actor: MemberRef, module: ModuleRef, issue_id: int, paper: int) -> Issue:
    """Take a paper away; raises NotFound and Conflict."""
    issue = _open(session, module, issue_id)
    if paper not in issue.papers:
        raise NotFound
    issue.papers = [one for one in issue.papers if one != paper]
    _changed(session, actor, issue)
    _forget(session, actor, {paper})
    return issue


def papers_of(session: Scope, issue: Issue) -> list[MediaRef]:
    """Give the files of an issue in their order."""
    return rendering.papers_of(session, issue)


def _open(session: Scope, module: ModuleRef, issue_id: int) -> Issue:
    issue = find(session, module, issue_id, lock=True)
    if issue.state == IssueState.AWAITING_RELEASE:
        raise Conflict(WAITS)
    if issue.state not in OPEN:
        raise Conflict(SHUT)
    return issue


def _edition(session: Scope, issue: Issue, language: str) -> Edition:
    found = session.scalar(select(Edition).where(Edition.issue_id == issue.id, Edition.language == language))
    if found is None:
        raise NotFound
    return found


def _check(words: Words) -> None:
    limits = (("subject", words.subject, MAX_SUBJECT), ("preheader", words.preheader, MAX_PREHEADER))
    too_long = {key: _("At most 150 characters, please.") for key, text, most in limits if len(text) > most}
    if too_long:
        raise Invalid(too_long)


def _like(edition: Edition, issue_id: int, language: str) -> Edition:
    return Edition(
        issue_id=issue_id,
        language=language,
        subject=edition.subject,
        preheader=edition.preheader,
        blocks=[*edition.blocks],
    )


def _changed(session: Scope, actor: MemberRef, issue: Issue) -> None:
    """Count a change; what a second person agreed to was something else.

    Nobody asks for a release of what is paused: whoever lets it go on agrees, and has to be somebody else.
    """
    issue.revision += 1
    issue.released_by = issue.released_at = None
    issue.asked_by = actor.id if issue.state == IssueState.PAUSED else None
    _noted(session, actor, "save", issue)


def _noted(session: Scope, actor: MemberRef, deed: str, issue: Issue, **facts: Any) -> None:
    session.flush()
    record(session, actor, f"newsletter.issue.{deed}", f"newsletter_issue:{issue.id}", **facts)


def _media_in(editions: Sequence[Edition]) -> set[int]:
    return {block.media for edition in editions for block in blocks.read(edition.blocks) if block.media}


def _forget(session: Scope, actor: MemberRef, gone: set[int]) -> None:
    """Take files away that no issue shows any more; copies of an issue share theirs."""
    if not gone:
        return
    with_papers = select(Issue.papers).where(or_(*(Issue.papers.contains([one]) for one in gone)))
    kept = {paper for papers in session.scalars(with_papers) for paper in papers}
    shown = or_(*(Edition.blocks.contains([{"media": one}]) for one in gone))
    kept |= _media_in([*session.scalars(select(Edition).where(shown))])
    known = media_by_id(session, gone - kept)
    if known:
        detach(session, actor, [*known])
