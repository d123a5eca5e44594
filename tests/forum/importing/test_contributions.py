"""Taking contributions over: once each, whatever happens, with their origin."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select, text

from baukasten.audit import service as audit
from baukasten.errors import NotFound
from baukasten.projects.placing import place_module
from baukasten_forum import listing
from baukasten_forum.importing import contributions as importing
from baukasten_forum.importing import table
from baukasten_forum.importing.table import Entry, Refused
from baukasten_forum.models import Post, Topic
from tests.forum.conftest import first
from tests.house.tree import ROOT

RADDIALOG = ROOT.parent / "shared/data/raddialog"
LIST = "/beteiligung/torfhafen/forum/"
OLDER, NEWER = r'rel="next" href="([^"]+)"', r'rel="prev" href="([^"]+)"'


def entries(count, begin=1):
    return [
        Entry(number + 1, f"A{number}", f"Beitrag {number}", f"Text **{number}**", "https://a.example/x")
        for number in range(begin, begin + count)
    ]


def take(session, forum, rows, **options):
    """Run an import to its end and give what came of it."""
    *_, last = importing.take_over(session, forum, rows, **options)
    return last


def crawl(client, start):
    """Every page of the list by its links, and the topics it names, as a search engine finds them."""
    topics, address = [], start
    while address:
        page = client.get(address).get_data(as_text=True)
        topics += re.findall(r'<h3><a href="([^"]+)"', page)
        address = first(OLDER, page)
    return topics


def test_rows_become_topics_that_name_their_origin(session, forum, browse):
    outcome = take(session, forum, entries(3))
    assert (outcome.new, outcome.present, outcome.refused, outcome.no_address) == (3, 0, [], [])
    assert listing.total(session, forum.id) == 3
    one = session.scalars(select(Topic).order_by(Topic.id)).first()
    assert (one.title, one.slug, one.author_id, one.next_number) == (
        "Beitrag 1",
        "beitrag-1",
        None,
        2,
    )
    page = browse().get(f"{LIST}{one.id}-{one.slug}").get_data(as_text=True)
    assert "<p>Text <strong>1</strong></p>" in page
    assert '<a href="https://a.example/x" rel="nofollow noopener external">https://a.example/x</a>' in page
    assert 'data-external-id="A1">A1</span>' in page
    assert "Übernommener Beitrag" in page


def test_again_is_nothing_new_and_changes_nothing(session, forum):
    take(session, forum, entries(25), batch=10)
    before = session.execute(select(Topic.id, Topic.external_id, Topic.title)).all()
    outcome = take(session, forum, [*entries(24), Entry(9, "A25", "Anders", "Anders", "")], batch=10)
    assert (outcome.new, outcome.present, outcome.done) == (0, 25, 25)
    assert session.execute(select(Topic.id, Topic.external_id, Topic.title)).all() == before
    assert session.query(Post).count() == 25


def test_each_batch_is_kept_when_the_next_one_fails(session, database, town, forum):
    steps = importing.take_over(session, forum, entries(30), batch=10)
    assert next(steps).new == 10
    assert next(steps).new == 20
    session.rollback()
    with database.session(town.id) as later:
        outcome = take(later, forum, entries(30), batch=10)
        assert (outcome.new, outcome.present) == (10, 20)
        assert Counter(later.scalars(select(Topic.external_id))) == Counter(f"A{n}" for n in range(1, 31))
        assert later.query(Post).count() == 30


def test_missing_titles_and_texts_are_dealt_with(session, forum):
    rows = [
        Entry(2, "A1", "", "Der *alte* Kran soll sich drehen. Wenigstens sonntags.", ""),
        Entry(3, "A2", "Nur ein Titel", "", ""),
        Entry(4, "A3", "", "***", "title"),
    ]
    outcome = take(session, forum, rows)
    found = session.execute(select(Topic.title, Topic.slug, Topic.source_url).order_by(Topic.id)).all()
    assert found == [
        ("Der alte Kran soll sich drehen", "der-alte-kran-soll-sich-drehen", ""),
        ("Nur ein Titel", "nur-ein-titel", ""),
        ("***", "beitrag", "title"),
    ]
    assert [entry.external_id for entry in outcome.no_address] == ["A1", "A2", "A3"]


def test_a_source_that_is_no_address_is_shown_as_text(session, forum, browse):
    take(session, forum, [Entry(2, "A1", "Kran", "Text", "javascript:alert(1)")])
    page = browse().get(f"{LIST}{session.scalar(select(Topic.id))}-kran").get_data(as_text=True)
    assert "Zuerst eingereicht bei javascript:alert(1)" in page
    assert 'href="javascript' not in page


def test_what_cannot_be_shown_is_refused_with_its_line(session, forum):
    rows = [
        Refused(2, "it has no external_id"),
        Entry(3, "A2", "Lang", "x" * 20_001, ""),
        *entries(1, begin=3),
    ]
    outcome = take(session, forum, rows)
    assert [(one.line, one.external_id) for one in outcome.refused] == [(2, ""), (3, "A2")]
    assert (outcome.new, outcome.done) == (1, 3)


def test_the_log_and_the_search_hear_of_it(session, forum):
    take(session, forum, entries(12), batch=5)
    entry = audit.entries(session)[0]
    assert (entry.action, entry.target) == ("forum.import", f"module:{forum.id}")
    assert entry.facts == {"new": 12, "present": 0, "refused": 0}
    waiting = text(
        "SELECT count(*) FROM jobs.procrastinate_jobs "
        "WHERE args->>'key' = 'search.rebuild' AND args->>'tenant_id' = :town"
    )
    assert session.scalar(waiting, {"town": str(session.tenant_id)}) == 1


def test_the_same_name_in_another_forum_is_another_contribution(session, forum):
    second = place_module(
        session, None, "forum", title="Zweites", slug="zweites", project_id=forum.project.id
    )
    assert take(session, forum, entries(2)).new == 2
    assert take(session, second, entries(2)).new == 2
    assert [listing.total(session, one.id) for one in (forum, second)] == [2, 2]


def test_a_forum_is_found_by_its_address_or_named_by_what_is_there(session, forum):
    on_site = place_module(session, None, "forum", title="Allgemein", slug="allgemein")
    assert importing.find_forum(session, "torfhafen/forum").id == forum.id
    assert importing.find_forum(session, "/torfhafen/forum/").id == forum.id
    assert importing.find_forum(session, "allgemein").id == on_site.id
    for address, sentence in (
        ("torfhafen/ideen", "There is no module torfhafen/ideen. Forums there: torfhafen/forum."),
        ("anders/forum", "The town has no project anders."),
        ("ideen", "There is no module ideen. Forums there: allgemein."),
    ):
        with pytest.raises(NotFound) as refused:
            importing.find_forum(session, address)
        assert str(refused.value) == sentence


def test_list_pages_name_everything_once_while_others_write(session, forum, browse, ben):
    take(session, forum, entries(95))
    known = set(session.scalars(select(Topic.id)))
    client, address, seen, pages = browse(), LIST + "?sort=neu", [], 0
    while address:
        page = client.get(address).get_data(as_text=True)
        seen += [int(number) for number in re.findall(rf'<h3><a href="{LIST}(\d+)-', page)]
        take(session, forum, entries(3, begin=1_000 + 10 * pages))
        pages += 1
        address = first(OLDER, page)
    assert pages == 4
    assert Counter(number for number in seen if number in known) == Counter(known)


@pytest.mark.parametrize("sort", listing.SORTS)
def test_pages_lead_back_the_way_they_came(session, forum, browse, sort):
    take(session, forum, entries(70))
    session.execute(text("UPDATE forum_topic SET replies = id % 3"))
    session.commit()
    client, address, way = browse(), f"{LIST}?sort={sort}", []
    while address:
        page = client.get(address).get_data(as_text=True)
        way.append(re.findall(r'<h3><a href="([^"]+)"', page))
        last, address = address, first(OLDER, page)
    assert [len(one) for one in way] == [30, 30, 10]
    assert len({topic for one in way for topic in one}) == 70
    newer = first(NEWER, client.get(last).get_data(as_text=True))
    back = client.get(newer).get_data(as_text=True)
    assert re.findall(r'<h3><a href="([^"]+)"', back) == way[1]
    newer = first(NEWER, back)
    start = client.get(newer).get_data(as_text=True)
    assert re.findall(r'<h3><a href="([^"]+)"', start) == way[0]
    assert 'rel="prev"' not in start


@pytest.mark.parametrize(
    ("name", "count", "no_address", "every"),
    [
        ("bonn", 2_163, 7, 8),
        pytest.param("bonn", 2_163, 7, 1, marks=pytest.mark.soak),
        ("koeln-ehrenfeld", 366, 7, 1),
        ("moers", 459, 0, 1),
    ],
)
def test_real_contributions_are_all_there_once(session, forum, browse, name, count, no_address, every):
    path = RADDIALOG / f"{name}.csv"
    if not path.exists():
        pytest.skip("the raddialog data are not beside this checkout")
    with path.open(encoding="utf-8", newline="") as stream:
        given = {row["external_id"]: row["source_url"] for row in csv.DictReader(stream)}
    outcome = take(session, forum, table.read(Path(path)))
    assert (outcome.new, outcome.present, outcome.refused) == (count, 0, [])
    assert len(outcome.no_address) == no_address
    assert listing.total(session, forum.id) == count
    assert session.query(Topic).filter(Topic.title == "").count() == 0
    assert Counter(session.scalars(select(Topic.external_id))) == Counter(dict.fromkeys(given, 1))
    client = browse()
    links = crawl(client, LIST)
    assert len(links) == len(set(links)) == count
    # The list names each of them; of a very long one every eighth page shows that they come right.
    shown: Counter[str] = Counter()
    for link in links[::every]:
        page = client.get(link).get_data(as_text=True)
        (external_id,) = re.findall(r'data-external-id="([^"]+)"', page)
        assert given[external_id].replace("&", "&amp;") in page
        shown[external_id] += 1
    assert set(shown.values()) == {1}
    assert len(shown) == len(links[::every])
    again = take(session, forum, table.read(path))
    assert (again.new, again.present) == (0, count)
