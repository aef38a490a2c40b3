"""Places: postcodes and hospital sites lead to the authority with the duty, or to no answer."""

import csv
import shutil
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest

from hub.adapters import postcodes as postcodes_module
from hub.adapters.places import Places
from hub.adapters.postcodes import PostcodeIndex
from hub.adapters.reference import bank_holidays, force_names, rows_of
from hub.core.identifiers import ForceCode, GssCode, OdsCode, Postcode
from hub.errors import ConfigurationError, ServiceMissing

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
TODAY = date(2026, 11, 22)

KNOWN_POSTCODES = [
    ("LS1 3EX", "E08000035"),  # Leeds, metropolitan
    ("S10 2TH", "E08000039"),  # Sheffield, recoded in 2025
    ("S75 2EP", "E08000038"),  # Barnsley, recoded in 2025
    ("BD20 6TD", "E08000032"),  # Bradford, though Keighley's hospital is near the boundary
    ("CH49 5PE", "E08000015"),  # Wirral
    ("SE1 7EH", "E09000022"),  # Lambeth, London
    ("NW1 2BU", "E09000007"),  # Camden, London
    ("W2 1NY", "E09000033"),  # Westminster, London
    ("BR6 8ND", "E09000006"),  # Bromley, London
    ("CB2 0QQ", "E10000003"),  # Cambridge, district of Cambridgeshire
    ("OX3 9DU", "E10000025"),  # Oxford, district of Oxfordshire
    ("PR2 9HT", "E10000017"),  # Preston, district of Lancashire
    ("RH1 5RH", "E10000030"),  # Reigate and Banstead, district of Surrey
    ("IP33 2QZ", "E10000029"),  # West Suffolk, district of Suffolk
    ("CA2 7HY", "E06000063"),  # Carlisle, in Cumberland since 2023
    ("LA14 4LF", "E06000064"),  # Barrow, in Westmorland and Furness since 2023
    ("HG2 7SX", "E06000065"),  # Harrogate, in North Yorkshire since 2023
    ("TA1 5DA", "E06000066"),  # Taunton, in Somerset since 2023
    ("DH1 5TW", "E06000047"),  # County Durham, unitary
    ("YO31 8HE", "E06000014"),  # York, unitary
    ("BS2 8BJ", "E06000023"),  # Bristol, unitary
    ("SO16 6YD", "E06000045"),  # Southampton, unitary
    ("NE23 6NZ", "E06000057"),  # Northumberland, unitary
    ("CF10 1EP", "W06000015"),  # Cardiff
    ("AB10 1XG", "S12000033"),  # Aberdeen
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def places(cache):
    return Places.open(cache, today=lambda: TODAY)


def gss(text):
    return GssCode.parse(text)


def revealed(identifier):
    return None if identifier is None else identifier.reveal()


# Postcodes


@pytest.mark.parametrize(("postcode", "authority"), KNOWN_POSTCODES)
def test_a_postcode_leads_to_the_authority_with_childrens_services(places, postcode, authority):
    found = places.authority_of_postcode(Postcode.parse(postcode.replace(" ", "").lower()))
    assert revealed(found) == authority


@pytest.mark.parametrize(
    "postcode",
    [
        "LS1 3ZZ",  # no such postcode, between two that are
        "AA1 1AA",  # no such outcode
        "ZE9 9ZZ",  # after the last
        "JE2 3AB",  # Jersey: not of the United Kingdom's councils
        "BT1 5GS",  # Belfast: the duty lies with a health and social care trust
    ],
)
def test_a_postcode_that_cannot_be_placed_has_no_authority(places, postcode):
    assert places.authority_of_postcode(Postcode.parse(postcode)) is None


def test_every_district_of_the_directory_leads_to_an_authority(places):
    unplaced = {
        district.reveal()[:3]
        for district in places._postcodes._districts
        if places.current_authority(district, TODAY) is None
    }
    assert unplaced == {"N09"}


def test_the_whole_of_the_united_kingdom_is_in_the_index(places):
    assert len(places._postcodes) > 2_500_000


# Councils


def english_authorities():
    return [row for row in rows_of("authorities") if row["gss"].startswith("E")]


def test_england_has_153_authorities_today(places):
    current = {
        row["gss"]
        for row in english_authorities()
        if places.current_authority(gss(row["gss"]), TODAY) == gss(row["gss"])
    }
    assert len(current) == 153
    assert not any(code.startswith("E07") for code in current)


@pytest.mark.parametrize("day", [date(2008, 1, 1), date(2015, 6, 1), date(2023, 4, 1), TODAY])
def test_every_council_of_the_tables_has_an_answer_in_force_or_was_split_or_is_to_come(places, day):
    successors = rows_of("successors")
    several = {
        row["gss"] for row in successors if sum(r["gss"] == row["gss"] for r in successors) > 1
    }
    starts = {row["gss"]: row["valid_from"] for row in rows_of("authorities")}
    codes = set(starts) | {row["district"] for row in rows_of("district_to_authority")}
    for code in codes:
        answer = places.current_authority(gss(code), day)
        if answer is None:
            assert code in several or starts[code] > day.isoformat()
        else:
            assert places.current_authority(answer, day) == answer
            assert not answer.is_district


@pytest.mark.parametrize(
    ("council", "on", "authority"),
    [
        ("E08000019", date(2025, 4, 30), "E08000019"),
        ("E08000019", date(2025, 5, 1), "E08000039"),
        ("E08000039", date(2025, 4, 30), None),
        ("E07000008", TODAY, "E10000003"),
        ("E07000165", date(2023, 3, 31), "E10000023"),
        ("E07000165", date(2023, 4, 1), "E06000065"),
        ("E07000028", date(2023, 3, 31), "E10000006"),
        ("E07000028", TODAY, "E06000063"),
        ("E07000027", TODAY, "E06000064"),
        ("E10000006", TODAY, None),
        ("E10000021", TODAY, None),
        ("E10000002", TODAY, "E06000060"),
        ("E10000022", date(2010, 1, 1), "E06000048"),
        ("E10000022", TODAY, "E06000057"),
        ("W06000015", TODAY, "W06000015"),
        ("S12000033", TODAY, "S12000033"),
        ("N09000003", TODAY, None),
        ("E06000999", TODAY, None),
    ],
)
def test_a_council_leads_to_the_authority_of_the_day(places, council, on, authority):
    assert revealed(places.current_authority(gss(council), on)) == authority


def test_a_change_of_councils_takes_effect_on_its_day_and_not_before(cache):
    def authority_on(day):
        places = Places.open(cache, today=lambda: day)
        return revealed(places.authority_of_site(OdsCode.parse("RCUEF")))

    # The table of sites has today's code, which did not exist yet: no answer, and no guess.
    assert authority_on(date(2025, 5, 1)) == "E08000039"
    assert authority_on(date(2025, 4, 30)) is None


@pytest.mark.parametrize(
    ("council", "name"),
    [
        ("E08000035", "Leeds"),
        ("E06000058", "Bournemouth, Christchurch and Poole"),
        ("E10000006", "Cumbria"),
        ("E07000008", "Cambridge"),
        ("W06000015", "Cardiff"),
        ("S12000033", None),
    ],
)
def test_councils_are_named_present_or_ended(places, council, name):
    assert places.authority_name(gss(council)) == name


# Sites


def test_a_hospital_site_has_its_name_its_trust_and_its_authority(places):
    site = OdsCode.parse("RCUEF")
    assert places.site_name(site) == "Sheffield Children's Hospital"
    assert revealed(places.trust_of_site(site)) == "RCU"
    assert revealed(places.authority_of_site(site)) == "E08000039"


def test_the_trust_of_a_site_is_read_and_not_cut_from_its_code(places):
    assert revealed(places.trust_of_site(OdsCode.parse("RM325"))) == "R0A"


def test_a_site_that_is_not_known_has_no_answers(places):
    site = OdsCode.parse("RR8ZZ")
    assert places.site_name(site) is None
    assert places.trust_of_site(site) is None
    assert places.authority_of_site(site) is None


def test_every_site_lies_in_an_authority_of_today(places):
    sites = rows_of("sites")
    assert len(sites) == 126
    for row in sites:
        authority = places.authority_of_site(OdsCode(row["site"]))
        assert authority is not None
        assert not authority.is_district
        assert places.current_authority(authority, TODAY) == authority


def sample(path):
    if not (SAMPLES / path).exists():
        pytest.skip(f"the sample {path} is not beside this checkout")
    return SAMPLES / path


def test_the_postcode_and_the_council_of_a_site_lead_to_the_same_authority(places):
    with sample("health/ods/ed_sites_england.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    differing = [
        row["ods_site_code"]
        for row in rows
        if places.authority_of_postcode(Postcode.parse(row["postcode"]))
        != places.authority_of_site(OdsCode.parse(row["ods_site_code"]))
    ]
    assert differing == []


def test_the_committed_tables_are_what_their_sources_give(tmp_path):
    for path in (
        "social/reference/dfe_las.csv",
        "social/reference/ltla_utla_april2021.csv",
        "health/ods/ed_sites_england.csv",
        "social/reference/police_forces_43_derived.csv",
    ):
        shutil.copy(sample(path), tmp_path)
    made = subprocess.run(
        [sys.executable, ROOT / "scripts" / "make_reference.py", "--check", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stderr) == (0, "")


# Forces


def test_every_force_of_england_and_wales_is_named_by_its_code():
    names = force_names()
    assert len(names) == 43
    assert names[ForceCode.parse("13")] == "West Yorkshire"
    assert names[ForceCode.parse("01")] == "Metropolitan Police"


# Bank holidays


def test_the_bank_holidays_of_a_year_are_those_announced():
    assert sorted(day for day in bank_holidays() if day.year == 2026) == [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
    ]


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        (date(2020, 5, 4), False),
        (date(2020, 5, 8), True),
        (date(2021, 12, 27), True),
        (date(2021, 12, 28), True),
        (date(2022, 1, 3), True),
        (date(2022, 5, 30), False),
        (date(2022, 6, 2), True),
        (date(2022, 6, 3), True),
        (date(2022, 9, 19), True),
        (date(2022, 12, 26), True),
        (date(2022, 12, 27), True),
        (date(2023, 5, 8), True),
        (date(2024, 4, 1), True),
        (date(2027, 3, 26), True),
        (date(2027, 12, 27), True),
        (date(2027, 12, 28), True),
    ],
)
def test_moved_and_proclaimed_days_are_known(day, holiday):
    assert (day in bank_holidays()) is holiday


