"""What a stranger puts beside a forum's posts: shown there, kept apart where it fails, gone when they are."""

from collections.abc import Callable, Iterator

import pytest
from baukasten_stranger import beside
from flask.testing import FlaskClient
from markupsafe import Markup

from baukasten.db.session import Scope
from baukasten.plugin import ContentRef, MemberRef, Role, TenantRef
from baukasten.projects import placing
from baukasten.sdk import (
    NotFound,
    accompanied,
    companions_follow,
    content_in_view,
    withdraw_content,
)
from baukasten.tenants import plugins
from baukasten.testing.fixtures import Browser

NOTE = Markup("<p>Mittwoch im <b>Rathaus</b></p>")
Post = tuple[ContentRef, str]


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    beside.NOTES.clear()
    beside.FOLLOWED.clear()


@pytest.fixture
def author(new_member: Callable[..., MemberRef]) -> MemberRef:
    return new_member(name="Anna Berg")


@pytest.fixture
def post(session: Scope, client: FlaskClient, sign_in: Callable[..., str], author: MemberRef) -> Post:
    """Open a topic by its form; gives its post and the path of its page."""
    placing.place_module(session, None, "forum", slug="forum")
    session.commit()
    sign_in(client, author)
    page = "/forum/neu"
    assert isinstance(client, Browser)
    sent = client.send(page, title="Treppe", body="Breite Stufen.")
    refs = [ContentRef("forum.post", one) for one in range(1, 200)]
    found = [ref for ref in refs if _reads(session, author, ref)]
    assert len(found) == 1
    return found[0], sent.location


def _reads(session: Scope, member: MemberRef | None, ref: ContentRef) -> bool:
    try:
        content_in_view(session, member, ref)
    except NotFound:
        return False
    return True


def test_it_stands_under_the_post_for_everybody(
    client: FlaskClient, client_of: Callable[..., FlaskClient], town: TenantRef, post: Post
) -> None:
    ref, path = post
    beside.NOTES[ref] = NOTE
    for reader in (client, client_of(town)):
        page = reader.get(path).text
        assert page.count(NOTE) == 1
        assert page.index("Breite Stufen.") < page.index(NOTE)


@pytest.mark.parametrize("rubbish", ["<script>alert(1)</script>", 7, None])
def test_rubbish_is_left_out_and_the_page_is_there(client: FlaskClient, post: Post, rubbish: object) -> None:
    ref, path = post
    beside.NOTES[ref] = rubbish
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Breite Stufen." in answer.text
    assert "alert(1)" not in answer.text


def test_only_who_holds_its_permission_is_offered_to_add_it(
    client: FlaskClient,
    client_of: Callable[..., FlaskClient],
    town: TenantRef,
    post: Post,
    sign_in: Callable[..., str],
    new_member: Callable[..., MemberRef],
) -> None:
    _ref, path = post
    staff = client_of(town)
    sign_in(staff, new_member(Role.MODERATOR))
    assert 'href="/verwaltung/stranger/"' not in client.get(path).text.partition("</header>")[2]
    assert staff.get(path).text.partition("</header>")[2].count('href="/verwaltung/stranger/"') == 1


def test_the_kind_of_contribution_says_who_may_add(
    session: Scope, post: Post, author: MemberRef, new_member: Callable[..., MemberRef]
) -> None:
    ref, _path = post
    assert accompanied(session, author, ref).ref == ref
    for member, other in (
        (new_member(), ref),
        (author, ContentRef("forum.post", ref.id + 1000)),
        (author, ContentRef("stranger.signup", 1)),
        (author, ContentRef("nothing", 1)),
    ):
        with pytest.raises(NotFound):
            accompanied(session, member, other)


def test_it_hears_of_what_is_gone_or_carried_even_where_it_is_switched_off(
    session: Scope, town: TenantRef, post: Post
) -> None:
    ref, _path = post
    beside.NOTES[ref] = NOTE
    plugins.switch_off(session, town, "stranger")
    session.commit()
    companions_follow(session, [ref])
    assert [ref] == beside.FOLLOWED
    withdraw_content(session, ref)
    assert beside.NOTES == {}


def test_nothing_of_it_is_shown_where_it_is_switched_off(
    session: Scope, client: FlaskClient, town: TenantRef, post: Post
) -> None:
    ref, path = post
    beside.NOTES[ref] = NOTE
    plugins.switch_off(session, town, "stranger")
    session.commit()
    assert NOTE not in client.get(path).text


def test_what_is_not_there_is_found_by_nobody(session: Scope, post: Post, author: MemberRef) -> None:
    ref, _path = post
    assert _reads(session, None, ref)
    assert not _reads(session, None, ContentRef("forum.post", ref.id + 1000))
    assert not _reads(session, author, ContentRef("forum.nothing", ref.id))
