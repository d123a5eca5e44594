"""Plans to remark on."""

import io

import pytest

from baukasten_forum.plans import service
from tests.core.content import traced

TEXT = "# Ziele\n\nDer Hafen wird offen.\n\nDrei Meter bleiben frei.\n\nDer Kran bleibt stehen."


@pytest.fixture
def text_plan(session, forum, admin):
    """The id of a plan of three passages."""
    plan_id = service.add_text(session, admin, forum, title="Leitbild", description="Entwurf", body=TEXT)
    session.commit()
    return plan_id


@pytest.fixture
def picture_plan(session, forum, admin):
    """The id of a plan as picture."""
    file = ("Plan.jpg", io.BytesIO(traced.jpeg()))
    plan_id = service.add_picture(
        session, admin, forum, title="Lageplan", description="", alt="Links das Becken.", file=file
    )
    session.commit()
    return plan_id
