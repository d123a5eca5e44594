"""Posts as the page of their topic shows them: texts, tombstones, notices, and who wrote what when."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from baukasten.plugin import ContentRef, ModuleRef, Visibility, lazy
from baukasten.sdk import Reason, SafeHtml, here, module_url, report_url, translator
from baukasten_forum import mine
from baukasten_forum.attaching.shown import NONE, Files, of_posts
from baukasten_forum.keys import POST_TYPE, PostKind, Via
from baukasten_forum.listing import AnyRow
from baukasten_forum.thread import VISIBLE
from baukasten_forum.told import ASK, Judged

_ = lazy("forum")
TONES = 4
WEB = ("https://", "http://")
LEGIBLE = VISIBLE | {Visibility.HELD}
"""What is shown with its text and files; held posts reach only those who may see them."""
VIA = {
    Via.LETTER: _("came by letter"),
    Via.HANDOVER: _("handed over by another module"),
    Via.MAIL: _("written by mail"),
    Via.IMPORT: _("taken over from another system"),
}
TOWN = {PostKind.ANSWER: _("Answer of the town"), PostKind.CONCLUSION: _("What came of it")}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a contribution was first given; not every address is one."""

    url: str
    label: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A post on the page of its topic."""

    number: int | None
    anchor: str
    author: str
    initials: str
    tone: int
    iso: str
    when: str
    html: SafeHtml
    files: Files
    url: str
    report_url: str
    gone: str
    """Why only its place is left, ``withdrawn``, ``hidden`` or ``removed``; empty for what can be read."""
    reason: str
    """The rule that a hidden or folded post broke, where a decision names one that nobody took back."""
    judged: str
    """The day of that decision."""
    note: str
    """What the moderators put beside it."""
    folded: bool
    asked: bool
    """Whether it is folded until its author has changed it."""
    held: bool
    first: bool
    notice: bool
    town: str
    """What the town's own posts are called; empty for those of people."""
    outcome: str
    """What the town's answer says becomes of the contribution."""
    due: str
    """The day by which the town says more."""
    taken_back: bool
    """A notice in place of an answer that the town took back."""
    via: str
    edited_url: str
    """The earlier wordings, where there are any."""
    by_staff: bool
    """Whether the moderators changed it."""
    reply_to: int
    """The number of the post that this one replies to; -1 for one that stands elsewhere now, 0 for none."""
    reply_url: str
    indented: bool
    foot: Markup
    before: Markup
    under: Markup
    """A mark where other plugins put something under the text."""
    told: Markup
    """A mark where the author alone is told what was decided."""
    source: Source | None


GONE = {Visibility.WITHDRAWN: "withdrawn", Visibility.REMOVED: "removed"}
UNREASONED = Reason("", dt.datetime.min.replace(tzinfo=dt.UTC))


def shown(
    module: ModuleRef, topic: AnyRow, rows: Sequence[AnyRow], reasons: Mapping[int, Reason] | None = None
) -> Iterator[Shown]:
    """Give posts as the template shows them; the text of a hidden one stays in the database."""
    index = module_url(module, "index")
    base = f"{index}{topic.id}/"
    report = report_url(ContentRef(POST_TYPE, 0)).removesuffix("0")
    speaker = translator()
    moment, day = speaker.datetime, speaker.date
    imported, gone, via, town = _words()
    files = of_posts(here().session, [row.id for row in rows if row.visibility in LEGIBLE])
    numbers = {row.number for row in rows}
    children = under(rows) if module.settings.get("nested") else {}
    for row in nested(rows, children) if children else rows:
        number = row.number or 0
        first = number == 1 or row.kept_number == 1 or (not number and topic.next_number == 1)
        is_source = topic.external_id is not None and first
        seen, held = row.visibility in VISIBLE, row.visibility == Visibility.HELD
        author = row.author or row.byline or (imported if is_source else gone)
        if row.kind in town and row.department:
            author = row.department
        reason = (reasons or {}).get(row.id, UNREASONED)
        folded = row.visibility == Visibility.FOLDED
        yield Shown(
            number=row.number,
            anchor=f"post-{number}" if number else f"held-{row.id}",
            author=author,
            initials=initials(author),
            tone=len(author) % TONES + 1,
            iso=row.created_at.isoformat(timespec="seconds"),
            when=moment(row.created_at),
            html=SafeHtml(row.body_html if seen or held else ""),
            files=files.get(row.id, NONE),
            url=f"{base}{number}" if number else "",
            report_url=f"{report}{row.id}" if seen else "",
            gone="" if seen or held else GONE.get(row.visibility, "hidden"),
            reason=reason.rule if folded or not seen else "",
            judged=day(reason.at) if reason.rule else "",
            note=reason.note if seen else "",
            folded=folded,
            asked=folded and reason.measure == ASK,
            held=held,
            first=first,
            notice=row.kind == PostKind.NOTICE,
            town=town.get(row.kind, ""),
            outcome=(row.outcome or "") if row.kind in town else "",
            due=day(row.due_on) if row.due_on is not None and row.kind in town else "",
            taken_back=row.kind == PostKind.NOTICE and bool(row.department),
            via=via.get(row.via, ""),
            edited_url=f"{base}{number}/fassungen" if row.edits and seen and number else "",
            by_staff=row.staff_edited,
            reply_to=_reply_to(topic, row),
            reply_url=_reply_url(topic, row, index, numbers),
            indented=row.id in children,
            foot=mine.foot(_fact(row)) if seen or held else Markup(""),
            before=mine.before(row.id),
            under=mine.under(row.id) if seen or held else Markup(""),
            told=_told(row, reason),
            source=source(topic) if is_source else None,
        )


