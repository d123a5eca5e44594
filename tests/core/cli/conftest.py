"""Commands run against the tests' own database."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from baukasten.cli.main import commands
from baukasten.cli.setting import Setting
from baukasten.config import Config


@pytest.fixture
def config(tmp_path, database_urls):
    return Config(data_dir=tmp_path, secret_key="only-for-tests", database=database_urls)


@pytest.fixture
def command(config, contract) -> Callable[..., Result]:
    """Run a command by its words; what the platform refuses is raised."""

    def run(*words: str) -> Result:
        setting = Setting()
        setting.config, setting.contract = config, contract
        group, *rest = words
        return CliRunner().invoke(commands.commands[group], rest, obj=setting, catch_exceptions=False)

    return run
