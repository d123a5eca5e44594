"""The signed archive of a concluded forum: everything that was in view, as pages that need neither site nor network."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import MediaRef, ModuleRef, TenantRef, lazy
from baukasten.sdk import (
    NotFound,
    Reason,
    Scope,
    clock,
    media_of,
    module_path,
    public_key,
    read_media,
    reasons,
    translator,
    work,
)
from baukasten_forum.exporting import leaves, reading, tables
from baukasten_forum.exporting.parcel import Parcel
from baukasten_forum.keys import POST_TYPE, State
from baukasten_forum.listing import TOPIC, TOPIC_SHOWN, AnyRow
from baukasten_forum.stages import rules
from baukasten_forum.thread import POST

_ = lazy("forum")
POSTS_A_PAGE = 200
FINISHED = frozenset({State.CONCLUDED, State.ARCHIVED})
README = """{title}
{town}, {made}

Deutsch
-------
Öffnen Sie index.html in einem Browser. posts.jsonl enthält dieselben Beiträge für Programme.
HASHES nennt zu jeder Datei ihren SHA-256-Wert, HASHES.sig ist die Ed25519-Signatur der Plattform darüber.

English
-------
Open index.html in a browser. posts.jsonl holds the same contributions for programs.
HASHES gives the SHA-256 of every file, HASHES.sig is the platform's Ed25519 signature over it.

Prüfen / check
--------------
    baukasten forum verify archive.zip --key {key}

    sha256sum --check HASHES
    openssl pkeyutl -verify -pubin -inkey PUBLIC_KEY.pem -rawin -in HASHES -sigfile HASHES.sig

Den Schlüssel vergleichen mit / compare the key with: https://{host}/api/v1/signing-key
"""


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that is being made."""

    session: Scope
    parcel: Parcel
    frame: leaves.Frame


def hindrance(session: Session, module: ModuleRef) -> str:
    """Say why there is no archive yet: what people may still change is not kept for good."""
    step = rules.current(rules.schedule(cast("Scope", session), module.id), clock.now())
    if step is not None and step.state in FINISHED:
        return ""
    return str(_("The archive can be made once the forum is concluded."))


def build(session: Session, module: ModuleRef, out: BinaryIO) -> None:
    """Write the archive; what is held or hidden is not in it, hidden posts keep their place and the reason."""
    scope, town, now = cast("Scope", session), work(session).town, clock.now()
    parcel = Parcel(out, now.astimezone(ZoneInfo(town.time_zone)))
    topics = reading.topics(scope, module.id)
    files = {topic.id: f"{topic.id}-{topic.slug}" for topic in topics}
    frame = leaves.Frame(
        title=module.title,
        town=town.name,
        made=translator().datetime(now),
        base=module_path(scope.contract, module, "index"),
        places=_places(scope, module, files),
    )
    archive = Archive(scope, parcel, frame)
    parcel.add("style.css", leaves.SHEET.encode())
    parcel.add("README.txt", _readme(scope, frame, town))
    lines = bytearray()
    for topic in topics:
        lines += _topic(archive, topic, files[topic.id])
    parcel.add("posts.jsonl", bytes(lines))
    parcel.add("index.html", leaves.index(frame, _groups(topics, files), _conclusion(topics, files)))
    parcel.close(scope)


def _places(session: Scope, module: ModuleRef, files: Mapping[int, str]) -> dict[int, str]:
    """Give where each post in view stands in the archive, by its id."""
    query = select(POST.c.id, POST.c.topic_id, POST.c.number).join(
        TOPIC, (TOPIC.c.tenant_id == POST.c.tenant_id) & (TOPIC.c.id == POST.c.topic_id)
    )
    shown = query.where(TOPIC.c.module_id == module.id, TOPIC_SHOWN, POST.c.number.is_not(None))
    return {
        row.id: f"{_path(files[row.topic_id], row.number)}#post-{row.number}"
        for row in session.execute(shown)
        if row.topic_id in files
    }


