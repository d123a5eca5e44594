"""The pages of the demo in all their states: who looks, where, what is done first, which status comes."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from baukasten.notify import links
from baukasten.plugin.refs import Role
from baukasten.projects import queries
from tests.journeys.exhibition import DEMO_HOST, OPERATOR_HOST, Exhibition
from tests.journeys.townhall import member_of

TOWN, EMPTY = "kranichsiel", "neuland"
GUEST, RESPONDENT, CITIZEN, AUTHOR, MODERATOR, ADMIN, OPERATOR, FOUNDER = (
    "guest",
    "respondent",
    "citizen",
    "author",
    "moderator",
    "admin",
    "operator",
    "founder",
)
HOSTS = dict.fromkeys((GUEST, RESPONDENT, CITIZEN, AUTHOR, MODERATOR, ADMIN), f"{TOWN}.localhost") | {
    OPERATOR: OPERATOR_HOST,
    FOUNDER: f"{EMPTY}.localhost",
}
NEWCOMER_EMAIL = "neele@kranichsiel.example"
AUTHOR_EMAIL = "tilda@kranichsiel.example"
"""Whose contribution in the demo waits for the moderators."""
FOUNDER_EMAIL = "erste@neuland.example"
FORUM = "/beteiligung/alter-torfhafen/ideen"
QUESTIONS = "Fragen an die Stadt"
CLOSED_FORUM = "/beteiligung/licht-in-der-nacht/forum"
HOUR = "/beteiligung/alter-torfhafen/fragestunde"
SEND = "main form.writer .actions button:not([name])"
SUBMIT = "main form .actions button:not([name])"
EDITED = ("single", "image", "likert", "diff", "mm", "map", "half", "from", "note")
"""Questions of the survey of every kind whose forms look different."""
KEEP = ".actions button[value=stay]"
SORTED = ("sortieren", "kategorien", "vergleich", "stimmen")
"""Pages of the open texts of a question."""
EXACT = "{survey}/antworten/auswerten?f=yes&f=number&zeile=single&spalte=yes&neben=single"
"""Exact figures of every kind of question, with a cross-table."""
NEXT = ".survey-buttons button:last-of-type"
"""Of a survey's pages."""


@dataclasses.dataclass(frozen=True)
class Page:
    """One kind of page in one state."""

    viewer: str
    path: str
    """``{names}`` are landmarks of the demo."""
    status: int = 200
    fill: Mapping[str, str] = dataclasses.field(default_factory=dict)
    press: str = ""
    """What is filled in and pressed after the page has come; the status is that of what comes then."""
    host: str = ""

    def __str__(self) -> str:
        done = f" + form {self.status}" if self.press else ""
        return f"{self.viewer}: {self.host or ''}{self.path}{done}"


def everywhere(viewer: str, *paths: str, **facts: Any) -> list[Page]:
    """Give several pages of one viewer."""
    return [Page(viewer, path, **facts) for path in paths]


