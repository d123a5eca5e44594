"""What is stored about people, as rooms and plugins declare it; the record of processing is made from it."""

from baukasten.db.session import Scope
from baukasten.plugin.declarations import PersonalDataset
from baukasten.plugin.registry import Registry
from baukasten.plugin.validity import is_core, is_usable
from baukasten.tenants import plugins


def datasets(session: Scope) -> list[PersonalDataset]:
    """Give the stores of personal data that work in the session's town, sorted by key."""
    active = plugins.active(session)
    answers = session.contract.registry.personal_data.values()
    return [answer.value for answer in answers if is_usable(answer.plugin, active)]


def all_datasets(registry: Registry) -> list[PersonalDataset]:
    """Give every store, also of plugins a town switched off: erasing must reach what they left.

    Plugins come first: as long as the membership has a name, they can take it out of texts.
    """
    answers = sorted(registry.personal_data.values(), key=lambda answer: is_core(answer.plugin))
    return [answer.value for answer in answers]
