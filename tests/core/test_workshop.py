"""The worker as an installation builds it: in the town's language, with the post at hand."""

from dataclasses import replace

from baukasten.mail.post import TOOL, Post
from baukasten.mail.transport import FileTransport
from baukasten.plugin.text import lazy
from baukasten.workshop import surroundings

TEXT = lazy("core")("My account")


def test_jobs_speak_the_towns_language_and_german_where_there_is_no_town(base_config, database, town):
    around = surroundings(base_config, database)

    for spoken, said in (
        (town, "Mein Konto"),
        (replace(town, language="en"), "My account"),
        (None, "Mein Konto"),
    ):
        with around.speaking(spoken):
            assert str(TEXT) == said


def test_jobs_are_lent_the_post(base_config, database, town):
    post = surroundings(base_config, database).tools[TOOL]

    assert isinstance(post, Post)
    assert isinstance(post.transport, FileTransport)
    assert post.transport.folder == base_config.mail_dir
    assert post.url(town, "/x") == f"https://{town.host}/x"
