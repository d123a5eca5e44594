"""Whether a second person has to agree."""

import dataclasses

import pytest

from baukasten import clock
from baukasten_newsletter.letters import release
from baukasten_newsletter.models import Issue


@pytest.mark.parametrize(
    ("above", "recipients", "needed"),
    [(None, 10**6, False), (0, 0, True), (0, 1, True), (100, 100, False), (100, 101, True)],
)
def test_the_list_says_from_how_many_people_on(letters, above, recipients, needed):
    module = dataclasses.replace(letters, settings={} if above is None else {release.FIELD: above})
    assert release.is_needed(module, recipients) == needed
    assert release.is_missing(module, Issue(), recipients) == needed
    assert not release.is_missing(module, Issue(released_at=clock.now()), recipients)
