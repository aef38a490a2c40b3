"""Identifiers: every spelling is read, every wrong one is refused by name, none shows itself."""

import copy
import dataclasses
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.identifiers import (
    Flaw,
    ForceCode,
    GssCode,
    Identifier,
    LocalId,
    NhsNumber,
    OdsCode,
    Postcode,
    SnomedCode,
    Upn,
    Urn,
)
from hub.errors import InvalidIdentifier

ONE_OF_EACH: list[Identifier] = [
    NhsNumber.parse("9990000018", test_numbers=True),
    Upn.parse("B801200005001"),
    OdsCode.parse("RR801"),
    GssCode.parse("E08000035"),
    ForceCode.parse("13"),
    Postcode.parse("LS1 3EX"),
    LocalId.parse("MRN-77 1234"),
    SnomedCode.parse("836881000000105"),
]
each_kind = pytest.mark.parametrize("identifier", ONE_OF_EACH, ids=lambda i: type(i).__name__)


def refusal(parse, text) -> InvalidIdentifier:
    with pytest.raises(InvalidIdentifier) as caught:
        parse(text)
    return caught.value


def live(text):
    return NhsNumber.parse(text, test_numbers=False)


def made_up(text):
    return NhsNumber.parse(text, test_numbers=True)


def modulus_11(nine_digits: str) -> int | None:
    """Answer the check digit, worked out independently of the package that the product uses."""
    remainder = sum(int(d) * w for d, w in zip(nine_digits, range(10, 1, -1), strict=True)) % 11
    return {0: 0, 1: None}.get(remainder, 11 - remainder)


nhs_numbers = (
    st.integers(min_value=400_000_000, max_value=499_999_999)
    | st.integers(min_value=600_000_000, max_value=799_999_999)
    | st.integers(min_value=999_000_000, max_value=999_999_999)
).map(str)
nhs_numbers = (
    nhs_numbers.filter(lambda nine: modulus_11(nine) is not None)
    .map(lambda nine: f"{nine}{modulus_11(nine)}")
    .filter(lambda number: len(set(number)) > 1)
)


# What all have in common


@each_kind
def test_an_identifier_never_shows_its_value(identifier):
    value = identifier.reveal()
    holder = dataclasses.make_dataclass("Holder", ["identifier"])(identifier)
    shown = [
        repr(identifier),
        str(identifier),
        f"{identifier}",
        f"{identifier!r:>40}",
        f"{identifier:>40}",
        "%s" % identifier,  # noqa: UP031  # the old operator is what is tried here
        "%r" % (identifier,),  # noqa: UP031  # the old operator is what is tried here
        repr([identifier]),
        repr(holder),
        repr(dataclasses.asdict(holder)),
    ]
    for text in shown:
        assert value not in text
        assert not any(character.isdigit() for character in text)
        assert type(identifier).__name__ in text


@each_kind
def test_an_identifier_cannot_be_changed_ordered_or_serialised_by_accident(identifier):
    with pytest.raises(AttributeError):
        identifier._value = "other"
    with pytest.raises(AttributeError):
        del identifier._value
    with pytest.raises(AttributeError):
        identifier.more = "other"
    with pytest.raises(TypeError):
        sorted([identifier, copy.copy(identifier)])
    with pytest.raises(TypeError):
        pickle.dumps(identifier)
    with pytest.raises(TypeError):
        json.dumps(identifier)
    assert not hasattr(identifier, "__dict__")


@each_kind
def test_an_identifier_is_equal_by_type_and_value(identifier):
    again = type(identifier)(identifier.reveal())
    assert again == identifier
    assert hash(again) == hash(identifier)
    assert {again, identifier} == {identifier}
    assert identifier != identifier.reveal()
    assert copy.deepcopy(identifier) is copy.copy(identifier) is identifier


def test_the_same_text_as_another_kind_of_identifier_is_another_identifier():
    assert LocalId.parse("RR801") != OdsCode.parse("RR801")


@each_kind
def test_the_constructor_takes_only_the_canonical_spelling(identifier):
    for spelling in ["", " ", f" {identifier.reveal()} ", f"{identifier.reveal()}\n"]:
        with pytest.raises(InvalidIdentifier):
            type(identifier)(spelling)


def attempt(parse, text) -> InvalidIdentifier | None:
    try:
        parse(text)
    except InvalidIdentifier as refused:
        return refused
    return None


@given(text=st.text("QXZ0123456789ÄΩ-", min_size=4, max_size=20))
def test_a_refusal_names_its_check_and_holds_no_part_of_the_text(text):
    parsers = (live, Upn.parse, OdsCode.parse, GssCode.parse, Postcode.parse, LocalId.parse)
    for parse in (*parsers, SnomedCode.parse):
        refused = attempt(parse, text)
        if refused is not None:
            assert refused.reason in set(Flaw)
            assert refused.__cause__ is None
            assert refused.__context__ is None
            assert text not in str(refused)


