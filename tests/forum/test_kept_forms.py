"""Forms that are kept for all carry each reader's own token and mark."""

import re

from baukasten_forum import kept_forms

TOKEN = re.compile(r'name="_token" value="([^"]+)"')
NONCE = re.compile(r'name="nonce" value="([^"]+)"')


def page_of(client, topic):
    return client.get(f"/beteiligung/torfhafen/forum/{topic.topic_id}-{topic.slug}").get_data(as_text=True)


def test_no_token_of_one_reader_reaches_another(app, browse, forum, topic, anna, ben):
    app.extensions["baukasten"].generations.refresh()
    first, second = page_of(browse(anna), topic), page_of(browse(ben), topic)
    ours, theirs = set(TOKEN.findall(first)), set(TOKEN.findall(second))
    assert (len(ours), len(theirs)) == (1, 1)
    assert ours.isdisjoint(theirs)
    assert kept_forms.TOKEN not in first
    assert kept_forms.NONCE not in first


def test_each_answer_has_a_mark_of_its_own(app, browse, forum, topic, anna):
    app.extensions["baukasten"].generations.refresh()
    client = browse(anna)
    visits = [NONCE.findall(page_of(client, topic)) for _visit in range(3)]
    assert [len(marks) for marks in visits] == [1, 1, 1]
    assert len({mark for marks in visits for mark in marks}) == 3


def test_a_quotation_is_in_the_form_of_who_asked_for_it_alone(app, browse, forum, topic, anna, ben):
    app.extensions["baukasten"].generations.refresh()
    path = f"/beteiligung/torfhafen/forum/{topic.topic_id}-{topic.slug}?zitat={topic.post_id}"
    assert f"(post:{topic.post_id})" in browse(anna).get(path).get_data(as_text=True)
    assert f"(post:{topic.post_id})" not in page_of(browse(ben), topic)
