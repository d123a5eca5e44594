"""Names of files as people see them, and addresses made from them."""

import re
import unicodedata

from baukasten import ids
from baukasten.media.models import Media, MediaKind
from baukasten.plugin.refs import MediaRef

LARGE, SMALL, FILE = "gross", "klein", "datei"
"""Variants as addresses name them."""
MAX_NAME = 100
SEPARATORS = re.compile(r"[/\\]")
# Control signs, signs that turn the direction of writing, and what file systems of the receiver stumble over.
UNWANTED = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\"*:<>?|]"
)


def clean_name(given: str, suffix: str) -> str:
    """Give a file's name without folders and hidden signs, with the ending that is true: ``Plan am Kai.pdf``."""
    last = SEPARATORS.split(unicodedata.normalize("NFC", given[:1000]))[-1]
    plain = " ".join(UNWANTED.sub("", last).split())
    stem = plain.rpartition(".")[0] or plain
    return f"{stem.strip('. ')[:MAX_NAME] or 'Datei'}.{suffix}"


def address_name(name: str) -> str:
    """Give a name's form for addresses: ``plan-am-kai.pdf``."""
    stem, _dot, suffix = name.rpartition(".")
    return f"{ids.slug(stem, fallback='datei')}.{suffix}"


def path(media_id: int, variant: str, name: str) -> str:
    """Give the path of one file below a town's host; the same in every language."""
    return f"/medien/{media_id}/{variant}/{address_name(name)}"


def variants(kind: str) -> tuple[str, ...]:
    """Name what can be asked for of a picture or a paper, the whole file first."""
    return (LARGE, SMALL) if kind == MediaKind.PICTURE else (FILE,)


def ref(row: Media) -> MediaRef:
    """Give what plugins and pages know of an upload."""
    first, last = variants(row.kind)[0], variants(row.kind)[-1]
    return MediaRef(
        id=row.id,
        kind=row.kind,
        name=row.name,
        media_type=row.media_type,
        bytes=row.bytes,
        width=row.width,
        height=row.height,
        alt=row.alt,
        url=path(row.id, first, row.name),
        url_small=path(row.id, last, row.name),
    )
