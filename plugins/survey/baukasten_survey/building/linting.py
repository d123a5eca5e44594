"""The check before publishing: what keeps a survey from being asked, and what its authors should look at."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from baukasten.plugin import lazy
from baukasten_survey.building.expressions import Condition, conditions, names_of
from baukasten_survey.building.findings import SURVEY, Finding, Setting, hint, texts_of
from baukasten_survey.building.outline import GROUP, PAGE, QUESTION
from baukasten_survey.building.question_check import question_findings
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question, said
from baukasten_survey.definition.types import types_of
from baukasten_survey.expressions.checking import check
from baukasten_survey.expressions.constants import verdict
from baukasten_survey.expressions.nodes import Logic, Node, TooDeep
from baukasten_survey.expressions.ordering import cycles
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.problems import Problem, ProblemKind, Unparsable
from baukasten_survey.expressions.types import Sort, Type
from baukasten_survey.keys import Kind
from baukasten_survey.mixing.sealing import LARGEST, sealed_size

_ = lazy("survey")
UNTRANSLATED = _("Words are missing in %(languages)s.")

WORDS_A_MINUTE = 200
MOST_VALUES = 20
"""Of what an address may say beside an anonymous answer: posters, places, schools, and no list of people."""


def lint(definition: Definition, setting: Setting) -> list[Finding]:
    """Give all findings, what stops first, otherwise in the order of the survey."""
    found = [
        *_whole(definition),
        *_twice(definition),
        *_sealed(definition, setting),
        *_translations(definition),
        *_conditions(definition),
        *_dead(definition),
        *_circles(definition),
        *quotas_of(definition, setting),
        *(one for question in definition.questions.values() for one in question_findings(question, setting)),
    ]
    order = {name: at for at, name in enumerate(_places(definition))}
    return sorted(found, key=lambda one: (not one.stops, order.get((one.what, one.code), -1)))


def _places(definition: Definition) -> Iterator[tuple[str, str]]:
    for page in definition.pages:
        yield PAGE, page.code
        for group in page.groups:
            yield GROUP, group.code
            yield from ((QUESTION, question.code) for question in group.questions)


def _whole(definition: Definition) -> Iterator[Finding]:
    if all(one.kind in kinds.SILENT for one in definition.questions.values()):
        yield Finding(SURVEY, "", _("No question is asked yet."))
    if not definition.title.get(definition.languages[0]):
        yield Finding(SURVEY, "", _("The survey has no title."), "title")
    for page in definition.pages:
        if not any(True for _one in page.questions):
            yield hint(PAGE, page.code, _("This page asks nothing and is not shown."))


def _twice(definition: Definition) -> Iterator[Finding]:
    """Find codes that a page, a group and a question share: fixes of texts could not tell them apart."""
    for (_one, before), (what, code) in pairwise(sorted(_places(definition), key=lambda one: one[1])):
        if before == code:
            message = _("The code %(code)s is there twice; give one of them another.")
            yield Finding(what, code, message, "code", {"code": code})


def _sealed(definition: Definition, setting: Setting) -> Iterator[Finding]:
    if not setting.sealed:
        return
    for question in definition.questions.values():
        if question.kind is Kind.FILE:
            message = _("Files tell who sent them. At this level of anonymity nobody can be asked for any.")
            yield Finding(QUESTION, question.code, message, "kind")
        elif question.kind is Kind.HIDDEN:
            yield _hidden(question)
    if setting.quotas:
        message = _("Quotas would be counted beside the answers. At this level of anonymity there are none.")
        yield Finding(SURVEY, "", message, "quotas")
    if sealed_size(definition) >= LARGEST:
        message = _("So much text has no room in a sealed answer. Set a longest length for texts.")
        yield hint(SURVEY, "", message)


def _hidden(question: Question) -> Finding:
    """Judge a value from the address: only what many share may lie beside an anonymous answer."""
    if not 0 < len(question.options) <= MOST_VALUES:
        message = _(
            "A value from the address could say who answers. At this level of anonymity list the values that count, "
            "at most %(most)s, one a line; all others are dropped."
        )
        return Finding(QUESTION, question.code, message, "options", {"most": MOST_VALUES})
    message = _(
        "Whoever gets an address with a value of their own is recognised by it. Give many people the same one."
    )
    return hint(QUESTION, question.code, message, "options")


def _translations(definition: Definition) -> Iterator[Finding]:
    """Find words that are missing in a language in which others are there."""
    for what, code, name, text in texts_of(definition):
        missing = [language for language in definition.languages if not text.get(language)] if text else []
        if missing:
            yield hint(what, code, UNTRANSLATED, name, languages=", ".join(missing))


def gathered(findings: Sequence[Finding]) -> list[Finding]:
    """Say once how many texts a language lacks, in place of once a text; everything else stays as it is."""
    lacking = Counter(str(one.words["languages"]) for one in findings if one.message == UNTRANSLATED)
    rest = [one for one in findings if one.message != UNTRANSLATED]
    message = _("In %(languages)s, %(count)s texts are missing.")
    return [
        *rest,
        *(hint(SURVEY, "", message, "languages", languages=tags, count=lacking[tags]) for tags in lacking),
    ]


def _conditions(definition: Definition) -> Iterator[Finding]:
    types = types_of(definition)
    for one in conditions(definition):
        try:
            node = parse(one.text)
        except Unparsable as wrong:
            yield Finding(one.what, one.code, wrong.message, one.field, wrong.words)
            continue
        yield from (_told(one, problem) for problem in check(node, types, one.wanted).problems)
        for code in names_of(node):
            if one.page is not None and definition.page_of.get(code, -1) > one.page:
                message = _("This depends on %(question)s, which is asked on a later page.")
                yield Finding(one.what, one.code, message, one.field, {"question": code})


def _told(one: Condition, problem: Problem) -> Finding:
    if problem.kind is ProblemKind.ALWAYS:
        return hint(one.what, one.code, problem.message, one.field)
    if problem.kind is not ProblemKind.NEVER:
        return Finding(one.what, one.code, problem.message, one.field, problem.words)
    if one.shows:
        return hint(one.what, one.code, _("This is never shown, whatever is answered."), one.field)
    return Finding(one.what, one.code, _("This is never true, so nobody could go on."), one.field)


def _dead(definition: Definition) -> Iterator[Finding]:
    """Find questions whose own condition and those around it exclude each other."""
    types = types_of(definition)
    for page in definition.pages:
        for group in page.groups:
            for question in group.questions:
                around = [_node(one.relevance) for one in (page, group, question)]
                if _never([node for node in around if node is not None], types):
                    message = _("This is never shown: its page or group asks for the opposite.")
                    yield hint(QUESTION, question.code, message, "relevance")


def _never(nodes: list[Node], types: Mapping[str, Type]) -> bool:
    alone = len(nodes) <= 1
    if alone or any(check(one, types, Sort.BOOLEAN).problems for one in nodes):
        return False
    try:
        return verdict(Logic("and", tuple(nodes)), types) is False
    except TooDeep:
        return False


def _node(text: str) -> Node | None:
    try:
        return parse(text) if text.strip() else None
    except Unparsable:
        return None


def _circles(definition: Definition) -> Iterator[Finding]:
    """Find questions that wait for each other; rules wait for nothing, they are looked at when a page is sent."""
    named: dict[str, list[Node]] = {}
    for one in conditions(definition):
        node = _node(one.text)
        if node is not None and not one.field.startswith("rules"):
            for code in _below(definition, one):
                named.setdefault(code, []).append(node)
    for circle in cycles(named):
        words = {"circle": " → ".join((*circle, circle[0]))}
        message = _("These wait for each other: %(circle)s.")
        yield Finding(QUESTION, circle[0], message, "relevance", words)


def _below(definition: Definition, one: Condition) -> list[str]:
    """Give the questions that a condition decides about."""
    if one.what == QUESTION:
        return [one.code]
    return [
        question.code
        for page in definition.pages
        for group in page.groups
        for question in group.questions
        if one.code == (page.code if one.what == PAGE else group.code)
    ]


def quotas_of(definition: Definition, setting: Setting) -> Iterator[Finding]:
    """Find quotas whose conditions cannot be followed: they would stop every answer."""
    types = types_of(definition)
    for code, expression in setting.quotas:
        words = {"quota": code}
        try:
            errors = check(parse(expression), types, Sort.BOOLEAN).errors
        except Unparsable:
            yield Finding(
                SURVEY, "", _("The condition of the quota %(quota)s cannot be read."), "quotas", words
            )
            continue
        if errors:
            message = _("The condition of the quota %(quota)s does not fit the questions.")
            yield Finding(SURVEY, "", message, "quotas", words)


def minutes(definition: Definition, language: str) -> int:
    """Estimate how many minutes answering takes: reading its words, and the time to decide."""
    origin = definition.languages[0]
    words = sum(
        len(said(text, language, origin).split()) for _what, _code, _name, text in texts_of(definition)
    )
    deciding = sum(
        SECONDS.get(question.kind, 5) * max(1, len(question.rows))
        for question in definition.questions.values()
    )
    return max(1, round(words / WORDS_A_MINUTE + deciding / 60))


SECONDS: Mapping[Kind, int] = {
    Kind.LONG: 45,
    Kind.MAP: 45,
    Kind.RANKING: 20,
    Kind.FILE: 30,
    Kind.INFO: 0,
    Kind.CALCULATED: 0,
    Kind.HIDDEN: 0,
}
"""Seconds that deciding and pressing take beside reading; five where nothing else stands here."""
