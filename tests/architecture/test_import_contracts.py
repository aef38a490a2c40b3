"""Imports run one way; and each contract that says so is seen to break when it is broken.

All packages are copied, imports are planted, and ``lint-imports`` runs there: it must name every
one of them under the contract that it breaks. A contract that is added to pyproject.toml without a
plant fails here. (All are planted at once, for each run reads all packages whole.)
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source_tree import KEPT_LIKE_IT, ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
NAMES = [contract["name"] for contract in CONTRACTS]
LINT = Path(sys.executable).with_name("lint-imports")

# Contract -> (module the import is planted in, what it imports). A module that is not there is
# made, so that a new file is seen to fall under the contract without anybody naming it.
PLANTS = {
    "Layered: composition, entry points, use cases, ports, core, errors": [
        ("hub.core.planted_1", "hub.service.receive"),
        ("hub.ports.planted_2", "hub.service.receive"),
        ("hub.service.planted_3", "hub.api.app"),
        ("hub.adapters.planted_4", "hub.bootstrap"),
        ("hub.api.planted_5", "hub.pipeline"),
        ("hub.errors", "hub.core.event"),
    ],
    "Use cases know no adapter; adapters are named only where a process is composed": [
        ("hub.service.planted_6", "hub.adapters.keys"),
        ("hub.api.planted_7", "hub.adapters.places"),
        ("hub.pipeline", "hub.adapters.kafka"),
        ("hub.service.planted_27", "hub.bootstrap.world"),
    ],
    "What composes the hub is a chain, and each part knows only those before it": [
        ("hub.bootstrap.clock", "hub.bootstrap.world"),
        ("hub.bootstrap.world", "hub.bootstrap.deciding"),
        ("hub.bootstrap.deciding", "hub.bootstrap.asking"),
        ("hub.bootstrap.asking", "hub.bootstrap.hub"),
        ("hub.bootstrap.hub", "hub.bootstrap.running"),
    ],
    "The core touches nothing outside itself": [
        ("hub.core.planted_8", "socket"),
        ("hub.core.rules.planted_9", "logging"),
        ("connectors.health.mapping", "time"),
        ("connectors.social_care.mapping", "os"),
    ],
    "Rules do not know each other": [
        ("hub.core.rules.planted_10", "hub.core.rules.plan_match"),
        ("hub.core.rules.plan_match.planted_27", "hub.core.rules.repeat_attendance"),
    ],
    "Connectors do not know each other": [
        ("connectors.health.planted_11", "connectors.social_care.mapping"),
        ("connectors.social_care.planted_12", "connectors.health.mapping"),
    ],
    "Only the pipeline knows Faust": [
        ("hub.service.planted_13", "faust"),
        ("connectors.planted_14", "faust"),
    ],
    "Only one adapter knows the Kafka client": [
        ("hub.adapters.kafka.planted_15", "kafka"),
        ("connectors.planted_16", "kafka"),
    ],
    "Only the store knows the database driver": [
        ("hub.service.planted_17", "psycopg"),
        ("hub.api.planted_18", "psycopg_pool"),
        ("connectors.planted_19", "psycopg"),
    ],
    "The hub does not import its connectors": [
        ("hub.commands.planted_20", "connectors.run"),
    ],
    "Connectors see the core, ports, errors and adapters and nothing else of the hub": [
        ("connectors.planted_21", "hub.service.receive"),
        ("connectors.health.planted_22", "hub.demo.town"),
    ],
    "What is installed does without what it was trained on": [
        ("hub.core.planted_23", "training.population.rates"),
        ("connectors.planted_24", "training.population.rates"),
    ],
    "The made-up population knows nothing of the matching that is measured on it": [
        ("training.population.planted_25", "hub.core.names"),
        ("training.population.planted_26", "connectors.run"),
    ],
}
EVERY = [(name, *plant) for name, plants in PLANTS.items() for plant in plants]


def copy_into(folder):
    only_code = shutil.ignore_patterns("__pycache__", "static", "templates", "examples")
    for package in KEPT_LIKE_IT:
        shutil.copytree(ROOT / package, folder / package, ignore=only_code)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def linted(folder):
    """What the linter says in a folder."""
    done = subprocess.run(
        [LINT, "--config", "pyproject.toml", "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return done.stdout


def verdicts(said):
    return dict(re.findall(r"^(\S.*?) (KEPT|BROKEN)", said, re.MULTILINE))


def breaches(said):
    """The imports that the linter names under each contract."""
    found = {}
    for part in re.split(r"\n(?=[^\n]+\n-{5,}\n)", said.partition("Broken contracts")[2]):
        name = part.strip().partition("\n")[0]
        found[name] = set(re.findall(r"(\S+) -> (\S+)", part))
    return found


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """What the linter says once every import is planted."""
    folder = copy_into(tmp_path_factory.mktemp("planted"))
    for _, module, imported in EVERY:
        with (folder / (module.replace(".", "/") + ".py")).open("a") as file:
            file.write(f"\nimport {imported}\n")
    return linted(folder)


def test_every_contract_is_kept(tmp_path):
    assert verdicts(linted(copy_into(tmp_path))) == dict.fromkeys(NAMES, "KEPT")


def test_every_contract_has_a_plant_and_every_plant_a_contract():
    assert set(PLANTS) == set(NAMES)
    assert len({module for _, module, _ in EVERY}) == len(EVERY), "one plant a module"


@pytest.mark.parametrize(("contract", "module", "imported"), EVERY)
def test_a_planted_violation_breaks_the_contract(planted, contract, module, imported):
    assert verdicts(planted)[contract] == "BROKEN"
    assert (module, imported) in breaches(planted)[contract]