# The index


SMALL = [
    (["AB1 0AA", "AB101AA", "B1  1AA"], ["S12000033", "S12000033", "E08000025"]),
    (["LS1 3EX", "LS1 3AA", "JE2 3AB", "LS2 1AA"], ["E08000035", "E08000035", "L99999999", None]),
]


@pytest.fixture
def small_tables(monkeypatch):
    built = []

    def tables(progress):
        built.append(True)
        yield from SMALL
        if progress is not None:
            progress(10, 10)

    monkeypatch.setattr(postcodes_module, "_tables", tables)
    return built


def test_the_index_is_built_once_and_then_opened(small_tables, tmp_path):
    told = []
    first = PostcodeIndex.open(tmp_path / "new", lambda done, total: told.append((done, total)))
    again = PostcodeIndex.open(tmp_path / "new")
    assert small_tables == [True]
    assert told == [(10, 10)]
    assert len(first) == len(again) == 5
    for spelling, district in [("LS1 3EX", "E08000035"), ("AB10 1AA", "S12000033")]:
        assert revealed(again.district_of(Postcode.parse(spelling))) == district
    for spelling in ("LS1 3AB", "LS2 1AA", "JE2 3AB", "AB1 0AB"):
        assert again.district_of(Postcode.parse(spelling)) is None
    assert [path.suffix for path in (tmp_path / "new").iterdir()] == [".index"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:0],
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: b"OTHERFMT" + content[8:],
        lambda content: content[:-6] + b"\xff" + content[-5:],
        lambda content: content[:20] + b"\xff" + content[21:],
        lambda content: content.replace(b'"LS1"', b'"LS9"'),
    ],
    ids=["empty", "cut", "grown", "other format", "a flipped byte", "header", "an outcode"],
)
def test_a_damaged_index_is_built_again(small_tables, tmp_path, damage):
    PostcodeIndex.open(tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert len(PostcodeIndex.open(tmp_path)) == 5
    assert small_tables == [True, True]


def test_two_that_build_at_once_both_get_a_whole_index(monkeypatch, tmp_path):
    both_building = threading.Barrier(2, timeout=10)

    def tables(_progress):
        both_building.wait()
        yield from SMALL

    monkeypatch.setattr(postcodes_module, "_tables", tables)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(len(PostcodeIndex.open(tmp_path))))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [5, 5]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.usefixtures("small_tables")
def test_a_cache_that_cannot_be_written_is_named_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match="must be one that this user can write"):
        PostcodeIndex.open(tmp_path / "file" / "cache")


@pytest.mark.usefixtures("small_tables")
def test_a_full_disk_leaves_no_half_written_file(monkeypatch, tmp_path):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        PostcodeIndex.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_directory_of_postcodes_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(postcodes_module, "PACKAGE", "quality-lac-data-ref-nothing")
    with pytest.raises(ServiceMissing, match="quality-lac-data-ref-nothing is not installed"):
        PostcodeIndex.open(tmp_path)
    monkeypatch.setattr(postcodes_module, "PACKAGE", "pytest")
    monkeypatch.setattr(postcodes_module, "_MODULE", "no_such_module_at_all")
    with pytest.raises(ServiceMissing, match="without its tables"):
        PostcodeIndex.open(tmp_path)
