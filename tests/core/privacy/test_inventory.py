"""What is stored about people is what active rooms and plugins declare."""

from baukasten.privacy import inventory
from baukasten.tenants import plugins


def test_the_town_sees_what_works_there_and_erasing_reaches_all(session, town, contract):
    keys = [one.key for one in inventory.datasets(session)]
    assert "forum.posts" in keys
    plugins.switch_off(session, town, "forum")
    assert [one.key for one in inventory.datasets(session)] == [
        key for key in keys if not key.startswith("forum.")
    ]
    first = sorted(keys, key=lambda key: not key.startswith(("chat.", "forum.", "newsletter.", "survey.")))
    assert [one.key for one in inventory.all_datasets(contract.registry)] == first


def test_every_store_says_why_on_what_ground_and_how_long(contract):
    for one in inventory.all_datasets(contract.registry):
        assert all(str(text).strip() for text in (one.title, one.purpose, one.legal_basis, one.retention)), (
            one.key
        )
        assert one.columns, one.key