def _path(name: str, number: int) -> str:
    """Give the page of a topic on which a number stands."""
    leaf = (number - 1) // POSTS_A_PAGE + 1
    return f"topics/{name}{f'-{leaf}' if leaf > 1 else ''}.html"


def _topic(archive: Archive, topic: AnyRow, name: str) -> bytes:
    """Put a topic's pages and files in; gives its posts as JSON lines."""
    lines = bytearray()
    before, path, posts = "", "", list[Markup]()
    for following, group in groupby(_posts(archive, topic, name, lines), key=lambda one: one[0]):
        if path:
            _put(archive, topic, posts, (before, path, following))
            before = path
        path, posts = following, [leaf for _path, leaf in group]
    if path:
        _put(archive, topic, posts, (before, path, ""))
    return bytes(lines)


def _posts(archive: Archive, topic: AnyRow, name: str, lines: bytearray) -> Iterator[tuple[str, Markup]]:
    """Give a topic's posts, each with the page it belongs to; what is in view goes into the lines too."""
    for rows in reading.portions(archive.session, topic.id):
        shown = [row.id for row in rows if reading.is_shown(row)]
        media = media_of(archive.session, POST_TYPE, shown)
        judged = reasons(archive.session, POST_TYPE, [row.id for row in rows])
        for row in rows:
            packed = list(_pack(archive, media.get(row.id, ())))
            if reading.is_shown(row):
                lines += _line(topic, row, packed, judged.get(row.id))
            yield _path(name, row.number), leaves.post(archive.frame, row, packed, judged.get(row.id))


def _put(archive: Archive, topic: AnyRow, posts: Sequence[Markup], way: tuple[str, str, str]) -> None:
    before, path, following = way
    words = ((before, _("Earlier posts")), (following, _("Later posts")))
    ways = [(other.rpartition("/")[2], str(word)) for other, word in words if other]
    archive.parcel.add(path, leaves.topic_page(archive.frame, topic, posts, ways))


def _line(topic: AnyRow, row: AnyRow, packed: Iterable[tuple[MediaRef, str]], reason: Reason | None) -> bytes:
    values = tables.data_row(topic, row, [path for _one, path in packed], reason)
    entry = dict(zip(tables.DATA_COLUMNS, values, strict=True))
    return json.dumps(entry, ensure_ascii=False, default=lambda value: value.isoformat()).encode() + b"\n"


def _pack(archive: Archive, media: Iterable[MediaRef]) -> Iterator[tuple[MediaRef, str]]:
    """Put a post's files in; one whose bytes are gone from the store is left out rather than ending the archive."""
    for one in media:
        ending = one.name.rpartition(".")[2].lower()
        path = f"media/{one.id}.{ending if ending.isalnum() and ending.isascii() else 'bin'}"
        try:
            archive.parcel.add(path, read_media(archive.session, one.id))
        except NotFound:
            continue
        yield one, path


def _groups(topics: Sequence[AnyRow], files: Mapping[int, str]) -> dict[str, list[tuple[AnyRow, str]]]:
    groups: dict[str, list[tuple[AnyRow, str]]] = {}
    for topic in topics:
        groups.setdefault(topic.category or "", []).append((topic, f"topics/{files[topic.id]}.html"))
    return groups


def _conclusion(topics: Sequence[AnyRow], files: Mapping[int, str]) -> Markup:
    """Lead to what came of the forum, above everything else."""
    found = [topic for topic in topics if topic.conclusion_number is not None]
    words = str(_("What came of it"))
    return Markup("").join(
        Markup('<p><strong>{}:</strong> <a href="{}#post-{}">{}</a></p>').format(
            words, _path(files[topic.id], topic.conclusion_number), topic.conclusion_number, topic.title
        )
        for topic in found
    )


def _readme(session: Scope, frame: leaves.Frame, town: TenantRef) -> bytes:
    return README.format(
        title=frame.title, town=frame.town, made=frame.made, key=public_key(session), host=town.host
    ).encode()
