"""A LimeSurvey structure as a definition of ours."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.transfer.coding import Codes
from baukasten_survey.transfer.lime_conditions import apply_conditions
from baukasten_survey.transfer.lime_logic import Logic, Where
from baukasten_survey.transfer.lime_plan import Plan, Planner
from baukasten_survey.transfer.lime_questions import Writer
from baukasten_survey.transfer.lime_quotas import quotas
from baukasten_survey.transfer.lime_source import Section, Source, gather, read_source
from baukasten_survey.transfer.lime_texts import Scribe
from baukasten_survey.transfer.reports import Quota, Report, Settings
from baukasten_survey.transfer.tables import Row, stream
from baukasten_survey.transfer.texts import plain

_ = lazy("survey")

Page = dict[str, Any]


@dataclass
class Structure:
    """A file that was read."""

    definition: dict[str, Any]
    plans: list[Plan]
    source: Source
    quotas: tuple[Quota, ...]
    settings: Settings


def read_structure(chunks: Iterable[bytes], report: Report) -> Structure:
    """Read a structure. Raises Refused for what is none."""
    source = read_source(gather(stream(chunks)), report)
    apply_conditions(source)
    planner = Planner(source, lambda words: plain(words, lambda _inner: "…"))
    plans = planner.plan()
    logic = Logic(source, plans, report)
    scribe = Scribe(logic, planner.codes, source.languages, report)
    definition = _definition(source, plans, Writer(planner, logic, scribe, report))
    found = quotas(source, logic, scribe, report)
    _leftovers(source, report)
    return Structure(definition, plans, source, found, _settings(source))


def _definition(source: Source, plans: Sequence[Plan], writer: Writer) -> dict[str, Any]:
    by_qid = {plan.asked.qid: plan for plan in plans}
    scribe, places = writer.scribe, Codes("p")
    pages: list[Page] = []
    shuffled: dict[str, Page] = {}
    together = source.survey.get("format", "G") == "A"
    for section in source.sections:
        group = _group(section, by_qid, writer, places)
        known = shuffled.get(section.shuffled_with) if section.shuffled_with else None
        if known is not None or (together and pages and not section.shuffled_with):
            page = known or pages[-1]
            page["groups"].extend(group)
        else:
            page = {"code": places.fresh(f"p{len(pages) + 1}"), "groups": group}
            pages.append(page)
            if section.shuffled_with:
                shuffled[section.shuffled_with] = page
                page["random"] = True
    for page in pages:
        _settle(page)
    spoken = source.spoken
    end = {language: row.get("surveyls_endtext", "") for language, row in spoken.items()}
    outro = scribe.rich(end, Where(), "")
    if pages and (made := scribe.take_made()):
        pages[-1]["groups"][-1]["questions"].extend(made)
    intro = _intro(source, scribe)
    if scribe.take_made():
        writer.report.lost(
            "", _("The introduction calculates something; that stays empty before the first page.")
        )
    title = {language: row.get("surveyls_title", "") for language, row in spoken.items()}
    return {
        "languages": source.languages,
        "title": scribe.line(title, Where(), ""),
        "intro": intro,
        "outro": outro,
        "pages": pages,
    }


def _intro(source: Source, scribe: Scribe) -> dict[str, str]:
    """Description, welcome and privacy notice follow each other on LimeSurvey's first page."""
    found: dict[str, str] = {}
    for name in ("surveyls_description", "surveyls_welcometext", "surveyls_policy_notice"):
        texts = {language: row.get(name, "") for language, row in source.spoken.items()}
        for language, words in scribe.rich(texts, Where(), "").items():
            found[language] = f"{found[language]}\n\n{words}" if language in found else words
    return found


def _group(section: Section, by_qid: dict[str, Plan], writer: Writer, places: Codes) -> list[dict[str, Any]]:
    """Write one group; questions that are shuffled among themselves stand in one of their own."""
    scribe = writer.scribe
    place = next(iter(section.titles.values()), "")
    head: dict[str, Any] = {
        "title": scribe.line(section.titles, Where(), place),
        "text": scribe.rich(section.texts, Where(), place),
    }
    relevance = writer.logic.section(section, place)
    runs: list[tuple[str, list[dict[str, Any]]]] = [("", scribe.take_made())]
    for asked in section.questions:
        together = asked.attributes.get("random_group", "")
        if together != runs[-1][0]:
            runs.append((together, []))
        runs[-1][1].extend(writer.write(by_qid[asked.qid]))
    groups = []
    for together, questions in runs:
        if questions:
            group = {
                "code": places.fresh(f"g{section.gid}"),
                "questions": questions,
                "random": bool(together),
            }
            groups.append(group | ({"relevance": relevance} if relevance else {}))
    if groups:
        groups[0] |= {key: words for key, words in head.items() if words}
    return groups


