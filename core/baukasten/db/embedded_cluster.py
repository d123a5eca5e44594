"""Making the cluster of an embedded PostgreSQL: its locale, its roles, its database."""

import os
import shutil
import tempfile
from pathlib import Path

from baukasten.db import embedded_process as process
from baukasten.db.embedded_files import Home, major_version

# One command a line, as the single-user mode reads them. What template1 has, every later database has too.
FURNISH = """\
CREATE ROLE baukasten_owner LOGIN CREATEDB BYPASSRLS
CREATE ROLE baukasten_app LOGIN
CREATE ROLE baukasten_operator LOGIN
DO $$ DECLARE x name; BEGIN \
FOR x IN SELECT name FROM pg_available_extensions WHERE name IN ('unaccent', 'pg_trgm') \
LOOP EXECUTE format('CREATE EXTENSION %I', x); END LOOP; END $$
REVOKE CREATE ON SCHEMA public FROM PUBLIC
ALTER SCHEMA public OWNER TO baukasten_owner
CREATE DATABASE baukasten OWNER baukasten_owner
"""


def make_cluster(home: Home, folder: Path, *, fast: bool) -> None:
    """Make a cluster with its roles and database, under another name until it is whole."""
    for broken in home.path.glob("partial-*"):
        shutil.rmtree(broken, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix="partial-", dir=home.path))
    home.give(partial)
    # libc's C would drop umlauts from trigrams, and libc's other locales change their order with the system.
    locale = ["--locale=C.UTF-8"]
    if int(major_version(folder)) >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    initdb: list[str | Path] = [folder / "initdb", "-D", partial]
    process.run(home, [*initdb, "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale, "--no-sync"])
    single: list[str | Path] = [
        folder / "postgres",
        "--single",
        "-F",
        "-D",
        partial,
        "-c",
        "exit_on_error=on",
        "template1",
    ]
    process.run(home, single, text=FURNISH)
    if not fast:
        # One sync of the finished files is cheaper than one at each step.
        process.run(home, [*initdb, "--sync-only"])
    partial.rename(home.cluster)
    # Only now is the new name itself safe from a power cut.
    handle = os.open(home.path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