PAGES: list[Page] = [
    # A guest reads.
    *everywhere(GUEST, "/", "/en/", "/beteiligung/", "/en/beteiligung/", "/regeln", "/impressum"),
    *everywhere(GUEST, "/datenschutz", "/barrierefreiheit", "/en/datenschutz", "/en/barrierefreiheit"),
    *everywhere(GUEST, "/beteiligung/alter-torfhafen/", "/en/beteiligung/alter-torfhafen/"),
    *everywhere(GUEST, "/beteiligung/licht-in-der-nacht/", f"{FORUM}/", f"/en{FORUM}/", f"{FORUM}/?sort=neu"),
    *everywhere(
        GUEST, f"{CLOSED_FORUM}/", "{closed_topic}", "{topic}", "/en{short_topic}", "{topic}?nach=50"
    ),
    *everywhere(GUEST, "/suche/", "/suche/?q=Café", "/suche/?q=Quarkstrudel", "/en/suche/?q=Café"),
    *everywhere(GUEST, f"{FORUM}/?stand=offen&sort=wenig", f"/en{FORUM}/?q=Kran", f"{FORUM}/?q=Quarkstrudel"),
    *everywhere(
        GUEST, f"{FORUM}/kategorie/wasser-und-ufer", f"/en{FORUM}/kategorie/fruehere-fragen", "{print}"
    ),
    # A guest comes in.
    *everywhere(
        GUEST, "/konto/anmelden", "/en/konto/anmelden", "/konto/registrieren", "/konto/wiederherstellen"
    ),
    *everywhere(
        GUEST, "/en/konto/registrieren", "/konto/daten/geschlossen", "{leave}", "{confirm}", "{recover}"
    ),
    *everywhere(GUEST, "/konto/anmelden", "/konto/registrieren", status=422, press=SUBMIT),
    Page(
        GUEST,
        "/konto/wiederherstellen",
        fill={"#f-email": "niemand@post.example"},
        press=SUBMIT,
    ),
    *everywhere(GUEST, "/meldung/{post}", "/en/meldung/{post}"),
    Page(GUEST, "/meldung/{post}", 422, press=SUBMIT),
    Page(GUEST, "/meldung/{post}", fill={"#f-reason": "check"}, press=SUBMIT),
    *everywhere(GUEST, "/meldung/core.profile:{member}", "/profil/{member}", "/en/profil/{member}"),
    *everywhere(GUEST, "/meldung/quittung/{waiting}", "/en/meldung/quittung/{waiting}"),
    *everywhere(GUEST, "/meldung/quittung/{refused}", "/en/meldung/quittung/{refused}"),
    Page(CITIZEN, "/meldung/{post}", fill={"#f-reason": "check"}, press=SUBMIT),
    *everywhere(CITIZEN, "/konto/meldungen", "/en/konto/meldungen"),
    *everywhere(GUEST, "/transparenz", "/en/transparenz"),
    *everywhere(GUEST, "/gibt-es-nicht", "/en/gibt-es-nicht", "/konto/bestaetigen/falsch", status=404),
    Page(GUEST, "/", 404, host="niemand.localhost"),
    # A citizen takes part.
    *everywhere(CITIZEN, "/", f"{FORUM}/neu", f"/en{FORUM}/neu", "{closed_topic}", "{short_topic}"),
    Page(CITIZEN, f"{FORUM}/neu", 422, press=SEND),
    Page(CITIZEN, "{short_topic}", 422, press=SEND),
    Page(
        CITIZEN,
        f"{FORUM}/neu",
        fill={"#f-title": "Bänke am Kai", "#f-body": "**Drei** Bänke.\n\n> Zitat\n\n- eins\n- zwei"},
        press="button[name=preview]",
    ),
    Page(CITIZEN, "{short_topic}", fill={"#f-body": "Eine *Vorschau*."}, press="button[name=preview]"),
    *everywhere(CITIZEN, f"{FORUM}/entwuerfe", f"/en{FORUM}/entwuerfe", "{short_topic}?zitat={quoted}"),
    *everywhere(CITIZEN, "{own_post}/bearbeiten", "/en{own_post}/bearbeiten", "{own_post}/zurueckziehen"),
    Page(
        CITIZEN, "{own_post}/bearbeiten", fill={"#f-body": "Eine *Vorschau*."}, press="button[name=preview]"
    ),
    Page(CITIZEN, "{own_post}/bearbeiten", 422, fill={"#f-body": ""}, press=SEND),
    Page(CITIZEN, "{short_topic}", fill={"#f-body": "Ein Entwurf."}, press="button[name=draft]"),
    *everywhere(GUEST, "{own_post}/fassungen", "/en{own_post}/fassungen"),
    Page(MODERATOR, "{own_post}/bearbeiten"),
    *everywhere(
        CITIZEN, "/konto/", "/konto/sitzungen", "/konto/adresse", "/konto/passwort", "/konto/hinweise"
    ),
    *everywhere(CITIZEN, "/konto/hinweise/mails", "/konto/daten/", "/konto/daten/konto-schliessen"),
    *everywhere(CITIZEN, "/en/konto/", "/en/konto/daten/", "/en/konto/hinweise"),
    *everywhere(CITIZEN, "/konto/adresse", "/konto/daten/konto-schliessen", status=422, press=SUBMIT),
    *everywhere(CITIZEN, "/verwaltung/", f"{CLOSED_FORUM}/neu", status=403),
    *everywhere(CITIZEN, f"{FORUM}/folgen", f"/en{FORUM}/folgen", f"{FORUM}/?neu=1", f"/en{FORUM}/?neu=1"),
    *everywhere(GUEST, "{silence}", "/en{silence}"),
    Page(GUEST, "{silence}", press=SUBMIT),
    # Moderators decide.
    *everywhere(MODERATOR, "/verwaltung/moderation/", "/en/verwaltung/moderation/", "{short_topic}"),
    *everywhere(AUTHOR, "{short_topic}", "{held_post}/zurueckziehen", "{held_post}/bearbeiten"),
    *everywhere(MODERATOR, "/verwaltung/moderation/{held}", "/verwaltung/moderation/{reported}"),
    *everywhere(MODERATOR, "/verwaltung/", "/verwaltung/mitglieder/", "/verwaltung/mitglieder/{member}/"),
    Page(MODERATOR, "/verwaltung/moderation/{held}", 422, press=SUBMIT),
    *everywhere(MODERATOR, "/en/verwaltung/moderation/{reported}", "/verwaltung/moderation/{proposed}"),
    *everywhere(ADMIN, "/verwaltung/moderation/{proposed}", "/en/verwaltung/moderation/{proposed}"),
    *everywhere(MODERATOR, "/verwaltung/moderation/{closed_case}", "/verwaltung/moderation/antworten"),
    *everywhere(MODERATOR, "/en/verwaltung/moderation/antworten", "/verwaltung/moderation/antworten/neu"),
    *everywhere(MODERATOR, "/verwaltung/moderation/antworten/{reply}", "/verwaltung/moderation/beispiele"),
    *everywhere(MODERATOR, "/en/verwaltung/moderation/beispiele?regel={rule}"),
    Page(MODERATOR, "/verwaltung/moderation/antworten/neu", 422, press=SUBMIT),
    # Somebody objects, somebody else answers.
    *everywhere(
        CITIZEN, "/konto/entscheidungen", "/en/konto/entscheidungen", "/konto/entscheidungen/{decision}"
    ),
    *everywhere(CITIZEN, "/en/konto/entscheidungen/{decision}", "/konto/entscheidungen/{answered_decision}"),
    *everywhere(AUTHOR, "/konto/entscheidungen"),
    Page(CITIZEN, "/konto/entscheidungen/{decision}", 422, press=SUBMIT),
    *everywhere(
        GUEST, "/meldung/quittung/{groundless}/widerspruch", "/en/meldung/quittung/{groundless}/widerspruch"
    ),
    Page(GUEST, "/meldung/quittung/{groundless}/widerspruch", 422, press=SUBMIT),
    *everywhere(MODERATOR, "/verwaltung/moderation/{appeal}", "/en/verwaltung/moderation/{appeal}"),
    *everywhere(MODERATOR, "/verwaltung/moderation/{answered_appeal}"),
    Page(MODERATOR, "/verwaltung/moderation/{appeal}", 422, press=SUBMIT),
    *everywhere(ADMIN, "/verwaltung/moderation/{appeal}"),
    *everywhere(MODERATOR, "/verwaltung/moderation/entscheidungen/{decision}/beleg"),
    *everywhere(MODERATOR, "/en/verwaltung/moderation/entscheidungen/{decision}/beleg"),
    # The town's administration.
    *everywhere(
        ADMIN, "/verwaltung/", "/en/verwaltung/", "/verwaltung/projekte/", "/verwaltung/projekte/neu"
    ),
    *everywhere(ADMIN, "/verwaltung/projekte/{project}/", "/verwaltung/projekte/{project}/bearbeiten"),
    *everywhere(ADMIN, "/verwaltung/projekte/{project}/phasen", "/en/verwaltung/projekte/{project}/"),
    *everywhere(ADMIN, "/verwaltung/bausteine/{module}/", "/verwaltung/seite/", "/verwaltung/module/"),
    *everywhere(ADMIN, "/verwaltung/einstellungen/", "/verwaltung/einstellungen/site.legal"),
    *everywhere(ADMIN, "/verwaltung/moderation/vorpruefung", "/en/verwaltung/moderation/vorpruefung"),
    Page(ADMIN, "/verwaltung/einstellungen/moderation.screening"),
    *everywhere(
        ADMIN, "/verwaltung/absender/", "/en/verwaltung/absender/", "/verwaltung/einstellungen/mail.sender"
    ),
    Page(FOUNDER, "/verwaltung/absender/"),
    Page(ADMIN, "/verwaltung/moderation/vorpruefung", press=SUBMIT),
    *everywhere(ADMIN, "/verwaltung/moderation/regeln", "/en/verwaltung/moderation/regeln"),
    *everywhere(ADMIN, "/verwaltung/moderation/regeln/entwurf", "/en/verwaltung/moderation/regeln/entwurf"),
    Page(ADMIN, "/verwaltung/moderation/regeln/entwurf", press="button[value=preview]"),
    *everywhere(ADMIN, "/verwaltung/moderation/regeln/vorschau", "/en/verwaltung/moderation/regeln/vorschau"),
    *everywhere(ADMIN, "/verwaltung/moderation/verstaerkung", "/en/verwaltung/moderation/verstaerkung"),
    Page(ADMIN, "/verwaltung/moderation/verstaerkung", 422, press=SUBMIT),
    *everywhere(GUEST, "{invitation}", "/en{invitation}", "/en/regeln"),
    *everywhere(ADMIN, "/verwaltung/mitglieder/{member}/stand", "/en/verwaltung/mitglieder/{member}/stand"),
    Page(ADMIN, "/verwaltung/mitglieder/{member}/stand", 422, press=SUBMIT),
    *everywhere(ADMIN, "/verwaltung/einstellungen/site.accessibility", "/verwaltung/protokoll/"),
    *everywhere(ADMIN, "/verwaltung/mitglieder/", "/verwaltung/mitglieder/{member}/", "/konto/"),
    *everywhere(ADMIN, "/verwaltung/projekte/{project}/?done=saved", "/en/verwaltung/einstellungen/"),
    *everywhere(
        ADMIN, "/verwaltung/exporte/", "/en/verwaltung/exporte/", "/verwaltung/bausteine/{module}/exporte/"
    ),
    Page(ADMIN, "/en/verwaltung/bausteine/{module}/exporte/", press="main button[value=xlsx]"),
    Page(ADMIN, "/verwaltung/bausteine/{module}/exporte/", press="main button[value=csv]"),
    Page(ADMIN, "/verwaltung/projekte/neu", 422, press=SUBMIT),
    *everywhere(ADMIN, f"{FORUM}/einrichten/kategorien", f"/en{FORUM}/einrichten/kategorien"),
    *everywhere(ADMIN, f"{FORUM}/einrichten/kategorien/{{subject}}", f"{FORUM}/"),
    Page(ADMIN, f"{FORUM}/einrichten/kategorien", 422, press=SUBMIT),
    *everywhere(ADMIN, f"{FORUM}/einrichten/zustaende", f"/en{FORUM}/einrichten/zustaende"),
    *everywhere(ADMIN, f"{FORUM}/einrichten/zustaende/{{stage}}", "{questions}/einrichten/zustaende"),
    Page(ADMIN, f"{FORUM}/einrichten/zustaende", 422, press=SUBMIT),
    *everywhere(GUEST, "{question}", "/en{question}", "{questions}/"),
    *everywhere(MODERATOR, "{question}", "{state}", "/en{state}"),
    Page(MODERATOR, "{state}", 422, press=SUBMIT),
    *everywhere(MODERATOR, f"{FORUM}/ordnen", f"/en{FORUM}/ordnen", f"{FORUM}/brief", f"/en{FORUM}/brief"),
    *everywhere(MODERATOR, "{tools}/zusammenfuehren", "{tools}/abtrennen", "{tools}/verschieben"),
    *everywhere(MODERATOR, "{tools}/notizen", "/en{tools}/notizen", f"{FORUM}/"),
    Page(MODERATOR, f"{FORUM}/brief", 422, press=SUBMIT),
    Page(MODERATOR, "{tools}/zusammenfuehren", 422, press=SUBMIT),
    Page(CITIZEN, f"{FORUM}/ordnen", 403),
    # The town answers and shows plans.
    *everywhere(GUEST, f"{FORUM}/{{answered}}", f"{FORUM}/antworten", f"/en{FORUM}/antworten"),
    *everywhere(ADMIN, f"{FORUM}/{{answering}}/stadt-antwort", f"/en{FORUM}/{{answering}}/stadt-antwort"),
    *everywhere(ADMIN, f"{FORUM}/{{answering}}/{{answer}}/stadt-antwort", f"{FORUM}/{{answered}}"),
    Page(ADMIN, f"{FORUM}/{{answering}}/stadt-antwort", 422, press=SUBMIT),
    *everywhere(ADMIN, f"{FORUM}/abwaegung", f"/en{FORUM}/abwaegung", f"{FORUM}/abwaegung/{{weighed}}"),
    *everywhere(
        GUEST, f"{FORUM}/plaene/", f"{FORUM}/plaene/{{text_plan}}", f"{FORUM}/plaene/{{picture_plan}}"
    ),
    *everywhere(
        GUEST, f"/en{FORUM}/plaene/{{picture_plan}}", f"{FORUM}/plaene/{{text_plan}}/anmerkungen?stelle=3"
    ),
    *everywhere(GUEST, f"{FORUM}/{{remark}}", f"{FORUM}/{{passage_remark}}"),
    *everywhere(
        CITIZEN, f"{FORUM}/plaene/{{text_plan}}/neu?stelle=2", f"{FORUM}/plaene/{{picture_plan}}/neu"
    ),
    Page(CITIZEN, f"{FORUM}/plaene/{{picture_plan}}/neu", 422, press=SEND),
    *everywhere(ADMIN, f"{FORUM}/einrichten/plaene", f"{FORUM}/einrichten/plaene/{{text_plan}}"),
    *everywhere(ADMIN, f"{FORUM}/einrichten/plaene/neu/text", f"/en{FORUM}/einrichten/plaene/neu/bild"),
    Page(ADMIN, f"{FORUM}/einrichten/plaene/neu/bild", 422, press=SUBMIT),
    # People talk.
    *everywhere(GUEST, "{talk}", "/en{talk}", "{empty_talk}", "/en{empty_talk}", f"{HOUR}/", f"/en{HOUR}/"),
    *everywhere(CITIZEN, "{talk}", "{talk}?antwort=1", "{held_talk}", "{own_message}", f"{HOUR}/"),
    *everywhere(CITIZEN, "/en{own_message}", "{held_message}", "{talk}?vor=2", "{own_wordings}"),
    *everywhere(MODERATOR, "{own_message}", "/en{own_wordings}"),
    *everywhere(MODERATOR, "{talk}", f"{HOUR}/"),
    Page(CITIZEN, "{own_message}", 422, fill={"#f-body": ""}, press=SUBMIT),
    Page(GUEST, "/beteiligung/markthalle/abend/", host="turmstedt.localhost"),
    Page(GUEST, "/beteiligung/dorfladen/sprechstunde/", host="dreibirken.localhost"),
    *everywhere(
        GUEST, "{transcripts}", "/en{transcripts}", "{published_transcript}", "/en{published_transcript}"
    ),
    *everywhere(MODERATOR, "{transcripts}", "{draft_transcript}", "/en{draft_transcript}"),
    *everywhere(MODERATOR, "{draft_transcript}/zeile/1", "/en{draft_transcript}/zeile/1"),
    Page(MODERATOR, "{transcripts}", 422, fill={"#f-title": ""}, press=SUBMIT),
    # People ask.
    *everywhere(GUEST, f"{HOUR}/fragen", f"/en{HOUR}/fragen", f"{HOUR}/fragen?stand=beantwortet"),
    *everywhere(GUEST, f"{HOUR}/fragen?folge=erste", f"{HOUR}/fragen?stand=archiv", f"{HOUR}/frage"),
    *everywhere(
        GUEST, f"{HOUR}/frage/1", f"/en{HOUR}/frage/1", f"{HOUR}/buehne", f"/en{HOUR}/buehne?naechste=1"
    ),
    *everywhere(CITIZEN, f"{HOUR}/fragen", f"{HOUR}/frage", f"/en{HOUR}/frage", f"{HOUR}/frage/4"),
    *everywhere(CITIZEN, "{own_question}", "/en{own_question}"),
    *everywhere(CITIZEN, f"{HOUR}/frage", "{own_question}", status=422, fill={"#f-body": ""}, press=SUBMIT),
    Page(CITIZEN, f"{HOUR}/frage", fill={"#f-body": "Wie hoch wird der Deich wirklich?"}, press=SUBMIT),
    *everywhere(MODERATOR, f"{HOUR}/regie", f"/en{HOUR}/regie", "{held_desk}", "{held_at_desk}"),
    *everywhere(MODERATOR, "{held_question}/ablehnen", "{held_question}/bearbeiten"),
    *everywhere(MODERATOR, "{open_question}/zusammenfuehren", "{open_question}/beantwortet"),
    Page(MODERATOR, "/en{held_question}/ablehnen", 422, press=SUBMIT),
    # Rooms open and close, people speak one after the other.
    *everywhere(GUEST, "{lobby}", "/en{lobby}", "{announced}", "{over}", "/en{over}", "{grace}", "{hall}"),
    *everywhere(
        GUEST, "{lobby}termine", "/en{lobby}termine", "{hall}wortmeldungen", "/en{hall}wortmeldungen"
    ),
    *everywhere(CITIZEN, "{lobby}", "{hall}", "/en{hall}", "{hall}wortmeldungen"),
    *everywhere(
        MODERATOR, "{hall}", "{hall}wortmeldungen", "{hall}regler", "/en{hall}regler", "{lobby}regler"
    ),
    Page(MODERATOR, "{hall}regler", 422, fill={"#f-text": ""}, press="form[action$=ansage] button"),
    Page(MODERATOR, "{hall}wortmeldungen", 422, press="form[action$=saal] button"),
    *everywhere(ADMIN, "{lobby}termine", "/en{lobby}termine", "{opening}", "/en{opening}"),
    *everywhere(ADMIN, "{over}termine", "{opening}", status=422, fill={"#f-begins": "abends"}, press=SUBMIT),
    # The town writes letters, and everybody reads them.
    *everywhere(GUEST, "/stadtbrief/ausgabe/", "/en/stadtbrief/ausgabe/", "/stadtbrief/ausgabe/1/"),
    *everywhere(GUEST, "/en/stadtbrief/ausgabe/2/", "/stadtbrief/ausgabe/1/de"),
    *everywhere(
        MODERATOR, "/stadtbrief/ausgaben/", "/en/stadtbrief/ausgaben/", "{full_issue}", "/en{full_issue}"
    ),
    *everywhere(MODERATOR, "{full_issue}?sprache=de-simple", "{empty_issue}", "{waiting_issue}"),
    *everywhere(
        MODERATOR, "{empty_issue}/loeschen", "/en{empty_issue}/loeschen", "{full_issue}/vorschau/mail"
    ),
    *everywhere(MODERATOR, "{full_issue}/vorschau/handy", "{full_issue}/vorschau/dunkel"),
    *everywhere(MODERATOR, "{full_issue}/vorschau/text", "/en{full_issue}/vorschau/text"),
    *everywhere(ADMIN, "{waiting_issue}", "{full_issue}"),
    Page(MODERATOR, "{empty_issue}", press="button[value='add:image']"),
    Page(MODERATOR, "{empty_issue}", 422, press="form[action$=anhaenge] button"),
    *everywhere(MODERATOR, "/verwaltung/newsletter/", "/en/verwaltung/newsletter/"),
    # People subscribe, choose and leave.
    *everywhere(GUEST, "/stadtbrief/", "/en/stadtbrief/", "{confirm_letters}", "/en{confirm_letters}"),
    *everywhere(GUEST, "{confirmed_letters}", "{read_settings}", "/en{read_settings}", "{gone_settings}"),
    *everywhere(GUEST, "{leave_letters}", "{never_letters}", "/en{leave_letters}", "{left_letters}"),
    Page(GUEST, "/stadtbrief/", 422, press=SUBMIT),
    Page(GUEST, "/stadtbrief/", fill={"#f-address": "neue@post.example", "#f-topics": "check"}, press=SUBMIT),
    Page(
        GUEST, "{read_settings}", 422, fill={"#f-move-address": "neu"}, press="form[action$=adresse] button"
    ),
    *everywhere(CITIZEN, "/stadtbrief/"),
    *everywhere(ADMIN, "/stadtbrief/", "/stadtbrief/themen/", "/en/stadtbrief/themen/", "{letter_topic}"),
    *everywhere(ADMIN, "/en{letter_topic}", "/stadtbrief/menschen/", "/en/stadtbrief/menschen/"),
    Page(ADMIN, "/stadtbrief/themen/", 422, press="section form .actions button"),
    Page(ADMIN, "/stadtbrief/menschen/", 422, press=SUBMIT),
    Page(ADMIN, "/stadtbrief/menschen/", fill={"#f-address": "liest@brief.example"}, press=SUBMIT),
    # Letters go out.
    *everywhere(ADMIN, "{empty_issue}/versand", "{full_issue}/versand", "/en{full_issue}/versand"),
    *everywhere(ADMIN, "{sending_issue}", "/en{sending_issue}", "{stopped_issue}", "/en{stopped_issue}"),
    *everywhere(MODERATOR, "{full_issue}/versand", "{sending_issue}"),
    *everywhere(ADMIN, "{ready_issue}", "/en{ready_issue}"),
    Page(ADMIN, "{ready_issue}", 422, fill={"input[value=later]": "check"}, press=SUBMIT),
    # What came back of letters.
    *everywhere(
        ADMIN, "/stadtbrief/rueckweg/", "/en/stadtbrief/rueckweg/", "/stadtbrief/rueckweg/?erledigt=1"
    ),
    *everywhere(ADMIN, "{returned_letter}", "/en{returned_letter}"),
    Page(ADMIN, "{returned_letter}", 422, press="form[action$=einordnen] button"),
    # People are brought in, and letters are counted.
    *everywhere(ADMIN, "/stadtbrief/menschen/einlesen/", "/en/stadtbrief/menschen/einlesen/"),
    *everywhere(ADMIN, "{checked_file}", "/en{checked_file}", "{brought_file}", "{failed_file}"),
    Page(ADMIN, "/stadtbrief/menschen/einlesen/", 422, press=SUBMIT),
    *everywhere(MODERATOR, "/stadtbrief/zahlen/", "/en/stadtbrief/zahlen/"),
    *everywhere(MODERATOR, "{issue_figures}", "/en{issue_figures}"),
    # Somebody answers a survey, page by page in this order.
    *everywhere(RESPONDENT, "{survey}/", "/en{survey}/", "{survey}/anonym", "/en{survey}/anonym"),
    Page(RESPONDENT, "{survey}/fortsetzen", 405),
    Page(RESPONDENT, "{survey}/", press=".survey-begin .actions button"),
    *everywhere(RESPONDENT, "{survey}/seite/choosing", "/en{survey}/seite/choosing", "{survey}/spaeter"),
    *everywhere(RESPONDENT, "/en{survey}/spaeter", "{survey}/seite/writing", "/en{survey}/seite/writing"),
    Page(RESPONDENT, "{survey}/seite/writing", 422, press=NEXT),
    Page(RESPONDENT, "{survey}/seite/writing", fill={"#f-agree": "check"}, press=NEXT),
    *everywhere(RESPONDENT, "{survey}/uebersicht", "/en{survey}/uebersicht"),
    Page(RESPONDENT, "{survey}/uebersicht", press=NEXT),
    *everywhere(RESPONDENT, "{survey}/danke", "/en{survey}/danke"),
    # Surveys are written, opened, changed and closed.
    *everywhere(MODERATOR, "/verwaltung/survey/", "/en/verwaltung/survey/", "{drafted}/bearbeiten/"),
    *everywhere(MODERATOR, "/en{drafted}/bearbeiten/", "{every}/bearbeiten/", "{running}/bearbeiten/"),
    *everywhere(
        MODERATOR, "{shut}/bearbeiten/", "{drafted}/bearbeiten/frage/q2", "/en{drafted}/bearbeiten/frage/q2"
    ),
    *everywhere(MODERATOR, *(f"{{every}}/bearbeiten/frage/{code}" for code in EDITED)),
    *everywhere(MODERATOR, "{drafted}/bearbeiten/seite/p2", "/en{drafted}/bearbeiten/seite/p2"),
    *everywhere(MODERATOR, "{drafted}/bearbeiten/gruppe/g_p2", "{drafted}/bearbeiten/texte"),
    *everywhere(MODERATOR, "/en{drafted}/bearbeiten/texte", "{drafted}/bearbeiten/sprachen"),
    *everywhere(MODERATOR, "/en{drafted}/bearbeiten/sprachen", "{drafted}/bearbeiten/vorrat"),
    *everywhere(
        MODERATOR, "{drafted}/bearbeiten/vorrat?aus=fragen", "/en{drafted}/bearbeiten/vorrat?aus=viertel"
    ),
    *everywhere(MODERATOR, "{drafted}/bearbeiten/einlesen", "/en{drafted}/bearbeiten/einlesen"),
    *everywhere(
        MODERATOR, "{file_done}", "/en{file_done}", "{file_failed}", "{file_reading}", "/en{file_reading}"
    ),
    *everywhere(ADMIN, "{drafted}/bearbeiten/oeffnen", "/en{drafted}/bearbeiten/oeffnen"),
    *everywhere(ADMIN, "{running}/bearbeiten/fassung", "/en{running}/bearbeiten/fassung"),
    *everywhere(ADMIN, "{drafted}/einstellungen/", "/en{drafted}/einstellungen/", "{running}/einstellungen/"),
    *everywhere(ADMIN, "{shut}/einstellungen/", "{running}/schliessen", "/en{running}/schliessen"),
    *everywhere(ADMIN, "{running}/zugang/", "/en{running}/zugang/", "{coded}/zugang/", "/en{coded}/zugang/"),
    Page(ADMIN, "{coded}/zugang/", 422, press=SUBMIT),
    *everywhere(MODERATOR, "{running}/eingabe/", "/en{running}/eingabe/", "{coded}/eingabe/"),
    Page(MODERATOR, "{running}/eingabe/", 422, press="main .survey-buttons button"),
    *everywhere(MODERATOR, "{running}/einstellungen/", "{running}/bearbeiten/fassung"),
    Page(MODERATOR, "{drafted}/bearbeiten/frage/q1", 422, fill={"#f-options-de": "a = 1\na = 2"}, press=KEEP),
    Page(ADMIN, "{drafted}/einstellungen/", 422, fill={"#f-minimum_cell": "1"}, press=SUBMIT),
    Page(MODERATOR, "{drafted}/bearbeiten/einlesen", 422, press=SUBMIT),
    # Polls under contributions.
    *everywhere(GUEST, "{polled}", "/en{polled}", "{poll}", "/en{poll}", "{poll_over}", "/en{poll_over}"),
    *everywhere(CITIZEN, "{polled}", "{poll}", "/en{poll}", "{poll_new}", "/en{poll_new}"),
    *everywhere(MODERATOR, "{poll}", "/en{poll}"),
    Page(CITIZEN, "{poll_new}", 422, press=SUBMIT),
    Page(CITIZEN, "{poll}", 422, press=SUBMIT),
    # Results are chosen and published.
    *everywhere(ADMIN, "{shut}/antworten/", "/en{shut}/antworten/", "{running}/antworten/"),
    *everywhere(ADMIN, "{shut}/antworten/texte/", "/en{shut}/antworten/texte/", "{running}/antworten/texte/"),
    *everywhere(ADMIN, *(f"{{shut}}/antworten/texte/q2/{part}" for part in SORTED), "{quote}", "/en{quote}"),
    *everywhere(ADMIN, "/en{shut}/antworten/texte/q2/sortieren", "/en{shut}/antworten/texte/q2/vergleich"),
    Page(ADMIN, "{shut}/antworten/texte/q2/kategorien", 422, press="main form button[value=add]"),
    Page(ADMIN, "{quote}", 422, fill={"#f-body": "Ruft 04921 876543 an"}, press=SUBMIT),
    *everywhere(MODERATOR, "{shut}/auswertung/texte/", "/en{shut}/auswertung/texte/"),
    Page(ADMIN, "{shut}/auswertung/texte/q2/festschreiben"),
    *everywhere(
        ADMIN, "{shut}/antworten/auswerten", "/en{shut}/antworten/auswerten", "{running}/antworten/auswerten"
    ),
    *everywhere(ADMIN, EXACT, f"/en{EXACT}", "{shut}/antworten/auswerten?gewichtet=1&neben=q1&f=nichts"),
    *everywhere(
        ADMIN, "{shut}/antworten/gewichte", "/en{shut}/antworten/gewichte", "{running}/antworten/gewichte"
    ),
    Page(ADMIN, "{shut}/antworten/gewichte", 422, press=".panel .actions button"),
    *everywhere(GUEST, "{shut}/ergebnisse", "/en{shut}/ergebnisse", "{running}/ergebnisse"),
    *everywhere(MODERATOR, "{shut}/auswertung/", "/en{shut}/auswertung/", "{running}/auswertung/"),
    *everywhere(MODERATOR, "{shut}/auswertung/vorschau", "/en{shut}/auswertung/vorschau"),
    Page(
        MODERATOR,
        "{running}/auswertung/",
        fill={"#f-headline": "Worum es geht"},
        press=".survey-form .actions button",
    ),
    # A town that has only just been opened.
    *everywhere(FOUNDER, "/", "/beteiligung/", "/impressum", "/datenschutz", "/regeln", "/barrierefreiheit"),
    *everywhere(
        FOUNDER, "/verwaltung/", "/verwaltung/projekte/", "/verwaltung/module/", "/verwaltung/seite/"
    ),
    *everywhere(FOUNDER, "/verwaltung/mitglieder/", "/konto/hinweise", "/verwaltung/protokoll/"),
    *everywhere(FOUNDER, "/beteiligung/leere-wiese/", "/beteiligung/leere-wiese/forum/"),
    Page(FOUNDER, "/verwaltung/projekte/{draft}/"),
    # The data centre.
    *everywhere(OPERATOR, "/betrieb/", "/betrieb/?q=Dreibirken", "/betrieb/neu", "/betrieb/bausteine"),
    *everywhere(OPERATOR, "/betrieb/zustand", "/betrieb/stadt/kranichsiel", "/konto/", "/konto/sitzungen"),
    Page(OPERATOR, "/betrieb/neu", 422, press=SUBMIT),
    Page(OPERATOR, "/betrieb/gibt-es-nicht", 404),
    Page(GUEST, "/konto/anmelden", host=OPERATOR_HOST),
    # The demo's own pages, and the other towns with their themes.
    *everywhere(GUEST, "/demo/", "/postfach/", "/postfach/{letter}", host=DEMO_HOST),
    *everywhere(GUEST, "/", "/beteiligung/sieben-doerfer-ein-bus/", host="dreibirken.localhost"),
    *everywhere(GUEST, "/beteiligung/sieben-doerfer-ein-bus/fahrplan/", host="dreibirken.localhost"),
    *everywhere(GUEST, "/", "/beteiligung/altstadt-verkehr/vorschlaege/", host="turmstedt.localhost"),
]


