"""Surveys as a plugin: what it declares, each hook in one place."""

import datetime as dt
from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from baukasten.plugin import (
    ActivityItem,
    Area,
    Companion,
    ContentType,
    DigestSource,
    Export,
    Job,
    Manifest,
    ModuleKind,
    Mount,
    NavItem,
    Permission,
    PersonalDataset,
    ProjectRef,
    SearchSource,
    SettingsGroup,
    Stat,
    hookimpl,
    lazy,
)
from baukasten_survey import keys, views_admin
from baukasten_survey import personal as staff_personal
from baukasten_survey.access import models as access_models
from baukasten_survey.access import views_codes, views_token
from baukasten_survey.analysis import keeping as analysis_keeping
from baukasten_survey.analysis import models as analysis_models
from baukasten_survey.analysis import views_analysis, views_margins
from baukasten_survey.asking import drafts as asking_drafts
from baukasten_survey.asking import personal as asking_personal
from baukasten_survey.asking import views_end, views_front, views_pages
from baukasten_survey.bringing import models as bringing_models
from baukasten_survey.bringing import personal as bringing_personal
from baukasten_survey.bringing import running as bringing_running
from baukasten_survey.bringing import views as bringing_views
from baukasten_survey.building import closing
from baukasten_survey.building import models as building_models
from baukasten_survey.building import views as building_views
from baukasten_survey.datasets import exports as dataset_exports
from baukasten_survey.entry import locking as entry_locking
from baukasten_survey.entry import paper
from baukasten_survey.entry import views as entry_views
from baukasten_survey.mixing import clearing, flushing
from baukasten_survey.outward import digests, door, facts, search
from baukasten_survey.polls import companion, judging
from baukasten_survey.polls import counting as poll_counting
from baukasten_survey.polls import forms as poll_forms
from baukasten_survey.polls import personal as poll_personal
from baukasten_survey.polls import views as poll_views
from baukasten_survey.results import freezing, views_figures, views_public, views_responses
from baukasten_survey.results import judging as quote_judging
from baukasten_survey.results import loading as results_loading
from baukasten_survey.results import models as results_models
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup
from baukasten_survey.textdesk import views_comparing, views_quotes, views_sorting, views_texts, views_voices
from baukasten_survey.texts import personal as text_personal
from baukasten_survey.transfer import commands

_ = lazy("survey")

# Importing a module registers its routes or tables; what nobody else imports stands here.
PARTS = (
    access_models,
    analysis_models,
    bringing_models,
    bringing_views,
    building_models,
    building_views,
    results_models,
    entry_views,
    paper,
    views_analysis,
    views_codes,
    views_comparing,
    views_end,
    views_figures,
    views_front,
    views_margins,
    views_pages,
    views_public,
    views_quotes,
    views_responses,
    views_sorting,
    views_texts,
    views_token,
    views_voices,
)

manifest = Manifest(
    name="survey",
    title="Survey",
    version="0.1.0",
    core=">=0.1,<1",
    description=_("Questions to everybody, exact results, and answers that nobody can join to a person"),
    icon="survey",
    migrations="migrations",
)


@hookimpl
def register_permissions() -> list[Permission]:
    """Answering is for everybody, building for staff, codes and single responses for administrators."""
    return list(keys.PERMISSIONS)


@hookimpl
def register_module_kinds() -> list[ModuleKind]:
    """One survey; a town may place as many as it asks."""
    return [
        ModuleKind(
            key=keys.KIND,
            title=_("Survey"),
            description=_("Questions to everybody, with results that may be published."),
            icon="survey",
            routes=routes,
            features=door.FEATURES,
            door=door.door,
            blockers=door.blockers,
            ends=door.ends,
            on_place=lookup.place,
            load=results_loading.load,
        )
    ]


@hookimpl
def register_blueprints() -> list[Mount]:
    """The surveys of a town for its staff, and the pages of polls."""
    return [Mount(Area.ADMIN, views_admin.administration), Mount(Area.SITE, poll_views.polls)]


@hookimpl
def register_navigation() -> list[NavItem]:
    """The way from the administration to the surveys."""
    return list(views_admin.NAVIGATION)


@hookimpl
def register_jobs() -> list[Job]:
    """Mixing sealed answers, closing, counting results."""
    mixing = [*flushing.JOBS, *clearing.JOBS]
    return [
        *analysis_keeping.JOBS,
        *freezing.JOBS,
        *closing.JOBS,
        *mixing,
        *asking_drafts.JOBS,
        *entry_locking.JOBS,
        *bringing_running.JOBS,
        *poll_counting.JOBS,
    ]


@hookimpl
def register_commands() -> list[click.Command]:
    """What operators do by hand."""
    return [commands.survey]


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """Answers with names, who took part, who asked, and who worked on them."""
    return [
        *text_personal.DATASETS,
        *asking_personal.DATASETS,
        *poll_personal.DATASETS,
        *staff_personal.DATASETS,
        *bringing_personal.DATASETS,
    ]


@hookimpl
def register_exports() -> list[Export]:
    """Responses and codebooks."""
    return list(dataset_exports.EXPORTS)


@hookimpl
def register_search() -> list[SearchSource]:
    """Surveys that were opened, and published results."""
    return list(search.SOURCES)


@hookimpl
def register_digests() -> list[DigestSource]:
    """Surveys that opened, and results that were published."""
    return list(digests.SOURCES)


@hookimpl
def list_activity(
    session: Session, project: ProjectRef, since: dt.datetime, limit: int
) -> Sequence[ActivityItem] | None:
    """Tell which surveys opened lately and what was found."""
    return facts.activity(session, project, since, limit)


@hookimpl
def count_stats(session: Session, project: ProjectRef) -> Sequence[Stat] | None:
    """Count whose answers are in published results."""
    return facts.stats(session, project)


@hookimpl
def register_settings() -> list[SettingsGroup]:
    """Who votes in polls."""
    return [poll_forms.SETTINGS]


@hookimpl
def register_content_types() -> list[ContentType]:
    """Polls, whose words people write."""
    return [*judging.CONTENT_TYPES, *quote_judging.CONTENT_TYPES]


@hookimpl
def register_companions() -> list[Companion]:
    """Polls under contributions of other modules."""
    return list(companion.COMPANIONS)
