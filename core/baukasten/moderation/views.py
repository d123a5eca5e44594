"""The pages of moderation, put together."""

from baukasten.moderation.blueprint import blueprint
from baukasten.moderation.casework import views as casework
from baukasten.moderation.house_rules import views as house_rules
from baukasten.moderation.openness import views as openness
from baukasten.moderation.queue import views as queue
from baukasten.moderation.reporting import views as reporting

__all__ = ["blueprint", "casework", "house_rules", "openness", "queue", "reporting"]
