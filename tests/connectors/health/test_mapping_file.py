"""A hospital's mapping file is read whole, or refused by the place and what was expected."""

import pytest

from connectors.health.mapping_file import load_mapping
from hub.core.event import DepartmentType
from hub.errors import ConfigurationError

WHOLE = """
version = 1
trust = "rcb"
senders = ["York  Teaching", "PASRCB"]
acknowledgement = "enhanced"
admission_methods = ["21", "AE"]
left_before_seen = ["12", "13", "LWBS"]
mother_relationships = ["MTH", "1"]

[[site]]
code = "RCB55"
name = "York Hospital"
aliases = ["ydh", "224"]

[[department]]
site = "RCB55"
type = "walk_in"
points_of_care = ["walkin"]
ids = ["101001"]
patient_classes = ["O"]
"""


def test_a_whole_mapping_is_read(tmp_path):
    path = tmp_path / "york.toml"
    path.write_text(WHOLE)
    mapping = load_mapping(path)
    assert mapping.sender("york teaching") == "RCB"
    assert mapping.sender("rcb") == "RCB"
    assert mapping.sender("elsewhere") == "ELSEWHERE"
    assert dict(mapping.sites) == {"RCB55": "RCB55", "YDH": "RCB55", "224": "RCB55"}
    assert mapping.enhanced_acknowledgements
    assert mapping.edition == 0


def test_how_often_a_mapping_was_mended_is_read_and_bounded(tmp_path):
    path = tmp_path / "york.toml"
    path.write_text("edition = 3" + WHOLE)
    assert load_mapping(path).edition == 3
    path.write_text("edition = 10" + WHOLE)
    with pytest.raises(ConfigurationError, match="edition"):
        load_mapping(path)


def test_the_rest_of_a_whole_mapping_is_read(tmp_path):
    path = tmp_path / "york.toml"
    path.write_text(WHOLE)
    mapping = load_mapping(path)
    assert mapping.left_before_seen == {"12", "13", "LWBS"}
    (department,) = mapping.departments
    assert department.type is DepartmentType.WALK_IN
    assert department.points_of_care == {"WALKIN"}
    assert department.patient_classes == {"O"}


def test_the_default_mapping_names_no_site():
    mapping = load_mapping(None)
    assert not mapping.sites
    assert not mapping.departments
    assert not mapping.enhanced_acknowledgements


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = 2", r"version: Input should be 1"),
        ("", r"version: Field required"),
        ("version = 1\nclas = 1", r"clas: Extra inputs"),
        ("version = 1\nsenders = ['X']", r"the file: .*trust is missing"),
        ("version = 1\n[[site]]\ncode = 'York!'", r"site\.0\.code: .*ODS code"),
        (
            "version = 1\n[[department]]\nsite = 'RCB55'\ntype = 'major'",
            r"RCB55, which is not among the sites",
        ),
        (
            "version = 1\n[[site]]\ncode = 'RCB55'\n[[department]]\nsite = 'RCB55'\ntype = 'A&E'",
            r"department\.0\.type",
        ),
        (
            "version = 1\nsite = [{code='RCB55', aliases=['X']}, {code='RCBSG', aliases=['x']}]",
            r"X names two sites",
        ),
        ("version = ", r"is not TOML"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_whole(tmp_path, text, said):
    path = tmp_path / "york.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=said) as fault:
        load_mapping(path)
    assert str(fault.value).startswith("Mapping file york.toml")
