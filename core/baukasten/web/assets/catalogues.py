"""Compiles every translation catalogue of a checkout, from the text that people edit to the form that gettext reads."""

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

CHECKOUT = Path(__file__).resolve().parents[4]
PLACES = ("core/*/translations", "plugins/*/*/translations")


def sources(root: Path = CHECKOUT) -> list[Path]:
    """Return all catalogues of the core and of first-party plugins, in a stable order."""
    return sorted(path for place in PLACES for path in root.glob(f"{place}/*/LC_MESSAGES/*.po"))


def compile_one(source: Path) -> Path:
    """Write the compiled catalogue beside its source; raises PoFileError when the source is malformed."""
    with source.open("rb") as stream:
        read = os.fstat(stream.fileno())
        catalogue = read_po(stream, locale=source.parts[-3], abort_invalid=True)
    target = source.with_suffix(".mo")
    # A server that starts at this moment reads either the old catalogue or the new one.
    part = target.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as stream:
        write_mo(stream, catalogue)
    # As old as what was read, so that words written meanwhile make it stale.
    os.utime(part, ns=(read.st_atime_ns, read.st_mtime_ns))
    part.replace(target)
    return target


def stale(source: Path) -> bool:
    """Tell whether a catalogue was edited since it was compiled."""
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def main(root: Path = CHECKOUT) -> int:
    """Compile what is out of date; returns 1 and names the file when a catalogue is malformed."""
    outdated = [source for source in sources(root) if stale(source)]
    for source in outdated:
        try:
            compile_one(source)
        except PoFileError as error:
            sys.stderr.write(f"{source.relative_to(root)}: {error}\n")
            return 1
    sys.stdout.write(f"Compiled {len(outdated)} of {len(sources(root))} catalogues\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