# NHS number


@pytest.mark.parametrize(
    "spelling",
    [
        "9990000018",
        "999 000 0018",
        "999-000-0018",
        " 999  000 0018\t",
        "999\u00a0000\u00a00018",
        "999\u2013000\u20130018",
        "9 9 9 0 0 0 0 0 1 8",
        "\ufeff9990000018",
        "９９９００００018",  # noqa: RUF001  # full-width digits, as some systems export them
    ],
)
def test_every_spelling_of_an_nhs_number_is_read(spelling):
    assert made_up(spelling).reveal() == "9990000018"


def test_an_nhs_number_is_displayed_three_three_four():
    assert made_up("9990000018").display() == "999 000 0018"


@pytest.mark.parametrize("number", ["4000000004", "6000000006", "7999999997"])
def test_a_number_of_the_issued_ranges_is_accepted_on_a_live_feed(number):
    assert live(number).reveal() == number
    assert not live(number).is_test_number


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("   ", Flaw.EMPTY),
        ("--", Flaw.EMPTY),
        ("400000000", Flaw.LENGTH),
        ("40000000040", Flaw.LENGTH),
        ("400000000O", Flaw.CHARACTERS),
        ("4000000004.0", Flaw.CHARACTERS),
        ("NHS 4000000004", Flaw.CHARACTERS),
        ("٤٠٠٠٠٠٠٠٠٤", Flaw.CHARACTERS),
        ("4000000005", Flaw.CHECK_DIGIT),
        ("0123456789", Flaw.PLACEHOLDER),
        ("1234567890", Flaw.PLACEHOLDER),
        ("9876543210", Flaw.PLACEHOLDER),
        ("9990000018", Flaw.TEST_NUMBER),
        ("9000000009", Flaw.TEST_NUMBER),
        ("0101000006", Flaw.NOT_ISSUED),
        ("3200000007", Flaw.NOT_ISSUED),
        ("5000000005", Flaw.NOT_ISSUED),
        ("8000000008", Flaw.NOT_ISSUED),
    ],
)
def test_a_wrong_nhs_number_is_refused_by_the_check_that_it_fails(text, flaw):
    refused = refusal(live, text)
    assert (refused.kind, refused.reason) == ("NHS number", flaw)


@pytest.mark.parametrize("digit", "0123456789")
@pytest.mark.parametrize("parse", [live, made_up])
def test_a_repeated_digit_is_refused_though_it_passes_modulus_11(digit, parse):
    assert modulus_11(digit * 9) == int(digit)
    assert refusal(parse, digit * 10).reason == Flaw.REPEATED_DIGIT


def test_a_number_whose_check_digit_would_be_ten_does_not_exist():
    impossible = [n for n in range(400_000_000, 400_000_100) if modulus_11(str(n)) is None]
    assert impossible
    for nine in impossible:
        for last in "0123456789":
            assert refusal(made_up, f"{nine}{last}").reason == Flaw.CHECK_DIGIT


@given(number=nhs_numbers)
def test_what_is_displayed_is_read_again_as_the_same_number(number):
    parsed = made_up(number)
    assert made_up(parsed.display()) == parsed
    assert NhsNumber(parsed.reveal()) == parsed


@given(number=nhs_numbers, place=st.integers(0, 9), change=st.integers(1, 9))
def test_changing_any_one_digit_of_an_nhs_number_is_noticed(number, place, change):
    other = str((int(number[place]) + change) % 10)
    mistyped = number[:place] + other + number[place + 1 :]
    with pytest.raises(InvalidIdentifier):
        made_up(mistyped)


@given(number=nhs_numbers, place=st.integers(0, 8))
def test_swapping_two_neighbouring_digits_is_noticed(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(InvalidIdentifier):
            made_up(swapped)


# UPN


def test_the_published_vector_is_a_upn_and_its_neighbour_is_not():
    assert Upn.parse("B801200005001").reveal() == "B801200005001"
    assert refusal(Upn.parse, "A801200005001").reason == Flaw.CHECK_DIGIT


def test_a_upn_is_read_in_lower_case_and_with_spaces():
    assert Upn.parse(" b801 2000 05001 ") == Upn.parse("B801200005001")


def test_a_upn_ending_in_a_letter_is_temporary():
    temporary = Upn.parse(temporary_upn("80120000500A"))
    assert temporary.is_temporary
    assert not Upn.parse("B801200005001").is_temporary


def temporary_upn(rest: str) -> str:
    alphabet = "ABCDEFGHJKLMNPQRTUVWXYZ"
    worth = [int(c) if c.isdigit() else alphabet.index(c) for c in rest]
    return alphabet[sum(p * v for p, v in enumerate(worth, 2)) % 23] + rest


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("UN1", Flaw.PLACEHOLDER),
        ("UN7", Flaw.PLACEHOLDER),
        ("B80120000500", Flaw.LENGTH),
        ("B8012000050011", Flaw.LENGTH),
        ("I801200005001", Flaw.CHARACTERS),
        ("8801200005001", Flaw.CHARACTERS),
        ("B80120A005001", Flaw.CHARACTERS),
        ("B80120000500O", Flaw.CHARACTERS),
        ("A000000000000", Flaw.REPEATED_DIGIT),
        ("F999999999999", Flaw.REPEATED_DIGIT),
        ("C801200005001", Flaw.CHECK_DIGIT),
    ],
)
def test_a_wrong_upn_is_refused_by_the_check_that_it_fails(text, flaw):
    refused = refusal(Upn.parse, text)
    assert (refused.kind, refused.reason) == ("UPN", flaw)