def _settle(page: Page) -> None:
    """A page of one group carries its heading and its condition itself."""
    groups = page["groups"]
    conditions = {group.get("relevance", "") for group in groups}
    if len(conditions) == 1 and conditions != {""}:
        page["relevance"] = conditions.pop()
        for group in groups:
            group.pop("relevance", None)
    if len(groups) == 1:
        for name in ("title", "text"):
            if name in groups[0]:
                page[name] = groups[0].pop(name)


def _settings(source: Source) -> Settings:
    survey = source.survey
    anonymous = survey.get("anonymized") or survey.get("private")
    return Settings(
        anonymous=anonymous == "Y" if anonymous in {"Y", "N"} else None,
        codes="Y" in {survey.get("usetokens"), survey.get("allowregister")}
        or survey.get("access_mode") == "C",
        editable=survey.get("alloweditaftercompletion") == "Y",
        resumable=survey.get("allowsave") == "Y",
        opens=_moment(survey.get("startdate", "")),
        closes=_moment(survey.get("expires", "")),
    )


def _moment(text: str) -> dt.datetime | None:
    """Read a moment; LimeSurvey writes the server's own time without a zone."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if found.year < 1990 else found


UNSET = {
    "allowregister": _("People could sign up by themselves; here they get a code, or answer as members."),
    "printanswers": _(
        "Respondents could print their answers; here their browser prints, and a receipt proves that they answered."
    ),
    "publicstatistics": _("Statistics were public; here staff publishes results after the close."),
    "listpublic": _("The survey stood in a public list; here it stands where its module is placed."),
    "usecookie": _("A cookie kept people from answering twice; here codes or membership do."),
    "ipaddr": _("Network addresses were kept beside answers; here they never are."),
    "refurl": _("The page from which people came was kept beside answers; here it never is."),
    "savetimings": _(
        "How long each question took was kept; here only answers are marked that came too fast."
    ),
    "datestamp": _("The time of each answer was kept; here it is the day at most."),
    "tokenanswerspersistence": _(
        "An answer could be continued with its code; here it is saved in the browser, or by members."
    ),
    "sendconfirmation": _("A mail confirmed each answer; here a receipt does."),
}
"""Settings that are written Y where they were on, and what is here instead."""
QUIET = frozenset({"sendconfirmation"})
"""On in nearly every file, and of use only where people were invited."""


def _unset(survey: Row, report: Report) -> None:
    """Name the settings that have no counterpart."""
    invited = survey.get("usetokens") == "Y"
    for name, text in UNSET.items():
        if survey.get(name) == "Y" and (invited or name not in QUIET):
            report.info("", text)
    if (survey.get("emailnotificationto") or survey.get("emailresponseto") or "inherit") != "inherit":
        report.info(
            "", _("Each answer was sent by mail to the staff; here nobody is written to about answers.")
        )
    if survey.get("usecaptcha", "N") not in {"N", "D", "I", "E", ""}:
        report.info("", _("A picture puzzle kept programs away; here that is done without one."))
    if survey.get("showprogress") == "N" or survey.get("allowprev") == "N":
        report.info("", _("Progress and the way back are always shown here."))


def _scattered(source: Source, report: Report) -> None:
    """Name what was shuffled across groups; here questions stay in their group."""
    places: dict[str, set[str]] = {}
    for asked in source.questions:
        places.setdefault(asked.attributes.get("random_group", ""), set()).add(asked.gid)
    for name, groups in places.items():
        if name and len(groups) > 1:
            text = _("Questions were shuffled across groups (“%(name)s”); here each stays within its own.")
            report.changed("", text, name=name)


def _leftovers(source: Source, report: Report) -> None:
    """Name what a whole survey had beside its questions."""
    _unset(source.survey, report)
    _scattered(source, report)
    if source.tables.get("assessments"):
        report.lost("", _("The rules of the assessment were not taken; what options count as was."))
    if any(row.get("surveyls_url") for row in source.spoken.values()):
        report.info("", _("The address to go to at the end was not taken; write it into the last text."))
    if source.survey.get("googleanalyticsapikey"):
        report.info("", _("Counting visitors through another company was not taken."))
    if source.survey.get("format") == "S":
        report.changed("", _("The survey showed one question at a time; now it shows a group at a time."))
    if any(row.get("surveyls_policy_notice") for row in source.spoken.values()):
        report.info("", _("The privacy notice stands at the end of the introduction."))
