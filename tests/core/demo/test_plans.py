"""The towns' data files: enough to read, and nothing that could be taken for real."""

import re

from baukasten.plugin.refs import Role

LONG = 50


def texts(towns):
    for town in towns:
        for topic in topics(town):
            yield from (topic, *topic.get("replies", ()))


def topics(town):
    return [
        topic
        for project in town.projects
        for module in project.modules
        for topic in module.content.get("topics", ())
    ]


def test_three_towns_with_projects_in_different_places_of_their_time(towns):
    assert [town.name for town in towns] == ["Dreibirken", "Hansestadt Turmstedt", "Kranichsiel"]
    for town in towns:
        stages = {
            "finished" if plan.phases[-1].ends <= 0 else "running" if plan.phases[0].starts <= 0 else "coming"
            for plan in town.projects
        }
        assert stages >= {"running", "finished"}
        running = [phase for plan in town.projects for phase in plan.phases if phase.starts <= 0 < phase.ends]
        assert any(phase.features for phase in running), town.name


def test_there_is_enough_to_read(towns):
    assert sum(len(topics(town)) for town in towns) >= 25
    assert len(list(texts(towns))) >= 120
    longest = max(len(topic.get("replies", ())) for town in towns for topic in topics(town))
    assert longest > LONG


def test_everybody_who_writes_lives_there_and_every_incident_has_its_contribution(towns):
    for town in towns:
        people = {person.key for person in town.people}
        written = [text for topic in topics(town) for text in (topic, *topic.get("replies", ()))]
        keys = [text["key"] for text in written if "key" in text]
        assert {text["by"] for text in written} <= people
        assert len(keys) == len(set(keys))
        assert {incident.of for incident in town.incidents} | set(town.told) == set(keys)


def test_each_town_shows_somebody_of_every_role(towns):
    for town in towns:
        shown = [person for person in town.people if person.shown]
        roles = {role for person in shown for role in person.roles}
        assert roles == {Role.CITIZEN, Role.RESIDENT, Role.MODERATOR, Role.ADMIN}


def test_no_address_belongs_to_anybody(towns):
    for town in towns:
        assert town.host.endswith(".localhost")
        assert all(town.email(person).endswith(f"@{town.slug}.example") for person in town.people)
    for text in texts(towns):
        hosts = re.findall(r"https?://([\w.-]+)", text["text"])
        assert all(host.endswith(".example") for host in hosts)
