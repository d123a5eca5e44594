"""One respondent at one survey during one request: the draft, the version that it is of, the way so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from baukasten.plugin import ModuleRef
from baukasten.sdk import carries_session, clock, here, may, module_url
from baukasten_survey.answers.flow import Path
from baukasten_survey.asking import drafts, posting, shelf, tongues
from baukasten_survey.asking import views_cookies as cookies
from baukasten_survey.asking.drafts import Keys, Work
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.asking.shelf import Compiled, Facts
from baukasten_survey.keys import BUILD, Anonymity


@dataclass(slots=True)
class Sitting:
    """What a page needs to go on."""

    module: ModuleRef
    facts: Facts
    compiled: Compiled
    secret: bytes
    keys: Keys
    work: Work

    @property
    def path(self) -> Path:
        """Follow what is answered so far."""
        return posting.path_of(self.compiled.flow, self.work, clock.now().date())

    @property
    def languages(self) -> Sequence[str]:
        """Give the survey's languages."""
        return self.compiled.asked.definition.languages

    def sayings(self) -> Sayings:
        """Say the survey's texts in the respondent's language."""
        return Sayings(self.path, self.work.language)

    def url(self, endpoint: str, **values: str) -> str:
        """Give the address of a page of this survey."""
        return module_url(self.module, endpoint, **values)


def secret_keys(module: ModuleRef, facts: Facts) -> tuple[bytes, Keys] | None:
    """Give what the browser's cookie opens; None where it has none."""
    secret = drafts.read_secret(cookies.draft(module))
    return None if secret is None else (secret, drafts.keys_of(here().session, facts.id, secret))


def current(module: ModuleRef, *, hold: bool = False) -> Sitting | None:
    """Give the respondent's draft as far as it can go on; None where there is none, or the survey takes nothing."""
    session = here().session
    facts = shelf.facts_of(session, module)
    known = secret_keys(module, facts)
    if known is None or not open_to_me(module, facts):
        return None
    secret, keys = known
    work = drafts.find(session, facts.id, keys, hold=hold)
    if work is None or (work.version == 0) != facts.drafted:
        return None
    made = shelf.compiled(session, facts, work.version)
    asked = request.form.get("_language") or request.args.get(tongues.PARAMETER, "")
    if asked in made.asked.definition.languages:
        work.language = asked
    return Sitting(module, facts, made, secret, keys, work)


def open_to_me(module: ModuleRef, facts: Facts) -> bool:
    """Tell whether answers are taken: of everybody while it runs, of its authors while it is written."""
    if facts.drafted:
        place = here()
        return may(place.session, place.member, BUILD, module)
    return facts.is_running() and not tells_account(facts)


def tells_account(facts: Facts) -> bool:
    """Tell whether this request says who asks where nobody may know who answers.

    Blind tokens keep that from those who run the server too; a session's cookie beside the answer would tell them.
    """
    return facts.anonymity is Anonymity.BLIND and not facts.drafted and carries_session()
