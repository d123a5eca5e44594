"""Messages as the template shows them: what clients are told, with words, addresses and what is one's own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import SafeHtml, module_url
from baukasten_chat import wire
from baukasten_chat.keys import MessageKind, ReactionKind
from baukasten_chat.page.own import Own

_ = lazy("chat")
FACES: Mapping[ReactionKind, tuple[str, LazyText]] = {
    ReactionKind.THUMB: ("👍", _("I agree")),
    ReactionKind.HEART: ("❤️", _("I like it")),
    ReactionKind.THANKS: ("🙏", _("Thanks")),
    ReactionKind.LAUGH: ("😄", _("Made me laugh")),
}
GONE: Mapping[str, LazyText] = {
    "withdrawn": _("[withdrawn by its author]"),
    "removed": _("[removed]"),
    "checked": _("[is being checked]"),
    "hidden": _("[hidden]"),
}
REASONED: Mapping[str, LazyText] = {"removed": _("[removed: %(rule)s]"), "hidden": _("[hidden: %(rule)s]")}


@dataclass(frozen=True, slots=True)
class Face:
    """One reaction under a message."""

    kind: str
    sign: str
    label: str
    count: int
    pressed: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in the log."""

    number: int
    version: int
    author: str
    iso: str
    when: str
    html: SafeHtml
    gone: str
    """Why only its place is left, in words."""
    town: bool
    mine: bool
    to_me: bool
    """Whether it calls the reader by name."""
    folded: bool
    edited: str
    """How it was changed, in words; empty for as it was first said."""
    reply: Mapping[str, Any] | None
    faces: Sequence[Face]
    url: str
    edit_url: str
    """Where its author changes it; empty for others."""
    nonce: str


def messages(
    module: ModuleRef, found: Iterable[Mapping[str, Any]], own: Own, member: MemberRef | None
) -> Iterator[Shown]:
    """Give messages as the template shows them, in the given order."""
    index, former = module_url(module, "index"), str(_("Former member"))
    call = f"<mark>@{escape(member.display_name)}</mark>" if member is not None else ""
    labels = {kind: (sign, str(label)) for kind, (sign, label) in FACES.items()}
    for one in found:
        number, gone = one["number"], one.get("gone", "")
        row_id = own.ids.get(number, 0)
        html = one.get("html", "")
        yield Shown(
            number=number,
            version=one["version"],
            author="" if gone else one["author"] or former,
            iso=one["at"],
            when=wire.when(one["at"]),
            html=SafeHtml(html),
            gone=gone_text(gone, one.get("rule", "")) if gone else "",
            town=one.get("kind") == MessageKind.TOWN,
            mine=bool(row_id),
            to_me=bool(call) and call in html,
            folded=one.get("folded", False),
            edited=edited_text(one),
            reply=one.get("reply"),
            faces=_faces(one.get("reactions", {}), own.pressed.get(number, frozenset()), labels),
            url=f"{index}nachricht/{number}",
            edit_url=f"{index}nachricht/{row_id}" if row_id and not gone else "",
            nonce=one.get("nonce", ""),
        )


def blank(module: ModuleRef) -> Shown:
    """Give an empty message with all its parts, from which scripts make those that come later."""
    index = module_url(module, "index")
    faces = [Face(kind.value, sign, str(label), 0, pressed=False) for kind, (sign, label) in FACES.items()]
    return Shown(
        number=0,
        version=0,
        author="",
        iso="",
        when="",
        html=SafeHtml(""),
        gone="",
        town=False,
        mine=True,
        to_me=False,
        folded=False,
        edited=str(_("changed")),
        reply={"number": 0, "author": "", "text": ""},
        faces=faces,
        url=f"{index}nachricht/0",
        edit_url=f"{index}nachricht/0",
        nonce="",
    )


def gone_text(gone: str, rule: str) -> str:
    """Say why only the place of a message is left, with the rule that it broke where one is named."""
    if rule and gone in REASONED:
        return str(REASONED[gone]) % {"rule": rule}
    return str(GONE.get(gone, GONE["hidden"]))


def edited_text(one: Mapping[str, Any]) -> str:
    """Say who changed a message; nothing for one that is as it was first said."""
    if one.get("by_staff"):
        return str(_("changed by the moderators"))
    return str(_("changed")) if one.get("edited") else ""


def _faces(
    counts: Mapping[str, int], pressed: frozenset[str], labels: Mapping[ReactionKind, tuple[str, str]]
) -> list[Face]:
    return [
        Face(kind.value, sign, label, counts.get(kind, 0), kind.value in pressed)
        for kind, (sign, label) in labels.items()
    ]
