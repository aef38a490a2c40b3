"""A council's folder goes out under that council's name only."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.social_care import connector
from hub.errors import ConfigurationError

EXAMPLE = Path("connectors/social_care/examples/a_plan_that_has_started/input")


def test_an_extract_of_another_authority_is_refused_before_anything_is_read(context):
    theirs = replace(context, agency="E08000032")

    with pytest.raises(ConfigurationError, match="E08000032 was expected"):
        list(connector.read(EXAMPLE, theirs))


def test_an_extract_of_the_agency_itself_is_read(context):
    assert list(connector.read(EXAMPLE, replace(context, agency="E08000035")))
