"""A thousand towns with a thousand topics each: what the same pages cost beside a single town."""

import random
import sys
import tempfile
from pathlib import Path

from bench.aims import Aims
from bench.ground import Ground, Town, analyse, ground, open_town, say
from bench.load import Figures, serving

TOWNS, QUICK_TOWNS = 1_000, 20
TOPICS, QUICK_TOPICS = 1_000, 200
SECONDS, QUICK_SECONDS = 8.0, 1.0
ROUNDS, QUICK_ROUNDS = 3, 1
PAST_THE_CACHE = """
local hosts, paths, n = {{ {hosts} }}, {{ {paths} }}, 0
request = function()
  n = n + 1
  local town = n % #hosts + 1
  return wrk.format(nil, paths[town] .. "?n=" .. n .. "-" .. tostring({{}}):sub(8), {{Host = hosts[town]}})
end
"""


def main(arguments: list[str]) -> int:
    """Measure; returns 0 when the aim holds."""
    quick = "--quick" in arguments
    topics = QUICK_TOPICS if quick else TOPICS
    aims = Aims()
    with ground() as base:
        first = open_town(base, 1, topics=topics)
        analyse(base)
        alone = measure(base, [first], "one town", quick=quick)
        towns = [first]
        for number in range(2, (QUICK_TOWNS if quick else TOWNS) + 1):
            towns.append(open_town(base, number, topics=topics))
            if number % 50 == 0:
                say(f"{number} towns …")
        analyse(base)
        random.Random(7).shuffle(towns)  # noqa: S311 - an order, not a secret
        many = measure(base, towns, f"{len(towns)} towns", quick=quick)
    ratios = {page: many[page].cpu / alone[page].cpu for page in alone}
    print(", ".join(f"{page} {ratio:.2f}" for page, ratio in ratios.items()))
    aims.at_most("tenants-ratio", max(ratios.values()), 1.1)
    return aims.exit_code()


def measure(base: Ground, towns: list[Town], name: str, *, quick: bool) -> dict[str, Figures]:
    """Ask for uncached list and topic pages of the towns in turn; gives each page's median by CPU."""
    seconds = QUICK_SECONDS if quick else SECONDS
    environ = {
        "BENCH_APP_URL": base.urls.app,
        "BENCH_OPERATOR_URL": base.urls.operator,
        "BENCH_DATA": str(base.config.data_dir),
    }
    found: dict[str, list[Figures]] = {"list": [], "topic": []}
    with tempfile.TemporaryDirectory() as folder, serving("bench.house:make_house()", environ) as house:
        scripts = {
            "list": _script(Path(folder) / "list.lua", towns, [town.list_path for town in towns]),
            "topic": _script(Path(folder) / "topic.lua", towns, [town.topic_path for town in towns]),
        }
        for script in scripts.values():
            # Each town's first request fills its memory, which a day's other requests then use.
            house.measure("/", seconds=max(1.0, len(towns) / 100), script=script)
        for _round in range(QUICK_ROUNDS if quick else ROUNDS):
            for page, script in scripts.items():
                figures = house.measure("/", seconds=seconds, script=script)
                print(figures.line(f"{name}, {page}"), flush=True)
                found[page].append(figures)
    return {page: sorted(runs, key=lambda one: one.cpu)[len(runs) // 2] for page, runs in found.items()}


def _script(path: Path, towns: list[Town], paths: list[str]) -> str:
    quoted = {"hosts": [town.host for town in towns], "paths": paths}
    path.write_text(
        PAST_THE_CACHE.format(
            **{key: ", ".join(f'"{one}"' for one in values) for key, values in quoted.items()}
        ),
        encoding="ascii",
    )
    return str(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
