"""From BBCode, as phpBB writes it, to Markdown: what has no counterpart falls away, its words never do."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_TAG = re.compile(r"\[(?P<close>/?)(?P<name>\*|[A-Za-z]+)(?P<rest>[^\[\]\n]*(?:\"[^\"\n]*\"[^\[\]\n]*)*)\]")
_REST = re.compile(
    r"(?:=(?P<arg>\"[^\"]*\"|'[^']*'|[^\s\"'][^\n]*?))?(?P<more>(?:\s+\w+=(?:\"[^\"]*\"|[^\s\"]*))*)\s*"
)
_MORE = re.compile(r"(\w+)=(\"[^\"]*\"|[^\s\"]*)")
_WEB = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\\`*\[\]<~&]|(?<!\w)_|_(?!\w)|!$")
_LINE_START = re.compile(r"^([ \t]*)(?:([#>=+-])|([0-9]{1,9})([.)]))", re.MULTILINE)
_LEAD, _RUN = re.compile(r"(?<=\n)[ \t]+"), re.compile(r"^[ \t]{2,}")

MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "u": "*", "s": "~~", "strike": "~~", "del": "~~"}
DROPPED = frozenset({
    "*", "align", "attachment", "center", "code", "color", "colour", "email", "flash", "font", "hide", "highlight",
    "img", "indent", "justify", "left", "li", "list", "media", "quote", "right", "size", "spoiler", "sub", "sup",
    "url", "video", "youtube", *MARKS,
})  # fmt: skip
"""All that counts as a tag; any other pair of brackets is what somebody wrote."""
BLOCKS = frozenset({"quote", "code", "list"})
MAX_DEPTH = 12
"""Deeper tags stay what was written, so that no text is too deep for Markdown."""


@dataclass(slots=True)
class Node:
    """A tag with what stands between it and its end."""

    name: str
    source: str
    arg: str = ""
    more: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)


Quoted = Callable[[str, str], str]
"""Gives the first line of a quotation from its author's name and the old id of the post, both maybe empty."""


def name_only(author: str, _post_id: str) -> str:
    """Begin a quotation with its author's name alone."""
    return f"*{escape(author)}:*" if author else ""


