"""Words that LimeSurvey shows by itself and keeps in no file, in the languages that its surveys here are written in."""

from collections.abc import Iterable

from baukasten_survey.transfer.reports import Text

ORDER = ("de", "fr", "it", "es", "nl")
WORDS: dict[str, tuple[str, ...]] = {
    "Yes": ("Ja", "Oui", "Sì", "Sí", "Ja"),
    "No": ("Nein", "Non", "No", "No", "Nee"),
    "Uncertain": ("Unsicher", "Incertain", "Incerto", "Dudoso", "Onzeker"),
    "Increase": ("Zunahme", "Augmentation", "Aumento", "Aumentó", "Toename"),
    "Same": ("Gleich", "Identique", "Uguale", "Igual", "Gelijk"),
    "Decrease": ("Abnahme", "Diminution", "Diminuzione", "Disminuyó", "Afname"),
    "Female": ("Weiblich", "Féminin", "Femmina", "Femenino", "Vrouwelijk"),
    "Male": ("Männlich", "Masculin", "Maschio", "Masculino", "Mannelijk"),
    "Other": ("Anderes", "Autre", "Altro", "Otro", "Anders"),
    "Comment": ("Anmerkung", "Commentaire", "Commento", "Comentario", "Toelichting"),
    "Time": ("Uhrzeit", "Heure", "Ora", "Hora", "Tijd"),
    "Value": ("Wert", "Valeur", "Valore", "Valor", "Waarde"),
    "Answer": ("Antwort", "Réponse", "Risposta", "Respuesta", "Antwoord"),
}


def word(english: str, languages: Iterable[str]) -> Text:
    """Give a word in each language; in English where it is not known."""
    known = dict(zip(ORDER, WORDS[english], strict=True))
    return {tag: known.get(tag.partition("-")[0], english) for tag in languages}
