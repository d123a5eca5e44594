"""Reports in words: whether a letter is one, what the server wrote itself, whether it gave up or still tries."""

import re
from email.message import Message

from baukasten.mail.incoming import markup
from baukasten.mail.incoming.words import body, header
from baukasten.plugin.letters import Action

LONGEST = 20_000
"""Letters of a report's words; what servers say stands at the beginning."""
LEAST = 20
"""Letters that must stand before a line that looks like the beginning of our own mail."""
_ORIGINALS = frozenset(
    {
        "message/rfc822",
        "message/global",
        "message/global-headers",
        "message/rfc822-headers",
        "text/rfc822-headers",
    }
)
_HEAD_BEGINS = re.compile(r"(return-path|received|delivered-to|x-[a-z-]{2,40})\s?:", re.IGNORECASE)
_COPY_BEGINS = re.compile(
    r"(?!.*\b(not|nicht)\b).{0,60}\b(below this line is a copy|copy of (the|your) (original )?message"
    r"|original message\b(?! details).{0,30}"
    r"|start of returned message|returned mail( follows)?|message headers? follows?|message text follows"
    r"|(the )?header of the original message.{0,20}|unsent message below|first \d{1,4} lines of your.{0,40}"
    r"|the header and top \d.{0,40}|your message reads|old message|forwarded message|source mail attached"
    r"|copy of the first part of the message|copy of the message( header)?|summary of the undelivered message"
    r"|mensaje original|ursprüngliche (nachricht|e-?mail|mail)|originalnachricht|original-nachricht"
    r"|kopie (der|ihrer|ihre) (ursprünglichen )?(nachricht|e-?mail|mail)"
    r"|kopf(zeilen)? der (ursprünglichen )?nachricht"
    r"|weitergeleitete nachricht)\b.{0,40}",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"mailer-daemon|postmaster|mdaemon|mail[ ._-]?delivery[ ._-]?(sub)?(system|service)|delivery subsystem"
    r"|mail(-| )?administrator|system administrator|mail ?adm@|internet mail delivery|jetmail|virus",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"undeliver|deliver(y|ed)?\b.{0,60}\b(fail|problem|error|warning|delay|status|report|notification)"
    r"|(fail|warning|error).{0,60}\bdeliver|not delivered|not be delivered|returned (mail|e-?mail|message)"
    r"|returning to sender|returning message|failure notice|delivery notice|failed mail|mail failed|mail error"
    r"|mail system error|rejected mail|mail rejected|processing error|non-?delivery"
    r"|message delayed|delayed mail"
    r"|unzustellbar|nicht zugestellt|nicht zustellbar|zustell(ung|bericht|fehler|problem|status|benachricht)"
    r"|fehlgeschlagen|verzögert|rückläufer|übermittlungsbericht|abgelehnt|zurückgewiesen"
    r"|user unknown|undelivr|non remis",
    re.IGNORECASE,
)
_STILL_TRIES = re.compile(
    r"will be retried|still being retried|delivery attempts will (be )?continue"
    r"|will continue (to )?(try|attempt|deliver)"
    r"|continue to (try|attempt)|has been (delayed|postponed)|(is|been) delayed"
    r"|not yet been delivered|warning only"
    r"|delivery.{0,20} delayed|message delayed|temporarily deferred|will keep trying|will try again"
    r"|verzögert|noch nicht zugestellt|weiter(hin)? versucht|erneut versucht|weitere zustellversuche"
    r"|zustellversuche werden|versuchen es (weiter|erneut)|wird (es )?(weiter|erneut) versuch",
    re.IGNORECASE,
)
_GAVE_UP = re.compile(
    r"permanent(ly)? (fatal |error|failure)|failed permanently|this is a permanent"
    r"|(have|has|'ve) given up|giving up"
    r"|not going to try again|endgültig|dauerhaft|wird nicht (weiter|erneut) versucht"
    r"|keine weiteren (zustell)?versuche",
    re.IGNORECASE,
)
_NOT_ARRIVED = re.compile(
    r"undeliver|not (be |been |yet been )?deliver"
    r"|(unable|wasn't able|not able|impossible) to deliver|could ?n[o']t deliver"
    r"|(can(not|'t)|fail(ed|ure)|problems?|error).{0,40}\bdeliver"
    r"|deliver(y|ing|ed)?\b.{0,60}\b(fail|problem|error|abort)"
    r"|not (reach|receive|accept)|(mail|message).{0,40}(return|reject)ed|rejected|unknown"
    r"|no such (user|mailbox|person)"
    r"|does(n't| not) (exist|have)|not (a )?(known|valid|listed|recogni[sz]ed)"
    r"|no longer (valid|exists|available)|invalid"
    r"|(over|exceed).{0,20}quota|quota.{0,20}(exceed|violat)|mail ?(box|folder).{0,20}full"
    r"|failed recipient|does not like"
    r"|not exactly match|failed mail|aborted|could not find"
    r"|too many hops|temporary failure|disabled or discontinued|requested action|encountered an error"
    r"|unzustellbar|nicht (zugestellt|zustellbar|übermittelt|ausgeliefert|angenommen|erreicht)"
    r"|unbekannt|existiert nicht"
    r"|abgelehnt|zurückgewiesen|fehlgeschlagen|gescheitert|abgewiesen|verweigert"
    r"|zurück(geschickt|gesandt)|nicht möglich"
    r"|postfach.{0,40}(voll|überfüllt)|kontingent|speicherplatz|n'existe pas|n'a pas pu",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^\s*<[^<>@\s]{1,64}@[^<>@\s]{1,190}>", re.MULTILINE)
_AWAY_SUBJECT = re.compile(
    r"(automati(sche|c)r? (antwort|repl|abwesen)|abwesen|auto[- ]?(reply|response|antwort)"
    r"|auto:|out of (the )?office"
    r"|vacation|urlaub|ich bin (nicht|im|bis|ab|vom|derzeit|zurzeit)"
    r"|nicht im (büro|haus|dienst)|eingangsbestätigung"
    r"|(read|gelesen|lu)\s?:|lesebestätigung)",
    re.IGNORECASE,
)
_AWAY_WORDS = re.compile(
    r"(out of (the|my) office|on (vacation|leave|holiday)|bin (ich )?.{0,80}(nicht (erreichbar"
    r"|im büro|im haus|im dienst)"
    r"|abwesend|im urlaub|außer haus|in elternzeit)|nicht mehr (in unserem|für unser|bei der"
    r"|bei uns|im) .{0,40}(tätig|beschäftigt)"
    r"|(mail|e-mail|nachricht) (wird|werden) nicht weitergeleitet"
    r"|automatische (antwort|nachricht|eingangs)|kehre .{0,40}zurück"
    r"|wieder (erreichbar|im büro|im dienst))",
    re.IGNORECASE,
)
_BEFORE_SUBJECT = re.compile(r"^((re|aw|fw|wg|sv)\s?:\s*){1,20}", re.IGNORECASE)


def words(mail: Message) -> str:
    """Give what the server wrote itself, without the mail of ours that it gives back; single spaces, lines kept."""
    plain: list[str] = []
    marked: list[str] = []
    _gather(mail, plain, marked, depth=0)
    text = "\n".join(plain) if any(one.strip() for one in plain) else "\n".join(marked)
    return _before_copy(text[:LONGEST])


def _gather(part: Message, plain: list[str], marked: list[str], depth: int) -> bool:
    """Collect words up to the mail that is given back; False ends it. Gateways pack a whole report into a letter."""
    kind, inner = part.get_content_type(), part.get_payload()
    if kind in _ORIGINALS:
        packed = inner[0] if isinstance(inner, list) and inner else None
        if not (plain or marked) and isinstance(packed, Message) and is_machine(packed) and depth < 5:
            _gather(packed, plain, marked, depth + 1)
        return False
    if part.get_content_maintype() == "multipart" and isinstance(inner, list):
        if depth > 20:
            return False
        return all(_gather(one, plain, marked, depth + 1) for one in inner if isinstance(one, Message))
    if kind == "text/html":
        marked.append(markup.lines(body(part)))
    elif part.get_content_maintype() in ("text", "multipart"):
        plain.append(body(part))
    return True


def _before_copy(text: str) -> str:
    kept: list[str] = []
    length = 0
    for line in text.split("\n"):
        bare = " ".join(line[:200].split()).strip("-=*>_|#:. ")
        if length >= LEAST and (_COPY_BEGINS.fullmatch(bare) or _HEAD_BEGINS.match(bare)):
            break
        kept.append(" ".join(line.split()))
        length += len(bare)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def is_machine(mail: Message) -> bool:
    """Tell whether the letter says that a mail server wrote it."""
    sender = header(mail["From"])
    return bool(_MACHINE.search(sender)) or (sender.rpartition("<")[2].strip(" >") == "" and "<>" in sender)


def is_report(mail: Message, envelope_sender: str | None) -> bool:
    """Tell whether a letter may be a report at all; whether it is one, its words say."""
    nobody = envelope_sender is not None and envelope_sender.strip("<> ").lower() in ("", "mailer-daemon")
    returned = header(mail["Return-Path"]).lower() in ("<>", "<mailer-daemon>")
    named = mail["X-Failed-Recipients"] is not None
    fields = mail.get_content_type() == "multipart/report"
    return (
        nobody
        or returned
        or named
        or fields
        or is_machine(mail)
        or bool(_REPORTS.search(header(mail["Subject"])))
    )


def action(subject: str, text: str, *, by_machine: bool) -> Action | None:
    """Say what a report in words tells: given up, still trying, or nothing that can be made out."""
    known = " ".join(f"{subject} {text}".split())
    if _STILL_TRIES.search(known) and not _GAVE_UP.search(known):
        return Action.DELAYED
    if _NOT_ARRIVED.search(known) or _GAVE_UP.search(known):
        return Action.FAILED
    # A server that names an address in a line of its own has nothing else to say about it.
    return Action.FAILED if by_machine and _NAMED.search(text) else None


def is_answer(mail: Message, text: str) -> bool:
    """Tell whether a program answers in somebody's place: holiday notes, receipts, thanks (RFC 3834)."""
    if is_machine(mail) or mail["X-Failed-Recipients"] is not None:
        return False
    subject = _BEFORE_SUBJECT.sub("", header(mail["Subject"]))
    said = any(mail[name] is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    if said or header(mail["Precedence"]).lower() == "auto_reply" or _AWAY_SUBJECT.match(subject):
        return True
    submitted = header(mail["Auto-Submitted"]).partition(";")[0].strip().lower()
    if _REPORTS.search(subject):
        return False
    return submitted.startswith("auto-replied") or bool(_AWAY_WORDS.search(" ".join(text[:4000].split())))
