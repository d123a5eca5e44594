"""Runs every benchmark one after the other and keeps the table of figures beside the aims."""

import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs/explanation/performance.md"
# Modules without a command: what other benchmarks stand on.
PARTS = {
    "__init__", "__main__", "aims", "chat_crowd", "chat_servers", "chat_speaker", "chat_town", "chat_wires",
    "corpus", "floor", "german", "ground", "house", "load", "mail_sink", "survey_town", "survey_walkers",
}  # fmt: skip
AIM = re.compile(r"^aim (?P<name>[\w-]+): (?P<figure>.+) \(wanted (?P<wanted>.+)\) (?P<verdict>ok|short)$")
START, END = "<!-- figures -->", "<!-- end of figures -->"
PAGE = f"""# Performance

Measured by `make bench`, which starts its own servers and data. Machines differ, so ratios count for more than rates.

{START}
{END}
"""


@dataclass(frozen=True, slots=True)
class Aim:
    """One figure that a benchmark printed, with what was wanted."""

    bench: str
    name: str
    figure: str
    wanted: str
    verdict: str


def benches() -> list[str]:
    """Return the names of the benchmarks, in the order they run."""
    return sorted(path.stem for path in (ROOT / "bench").glob("*.py") if path.stem not in PARTS)


def aims(bench: str, output: str) -> Iterator[Aim]:
    """Yield the aims among the lines that a benchmark printed."""
    for line in output.splitlines():
        if found := AIM.match(line):
            yield Aim(bench, **found.groupdict())


def run(bench: str, arguments: list[str]) -> tuple[list[Aim], bool]:
    """Run one benchmark and show its lines as they come; returns its aims, and whether it went well."""
    lines = []
    command = [sys.executable, "-m", f"bench.{bench}", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return list(aims(bench, "".join(lines))), process.returncode == 0


def table(rows: list[Aim], when: datetime) -> str:
    """Return the figures as Markdown, with the machine they were measured on."""
    lines = [f"{when:%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}.", ""]
    lines += ["| bench | aim | figure | wanted | |", "|---|---|---|---|---|"]
    lines += [f"| {row.bench} | {row.name} | {row.figure} | {row.wanted} | {row.verdict} |" for row in rows]
    return "\n".join(lines)


def keep(rows: list[Aim], page: Path = TABLE) -> None:
    """Write the table between its marks; what people wrote around it stays."""
    text = page.read_text(encoding="utf-8") if page.exists() else PAGE
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n{table(rows, datetime.now(UTC))}\n{END}{after}", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Run all benchmarks; returns 1 when one missed an aim or broke."""
    rows, well = [], True
    for bench in benches():
        print(f"== {bench}", flush=True)
        found, fine = run(bench, arguments)
        rows += found
        well = well and fine
    # A quick run is a check, its figures are too rough to keep.
    if rows and "--quick" not in arguments:
        keep(rows)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
