"""The example policies can be used as they are, and say all that an authority can say."""

import shutil

import pytest

from hub.adapters.policy_files import load_policies
from hub.core.alert import Severity
from hub.core.identifiers import GssCode
from hub.core.policy_settings import Origin, without_reason
from hub.settings import PROJECT_ROOT

DEPLOYED = PROJECT_ROOT / "deploy" / "policies"
EXAMPLES = tuple(path.stem for path in sorted((DEPLOYED / "examples").glob("*.toml")))
OF_THE_HUB = ("sources.", "phones.", "encompass.desks.", "escalation.", "name", "version")
"""Feeds that tell everybody, and what bears other names in each policy."""


@pytest.fixture(scope="module")
def policies(tmp_path_factory):
    directory = tmp_path_factory.mktemp("policies")
    shutil.copy(DEPLOYED / "hub.toml", directory)
    for name in EXAMPLES:
        shutil.copy(DEPLOYED / "examples" / f"{name}.toml", directory)
    return load_policies(directory)


def test_there_is_one_of_a_unitary_authority_and_one_of_a_county():
    assert {name[:3] for name in EXAMPLES} == {"E06", "E10"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_leaves_nothing_to_others_that_it_can_say(name, policies):
    settings = policies.of(GssCode(name)).settings
    could = {
        key
        for key, setting in policies.hub.settings.items()
        if setting.origin is Origin.HUB and not key.startswith(OF_THE_HUB)
    }
    said = {key for key, setting in settings.items() if setting.origin is Origin.AUTHORITY}
    assert could - said == set(), "say these in the examples too, each with its reason"
    assert without_reason(settings) == ()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_joins_a_register_and_says_whom_to_ring_and_to_turn_to(name, policies):
    policy = policies.of(GssCode(name))
    assert policies.is_joined(GssCode(name))
    assert policy.hospitals()
    assert len(policy.phones) == 2
    assert policy.due_at(Severity.IMMEDIATE, policy.register.live_from) is not None
    for entry in (*policy.phones, policy.relay):
        assert entry.number.startswith("01632 960")
