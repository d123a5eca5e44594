"""People get their uploads, and take them along when they leave."""

from sqlalchemy import select

from baukasten.media import hooks, service
from baukasten.media.models import MODULE, Media
from baukasten.plugin.refs import ContentRef
from baukasten.privacy import erase


def test_everything_is_handed_out(session, anna, ben, upload):
    photo = upload(anna)
    upload(ben)
    (row,) = hooks.export(session, anna.id)
    assert (row["name"], row["path"], row["shows"]) == ("Foto vom Kai.webp", photo.url, None)


def test_a_person_who_leaves_takes_rows_and_files_along(
    session, town, anna, upload, post, stored, mailbox, client
):
    photo, _loose = upload(anna), upload(anna)
    assert len(stored(town)) == 4
    service.set_alt(session, anna, photo.id, "Die Treppe")
    service.attach(session, anna, [photo.id], post)
    session.commit()
    assert client.get(photo.url).status_code == 200
    erase.erase_member(session, member_id=anna.id)
    session.commit()
    mailbox.deliver()
    assert session.scalars(select(Media.id)).all() == []
    assert stored(town) == []
    assert client.get(photo.url).status_code == 404


def test_what_belongs_to_a_module_is_the_towns(session, moderator, upload, forum):
    plan = upload(moderator)
    service.set_alt(session, moderator, plan.id, "Der Plan")
    service.attach(session, moderator, [plan.id], ContentRef(MODULE, forum.id))
    erase.erase_member(session, member_id=moderator.id)
    session.commit()
    assert session.execute(select(Media.id, Media.uploader_id)).all() == [(plan.id, None)]
