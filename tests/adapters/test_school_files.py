"""The directory of schools, and what is agreed on notices to them: refused whole if wrong."""

import shutil
from datetime import time

import pytest

from hub.adapters.policy_files import load_policies
from hub.adapters.school_files import load_schools
from hub.core.encompass_policy import ContentLevel, EncompassPolicy, LateTo
from hub.core.identifiers import GssCode, Urn
from hub.errors import ConfigurationError
from hub.settings import PROJECT_ROOT

BRADFORD = GssCode("E08000032")
TWICE = """
[schools.107200]
name = "A"
lead = { id = "one-lead", name = "A" }
deputy = { id = "one-lead", name = "A" }
"""
HEAD = 'name = "Bradford"\nsource = "Made up."\n'


@pytest.fixture
def folder(tmp_path):
    def write(text, name="E08000032.toml"):
        (tmp_path / name).write_text(HEAD + text)
        return tmp_path

    return write


def test_the_shipped_directory_can_be_read():
    directory = load_schools(PROJECT_ROOT / "deploy" / "schools")
    school = directory.of(Urn("107200"))
    assert [one.staff_id for one in school.contacts()] == [
        "school-lead-107200",
        "school-deputy-107200",
    ]
    assert directory.of_agency("URN107200") is school
    assert school in directory.in_area(BRADFORD)
    assert "Ruth" not in repr(school)


def test_a_school_without_anybody_to_address_is_listed(folder):
    directory = load_schools(folder('[schools.107200]\nname = "A school"\n'))
    assert directory.of(Urn("107200")).contacts() == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[schools.107200]\nlead = { id = "a-lead", name = "A" }\n', "schools.107200.name"),
        ('[schools.12]\nname = "A school"\n', "schools: urn"),
        ('[schools.107200]\nname = "A"\nlead = { id = "A B", name = "A" }\n', "lead.id"),
        ('[schools.107200]\nname = "A"\nwebhook = "ftp://a"\n', "webhook"),
        ('[schools.107200]\nname = "A"\nwebhook = "https://a/?key=1"\n', "webhook"),
        ('[schools.107200]\nname = "A"\nhead = "B"\n', "schools.107200.head"),
        (TWICE, "named once only"),
    ],
)
def test_a_directory_that_is_wrong_is_refused_whole(folder, text, says):
    with pytest.raises(ConfigurationError, match=r"E08000032\.toml") as refused:
        load_schools(folder(text))
    assert says.lower() in str(refused.value).lower()


def test_a_file_that_is_named_by_no_authority_is_refused(folder):
    with pytest.raises(ConfigurationError, match="named by a GSS code"):
        load_schools(folder('[schools.107200]\nname = "A"\n', "bradford.toml"))


def test_a_school_in_two_files_is_refused(folder):
    folder('[schools.107200]\nname = "A"\n')
    with pytest.raises(ConfigurationError, match="two files"):
        load_schools(folder('[schools.107200]\nname = "A"\n', "E08000035.toml"))


def test_a_directory_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="A directory of schools was expected"):
        load_schools(tmp_path / "nowhere")


# ------------------------------------------------------------------------------ what is agreed


@pytest.fixture
def policies(tmp_path):
    shutil.copytree(PROJECT_ROOT / "deploy" / "policies", tmp_path / "policies")

    def with_own(text):
        own = tmp_path / "policies" / "E08000032.toml"
        own.write_text(own.read_text() + "\n[encompass]\n" + text)
        return load_policies(tmp_path / "policies").of(BRADFORD).encompass

    return with_own


def test_an_authority_says_only_what_differs(policies):
    agreed = policies('level = "minimum"\nlate_to = ["council"]\nschool_day_starts = 09:00:00\n')
    assert agreed.level is ContentLevel.MINIMUM
    assert agreed.late_to == (LateTo.COUNCIL,)
    assert agreed.school_day_starts == time(9)
    assert agreed.desks["POL13"].number == "01632 960913"
    assert agreed.not_to_school_codes == frozenset({"NTS"})


def test_without_a_word_no_notice_is_made():
    assert EncompassPolicy().level is ContentLevel.OFF


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('level = "everything"\n', "encompass.level"),
        ("lead_minutes = -1\n", "encompass.lead_minutes"),
        ('late_to = ["nobody"]\n', "encompass.late_to"),
        ("school_day_ends = 08:00:00\n", "school_day_ends must be later"),
        ("webhook = 1\n", "encompass.webhook"),
        ("live_from = 2026-01-01T00:00:00\n", "encompass.live_from"),
    ],
)
def test_an_agreement_that_is_wrong_is_refused(policies, text, says):
    with pytest.raises(ConfigurationError) as refused:
        policies(text)
    assert says in str(refused.value)
