"""What pages show around a text that somebody writes, and beside the posts that they wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Form, SafeHtml, here, may, module_url, translator
from baukasten_forum import cooking, forms, mine, thread
from baukasten_forum.attaching.basket import allowed
from baukasten_forum.attaching.shown import Carried
from baukasten_forum.keys import EDIT, MANAGE, REPLY, PostKind
from baukasten_forum.listing import AnyRow
from baukasten_forum.mine import Fact
from baukasten_forum.stages import shown as stages
from baukasten_forum.writing import drafts
from baukasten_forum.writing.similar import Similar

_ = lazy("forum")


@dataclass(frozen=True, slots=True)
class Writer:
    """What stands around the form: the state of the draft, the preview, and where scripts ask."""

    key: str
    """What is being written, as drafts know it."""
    preview_url: str
    drafts_url: str
    similar_url: str = ""
    names_url: str = ""
    quote_url: str = ""
    """Where the quotation of a post is; its number comes behind."""
    topic_id: int = 0
    preview: SafeHtml | None = None
    similar: Sequence[Similar] = ()
    said: str = ""
    """The state of the draft in words."""
    other: drafts.Saved | None = None
    """What another device saved meanwhile."""
    files: Sequence[Carried] | None = None
    """What was added to the text so far; None where the town wants no files."""
    file_problems: Sequence[str] = ()
    """Files that could not be taken, and why."""


def writer(module: ModuleRef, key: str, topic_id: int = 0) -> Writer:
    """Give what stands around a form."""
    return Writer(
        key=key,
        topic_id=topic_id,
        files=() if allowed(module) else None,
        preview_url=module_url(module, "preview"),
        drafts_url=module_url(module, "draft_list"),
        similar_url=module_url(module, "similar_topics") if key == drafts.NEW else "",
        names_url=module_url(module, "names", topic_id=topic_id) if topic_id else "",
        quote_url=f"{module_url(module, 'index')}beitrag/",
    )


def saved_text(saved: drafts.Saved) -> str:
    """Say when a draft was saved."""
    return str(_("Draft saved: %(when)s")) % {"when": translator().datetime(saved.at)}


def reply_form(
    module: ModuleRef, topic: AnyRow, member: MemberRef, action: str, asked: Mapping[str, str]
) -> tuple[Form, Writer]:
    """Give the form under a topic as its address asks: with a quotation, as an answer to a post, with the draft.

    Without any of these it asks the database nothing.
    """
    around = writer(module, drafts.reply_key(topic.id), topic.id)
    session = here().session
    body, version, said = "", "", ""
    quoted, answered = forms.number(asked.get("zitat", "")), forms.number(asked.get("antwort", ""))
    if "entwurf" in asked or quoted:
        saved = drafts.load(session, member, module, around.key)
        if saved is not None:
            body, version, said = saved.body, str(saved.version), saved_text(saved)
    if quoted:
        # Behind what stands in the draft, so that several posts can be quoted one after the other.
        quotation = cooking.quotation(session, module, quoted)
        body = f"{body.rstrip()}\n\n{quotation}".lstrip("\n") if quotation else body
    values = {"body": body, "version": version, "reply_to": str(quoted or answered or "")}
    return forms.reply_form(action, values), replace(around, said=said)


def feet(
    module: ModuleRef, topic: AnyRow, facts: Sequence[Fact], member: MemberRef | None
) -> Mapping[int, Markup]:
    """Give the ways to answer and quote a post, to change and take back one's own; staff may change any."""
    if member is None:
        return {}
    index = escape(module_url(module, "index"))
    base, held = f"{index}{topic.id}/", f"{index}beitrag/"
    own = any(fact.author_id == member.id for fact in facts)
    may_reply, may_own = _may(module, topic, member, REPLY), own and _may(module, topic, member, EDIT)
    may_all = may(here().session, member, MANAGE, module)
    answer, quote = mine.link("reply", _("Reply"), main=True), mine.link("quote", _("Quote"))
    change, back = mine.link("pen", _("Change")), mine.link("undo", _("Withdraw"))
    found: dict[int, Markup] = {}
    for fact in facts:
        is_own = fact.author_id == member.id
        if not fact.number and is_own:
            links = mine.filled(change, f"{held}{fact.id}/bearbeiten", fact.number) if may_own else Markup("")
            found[fact.id] = links + mine.filled(back, f"{held}{fact.id}/zurueckziehen", fact.number)
        if not fact.number or fact.kind == PostKind.NOTICE:
            continue
        links = Markup("")
        if may_reply:
            links += mine.filled(answer, "#reply", fact.number)
            links += mine.filled(quote, f"{_quoted(fact.number)}{fact.id}#reply", fact.number)
        if may_own if is_own else may_all:
            links += mine.filled(change, f"{base}{fact.number}/bearbeiten", fact.number)
        # Taking back stays open when nobody writes any more.
        if is_own and fact.kind == PostKind.POST:
            links += mine.filled(back, f"{base}{fact.number}/zurueckziehen", fact.number)
        found[fact.id] = links
    return found


def _may(module: ModuleRef, topic: AnyRow, member: MemberRef, permission: str) -> bool:
    allowed = may(here().session, member, permission, module)
    return allowed and stages.opening(module, permission, topic).open


def _quoted(number: int) -> str:
    """Give the address, escaped, that quotes a post on the page where it stands; the post's id comes behind."""
    after = thread.page_of(number)
    return f"?nach={after}&amp;zitat=" if after else "?zitat="


mine.FEET[mine.Foot.WRITE] = feet
