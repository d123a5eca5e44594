"""The pages of moderation, put together."""

from baukasten.moderation.appeals import views as appeals
from baukasten.moderation.appeals import views_desk as appeals_desk
from baukasten.moderation.blueprint import blueprint
from baukasten.moderation.casework import views as casework
from baukasten.moderation.casework import views_replies as replies
from baukasten.moderation.casework import views_team as team
from baukasten.moderation.house_rules import views as house_rules
from baukasten.moderation.openness import views as openness
from baukasten.moderation.people import views as people
from baukasten.moderation.people import views_loans as loans
from baukasten.moderation.queue import views as queue
from baukasten.moderation.reporting import views as reporting
from baukasten.moderation.screening import views as screening

__all__ = [
    "appeals",
    "appeals_desk",
    "blueprint",
    "casework",
    "house_rules",
    "loans",
    "openness",
    "people",
    "queue",
    "replies",
    "reporting",
    "screening",
    "team",
]
