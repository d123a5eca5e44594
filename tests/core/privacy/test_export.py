"""Everything about me: one answer over all towns, and nothing about anybody else."""

import json

from baukasten.privacy import export


def test_a_person_gets_all_of_theirs_from_both_towns(database, person):
    found = export.collect(database, person.account_id)
    assert (found["account"]["email"], found["account"]["display_name"]) == (person.email, person.name)
    assert [one["host"] for one in found["towns"]] == [town.host for town, _member in person.homes]
    for town in found["towns"]:
        data = {key: one["rows"] for key, one in town["data"].items()}
        assert [row["body"] for row in data["forum.posts"]] == ["Breite Stufen", "Danke"]
        assert [row["explanation"] for row in data["moderation.reports"]] == [
            f"Ich, {person.name}, habe es gesehen"
        ]
        (membership,) = data["access.membership"]
        assert (membership["name"], membership["standing"]) == (person.name, "muted")
        assert membership["reason"] == f"Frau {person.surname} schreibt zu oft"
    assert {one["device"] for one in found["account"]["sessions"]} == {person.agent}


def test_every_declared_store_is_part_of_it_and_all_is_json(database, person, contract):
    found = export.collect(database, person.account_id)
    for town in found["towns"]:
        assert town["data"].keys() == contract.registry.personal_data.keys()
    assert json.loads(json.dumps(found)) == found


def test_nothing_of_anybody_else_is_in_it(database, person, new_account):
    found = json.dumps(export.collect(database, person.account_id), ensure_ascii=False)
    assert "Gute Idee" not in found
    assert "hash" not in found
    assert "$argon2" not in found
    stranger = export.collect(database, new_account(name="Waltraud Binse"))
    assert stranger["towns"] == []
    assert person.surname not in json.dumps(stranger)
