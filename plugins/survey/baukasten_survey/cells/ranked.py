"""Rankings: who put what at which place."""

from collections.abc import Mapping, Sequence

from baukasten_survey.cells import crossed
from baukasten_survey.cells.shown import Crossing, K, openly


def protect(places: Mapping[str, Sequence[int]], people: int, *, k: int = K) -> Crossing | None:
    """Protect how often each option stood at each place, first place first; columns are "1", "2" and so on.

    Everybody puts one option at each place of the list, so places add up to people in both directions. ``people`` are
    those who ranked everything. Raises ValueError where they do not; nothing comes where nothing may be told.
    """
    size = len(places)
    if any(sum(row) != people for row in [*places.values(), *zip(*places.values(), strict=True)]):
        raise ValueError("everybody puts each option at one place")
    counts = {
        (option, str(place + 1)): number for option, row in places.items() for place, number in enumerate(row)
    }
    rows = openly(dict.fromkeys(places, people), people * size, k=k)
    columns = openly({str(place + 1): people for place in range(size)}, people * size, k=k)
    return crossed.protect(counts, rows, columns) if people >= k else None


def borda(crossing: Crossing) -> list[tuple[str, int, float]]:
    """Give options with their points and mean place, best first; raises ValueError unless all places may be told."""
    found = []
    for option, row in zip(crossing.rows.cells, crossing.counts(), strict=True):
        points = sum(number * (len(row) - 1 - place) for place, number in enumerate(row))
        found.append((option, points, len(row) - points / sum(row)))
    return sorted(found, key=lambda one: -one[1])
