"""The live servers that are compared, each in a process of its own, and what the kernel says they used."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from baukasten.web.assets.build import npm_command
from bench.load import free_port

PEERS = Path(__file__).resolve().parent / "peers"
PAGE = os.sysconf("SC_PAGE_SIZE")
NANO = 1e-9


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A running server."""

    process: "subprocess.Popen[str]"
    port: int

    def cpu(self) -> float:
        """Give the seconds that all its threads have run."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) * NANO

    def memory(self) -> int:
        """Give the bytes it holds in memory."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE


@contextmanager
def running(command: list[str], port: int, ready: str, environ: Mapping[str, str]) -> Iterator[LiveServer]:
    """Run a server until the end of the block, once it printed a line that holds ``ready``."""
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True, cwd=PEERS.parents[1]
    )
    try:
        for line in process.stdout or ():
            if ready in line:
                break
        else:
            raise RuntimeError(f"{command[0]} did not come up")
        yield LiveServer(process, port)
    finally:
        process.terminate()
        process.communicate(timeout=20)


@contextmanager
def peer(name: str, environ: Mapping[str, str] = MappingProxyType({})) -> Iterator[LiveServer]:
    """Run one of the servers in ``bench/peers``; raises AssetError when the machine has no Node.js."""
    port = free_port()
    # Where npm comes from a wheel, its command begins with Node.js itself.
    node = shutil.which("node") or npm_command()[0]
    with running([node, str(PEERS / f"{name}.js"), str(port)], port, "ready", environ) as server:
        yield server


def install_peers() -> None:
    """Bring what the peers' lock names, once; raises AssetError when the machine has no npm."""
    stamp = PEERS / "node_modules" / ".package-lock.json"
    if not stamp.is_file() or stamp.stat().st_mtime < (PEERS / "package-lock.json").stat().st_mtime:
        call = [*npm_command(), "ci", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(call, cwd=PEERS, stdout=subprocess.DEVNULL, check=True)


def spread() -> tuple[set[int], set[int]]:
    """Give the processors of the server and of everybody else; the same ones where there is only one."""
    mine = sorted(os.sched_getaffinity(0))
    return ({mine[0]}, set(mine[1:])) if len(mine) > 1 else (set(mine), set(mine))
