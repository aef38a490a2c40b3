"""How far each record is matched, why not, and what an authority is shown of it."""

from datetime import date

import pytest

from hub.core.event import Sex, SubjectRole
from hub.core.identifiers import GssCode
from hub.core.match_counts import plain_counts, report_of
from hub.core.match_export import HEADER, ExportRow, LeftOut, export_row, is_for_export
from hub.core.match_report import (
    LinkedRecord,
    MatchCounts,
    Reason,
    Standing,
    reasons_of,
    standing_of,
)
from hub.core.match_rows import FEW_EACH, MATCH_HEADER, match_rows, shown_agencies
from tests.core.builders import BRADFORD, a_number, a_record

COUNCIL = "E08000032"


def linked(name="r1", *, verdict="new", possible=0, counted=True, **record):
    values = {"agency": COUNCIL, "nhs_number": None} | record
    return LinkedRecord(
        evidence=a_record(name, **values), verdict=verdict, possible=possible, counted=counted
    )


def traced(name="h1", last_four="0018", **more):
    values = {"agency": "RAE", "nhs_number": a_number(last_four), "nhs_number_verified": True}
    return linked(name, **(values | more))


def told(name="t1", last_four="0018", **more):
    return traced(name, last_four, nhs_number_verified=False, **more)


def judged(*child):
    one = child[0]
    standing = standing_of(one, child)
    return standing, reasons_of(one, child, standing)


def test_a_number_that_any_agency_traced_verifies_every_record_of_the_child():
    assert judged(linked(), traced()) == (Standing.VERIFIED, frozenset())
    assert judged(linked(), traced(), told(agency="POL13")) == (Standing.VERIFIED, frozenset())


def test_a_number_that_nobody_traced_is_no_verified_one():
    assert judged(linked(), told()) == (Standing.NUMBERED, {Reason.NOT_TRACED})


def test_two_numbers_of_one_child_are_never_counted_as_matched():
    standing, reasons = judged(linked(), traced(), traced("h2", "0026"))

    assert (standing, reasons) == (Standing.NUMBERED, {Reason.NUMBERS_DIFFER})


def test_the_number_of_an_unborn_childs_record_is_nobodys():
    unborn = traced(role=SubjectRole.UNBORN)

    assert standing_of(linked(), [linked(), unborn]) is Standing.JOINED


@pytest.mark.parametrize(
    ("record", "standing", "reasons"),
    [
        (linked(verdict="many", possible=2), Standing.MANY, {Reason.SEVERAL_CANDIDATES}),
        (linked(verdict="possible", possible=1), Standing.POSSIBLE, {Reason.ONE_CANDIDATE}),
        (linked(verdict="possible", possible=3), Standing.POSSIBLE, {Reason.SEVERAL_CANDIDATES}),
        (linked(), Standing.ALONE, {Reason.NOBODY_ALIKE}),
        (linked(birth_date=None), Standing.ALONE, {Reason.NO_BIRTH_DATE}),
        (
            linked(birth_date=None, birth_date_partial="2019-05"),
            Standing.ALONE,
            {Reason.BIRTH_DATE_IN_PART},
        ),
        (linked(given_names=("Baby",)), Standing.ALONE, {Reason.PLACEHOLDER_NAME}),
        (linked(given_names=()), Standing.ALONE, {Reason.NO_GIVEN_NAME}),
        (linked(family_name=None), Standing.ALONE, {Reason.NO_FAMILY_NAME}),
        (linked(postcode=None), Standing.ALONE, {Reason.NO_POSTCODE}),
    ],
)
def test_a_record_without_a_number_says_how_it_stands_and_why(record, standing, reasons):
    assert judged(record) == (standing, reasons | {Reason.NO_NUMBER})


def test_a_record_may_have_several_reasons_and_one_standing():
    record = linked(birth_date=None, postcode=None, given_names=("Twin 1",))

    assert judged(record)[1] == {
        *(Reason.NO_NUMBER, Reason.NO_BIRTH_DATE, Reason.NO_POSTCODE),
        Reason.PLACEHOLDER_NAME,
    }


def counted(*children, waiting=()):
    counts = MatchCounts()
    for child in children:
        counts.add(child)
    for agency, number in waiting:
        counts.add_waiting(agency, number)
    return counts.report(BRADFORD, {"nhs_number: check_digit": 2})


def test_the_rate_is_of_the_authoritys_own_records_of_born_children():
    report = counted(
        [linked("a"), traced("b")],
        [linked("c")],
        [linked("d", role=SubjectRole.UNBORN)],
        waiting=[("URN107200", 3)],
    )

    assert (report.own.records, report.own.verified, report.own.rate) == (2, 1, 0.5)
    assert (report.own.with_others, report.own.unborn) == (1, 1)
    assert {one.agency: one.records for one in report.others} == {"URN107200": 3, "RAE": 1}


def test_every_record_has_one_standing():
    children = [[linked("a"), traced("b")], [linked("c", verdict="many", possible=2)], [told("d")]]
    report = counted(*children)

    assert sum(one.records for one in report.agencies) == 4


def test_what_the_authority_is_not_told_of_still_says_whose_number_it_is():
    report = counted([linked("a"), traced("b", counted=False)])

    assert (report.own.verified, report.others) == (1, ())