def emails(shown: Exhibition) -> dict[str, str]:
    """Tell who each viewer is; a guest is nobody."""
    roles = {CITIZEN: Role.CITIZEN, MODERATOR: Role.MODERATOR, ADMIN: Role.ADMIN, OPERATOR: Role.OPERATOR}
    return {viewer: shown.person(TOWN, role) for viewer, role in roles.items()} | {
        FOUNDER: FOUNDER_EMAIL,
        AUTHOR: AUTHOR_EMAIL,
    }


def landmarks(shown: Exhibition) -> dict[str, str]:
    """Find what the addresses of pages name: numbers, slugs, secrets."""
    found: dict[str, object] = {"letter": shown.letters(NEWCOMER_EMAIL)[0].id, **shown.said}
    found["confirm"] = shown.link(NEWCOMER_EMAIL, "bestaetigen")
    found["recover"] = shown.link(shown.person(TOWN, Role.CITIZEN), "wiederherstellen")
    with shown.database.session(shown.town(EMPTY).id) as session:
        found["draft"] = _project(session, "leere-wiese")
    with shown.database.session(shown.town(TOWN).id) as session:
        found["project"] = _project(session, "alter-torfhafen")
        found["module"] = queries.modules(session, int(str(found["project"])))[0].id
        for case in session.execute(text(CASES)):
            found["proposed" if case.proposal else case.cause] = case.id
            found[f"{case.cause}_post"] = f"{FORUM}/beitrag/{case.content_id}"
        found["closed_case"] = session.scalar(
            text("SELECT max(case_id) FROM moderation_decision WHERE undone_at IS NULL")
        )
        found["rule"] = session.scalar(text("SELECT max(rule_key) FROM moderation_decision"))
        found["reply"] = session.scalar(text("SELECT min(id) FROM moderation_reply"))
        citizen = member_of(shown, session, Role.CITIZEN)
        found["member"] = citizen.id
        for receipt, outcome in session.execute(text("SELECT receipt, outcome FROM moderation_report")):
            found[outcome or "waiting"] = receipt
        secret = shown.config.secret_key
        found["leave"] = links.leave_path(secret, shown.town(TOWN).id, citizen.id, "forum.reply")
        found["silence"] = links.leave_path(secret, shown.town(TOWN).id, citizen.id, "forum.reply", "topic:1")
        topics = {row.title: row for row in session.execute(text(TOPICS))}
        crane, light = topics["Den Kran wieder drehen lassen"], topics["Bahnhofsweg: bitte niemals dunkler"]
        long = max(topics.values(), key=lambda row: row.replies)
        found["topic"] = f"{FORUM}/{long.id}-{long.slug}"
        found["short_topic"] = f"{FORUM}/{crane.id}-{crane.slug}"
        found["closed_topic"] = f"{CLOSED_FORUM}/{light.id}-{light.slug}"
        found["post"] = f"forum.post:{long.first}"
        asked = topics["Wann öffnet das Bad?"]
        found["questions"], found["question"] = "/fragen", f"/fragen/{asked.id}-{asked.slug}"
        found["state"] = f"{FORUM}/{crane.id}/werkzeuge/zustand"
        found["stage"] = session.scalar(text("SELECT max(id) FROM forum_stage WHERE starts_at > now()"))
        found["quoted"], found["tools"] = crane.first, f"{FORUM}/{crane.id}"
        found["print"] = f"{FORUM}/{long.id}/druck"
        found["subject"] = session.scalar(text("SELECT min(id) FROM forum_category"))
        found["own_post"] = f"{FORUM}/{crane.id}/{crane.changed}"
    return {name: str(value) for name, value in found.items()}


CASES = """
SELECT id, cause, content_id, proposal FROM moderation_case
WHERE closed_at IS NULL AND content_type = 'forum.post' ORDER BY id
"""
TOPICS = """
SELECT t.id, t.title, t.slug, t.replies,
    (SELECT min(p.id) FROM forum_post p WHERE p.topic_id = t.id) AS first,
    (SELECT max(p.number) FROM forum_post p WHERE p.topic_id = t.id AND p.edits > 0) AS changed
FROM forum_topic t
"""


def _project(session: Any, slug: str) -> int:
    project = queries.find_project(session, slug)
    assert project is not None
    return int(project.id)
