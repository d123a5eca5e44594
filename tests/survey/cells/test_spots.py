"""Maps tell squares of enough people."""

from baukasten_survey.cells import spots


def test_squares_of_a_map():
    grid = spots.Grid(7.0, 53.0, 8.0, 54.0, 10, 10)
    assert grid.square(7.05, 53.99) == (0, 9)
    assert grid.square(8.0, 53.5) is None
    found = spots.protect({(0, 0): 4, (1, 0): 5, (2, 0): 97, (3, 0): 100, (4, 0): 95}, 100)
    assert found.people == {(1, 0): 5, (3, 0): 100, (4, 0): 95}
    assert spots.Spots.load(found.dump()) == found
    assert (found + found).people[1, 0] == 10
