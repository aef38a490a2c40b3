"""School calendars are read whole or not at all, and what is wrong is named."""

from datetime import date

import pytest
from typer.testing import CliRunner

from hub.adapters.calendar_files import load_calendars
from hub.commands.schools import app
from hub.core.identifiers import Urn
from hub.core.school_calendar import is_school_day, sessions_on
from hub.core.school_marks import SchoolSession
from hub.errors import ConfigurationError
from hub.settings import PROJECT_ROOT

SHIPPED = PROJECT_ROOT / "deploy" / "calendars"
USUAL = """
name = "Usual"
source = "Made up."
terms = [
  { name = "Spring", first = 2027-04-12, last = 2027-05-28 },
  { name = "Summer", first = 2027-06-07, last = 2027-07-22 },
]
closed = [2027-06-07]
half_days = [{ day = 2027-07-22, session = "am" }]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "hub.toml").write_text(USUAL)
    return tmp_path


def council(folder, more="", code="E08000032"):
    (folder / f"{code}.toml").write_text(USUAL + more)


def refused(folder):
    with pytest.raises(ConfigurationError) as caught:
        load_calendars(folder)
    return str(caught.value)


def test_the_shipped_calendars_load_and_the_command_says_so():
    assert load_calendars(SHIPPED).schools
    told = CliRunner().invoke(app, ["check-calendars", str(SHIPPED)])
    assert told.exit_code == 0
    assert "schools of their own" in told.stdout


def test_bank_holidays_are_closed_without_being_listed(folder):
    assert not is_school_day(load_calendars(folder).usual, date(2027, 5, 3))


def test_a_school_adds_its_own_days_to_those_of_its_council(folder):
    council(
        folder,
        """
[schools.107200]
name = "A school"
closed = [2027-06-08]
half_days = [{ day = 2027-06-09, session = "pm" }]
""",
    )
    own = load_calendars(folder).of(Urn("107200"))
    assert not is_school_day(own, date(2027, 6, 7))
    assert not is_school_day(own, date(2027, 6, 8))
    assert sessions_on(own, date(2027, 6, 9)) == (SchoolSession.PM,)
    assert sessions_on(own, date(2027, 7, 22)) == (SchoolSession.AM,)


def test_a_school_with_terms_of_its_own_takes_nothing_over(folder):
    council(
        folder,
        """
[schools.107200]
name = "A school"
terms = [{ name = "Summer", first = 2027-06-07, last = 2027-07-22 }]
""",
    )
    own = load_calendars(folder).of(Urn("107200"))
    assert is_school_day(own, date(2027, 6, 7))
    assert len(sessions_on(own, date(2027, 7, 22))) == 2


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("[schools.12]\nname = 'A'", "URN"),
        ("[schools.107200]\nname = 'A'\nclosed = [2027-06-05]", "2027-06-05"),
        ("[schools.107200]\nname = 'A'\ninset = []", "inset"),
        ("[schools.107200]\nname = 'A'\nclosed = ['soon']", "closed"),
    ],
)
def test_what_is_wrong_is_named(folder, more, named):
    council(folder, more)
    assert named in refused(folder)


def test_a_file_of_no_council_a_school_in_two_files_and_no_file_at_all_are_refused(folder):
    school = "[schools.107200]\nname = 'A'"
    council(folder, school)
    council(folder, school, code="E08000035")
    assert "two files" in refused(folder)
    council(folder, school, code="Bradford")
    assert "GSS code" in refused(folder)
    (folder / "hub.toml").unlink()
    assert "hub.toml" in refused(folder)


def test_what_is_not_toml_is_refused(folder):
    (folder / "hub.toml").write_text("terms = [")
    assert "TOML" in refused(folder)
