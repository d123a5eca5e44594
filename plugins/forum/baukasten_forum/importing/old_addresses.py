"""Addresses of Discourse and phpBB in one way of writing, for those who store them and those who look them up."""

import re
from urllib.parse import parse_qs, parse_qsl, urlencode

MAX_PATH = 2_000
_TOPIC = re.compile(r"(?:^|/)t/(?:[^/]*[^/0-9][^/]*/)?([0-9]+)(?:/([0-9]+))?/?$")
_POST = re.compile(r"(?:^|/)p/([0-9]+)(?:/[^/]*)?/?$")
_VIEW = re.compile(r"(?:^|/)viewtopic\.php$")
PASSING = frozenset({"sid", "hilit", "u", "source_topic_id", "utm_source", "utm_medium", "utm_campaign"})
"""What an address carries besides the place that it leads to."""


def discourse_post(post_id: int) -> str:
    """Give the short address of a post in Discourse."""
    return f"/p/{post_id}"


def discourse_number(topic_id: int, number: int) -> str:
    """Give the address of a post by its number in Discourse, without the words that may stand in it."""
    return f"/t/{topic_id}/{number}"


def phpbb_post(post_id: int) -> str:
    """Give the address of a post in phpBB."""
    return f"/viewtopic.php?p={post_id}"


def phpbb_start(topic_id: int, start: int) -> str:
    """Give the address of the page of a topic in phpBB that begins behind so many posts."""
    return f"/viewtopic.php?start={start}&t={topic_id}"


def plain(path: str) -> str:
    """Give a path with its query in order, and without what only passes through."""
    bare, _mark, query = path.partition("?")
    pairs = sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in PASSING)
    return f"/{bare.strip('/')}{'?' if pairs else ''}{urlencode(pairs)}"[:MAX_PATH]


def candidates(path: str) -> list[str]:
    """Give the stored addresses that may be meant by an old one, the most exact first; NUL has no place in any."""
    asked = path.replace("\x00", "")[:MAX_PATH]
    bare, _mark, query = asked.partition("?")
    found = [asked, plain(asked), plain(bare)]
    if topic := _TOPIC.search(bare):
        found += [f"/t/{topic[1]}/{topic[2] or 1}", f"/t/{topic[1]}/1"]
    elif post := _POST.search(bare):
        found.append(f"/p/{post[1]}")
    elif _VIEW.search(bare):
        found += _phpbb(parse_qs(query))
    return list(dict.fromkeys(found))


def _phpbb(query: dict[str, list[str]]) -> list[str]:
    values = {key: query[key][-1] for key in ("p", "t", "start") if query.get(key, [""])[-1].isdecimal()}
    found = [f"/viewtopic.php?p={values['p']}"] if "p" in values else []
    if "t" in values:
        found += [
            f"/viewtopic.php?start={start}&t={values['t']}" for start in (values.get("start", "0"), "0")
        ]
    return found