def to_markdown(source: str, *, quoted: Quoted = name_only) -> str:
    """Give a text as Markdown; never raises, and every word that one could read is in it."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    shown = _Writer(quoted).children(_tree(text), frozenset())
    return re.sub(r"\n{3,}", "\n\n", shown).strip()


def escape(text: str) -> str:
    """Give words so that Markdown shows them as they are."""
    # Four blanks at the beginning of a line would make code of it.
    flat = _RUN.sub(" ", _LEAD.sub("", text))
    return _starts(_PUNCTUATION.sub(lambda found: f"\\{found[0]}", flat))


def _starts(text: str) -> str:
    def shown(found: re.Match[str]) -> str:
        return f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}"

    return _LINE_START.sub(shown, text)


def _tree(text: str) -> Node:
    root = Node("", "")
    stack, done = [root], 0
    while found := _TAG.search(text, done):
        stack[-1].children.append(text[done : found.start()])
        done = found.end()
        name = found["name"].lower()
        if found["close"] and name in DROPPED and not found["rest"].strip():
            _close(stack, name, found[0])
            continue
        node = _opened(found, name)
        if node is None or (len(stack) > MAX_DEPTH and name != "*"):
            stack[-1].children.append(found[0])
        elif name == "code":
            done = _verbatim(node, text, done, stack[-1])
        else:
            _open(stack, node)
    stack[-1].children.append(text[done:])
    while len(stack) > 1:
        _unclosed(stack)
    return root


def _opened(found: re.Match[str], name: str) -> Node | None:
    rest = _REST.fullmatch(found["rest"])
    if found["close"] or name not in DROPPED or rest is None:
        return None
    more = {key: value.strip('"') for key, value in _MORE.findall(rest["more"])}
    return Node(name, found[0], (rest["arg"] or "").strip("\"'"), more)


def _open(stack: list[Node], node: Node) -> None:
    if node.name in {"*", "li"}:
        lists = [at for at, one in enumerate(stack) if one.name == "list"]
        if not lists:
            stack[-1].children.append(node.source)
            return
        if any(one.name in {"*", "li"} for one in stack[lists[-1] :]):
            # The next item ends the one before it, and whatever that left open.
            while stack[-1].name not in {"*", "li"}:
                _unclosed(stack)
            stack.pop()
    stack[-1].children.append(node)
    stack.append(node)


def _close(stack: list[Node], name: str, source: str) -> None:
    reach = len(stack) - 1
    while reach and stack[reach].name != name:
        reach -= 1
    if not reach:
        stack[-1].children.append(source if name not in {"*", "li"} else "")
        return
    while len(stack) - 1 > reach:
        if stack[-1].name in {"*", "li"}:
            stack.pop()
        else:
            _unclosed(stack)
    stack.pop()


def _unclosed(stack: list[Node]) -> None:
    """Make a tag without an end into the words that it was written with."""
    node = stack.pop()
    parent = stack[-1]
    parent.children.pop()
    if node.name in {"*", "li"}:
        parent.children.append(node)
    else:
        parent.children += [node.source, *node.children]


def _verbatim(node: Node, text: str, start: int, parent: Node) -> int:
    end = re.compile(r"\[/code\]", re.IGNORECASE).search(text, start)
    if end is None:
        parent.children.append(node.source)
        return start
    node.children.append(text[start : end.start()])
    parent.children.append(node)
    return end.end()


class _Writer:
    """Writes a tree; ``inside`` are the marks that hold already."""

    def __init__(self, quoted: Quoted) -> None:
        self.quoted = quoted

    def children(self, node: Node, inside: frozenset[str]) -> str:
        return "".join(
            escape(child) if isinstance(child, str) else self.node(child, inside)
            for child in _joined(node.children)
        )

    def node(self, node: Node, inside: frozenset[str]) -> str:
        if node.name in MARKS:
            return self.marked(node, inside)
        writer = getattr(self, f"_{node.name}", None)
        if writer is not None:
            return str(writer(node, inside))
        title = f"{escape(node.arg)}: " if node.name in {"spoiler", "hide"} and node.arg else ""
        return title + self.children(node, inside)

    def marked(self, node: Node, inside: frozenset[str]) -> str:
        mark = MARKS[node.name]
        inner = self.children(node, inside | {mark})
        if mark in inside or _has_block(node):
            return inner
        return "\n".join(_wrapped(line, mark) for line in inner.split("\n"))

    def _url(self, node: Node, inside: frozenset[str]) -> str:
        words = self.children(node, inside)
        target = (node.arg or _raw(node)).strip()
        address = _address(target)
        if "(" in inside or _has_block(node):
            return words
        words = " ".join(self.children(node, inside | {"("}).split())
        if address and not node.arg:
            return f"[{escape(' '.join(target.split()))}](<{address}>)"
        if address:
            return f"[{words}](<{address}>)" if words else f"<{address}>"
        return f"{words} ({escape(target)})" if node.arg and target != words else words

    def _img(self, node: Node, inside: frozenset[str]) -> str:
        address = _address(_raw(node).strip())
        if not address or "(" in inside:
            return self.children(node, inside)
        return f"![](<{address}>)"

    def _email(self, node: Node, inside: frozenset[str]) -> str:
        words = self.children(node, inside)
        return f"{words} ({escape(node.arg)})" if node.arg and node.arg != words else words

    def _quote(self, node: Node, _inside: frozenset[str]) -> str:
        inner = re.sub(r"\n{3,}", "\n\n", self.children(node, frozenset()).strip())
        head = self.quoted(node.arg, node.more.get("post_id", ""))
        lines = [head] * bool(head) + (inner.split("\n") if inner else [])
        return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"

    def _code(self, node: Node, _inside: frozenset[str]) -> str:
        text = _raw(node).strip("\n")
        longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"\n\n{fence}\n{text}\n{fence}\n\n"

    def _list(self, node: Node, _inside: frozenset[str]) -> str:
        loose = "".join(
            escape(child) if isinstance(child, str) else self.node(child, frozenset())
            for child in _joined(node.children)
            if isinstance(child, str) or child.name not in {"*", "li"}
        ).strip()
        items = [child for child in node.children if isinstance(child, Node) and child.name in {"*", "li"}]
        lines = [loose, ""] if loose else []
        for number, item in enumerate(items, 1):
            bullet = f"{number}. " if node.arg else "- "
            text = self.children(item, frozenset()).strip()
            first, *others = text.split("\n")
            lines.append(f"{bullet}{first}".rstrip())
            lines += [f"{' ' * len(bullet)}{line}".rstrip() for line in others]
        return "\n\n" + "\n".join(lines) + "\n\n"

    def _attachment(self, node: Node, inside: frozenset[str]) -> str:
        return f"({self.children(node, inside)})"


def _joined(children: Sequence[Node | str]) -> Iterator[Node | str]:
    """Give words that stand beside each other as one piece, for a sign is judged by its neighbours."""
    words: list[str] = []
    for child in children:
        if isinstance(child, str):
            words.append(child)
            continue
        yield "".join(words)
        words = []
        yield child
    yield "".join(words)


def _wrapped(line: str, mark: str) -> str:
    inner = line.strip()
    if not inner:
        return line
    before = line[: len(line) - len(line.lstrip())]
    return f"{before}{mark}{inner}{mark}{line[len(line.rstrip()) :]}"


def _has_block(node: Node) -> bool:
    return any(
        isinstance(child, Node) and (child.name in BLOCKS or _has_block(child)) for child in node.children
    )


def _raw(node: Node) -> str:
    """Give what was written between a tag and its end, tags included."""
    return "".join(
        child if isinstance(child, str) else f"{child.source}{_raw(child)}[/{child.name}]"
        for child in node.children
    )


def _address(text: str) -> str:
    """Give a web address as a link can hold it; nothing for anything else."""
    if not _WEB.fullmatch(text) or "\\" in text:
        return ""
    return text if text.lower().startswith("http") else f"https://{text}"