@given(
    rest=st.text("0123456789", min_size=12, max_size=12).filter(lambda r: len(set(r)) > 1),
    place=st.integers(1, 12),
    change=st.integers(1, 9),
)
def test_changing_any_one_digit_of_a_upn_is_noticed(rest, place, change):
    upn = temporary_upn(rest)
    assert Upn.parse(upn).reveal() == upn
    other = str((int(upn[place]) + change) % 10)
    with pytest.raises(InvalidIdentifier):
        Upn.parse(upn[:place] + other + upn[place + 1 :])


# Places and organisations


@pytest.mark.parametrize("text", ["RR801", "rr801", " RR801 ", "RR8", "Y06601", "224"])
def test_an_ods_code_is_read_in_either_case(text):
    assert OdsCode.parse(text).reveal() == text.strip().upper()


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("RR", Flaw.LENGTH),
        ("LEEDSTEACHINGHOSPITALS", Flaw.LENGTH),
        ("RR-801", Flaw.CHARACTERS),
        ("ST MARY'S", Flaw.CHARACTERS),
    ],
)
def test_a_wrong_ods_code_is_refused_by_the_check_that_it_fails(text, flaw):
    refused = refusal(OdsCode.parse, text)
    assert (refused.kind, refused.reason) == ("ODS code", flaw)


@pytest.mark.parametrize(
    "text",
    ["E06000047", "E07000008", "E08000035", "e09000001", "E10000003", "W06000015", "S12000036",
     "N09000003"],
)  # fmt: skip
def test_a_gss_code_of_any_kind_of_council_is_read(text):
    assert GssCode.parse(text).reveal() == text.upper()


def test_a_district_is_told_from_an_authority_with_childrens_services():
    assert GssCode.parse("E07000008").is_district
    assert not GssCode.parse("E10000003").is_district


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("z", Flaw.LENGTH),
        ("E0800003", Flaw.LENGTH),
        ("E06000061 / E06000062", Flaw.LENGTH),
        ("E0800003X", Flaw.CHARACTERS),
        ("800000035", Flaw.CHARACTERS),
        ("E12000003", Flaw.UNKNOWN_AREA),
        ("L99999999", Flaw.UNKNOWN_AREA),
    ],
)
def test_a_wrong_gss_code_is_refused_by_the_check_that_it_fails(text, flaw):
    refused = refusal(GssCode.parse, text)
    assert (refused.kind, refused.reason) == ("GSS code", flaw)


@pytest.mark.parametrize("text", ["01", " 0 1 ", "POL01", "pol01"])
def test_a_force_is_read_by_the_home_offices_digits_and_keeps_its_leading_zero(text):
    assert ForceCode.parse(text).reveal() == "POL01"
    assert ForceCode.parse(text).home_office_code == "01"


@pytest.mark.parametrize("text", ["1", "013", "POL1", "POL", "West Yorkshire", "E23000010"])
def test_a_wrong_force_code_is_refused(text):
    assert refusal(ForceCode.parse, text).reason == Flaw.SHAPE


def test_a_force_is_no_council():
    assert refusal(GssCode.parse, "POL13").reason in {Flaw.LENGTH, Flaw.SHAPE}


