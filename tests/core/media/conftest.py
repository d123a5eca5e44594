"""A forum with a topic in view, its author, somebody else, and a way to upload."""

import io

import pytest

from baukasten.media import storing
from baukasten.plugin.refs import ContentRef
from baukasten_forum import service as forum_service
from tests.core.content import traced
from tests.forum.conftest import forum

__all__ = ["forum"]


@pytest.fixture
def post(session, forum, anna):
    """The contribution that files are added to."""
    written = forum_service.open_topic(session, anna, forum, title="Treppe", body="Breite Stufen")
    session.commit()
    return ContentRef("forum.post", written.post_id)


@pytest.fixture
def upload(session):
    """Stores a photo, or what else is given, for somebody."""

    def do(actor, name="Foto vom Kai.JPG", data=None):
        return storing.store_upload(session, actor, name, io.BytesIO(data or traced.jpeg()))

    return do


@pytest.fixture
def stored(base_config):
    """Tells which files lie in a town's folder."""

    def names(town):
        folder = base_config.data_dir / "files" / str(town.id)
        return sorted(path.name for path in folder.rglob("*") if path.is_file())

    return names
