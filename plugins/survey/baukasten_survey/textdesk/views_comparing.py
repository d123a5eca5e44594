"""The page on which two ways of sorting the same texts are compared, and differences are decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import here, member_names, module_url, requires
from baukasten_survey import desks
from baukasten_survey.building import showing
from baukasten_survey.cells.shown import openly
from baukasten_survey.charts.bars import frequency_bars
from baukasten_survey.charts.words import number as said_number
from baukasten_survey.charts.words import percent
from baukasten_survey.keys import RAW
from baukasten_survey.results.findings import Finding
from baukasten_survey.routes import routes
from baukasten_survey.textdesk.views_places import BASE, Place, category, labels, number, place_of
from baukasten_survey.textdesk.views_texts import called, may_compare, workers
from baukasten_survey.texts import categories, coding, comparing
from baukasten_survey.texts.coding import Standing
from baukasten_survey.texts.comparing import Pairs
from baukasten_survey.texts.fields import Field
from baukasten_survey.texts.holding import is_frozen

_ = lazy("survey")
PAGE = 20
ENDPOINT = "texts_compare"


@routes.get(f"{BASE}<text_name>/vergleich")
@requires(RAW)
def texts_compare(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Show how far two people agree, and where they do not."""
    return _show(module, text_name)


@routes.post(f"{BASE}<text_name>/vergleich")
@requires(RAW)
def texts_decide(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Decide where a text belongs."""
    session = here().session
    place = place_of(session, module)
    field, response = place.field(text_name), number(request.form.get("text", ""))
    standings = coding.standings(session, place.survey.id, text_name)
    if not may_compare(workers(standings, text_name, {})):
        return _show(module, text_name)

    def change() -> ResponseReturnValue:
        comparing.decide(session, showing.me(), place.survey.id, field, response, category())
        return showing.back(module, ENDPOINT, "differences", text_name=text_name, **_pair(request.form))

    return showing.trying(change, lambda refused: _show(module, text_name, refused))


def _pair(given: Mapping[str, str]) -> dict[str, int]:
    """Give whose work is compared, as addresses say it."""
    numbers = {key: number(given.get(key, "")) for key in ("erste", "zweite")}
    return {key: one for key, one in numbers.items() if one}


def _chosen(standings: Sequence[Standing]) -> tuple[Standing, Standing] | None:
    """Give the two who are compared: as asked for, else the first two, those who have done first."""
    ordered = sorted(standings, key=lambda one: (not one.done, one.number))
    asked, numbered = _pair(request.values), {one.number: one for one in standings}
    wanted = [numbered[one] for one in asked.values() if one in numbered]
    found = list(dict.fromkeys([*wanted, *ordered]))[:2]
    return (found[0], found[1]) if len(found) == 2 else None


def _show(module: ModuleRef, text_name: str, refused: Exception | None = None) -> ResponseReturnValue:
    session = here().session
    place = place_of(session, module)
    field = place.field(text_name)
    standings = coding.standings(session, place.survey.id, text_name)
    names = member_names(session, {one.member_id for one in standings if one.member_id is not None})
    allowed = may_compare(workers(standings, text_name, {}))
    two = _chosen(standings) if allowed else None
    shown = _compared(place, field, two, names) if two else {}
    urls = {
        "texts": module_url(module, "texts"),
        "sort": module_url(module, "texts_sort", text_name=text_name),
        "compare": module_url(module, ENDPOINT, text_name=text_name),
        "decide": module_url(module, "texts_decide", text_name=text_name),
        "publish": module_url(module, "voices"),
        "pending": module_url(module, ENDPOINT, text_name=text_name, **_pair(request.args)),
        "decided": module_url(module, ENDPOINT, text_name=text_name, entschieden="1", **_pair(request.args)),
    }
    after = shown.pop("after", 0)
    more = {"nach": after, **_pair(request.args), **({"entschieden": "1"} if shown.get("decided") else {})}
    return showing.page(
        "survey/texts_compare.html",
        module,
        title=_("Compare"),
        current=desks.RESPONSES,
        refused=refused,
        asked=place.title(field),
        allowed=allowed,
        two=two,
        coders=[(one.number, called(one, names)) for one in standings],
        urls=urls,
        older_url=module_url(module, ENDPOINT, text_name=text_name, **more) if after else "",
        **shown,
    )


def _compared(
    place: Place, field: Field, two: tuple[Standing, Standing], names: Mapping[int, str]
) -> dict[str, Any]:
    """Give all that the page says about two people's work."""
    session, survey_id = here().session, place.survey.id
    named = categories.of_question(session, survey_id, field.name)
    words, counts = labels(named), comparing.pairs(session, two[0].id, two[1].id)
    found = comparing.agreement(counts)
    decided = request.args.get("entschieden") == "1"
    after = number(request.args.get("nach", ""))
    pair = (two[0].id, two[1].id)
    rows = comparing.differences(session, survey_id, field, pair, after=after, decided=decided, most=PAGE + 1)
    deciders = member_names(session, {one.decided_by for one in rows if one.decided_by is not None})
    results = comparing.results(session, survey_id, field)
    return {
        "people": [called(one, names) for one in two],
        "agreement": found,
        "kappa": said_number(found.kappa) if found and found.kappa is not None else "",
        "strength": comparing.strength(found.kappa) if found and found.kappa is not None else "",
        "observed": percent(found.observed) if found else "",
        "expected": percent(found.expected) if found else "",
        "confusion": _confusion(counts, words),
        "rows": rows[:PAGE],
        "after": rows[PAGE - 1].response_id if len(rows) > PAGE else 0,
        "decided": decided,
        "deciders": deciders,
        "words": words,
        "named": named,
        "open": results.pop(None, 0),
        "finding": _finding(place.title(field), results, words),
        "frozen": is_frozen(session, survey_id, field.name),
    }


def _confusion(counts: Pairs, words: Mapping[int, str]) -> dict[str, Any]:
    """Give the table of who gave what: rows the first person's categories, columns the second's."""
    used = [key for key in words if any(key in pair for pair in counts)]
    return {
        "head": [words[key] for key in used],
        "rows": [
            (words[row], [(counts.get((row, column), 0), row == column) for column in used]) for row in used
        ],
    }


def _finding(title: str, results: Mapping[int | None, int], words: Mapping[int, str]) -> Finding | None:
    """Draw how often each category came, exactly: for those who read every text anyway."""
    told = {str(key): results.get(key, 0) for key in words}
    people = sum(told.values())
    if not people:
        return None
    table = openly(told, people)
    chart = frequency_bars("coded", title, table, {str(key): label for key, label in words.items()})
    return Finding("coded", str(_("How often each category came")), title, "", chart)