def test_no_records_have_no_rate():
    assert counted().own.rate is None


def test_a_report_is_read_again_as_it_was_kept():
    report = counted([linked("a"), traced("b")], waiting=[("URN107200", 3)])

    assert report_of(BRADFORD, plain_counts(report)) == report


def test_a_report_of_a_later_program_is_not_read():
    assert report_of(BRADFORD, {"form": 2, "agencies": {}}) is None


def test_agencies_of_few_children_are_shown_together():
    report = counted(
        *([told(f"r{n}", agency="RAE")] for n in range(5)),
        [told("p", agency="POL13")],
        [told("u", agency="URN107200")],
    )

    own, many, together = shown_agencies(report)
    assert (own.agency, many.agency, together.agency) == (COUNCIL, "RAE", FEW_EACH)
    assert together.records == 2


def test_the_table_of_counts_has_a_cell_for_every_column():
    header, *rows = match_rows(shown_agencies(counted([linked("a"), traced("b")])))

    assert header == MATCH_HEADER
    assert {len(row) for row in rows} == {len(header)}
    assert rows[0][:3] == (COUNCIL, "1", "1.0000")


DFE_HEADER = (
    "Column1,SourceID,DOB,Column2,Column3,Column4,Surname,Column5,Forename,Column6,Gender,Column7,"
    "Column8,Column9,Column10,Column11,PostCode,Column12,Column13,Column14,Column15,Column16,"
    "Column17,Column18,Column19,Column20,Column21"
)
"""As in ``single_match_from_dbs_headers.csv`` of DFE-Digital/SUI_Matcher's own tests."""


def exported(*, source_id="C1", shielded=False, **record):
    values = {"nhs_number": None, "sex": Sex.FEMALE} | record
    return export_row(a_record(**values), source_id=source_id, shielded=shielded)


def test_the_columns_stand_where_the_matcher_and_the_batch_service_expect_them():
    assert ",".join(HEADER[:27]) == DFE_HEADER
    assert HEADER[27:] == (
        *("ActiveCIN", "ActiveCLA", "ActiveCP", "ActiveReferral", "ActiveEHM"),
        *("Ethnicity", "ImmigrationStatus", "NHSNumber"),
    )


def test_a_row_says_what_is_known_in_the_matchers_forms_and_nothing_else():
    told_cells = dict(zip(HEADER, exported().ordered(), strict=True))

    assert {column: cell for column, cell in told_cells.items() if cell} == {
        "SourceID": "C1",
        "DOB": "20190504",
        "Surname": "Holroyd",
        "Forename": "Amina",
        "Gender": "Female",
        "PostCode": "BD9 6RJ",
    }


def test_a_number_that_was_told_and_not_traced_goes_along():
    assert exported(nhs_number=a_number("0018")).cells["NHSNumber"] == "9990000018"


def test_a_shielded_childs_postcode_stays_here():
    assert exported(shielded=True).cells["PostCode"] == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"birth_date": None}, LeftOut.NO_BIRTH_DATE),
        ({"birth_date": None, "birth_date_partial": "2019"}, LeftOut.NO_BIRTH_DATE),
        ({"given_names": ()}, LeftOut.NO_GIVEN_NAME),
        ({"given_names": ("Baby",)}, LeftOut.NO_GIVEN_NAME),
        ({"family_name": None}, LeftOut.NO_FAMILY_NAME),
        ({"family_name": "Unknown"}, LeftOut.NO_FAMILY_NAME),
        ({"family_name": "H" * 36}, LeftOut.NAME_TOO_LONG),
        ({"given_names": ("=HYPERLINK(A1)",)}, LeftOut.NAME_UNUSABLE),
        ({"family_name": "+Holroyd"}, LeftOut.NAME_UNUSABLE),
        ({"family_name": "Hol\troyd"}, LeftOut.NAME_UNUSABLE),
    ],
)
def test_what_the_matcher_cannot_use_is_left_out_and_counted(changes, why):
    assert exported(**changes) is why


def test_many_given_names_are_the_first_alone():
    names = ("Maximiliana", "Alexandrina", "Wilhelmina", "Josephine")

    assert exported(given_names=names).cells["Forename"] == "Maximiliana"
    assert exported(family_name="H" * 35).cells["Surname"] == "H" * 35


def test_an_own_identifier_that_looks_like_a_formula_stays_out():
    assert exported(source_id="=1+1").cells["SourceID"] == ""


def test_a_row_shows_nothing_where_it_is_printed():
    assert isinstance(exported(), ExportRow)
    assert "Holroyd" not in repr(exported())


def test_only_born_children_without_a_traced_number_are_exported():
    assert is_for_export(linked(), Standing.ALONE)
    assert is_for_export(linked(), Standing.NUMBERED)
    assert not is_for_export(linked(), Standing.VERIFIED)
    assert not is_for_export(linked(role=SubjectRole.UNBORN), Standing.ALONE)


def test_a_council_that_is_no_council_has_no_own_records():
    report = MatchCounts().report(GssCode("E08000035"), {})

    assert (report.own.agency, report.own.records) == ("E08000035", 0)


def test_dates_are_written_as_the_batch_service_has_them():
    assert exported(birth_date=date(2021, 1, 2)).cells["DOB"] == "20210102"
