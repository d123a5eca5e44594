"""The core's own screening: limits, lists, likeness, traps; the first rule that objects gives the verdict."""

import datetime as dt
from collections.abc import Iterator

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.moderation.screening import facts, trust, words
from baukasten.moderation.screening.codes import REFUSED, Code, text_of
from baukasten.moderation.screening.facts import DAY, TEN_MINUTES, Facts, Level
from baukasten.moderation.screening.likeness import fingerprint
from baukasten.plugin.refs import ContentRef, Draft, Role, Ruling, Signals, Verdict, Visibility
from baukasten.web.guard import PROOF, SIGNALS
from baukasten.web.i18n import current

FLOOD = 3
"""People with the same text within an hour, the present one among them."""
MAX_TITLE = 300
TO_THE_MINUTE = dt.timedelta(seconds=59)
"""People are told minutes; whoever comes back in that minute is let in."""


def judge(session: Scope, draft: Draft) -> Verdict:
    """Screen a draft by the town's wishes; moderators and administrators are bound by its size alone."""
    signals: Signals = session.info.get(SIGNALS, Signals())
    said = words.Words(_whole(draft))
    known = facts.gather(session, draft, session.info.get(PROOF, ""))
    staff = draft.author is not None and draft.author.has(Role.MODERATOR, Role.ADMIN)
    rules = [_size(draft, known)]
    if not staff:
        rules += [_words(known, said), _held_by_wish(known)]
        kind = session.contract.registry.content_types.get(draft.content_type)
        talk = kind is not None and kind.value.talk
        rules += [] if draft.is_edit or talk else [_rates(known, signals)]
        rules += [] if draft.is_edit else [_likeness(known)]
        rules += [_suspicions(draft, known, signals, said.links)]
    found = [verdict for rule in rules for verdict in rule]
    # What is refused counts before what is held.
    found.sort(key=lambda verdict: verdict.ruling is not Ruling.REJECT)
    return found[0] if found else Verdict(Ruling.ALLOW)


def keep(session: Scope, draft: Draft, ref: ContentRef, visibility: Visibility, verdict: Verdict) -> None:
    """Keep what came in, so that later drafts can be held against it; changes of a text are none of their own."""
    if draft.is_edit:
        return
    trust.keep(
        session,
        ref,
        draft.author,
        draft.module.id if draft.module else None,
        seen=visibility is Visibility.PUBLISHED,
        fingerprint=fingerprint(session.tenant_id or 0, draft.body),
        ruling=verdict.ruling.value,
        code=verdict.code,
        proof=session.info.pop(PROOF, ""),
    )


def _whole(draft: Draft) -> str:
    return f"{draft.title}\n{draft.body}"


def _size(draft: Draft, known: Facts) -> Iterator[Verdict]:
    most = known.limits.most_characters
    if len(draft.body) > most or len(draft.title) > MAX_TITLE:
        count = max(len(draft.body), len(draft.title))
        yield _verdict(Code.SIZE, most=current().number(most), count=current().number(count))


def _words(known: Facts, said: words.Words) -> Iterator[Verdict]:
    refused = said.find(words.patterns(known.limits.words_refused))
    if refused:
        yield _verdict(Code.REFUSED_WORDS, word=refused)
    elif said.find(words.patterns(known.limits.words_held)):
        yield _verdict(Code.WORDS)


def _rates(known: Facts, signals: Signals) -> Iterator[Verdict]:
    limits = known.limits
    if wait := _until(known.daily, DAY):
        yield _verdict(Code.DAY, count=limits.per_day, when=current().datetime(wait + TO_THE_MINUTE))
    if wait := _until(known.lately, TEN_MINUTES):
        yield _verdict(Code.RATE, count=limits.per_ten_minutes, when=current().time(wait + TO_THE_MINUTE))
    proven = signals.proven and not known.used
    if known.is_new and not proven and (wait := _until(known.newest, _seconds(limits.newcomer_gap))):
        yield _verdict(Code.GAP, when=current().time(wait + TO_THE_MINUTE))


def _likeness(known: Facts) -> Iterator[Verdict]:
    if known.duplicate:
        yield _verdict(Code.DUPLICATE)
    elif known.others + 1 >= FLOOD:
        yield _verdict(Code.FLOOD)


def _held_by_wish(known: Facts) -> Iterator[Verdict]:
    if known.level is Level.EVERYBODY:
        yield _verdict(Code.PRECHECK)
    elif known.published < known.limits.look_first or (known.level is Level.NEWCOMERS and known.is_new):
        yield _verdict(Code.FIRST)


def _suspicions(draft: Draft, known: Facts, signals: Signals, links: int) -> Iterator[Verdict]:
    limits = known.limits
    if signals.trapped:
        yield _verdict(Code.TRAP)
    if known.is_new and links > limits.newcomer_links:
        yield _verdict(Code.LINKS, most=limits.newcomer_links)
    if draft.is_edit or signals.seconds is None or (signals.proven and not known.used):
        return
    hasty = signals.seconds < limits.least_seconds
    # Less than that is unusual only where a browser could have said with a puzzle that it is none.
    odd = (known.is_new and links > 0) or _until(known.busy, TEN_MINUTES) is not None
    if hasty or (odd and limits.proof_of_work):
        yield _verdict(Code.UNUSUAL)


def _until(since: dt.datetime | None, span: dt.timedelta) -> dt.datetime | None:
    """Give when a span is over that began at a moment; nothing where it is, or where there is none."""
    if since is None or not span or since + span <= clock.now():
        return None
    return since + span


def _seconds(number: int) -> dt.timedelta:
    return dt.timedelta(seconds=number)


def _verdict(code: Code, **values: object) -> Verdict:
    ruling = Ruling.REJECT if code in REFUSED else Ruling.HOLD
    return Verdict(ruling, code.value, text_of(code, **values))
