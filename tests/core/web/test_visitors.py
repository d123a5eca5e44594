"""Crawlers are known by the names they give themselves; people are never taken for one."""

import pytest

from baukasten.web.visitors import OVERLONG, SESSION_COOKIE, can_wait, is_crawler, is_view

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PEOPLE = [
    FIREFOX,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1 Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19 S) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36",
    "Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1",
    "w3m/0.5.3",
]
CRAWLERS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; YandexImages/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Bytespider; spider-feedback@example.com)",
    "meta-externalagent/1.1 (+https://developers.example/crawler)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp)",
    "Scrapy/2.12.0 (+https://scrapy.org)",
    "python-requests/2.32.3",
    "Go-http-client/1.1",
    "curl/8.5.0",
]
DEEP = "sort=neu&nach=17-3"


def asked(agent=FIREFOX, *, cookie="", query="", method="GET", **more):
    return {
        "REQUEST_METHOD": method,
        "HTTP_USER_AGENT": agent,
        "HTTP_COOKIE": cookie,
        "QUERY_STRING": query,
        **more,
    }


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_are_counted_and_never_wait(agent):
    request = asked(agent, query=DEEP)
    assert (is_crawler(agent), is_view(request), can_wait(request)) == (False, True, False)


@pytest.mark.parametrize("agent", CRAWLERS)
def test_crawlers_are_not_counted_and_can_wait(agent):
    request = asked(agent)
    assert (is_crawler(agent), is_view(request), can_wait(request)) == (True, False, True)


def test_whoever_carries_a_session_or_sends_something_never_waits():
    session = f"{SESSION_COOKIE}=made-up"
    assert not can_wait(asked(CRAWLERS[0], cookie=session))
    assert not can_wait(asked("", cookie=session, query=DEEP))
    assert not can_wait(asked(CRAWLERS[0], method="POST"))
    assert can_wait(asked(CRAWLERS[0], method="HEAD"))


@pytest.mark.parametrize("agent", ["", "A" * (OVERLONG + 1)])
def test_who_gives_no_proper_name_waits_with_a_deep_question_only(agent):
    assert can_wait(asked(agent, query=DEEP))
    assert not can_wait(asked(agent))
    assert not can_wait(asked(agent, query="sort=neu"))
    assert not can_wait(asked(agent, query=DEEP, cookie="taste=sweet"))


def test_a_request_without_any_header_can_be_judged():
    bare = {"REQUEST_METHOD": "GET"}
    assert (is_view(bare), can_wait(bare), can_wait({**bare, "QUERY_STRING": DEEP})) == (True, False, True)


def test_what_nobody_looks_at_is_not_counted():
    assert not is_view(asked(method="HEAD"))
    assert not is_view(asked(HTTP_SEC_PURPOSE="prefetch;prerender"))


def test_a_crawlers_name_behind_the_end_of_what_is_read_is_not_found():
    assert not is_crawler("A" * OVERLONG + " Googlebot/2.1")