@pytest.mark.parametrize(
    ("text", "canonical", "outcode", "sector"),
    [
        ("LS1 3EX", "LS1 3EX", "LS1", "LS1 3"),
        ("ls13ex", "LS1 3EX", "LS1", "LS1 3"),
        ("L S 1 3 E X", "LS1 3EX", "LS1", "LS1 3"),
        ("B1  1AA", "B1 1AA", "B1", "B1 1"),
        ("AB101AA", "AB10 1AA", "AB10", "AB10 1"),
        ("M601NW", "M60 1NW", "M60", "M60 1"),
        ("SW1A\u00a02AA", "SW1A 2AA", "SW1A", "SW1A 2"),
        ("e1w 1aa", "E1W 1AA", "E1W", "E1W 1"),
        ("GIR 0AA", "GIR 0AA", "GIR", "GIR 0"),
    ],
)
def test_a_postcode_is_read_however_it_is_spaced(text, canonical, outcode, sector):
    postcode = Postcode.parse(text)
    assert (postcode.reveal(), postcode.outcode, postcode.sector) == (canonical, outcode, sector)


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("LS1", Flaw.LENGTH),
        ("LS1 3EXX", Flaw.SHAPE),
        ("LS11 33EX", Flaw.LENGTH),
        ("LS1-3EX", Flaw.CHARACTERS),
        ("LS1 3EÉ", Flaw.CHARACTERS),
        ("LS1 EEX", Flaw.SHAPE),
        ("LS1 3CX", Flaw.SHAPE),
        ("11 3EX", Flaw.SHAPE),
        ("ZZ99 3VZ", Flaw.PLACEHOLDER),
        ("zz993wz", Flaw.PLACEHOLDER),
    ],
)
def test_a_wrong_postcode_is_refused_by_the_check_that_it_fails(text, flaw):
    refused = refusal(Postcode.parse, text)
    assert (refused.kind, refused.reason) == ("postcode", flaw)


@given(
    postcode=st.from_regex(
        r"(LS|B|SW|CA)[1-9][0-9]? [0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True
    ).filter(lambda p: p.isascii()),
    spaces=st.lists(st.integers(0, 8), max_size=4),
)
def test_spaces_and_case_never_change_a_postcode(postcode, spaces):
    messy = postcode.replace(" ", "").lower()
    for place in spaces:
        messy = messy[:place] + " " + messy[place:]
    assert Postcode.parse(messy).reveal() == postcode


# Local identifier


def test_a_local_identifier_keeps_its_case_and_inner_spaces():
    assert LocalId.parse("  mrN 77-1 ").reveal() == "mrN 77-1"


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        (" \t", Flaw.EMPTY),
        ("x" * 101, Flaw.LENGTH),
        ("77\x001", Flaw.CHARACTERS),
        ("77\n1", Flaw.CHARACTERS),
        ("77\u200b1", Flaw.CHARACTERS),
    ],
)
def test_a_wrong_local_identifier_is_refused_by_the_check_that_it_fails(text, flaw):
    refused = refusal(LocalId.parse, text)
    assert (refused.kind, refused.reason) == ("local identifier", flaw)


@pytest.mark.parametrize("text", ["107442", " 107 442 ", "URN107442", "urn 107442"])
def test_a_urn_is_read_in_every_spelling(text):
    assert Urn.parse(text).reveal() == "107442"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("10744", "length"),
        ("1074422", "length"),
        ("007442", "not_issued"),
        ("10744X", "characters"),
        ("Bradford Grammar", "characters"),
    ],
)
def test_what_is_no_urn_is_refused_with_its_reason(text, reason):
    with pytest.raises(InvalidIdentifier) as caught:
        Urn.parse(text)
    assert caught.value.reason == reason


def test_a_school_is_an_agency_by_its_urn_and_no_other_agency_is_a_school():
    assert Urn("107442").agency == "URN107442"
    assert Urn.of_agency("URN107442") == Urn("107442")
    for other in ("107442", "E08000032", "RAE", "urn107442", "URN1"):
        with pytest.raises(InvalidIdentifier):
            Urn.of_agency(other)


# SNOMED CT

SNOMED = [
    "836881000000105",
    "878111000000109",
    "1064961000000107",
    "375041000000100",
    "342891000000105",
    "764951000000107",
    "1076171000000104",
    "1066301000000103",
    "182992009",
]


@pytest.mark.parametrize("code", SNOMED)
def test_a_published_snomed_code_has_the_right_check_digit(code):
    assert SnomedCode.parse(f" {code} ").reveal() == code


@pytest.mark.parametrize("code", SNOMED)
def test_a_slip_in_a_snomed_code_is_seen(code):
    for place in range(1, len(code)):
        wrong = f"{code[:place]}{(int(code[place]) + 1) % 10}{code[place + 1 :]}"
        assert refusal(SnomedCode.parse, wrong).reason == Flaw.CHECK_DIGIT
    for place in range(1, len(code) - 1):
        turned = f"{code[:place]}{code[place + 1]}{code[place]}{code[place + 2 :]}"
        if turned != code:
            assert refusal(SnomedCode.parse, turned).reason == Flaw.CHECK_DIGIT


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("child at risk", Flaw.CHARACTERS),
        ("18299", Flaw.LENGTH),
        ("1829920091829920091", Flaw.LENGTH),
        ("0182992009", Flaw.NOT_ISSUED),
    ],
)
def test_what_is_no_snomed_code_is_refused_by_name(text, flaw):
    assert refusal(SnomedCode.parse, text).reason == flaw
