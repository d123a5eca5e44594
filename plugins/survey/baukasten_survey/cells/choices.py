"""Frequencies of questions where one person may be in several classes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from baukasten_survey.cells import single
from baukasten_survey.cells.shown import HELD, SMALL, UNSAID, Cell, K, State, Table, checked_k, shown

REST = "_rest"


def protect(
    chosen: Mapping[str, int],
    people: int,
    *,
    alone: Collection[str] = (),
    least: int = 1,
    most: int | None = None,
    k: int = K,
) -> Table:
    """Hide small choices, choices that all but a few made, and what either can be computed from.

    ``chosen`` holds how many chose each option, those without an answer under ``MISSING``; ``alone`` are exclusive
    options. Who answers chooses between ``least`` and ``most`` others, so sums over all options are bounded: where that
    would tell too much of a small cell, further options are held back. Nothing is told where that does not help.
    """
    lonely = {key: count for key, count in chosen.items() if key in {*alone, *UNSAID}}
    rest = people - sum(lonely.values())
    if rest < 0 or any(not 0 <= count <= people for count in chosen.values()):
        raise ValueError("more choices than people")
    split = single.protect(lonely | {REST: rest}, k=checked_k(k))
    unknown = split.cells[REST].state is not State.SHOWN
    asked = people - sum(split.cells[key].known for key in lonely)
    cells = {key: split.cells.get(key, HELD) for key in chosen}
    options = [key for key in chosen if key not in lonely]
    answered = split.cells[REST].state
    if not _tellable(asked, len(options), least, k) or answered is State.SMALL or (unknown and least > 1):
        return Table(people, k, cells, 0, lists=True)
    room = 2 * k + len(lonely) if unknown else k
    cells |= {key: _cell(chosen[key], people, asked - chosen[key], room, k) for key in options}
    sums = _Sums(asked, least, most or len(options), len(options), k)
    hidden = [key for key, cell in cells.items() if cell.count is None]
    covers = 0
    for key in single.covers(list(chosen), hidden) if hidden else ():
        if sums.hide([cells[one] for one in options], covers, unsure=unknown):
            break
        if key not in lonely:
            cells[key] = HELD
            covers += 1
    return Table(people, k, cells, 0, lists=True)


def _tellable(asked: int, options: int, least: int, k: int) -> bool:
    """Tell, from what is told anyway, whether small choices among so many people could be hidden behind others."""
    full = (options - 1) * (k - 1) + 1 < asked <= options * (k - 1)
    return asked >= 4 * k and not full and (least == 1 or asked > (options + 2) * k)


def _cell(count: int, people: int, beside: int, room: int, k: int) -> Cell:
    """Give an option's cell; ``beside`` are those who did not choose it and are not known to have chosen nothing."""
    if 0 < count < k:
        return SMALL
    # Where the number of those who answered is hidden, an option that nearly all chose would bound it.
    near = 0 < beside < room or (room > k and beside == 0)
    return HELD if 0 < people - count < k or near else shown(count)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is known of the sum over all options of one question."""

    asked: int
    """All who are not known to have chosen nothing, or something exclusive."""
    least: int
    most: int
    options: int
    k: int

    def hide(self, cells: Collection[Cell], covers: int, *, unsure: bool) -> bool:
        """Tell whether the sum over what is shown says nothing of what is hidden, or enough is held beside it.

        Limits are compared with shown counts only and with room to spare, so that whoever knows the rule learns
        nothing of a small cell from the fact that one more was held back, or that none was.
        """
        told, spare = sum(cell.known for cell in cells), 2 * self.k
        held = sum(cell.state is State.HELD for cell in cells)
        if (
            told < self.least * self.asked + spare
            and (held if unsure or told >= spare else covers) < self.least
        ):
            return False
        if self.most >= self.options:
            return True
        small = sum(cell.state is State.SMALL for cell in cells) * (self.k - 1)
        wanted = told + small + (held - covers) * self.asked + covers * self.k + spare
        return wanted <= self.most * self.asked
