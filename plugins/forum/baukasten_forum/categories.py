"""The categories of a forum: how they are set up, and what others ask of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table, bindparam, exists, func, select, update

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, here, record, remember, require, slug
from baukasten_forum.keys import SETUP
from baukasten_forum.listing import TOPIC, AnyRow
from baukasten_forum.models import Category

_ = lazy("forum")
MAX_TITLE, MAX_DESCRIPTION, MAX_CATEGORIES = 60, 300, 60
SLUG_FALLBACK = "thema"

CATEGORY: Table = Category.metadata.tables["forum_category"]
IS_USED = exists().where(TOPIC.c.tenant_id == CATEGORY.c.tenant_id, TOPIC.c.category_id == CATEGORY.c.id)
FIELDS = (CATEGORY.c[name] for name in ("id", "slug", "title", "description", "position", "closed"))
OF_MODULE = (
    select(*FIELDS, IS_USED.label("used"))
    .where(CATEGORY.c.module_id == bindparam("module"))
    .order_by(CATEGORY.c.position, CATEGORY.c.id)
)


@dataclass(frozen=True, slots=True)
class Known:
    """A category as lists and forms need it."""

    id: int
    slug: str
    title: str
    description: str
    closed: bool


def all_of(session: Scope, module_id: int) -> Sequence[AnyRow]:
    """Give a forum's categories in their order, each with whether a topic is ``used`` in it."""
    return session.execute(OF_MODULE, {"module": module_id}).all()


def kept(module: ModuleRef) -> Sequence[Known]:
    """Give a forum's categories in their order; asked once a generation. Views only."""
    session = here().session

    def load() -> list[Known]:
        rows = all_of(session, module.id)
        return [Known(row.id, row.slug, row.title, row.description, row.closed) for row in rows]

    return remember(("forum", "categories", module.id), load)


def choosable(module: ModuleRef) -> list[Known]:
    """Give the categories that a new topic may be put in. Views only."""
    return [one for one in kept(module) if not one.closed]


def check(session: Scope, module: ModuleRef, category_id: int | None, *, closed_too: bool = False) -> None:
    """Raise Invalid under ``category`` unless a new topic may be put there; staff may use closed ones too."""
    if category_id is None:
        return
    where = [CATEGORY.c.id == category_id, CATEGORY.c.module_id == module.id]
    if not closed_too:
        where.append(CATEGORY.c.closed.is_(False))
    if session.execute(select(CATEGORY.c.id).where(*where)).first() is None:
        raise Invalid({"category": _("Please choose one of the subjects offered.")})


def add(session: Scope, actor: MemberRef, module: ModuleRef, *, title: str, description: str = "") -> int:
    """Add a category behind the others; gives its id. Its address comes from its first title and stays.

    Raises Denied, and Invalid for an empty, taken or overlong title and for one category too many.
    """
    require(session, actor, SETUP, module)
    known = _locked(session, module)
    title, description = _checked(known, title, description)
    if len(known) >= MAX_CATEGORIES:
        raise Invalid({"title": _("A forum has at most 60 subjects. Please remove one first.")})
    last = max((row.position for row in known), default=0)
    address = _free_slug(title, {row.slug for row in known})
    category = Category(
        module_id=module.id, slug=address, title=title, description=description, position=last + 1
    )
    session.add(category)
    session.flush()
    record(session, actor, "forum.category.add", f"category:{category.id}")
    return category.id


def change(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    category_id: int,
    *,
    title: str,
    description: str,
    closed: bool,
) -> None:
    """Rename, describe, close or open a category. Raises NotFound, Denied, Invalid."""
    require(session, actor, SETUP, module)
    known = _locked(session, module)
    _among(known, category_id)
    others = [row for row in known if row.id != category_id]
    title, description = _checked(others, title, description)
    values = {"title": title, "description": description, "closed": closed}
    session.execute(update(Category).where(Category.id == category_id).values(values))
    record(session, actor, "forum.category.change", f"category:{category_id}", closed=closed)


def move(session: Scope, actor: MemberRef, module: ModuleRef, category_id: int, *, up: bool) -> None:
    """Let a category change places with its neighbour; at the end of the row nothing happens."""
    require(session, actor, SETUP, module)
    ids = [row.id for row in _locked(session, module)]
    if category_id not in ids:
        raise NotFound
    place = ids.index(category_id)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(ids):
        return
    ids[place], ids[other] = ids[other], ids[place]
    for position, one in enumerate(ids, 1):
        session.execute(update(Category).where(Category.id == one).values(position=position))
    record(session, actor, "forum.category.move", f"category:{category_id}", up=up)


def delete(session: Scope, actor: MemberRef, module: ModuleRef, category_id: int) -> None:
    """Remove a category without topics. Raises NotFound, Denied, and Conflict where topics are in it."""
    require(session, actor, SETUP, module)
    row = _among(_locked(session, module), category_id)
    if row.used:
        raise Conflict(_("There are contributions on this subject. Move them first, or close the subject."))
    session.execute(CATEGORY.delete().where(CATEGORY.c.id == category_id))
    record(session, actor, "forum.category.delete", f"category:{category_id}")


def _locked(session: Scope, module: ModuleRef) -> Sequence[AnyRow]:
    """Give a forum's categories while nobody else can change their set."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"forum categories {module.id}", 0))
    session.execute(select(lock))
    return all_of(session, module.id)


def _among(known: Sequence[AnyRow], category_id: int) -> AnyRow:
    for row in known:
        if row.id == category_id:
            return row
    raise NotFound


def _checked(others: Sequence[AnyRow], title: str, description: str) -> tuple[str, str]:
    title, description = " ".join(title.split()), " ".join(description.split())
    if not title or len(title) > MAX_TITLE:
        raise Invalid({"title": _("Please give a title of at most 60 characters.")})
    if len(description) > MAX_DESCRIPTION:
        raise Invalid({"description": _("Please use at most 300 characters.")})
    if title.casefold() in {row.title.casefold() for row in others}:
        raise Invalid({"title": _("There is a subject of this name already.")})
    return title, description


def _free_slug(title: str, taken: set[str]) -> str:
    wanted = slug(title, fallback=SLUG_FALLBACK)
    number, found = 2, wanted
    while found in taken:
        number, found = number + 1, f"{wanted}-{number}"
    return found
