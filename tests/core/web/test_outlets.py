"""Active plugins fill places on pages, in the order of their names; hosts of the platform have none."""

import pytest

PAGE = "/probe/outlet"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ((), ""),
        (("zebra",), "<i>zebra</i>"),
        (("zebra", "ameise"), "<i>ameise</i>\n<i>zebra</i>"),
    ],
)
def test_active_plugins_are_asked_in_the_order_of_their_names(at, town, switch_on, names, shown):
    switch_on(town, *names)
    assert at(town).get(PAGE).text == shown


def test_another_town_has_its_own(at, town, other_town, switch_on):
    switch_on(town, "zebra")
    switch_on(other_town, "ameise")
    assert (at(town).get(PAGE).text, at(other_town).get(PAGE).text) == ("<i>zebra</i>", "<i>ameise</i>")


def test_the_operators_host_has_no_places(at, base_config):
    answer = at(base_config.operator_host).get(PAGE)
    assert (answer.status_code, answer.text) == (200, "")
