"""What servers say, in English and German: rules that look for a bounded stretch each, the more telling ones first."""

import re
from typing import TypeAlias

Rules: TypeAlias = tuple[tuple[str, re.Pattern[str]], ...]

_NAMES = re.compile(
    r"<?https?:\S{0,300}|<?[^\s<>\"']{1,100}@[^\s<>\"']{1,200}>?|\b[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,8}\b"
)
"""Addresses, hosts and links: a server called spamfilter says nothing about the mail. Codes have no letters."""
_ADDRESS = re.compile(r"<?[^\s<>\"'()\[\],;:]{1,100}@[^\s<>\"'()\[\],;:]{1,200}>?")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'", "é": "e", "è": "e"})
_REPEATED = re.compile(r"\b(subject|betreff|objet)\s?:.*$", re.IGNORECASE | re.MULTILINE)
"""What our mail was called; it may speak of spam and full mailboxes."""
STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,2}\.\d{1,3})(?![\d.])")
_OUR_SUBJECT = re.compile(
    r"^(undeliver\w*|unzustellbar|nicht zugestellt|returned mail|non-delivery|re|aw|fw|wg)\s?:.*",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Give small letters on one line, umlauts written out, names and our own subject left out."""
    line = " ".join(_REPEATED.sub("", text).casefold().translate(_UMLAUTS).split())
    return _NAMES.sub(lambda found: found[0] if not re.search("[a-z]", found[0]) else " ", line)


def nameless(text: str) -> str:
    """Give what a server said on one line, without addresses: it is kept longer than they are."""
    return " ".join(_ADDRESS.sub("<…>", text[:8_000]).replace("\0", "").split())


def own_subject(subject: str) -> str:
    """Give what the reporting server says in the subject, without the subject of ours that it repeats."""
    return "" if _OUR_SUBJECT.match(subject) else subject


def _rule(kind: str, *ways: str) -> tuple[str, re.Pattern[str]]:
    return kind, re.compile("|".join(ways))


_SPAM = _rule(
    "spam",
    r"(as|like|is|for|als|of|suspected|likely|possible|probable|considered) (a )?(unsolicited|spam|junk)\b",
    r"\bspam[- ]?(message|mail|content|score|detected|verdacht|filter (rejected|hat))",
    r"\b(rejected|blocked|refused|abgelehnt|abgewiesen).{0,30}\b(spam|werbung)\b",
    r"unsolicited|uce\b|black[- ]?list|block[- ]?list|deny[- ]?list|dns[brw]l|\brbl\b|spamhaus"
    r"|spamcop|barracuda",
    r"(bad|poor|low|schlechte) reputation|reputation.{0,30}(low|bad|poor|block)|sperrliste|schwarze liste",
    r"unerwuenschte (werbung|nachricht|mail|e-mail)|werbemail|blocked using|(?<!not )listed (at|by|in"
    r"|on) |bulk mail",
    r"\burl.{0,30}(block|listed)|phish|malware|schadsoftware|(infected|contains) .{0,20}virus"
    r"|virus (found|detected|gefunden)",
)
_RELAY = _rule(
    "relay",
    r"relay(ing)? (access )?(is |was )?(denied|not (permitted|allowed)|prohibited|disallowed"
    r"|forbidden|verweigert|nicht)",
    r"unable to relay|(cannot|can't|don't|do not|will not|not allowed to|won't) relay|no relaying",
    r"(kein|nicht) (relay|weiterleit)|relaying nicht|not (a )?(locally hosted|hosted here"
    r"|in my list of allowed)",
    r"domain.{0,30}(not (accepted|configured|handled|served) here|isn't in my list)|nicht zustaendig",
)
_POLICY = _rule(
    "policy",
    r"\b(dmarc|spf|dkim)\b|authenticat(ed|ion) (required|failed|fail|check)|unauthenticated",
    r"(sender|absender|envelope from|return path|mail from).{0,40}(reject|refus|denied|block|invalid"
    r"|not (allowed|accepted)"
    r"|verify|abgelehnt|gesperrt|nicht (zugelassen|akzeptiert|erlaubt))",
    r"(polic(y|ies)|richtlinie)|access denied(?!.{0,20}as\()|ptr\b|reverse dns|invalid dns|no smtp service",
    r"not accepting (mail|messages|e-?mail) from|(refus|reject)\w{0,4} (to accept )?(mail|messages"
    r"|connections) from",
    r"grey-?list|too many (connections|messages|recipients|errors|mails)|rate[- ]?limit|throttl"
    r"|zu viele (mails|nachrichten)",
    r"ask your postmaster|not (authori[sz]ed|permitted|allowed)|nicht berechtigt|keine berechtigung"
    r"|administrative",
    r"no resent-from field|(content|message|attachment|anhang|dateityp|inhalt).{0,40}"
    r"(not allowed|reject|prohibited|blocked|nicht erlaubt|gesperrt|abgelehnt)|restricted|line (is )?too long",
)
_TOO_BIG = _rule(
    "too_big",
    r"(message|mail|e-mail|nachricht|size|groesse).{0,50}(too (big|large|long)|zu gross|zu umfangreich)",
    r"(exceed|ueberschreit|uebersteigt).{0,50}(message|maximum|inbound|maximal|zulaessig|erlaubt)\w{0,8}.{0,30}"
    r"(size|groesse)",
    r"(size|groessen)(limit| limit|begrenzung|beschraenkung)|maximum (message )?size"
    r"|maximale (nachrichten)?groesse",
)
_FULL = _rule(
    "mailbox_full",
    r"(mail ?box|mail ?folder|in-?box|postfach|mailbox|account|konto).{0,50}(\bfull\b|\bvoll\b"
    r"|ueberfuellt|over ?quota"
    r"|over (its |disk )?quota|exceed(ed|ing)? .{0,20}(quota|storage|size|limit))",
    r"\bfull mail ?box|quota.{0,30}(exceed|violat|ueberschritten|erschoepft|reached|full)",
    r"(over|exceed\w{0,3}|reached|above|out of)( (his|her|its|their|the|disk|mail|mailbox"
    r"|storage))? ?(disk )?quota|overquota",
    r"(exceeded|insufficient|not enough|no) (disk |storage |mailbox )?(storage|space|allocation)"
    r"|space not enough",
    r"exceeded storage|disk quota|kontingent|speicher(platz|kapazitaet|limit)?.{0,40}(erschoepft|voll"
    r"|ueberschritten|belegt"
    r"|nicht ausreich|aufgebraucht)|too much mail stored|mail ?box (is )?over|kein speicherplatz",
)
_HOST = _rule(
    "host_unknown",
    r"\b(host|domain|mx|name ?server|name service|dns)\b"
    r"((?!said|user|recipient|replied|response|empf|benutz|postfach|mailbox).){0,40}(not found"
    r"|unknown|does not exist|doesn't exist|lookup failure"
    r"|nxdomain|not exist|name error|service error|no (a|mx) record|couldn't be found|unresolvable"
    r"|nicht gefunden"
    r"|existiert nicht|unbekannt|nicht (aufgeloest|aufloes))",
    r"(unknown|unbekannte[rn]?|bad|invalid|no such|illegal) (host|domain|destination system"
    r"|zieldomain|zielserver)",
    r"(domain|host) des empfaengers.{0,40}(nicht|unbekannt)|recipient('s)? (domain|host).{0,40}(not|unknown)",
    r"unrouteable|could not find a gateway|no route to (host|domain)|null ?mx|does not accept mail \(nullmx\)",
    r"nicht aufgeloest werden|kein mailserver (gefunden|zustaendig)|all relevant mx records point to non",
)
_USER = _rule(
    "user_unknown",
    r"(user|recipient|mailbox|account|addressee|address|person|userid|alias|adressat|empfaenger"
    r"|benutzer|postfach"
    r"|e?-?mail-?adresse|teilnehmer|kunde).{0,60}(unknown|not found|not known|does(n't| not) exist"
    r"|not exist|unavailable"
    r"|no longer|not listed|not recogni[sz]ed|not (a )?valid|wrong|invalid|disabled|discontinued"
    r"|suspended|inactive|deleted"
    r"|expired|\bclosed|rejected|unbekannt|existiert nicht|nicht (gefunden|bekannt|vorhanden"
    r"|registriert|existent|existier)"
    r"|geloescht|deaktiviert|gesperrt|geschlossen|ungueltig|inaktiv|gekuendigt|gibt es nicht|nicht mehr)",
    r"(unknown|unbekannte[rs]?|no such|no|illegal|invalid|bad|inactive|ungueltige[rs]?"
    r"|nicht existierende[rs]?|kein|keine[nm]?"
    r"|disabled|inaktive[rs]?|falsche)( or illegal)?( (final|local|alias|destination|delivery|mail"
    r"|e-?mail|gueltige[rs]?))"
    r"{0,3} ?-?(user|recipient|mailbox|account|address|addressee|userid|person|here|empfaenger"
    r"|benutzer|postfach"
    r"|e?-?mail-?adresse|adresse|teilnehmer|konto)",
    r"user doesn't have|doesn't have a.{0,40}account|is not .{0,30}users?\b|not (a valid|in our) user"
    r"|not exactly match",
    r"no matches to nameserver query|mailbox (is )?(unavailable|not available|disabled|inactive)"
    r"|final email delivery point",
    r"does not like recipient|not our customer|n'existe pas|nicht (in unserem|bei uns).{0,30}(bekannt"
    r"|vorhanden|verzeichnis)",
    r"recipient address rejected|unbekannt verzogen|nicht mehr (gueltig|erreichbar|aktiv|vergeben)|550 unknown",
)
_SYSTEM = _rule(
    "system",
    r"timed? ?out|time-?expired|too (many hops|long in the queue)|\bloop|in the queue too long"
    r"|retry (time|timeout)",
    r"(connection|connect|connecting).{0,40}(refused|failed|reset|\bclosed|lost|abgelehnt"
    r"|fehlgeschlagen|abgebrochen)",
    r"(not|nicht) (reachable|responding|erreichbar|able to establish|antworte)|did not respond"
    r"|wasn't able to establish",
    r"(delivery|maximum) (time|attempts)|exceeded maximum delivery|unavailable or busy"
    r"|delivery failed \d{1,3} attempts",
    r"(temporary|server|internal|system|local|configuration|lokaler|interner|technischer) ?-?(error"
    r"|failure|problem|fehler)",
    r"command (died|output)|insufficient (system )?resources|service (currently )?unavailable"
    r"|dienst nicht verfuegbar",
    r"encountered an error|zeitueberschreitung|keine verbindung|antwortet nicht|keine antwort"
    r"|ueberlastet|wartung",
    r"(innerhalb|within|for|seit|nach) .{0,20}\d{1,3} (tagen|days|stunden|hours|tage)",
)
BLAMING: Rules = (_RELAY, _SPAM)
"""What counts before any code: servers write all kinds of them beside it."""
ALL: Rules = (_RELAY, _SPAM, _TOO_BIG, _FULL, _HOST, _USER, _POLICY, _SYSTEM)
FOR_NOW = re.compile(r"try again|temporar|voruebergehend|zeitweilig|spaeter (noch|wieder|erneut)")