def _words() -> tuple[str, str, Mapping[str, str], Mapping[str, str]]:
    """Give, once a page, the words for posts without an author, for how posts came in, for the town's own."""
    via = {str(key): str(word) for key, word in VIA.items()}
    town = {str(key): str(word) for key, word in TOWN.items()}
    return str(_("Taken over")), str(_("Former member")), via, town


def under(rows: Sequence[AnyRow]) -> dict[int, int]:
    """Give for replies to other replies of the same page, by id, the post that they stand under."""
    ids = {row.id for row in rows if row.number and row.number > 1}
    found: dict[int, int] = {}
    for row in rows:
        if row.reply_to in ids and row.reply_to != row.id:
            # A reply to a reply stands under the same post: one step in is as deep as it gets.
            found[row.id] = found.get(row.reply_to, row.reply_to)
    return found


def nested(rows: Sequence[AnyRow], children: Mapping[int, int]) -> list[AnyRow]:
    """Give the posts of a page with replies behind what they reply to, each group in its order."""
    groups: dict[int, list[AnyRow]] = {row.id: [row] for row in rows if row.id not in children}
    for row in rows:
        if row.id in children:
            groups[children[row.id]].append(row)
    return [row for group in groups.values() for row in group]


def source(topic: AnyRow) -> Source:
    """Give where an imported topic comes from; an address that is none is shown as the text it is."""
    is_address = is_web_address(topic.source_url)
    return Source(topic.source_url if is_address else "", topic.source_url, topic.external_id)


def is_web_address(text: str) -> bool:
    """Tell whether a text can be a link to a website."""
    return text.startswith(WEB) and not any(sign.isspace() for sign in text)


def initials(name: str) -> str:
    """Give two letters that stand beside a name."""
    words = name.split()
    if not words:
        return ""
    return (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])).upper()


def _told(row: AnyRow, reason: Reason) -> Markup:
    is_judged = row.visibility == Visibility.HELD or reason is not UNREASONED
    if not is_judged or row.author_id is None or row.visibility == Visibility.WITHDRAWN:
        return Markup("")
    return mine.judged(Judged(row.id, row.number or 0, row.author_id, row.visibility))


def _fact(row: AnyRow) -> mine.Fact:
    return mine.Fact(
        id=row.id,
        number=row.number or 0,
        author_id=row.author_id or 0,
        created=int(row.created_at.timestamp()),
        edits=row.edits,
        supports=row.supports,
        thanks=row.thanks,
        kind=row.kind,
    )


def _reply_to(topic: AnyRow, row: AnyRow) -> int:
    """Give what a post replies to; that it replies to the topic itself goes without saying."""
    if not row.parent_number or (row.parent_number == 1 and row.parent_topic == topic.id):
        return 0
    return int(row.parent_number) if row.parent_topic == topic.id else -1


def _reply_url(topic: AnyRow, row: AnyRow, index: str, numbers: set[int | None]) -> str:
    to = _reply_to(topic, row)
    if not to:
        return ""
    if to in numbers:
        return f"#post-{to}"
    return f"{index}{topic.id}/{to}" if to > 0 else f"{index}beitrag/{row.reply_to}"
