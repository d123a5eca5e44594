"""A newcomer's first contribution with a link: the browser solves its puzzle unseen; without script a person looks."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from baukasten.moderation.screening.models import Submission
from tests.journeys import pages
from tests.journeys.browsing import NARROW, visiting
from tests.journeys.exhibition import Exhibition

pytestmark = pytest.mark.browser
HOST = f"{pages.TOWN}.localhost"


def submitted(shown: Exhibition, member_id: int) -> tuple[str, str, bool]:
    with shown.database.session(shown.town(pages.TOWN).id) as session:
        kept = session.scalars(select(Submission).where(Submission.author_id == member_id)).one()
        return kept.ruling, kept.code, kept.proof != ""


@pytest.mark.parametrize(
    ("scripted", "found"), [(True, ("allow", "", True)), (False, ("hold", "unusual", False))]
)
def test_the_browser_proves_itself(browser: Browser, shown: Exhibition, scripted, found):
    name = "mit" if scripted else "ohne"
    email = f"{name}.skript@kranichsiel.example"
    member = shown.newcomer(pages.TOWN, email, f"Momme {name.title()}")
    with visiting(browser, java_script_enabled=scripted, viewport=NARROW) as visitor:
        visitor.sign_in_as(HOST, shown.secret(HOST, email))
        page = visitor.page
        page.goto(shown.url(HOST, f"{pages.FORUM}/neu"))
        page.locator("#f-title").fill(f"Ein Fund ({name})")
        page.locator("#f-body").fill(f"Hier steht mehr ({name}): https://hafen.example")
        with page.expect_navigation():
            page.locator(pages.SEND).click()
        expect(page.get_by_text(f"Hier steht mehr ({name})").first).to_be_visible()
        expect(page.get_by_text("Deshalb liest ihn zuerst die Moderation")).to_have_count(
            0 if scripted else 1
        )
        assert visitor.complaints == []
    assert submitted(shown, member.id) == found
