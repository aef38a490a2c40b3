"""The command line: lazy, in sentences, and never with a traceback for what the hub refuses."""

import os
import subprocess
import sys

import pytest

from hub import cli
from hub.errors import ConfigurationError, HubError


@pytest.fixture
def hub(monkeypatch, capsys, reachable_directory, free_port):
    """Runs the command line in this process; answers exit code, standard output and error."""
    for name in ("HUB_KAFKA", "HUB_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_HOME", str(reachable_directory / "command-line"))
    monkeypatch.setenv("HUB_KAFKA_PORT", str(free_port(following=1)))
    monkeypatch.setenv("HUB_POSTGRES_PORT", str(free_port()))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            cli.main(arguments)
        said = capsys.readouterr()
        return left.value.code or 0, said.out, said.err

    return run


def with_command(monkeypatch, target):
    monkeypatch.setattr(cli, "COMMANDS", (cli.Entry("try", target, "Try it"),))


def a_refusal():
    raise HubError("The broker kafka.example:9092 does not answer.")


def a_wrong_setting():
    raise ConfigurationError("The setting HUB_KAFKA is wrong.")


def a_success():
    sys.stdout.write("done\n")


def test_help_names_every_command(hub):
    code, said, _ = hub("--help")
    assert code == 0
    assert all(entry.name in said and entry.summary in said for entry in cli.COMMANDS)


def test_recover_says_that_it_needs_a_feed(hub):
    assert "--feed" in hub("recover", "--help")[1]
    code, _, said = hub("recover")
    assert code == 2
    assert (
        "--feed is missing: --feed health or --feed social_care or --feed police or --feed schools"
        " was expected" in said
    )


def test_help_imports_no_command():
    script = (
        "import sys; from hub import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith('hub.commands')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("entry", cli.COMMANDS, ids=[entry.name for entry in cli.COMMANDS])
def test_every_command_of_the_table_is_there(entry):
    assert cli.load(entry).name == entry.name


def test_a_command_without_its_module_is_refused_in_a_sentence(hub, monkeypatch):
    with_command(monkeypatch, "hub.commands.never_written:app")
    code, _, said = hub("try")
    assert code == 2
    assert said == "hub: The command `try` is not part of this installation.\n"


def test_a_command_runs(hub, monkeypatch):
    monkeypatch.setitem(sys.modules, "the_command", sys.modules[__name__])
    with_command(monkeypatch, "the_command:a_success")
    assert hub("try") == (0, "done\n", "")


def test_a_refusal_is_one_sentence_and_exit_code_1(hub, monkeypatch):
    monkeypatch.setitem(sys.modules, "the_command", sys.modules[__name__])
    with_command(monkeypatch, "the_command:a_refusal")
    assert hub("try") == (1, "", "hub: The broker kafka.example:9092 does not answer.\n")


def test_a_wrong_setting_is_one_sentence_and_exit_code_2(hub, monkeypatch):
    monkeypatch.setitem(sys.modules, "the_command", sys.modules[__name__])
    with_command(monkeypatch, "the_command:a_wrong_setting")
    assert hub("try") == (2, "", "hub: The setting HUB_KAFKA is wrong.\n")


def test_an_unknown_command_is_a_usage_error(hub):
    code, _, said = hub("tidy")
    assert code == 2
    assert "tidy" in said


def test_status_of_what_does_not_run_says_so_and_is_not_a_success(hub):
    code, said, _ = hub("status")
    assert code == 1
    assert said.count("does not run") == 2


def test_down_of_what_does_not_run_is_a_success(hub):
    assert hub("down") == (0, "The local stack was not running.\n", "")


def test_wipe_asks_first_and_without_a_person_does_nothing(hub, monkeypatch):
    with open(os.devnull) as nobody:  # noqa: PTH123 - standard input as a plain file
        monkeypatch.setattr("sys.stdin", nobody)
        code, _, said = hub("wipe")
    assert code == 2
    assert "hub wipe --yes" in said


def test_logs_of_an_unknown_server_name_the_known_ones(hub):
    code, _, said = hub("logs", "zookeeper")
    assert code == 2
    assert "kafka or postgresql" in said


def test_servers_that_exist_are_left_alone_by_up(hub, monkeypatch):
    monkeypatch.setenv("HUB_KAFKA", "kafka.example:9092")
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://hub:secret-word@db.example/hub")
    code, said, progress = hub("up")
    assert code == 0
    assert said == ""
    assert "HUB_KAFKA points to kafka.example:9092" in progress
    assert "secret-word" not in progress


def test_two_nodes_are_refused(hub):
    code, _, said = hub("up", "--nodes", "2")
    assert code == 2
    assert "1 or 3 was expected" in said


def test_settings_shows_every_variable_and_hides_secrets(hub, monkeypatch):
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://hub:secret-word@db.example/hub")
    code, said, _ = hub("settings")
    assert code == 0
    assert "HUB_DATABASE_URL" in said
    assert "secret-word" not in said


@pytest.mark.stack
def test_up_status_logs_down_and_wipe_on_real_servers(hub):
    code, said, progress = hub("up")
    assert code == 0
    assert "Kafka is ready on 127.0.0.1:" in said
    assert "PostgreSQL is ready on 127.0.0.1:" in said
    assert "starting" in progress
    try:
        code, said, _ = hub("status")
        assert code == 0
        assert said.count("runs (pid") == 2
        code, said, _ = hub("logs", "kafka")
        assert "Kafka Server started" in said
    finally:
        assert hub("down")[1] == "The local stack is stopped.\n"
    assert hub("wipe", "--yes")[:2] == (0, "Deleted.\n")


def a_bug():
    int("Ashworth")


def test_a_bug_is_told_by_its_kind_and_place_and_never_by_its_message(hub, monkeypatch):
    with_command(monkeypatch, f"{__name__}:a_bug")
    code, _, said = hub("try")
    assert code == 1
    assert "ValueError" in said
    assert "a_bug" in said
    assert "Ashworth" not in said
