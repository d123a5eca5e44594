"""A plugin made for the tests of exports: a book that gives tables and a parcel, or fails on demand."""

from collections.abc import Callable
from typing import Any, ClassVar

from baukasten import clock
from baukasten.errors import Closed
from baukasten.plugin import (
    Content,
    ContentRef,
    ContentType,
    Export,
    Manifest,
    ModuleKind,
    ModuleRoutes,
    Permission,
    Role,
    TableFormat,
    Visibility,
    hookimpl,
    lazy,
)
from baukasten.web.marks import public

_ = lazy("ledger")
manifest = Manifest(name="ledger", title="Ledger", version="1", core=">=0")
routes = ModuleRoutes()


@routes.get("/")
@public
def entry(module):
    return module.title


class Book:
    """What stands in the book, and what it does when asked."""

    lines: ClassVar[list[tuple[Any, ...]]]
    hindrance: ClassVar[str]
    error: ClassVar[Exception | None]
    asked: ClassVar[int]
    pause: ClassVar[Callable[[], None] | None]
    """Called while a file is being made."""

    @classmethod
    def empty(cls) -> None:
        """Begin anew."""
        cls.lines, cls.hindrance, cls.error, cls.asked, cls.pause = [], "", None, 0, None


def rows(_session, module):
    Book.asked += 1
    if Book.pause is not None:
        Book.pause()
    if Book.error is not None:
        raise Book.error
    yield from ((module.id, *line) for line in Book.lines)


def parcel(_session, module, out):
    if module.title == "Closed":
        raise Closed(_("Not today."))
    out.write(b"PK" + module.title.encode())


def find(session, ids):
    """Give each number as a contribution of the module with that number; 0 belongs to none."""
    return [
        Content(
            ContentRef("ledger", one),
            "",
            "",
            "/",
            None,
            "",
            clock.now(),
            Visibility.HIDDEN,
            module_id=one or None,
        )
        for one in ids
    ]


def nothing(_session, _number):
    """Do nothing."""


STAFF = frozenset({Role.MODERATOR, Role.ADMIN})


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("ledger.line.take", "Take lines", STAFF, writes=False),
        Permission("ledger.secret.take", "Take secrets", frozenset({Role.ADMIN}), writes=False),
    ]


@hookimpl
def register_module_kinds() -> list[ModuleKind]:
    return [ModuleKind("ledger", "Ledger", "A book", "book", routes)]


@hookimpl
def register_content_types() -> list[ContentType]:
    return [ContentType("ledger", "Line", find, nothing, nothing, nothing, nothing)]


@hookimpl
def register_exports() -> list[Export]:
    return [
        Export(
            "ledger.lines", _("Lines"), ["module", "text"], "ledger.line.take", rows,
            titles=[_("Page"), _("Words")], hindrance=lambda _session, _module: Book.hindrance,
        ),
        Export(
            "ledger.secrets", _("Secrets"), ["module", "text"], "ledger.secret.take", rows, formats=[TableFormat.CSV]
        ),
        Export(
            "ledger.parcel", _("Parcel"), [], "ledger.line.take", None, build=parcel,
            media_type="application/zip", suffix="zip",
        ),
    ]  # fmt: skip
