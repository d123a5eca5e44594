"""The files that a form carries on its way to a contribution: brought in at once, described, attached at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import FileStorage, MultiDict

from baukasten.plugin import ContentRef, Field, FieldKind, MediaRef, MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    MAX_PAPERS,
    MAX_PICTURES,
    Invalid,
    Scope,
    TooMany,
    attach,
    detach,
    media_of,
    own_uploads,
    set_alt,
    store_upload,
)

_ = lazy("forum")

PICTURE = "picture"
MOST = 12
"""Files that one form is looked through for; what is too many is said, what is absurd is not even read."""
SENT, KNOWN, ALT, PLAIN, GONE = "files", "medien", "bild", "deko", "weg"
"""Names of inputs; the last three are followed by a hyphen and the file's number."""
SETTING = "files"
FIELD = Field(SETTING, _("People may add pictures and attachments"), FieldKind.CHECKBOX, default=True)
"""Of the module kind; the town decides for each forum."""
NO_WORDS = _("Say what the picture shows, or tick that it is decoration.")


@dataclass(frozen=True, slots=True)
class Basket:
    """What has been brought in so far."""

    files: Sequence[MediaRef] = ()
    problems: Sequence[str] = ()
    """What could not be taken, each with the file's name."""
    errors: Mapping[int, str] = field(default_factory=dict)
    """What is wrong with the words of a picture, by its number."""

    def is_wordless(self, one: MediaRef) -> bool:
        """Tell whether this is a picture of which nobody has said what it shows."""
        return one.kind == PICTURE and one.alt is None

    def check(self) -> None:
        """Raise Invalid for what keeps these files from being published."""
        messages = list(self.problems)
        if self.errors or any(self.is_wordless(one) for one in self.files):
            messages.append(
                str(_("Please say of each picture what it shows, or tick that it is decoration."))
            )
        pictures = sum(one.kind == PICTURE for one in self.files)
        if pictures > MAX_PICTURES or len(self.files) - pictures > MAX_PAPERS:
            messages.append(str(_("A contribution may have six pictures and three attachments at most.")))
        if messages:
            raise Invalid({"": " ".join(messages)})


def allowed(module: ModuleRef) -> bool:
    """Tell whether the town lets people add files here."""
    return bool(module.settings.get(SETTING, FIELD.default))


def collect(
    session: Scope,
    actor: MemberRef,
    sent: "MultiDict[str, str]",
    files: Sequence[FileStorage],
    content: ContentRef | None = None,
) -> Basket:
    """Take in what a form brings and says about files, and give all that it carries now.

    ``content`` is what is being changed: its files may be kept or left out, whoever added them. What is taken
    out of the form is left behind and goes by itself. Commits: a refused text must not cost its pictures.
    """
    asked = [number for text in sent.getlist(KNOWN)[:MOST] if (number := _number(text))]
    kept = [number for number in asked if f"{GONE}-{number}" not in sent]
    errors = _describe(session, actor, sent, kept)
    problems = []
    for one in files[:MOST]:
        if not one.filename:
            continue
        try:
            kept.append(store_upload(session, actor, one.filename, one.stream).id)
        except (Invalid, TooMany) as refused:
            said = (
                refused.errors.get("files", refused.message)
                if isinstance(refused, Invalid)
                else refused.message
            )
            problems.append(f"{one.filename[:60]}: {said}")
    session.commit()
    known = {one.id: one for one in own_uploads(session, actor, kept)}
    if content is not None:
        known |= {one.id: one for one in of_content(session, content)}
    return Basket(
        [known[number] for number in dict.fromkeys(kept) if number in known], problems, errors=errors
    )


def of_content(session: Scope, content: ContentRef) -> Sequence[MediaRef]:
    """Give the files that a contribution has."""
    return media_of(session, content.type, [content.id]).get(content.id, ())


def publish(session: Scope, actor: MemberRef, basket: Basket, content: ContentRef) -> None:
    """Give a contribution exactly these files. Raises Invalid where there are too many or words are missing."""
    wanted = {one.id for one in basket.files}
    gone = [one.id for one in of_content(session, content) if one.id not in wanted]
    if gone:
        detach(session, actor, gone)
    # What somebody else added stays as it is; only its own uploader orders and describes it.
    own = own_uploads(session, actor, [one.id for one in basket.files])
    attach(session, actor, [one.id for one in own], content)


def _describe(
    session: Scope, actor: MemberRef, sent: "MultiDict[str, str]", numbers: Sequence[int]
) -> dict[int, str]:
    """Store what the form says about its pictures; gives what is wrong with that."""
    errors = {}
    for one in own_uploads(session, actor, numbers):
        words = sent.get(f"{ALT}-{one.id}", "").strip() or ("" if f"{PLAIN}-{one.id}" in sent else None)
        if one.kind != PICTURE or words == one.alt:
            continue
        try:
            set_alt(session, actor, one.id, words)
        except Invalid as wrong:
            errors[one.id] = wrong.errors.get("alt", wrong.message)
    return errors


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
