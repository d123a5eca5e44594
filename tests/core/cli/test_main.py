"""The command line refuses in one sentence, and a broken plugin locks nobody out."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from baukasten.cli.main import CORE_COMMANDS, commands
from baukasten.cli.setting import Setting
from baukasten.plugin.faults import PluginError


class Broken(Setting):
    """An installation with a plugin that cannot be loaded."""

    @property
    def contract(self):
        raise PluginError("wild", "does not load")


def test_the_core_s_commands_work_beside_a_broken_plugin():
    done = CliRunner().invoke(commands.commands["tenant"], ["--help"], obj=Broken())
    assert (done.exit_code, "appoint" in done.output) == (0, True)


def test_a_plugins_group_is_found_and_an_unknown_one_is_not(config, contract):
    setting = Setting()
    setting.config, setting.contract = config, contract
    context = commands.make_context("baukasten", ["--help"], obj=setting, resilient_parsing=True)
    context.obj = setting
    assert commands.get_command(context, "forum") is contract.registry.commands["forum"].value
    assert commands.get_command(context, "nichts") is None
    names = commands.list_commands(context)
    assert names == [*sorted(str(one.name) for one in CORE_COMMANDS), "forum", "newsletter", "survey"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["tenant", "list"], 1, "baukasten: BAUKASTEN_DATABASE_URL is the app's role"),
        (["nichts"], 2, "No such command 'nichts'"),
        (["--version"], 0, "baukasten, version 0.1.0"),
    ],
)
def test_a_refusal_is_one_sentence(tmp_path, words, code, said):
    environ = {
        "BAUKASTEN_DATA": str(tmp_path),
        "BAUKASTEN_DATABASE_URL": "postgresql://app@nowhere/x",
        "PATH": "",
    }
    if words == ["nichts"]:
        del environ["BAUKASTEN_DATABASE_URL"]
    done = subprocess.run(
        [sys.executable, "-m", "baukasten", *words], env=environ, capture_output=True, text=True, check=False
    )
    text = done.stdout + done.stderr
    assert (done.returncode, said in text, "Traceback" in text) == (code, True, False)
