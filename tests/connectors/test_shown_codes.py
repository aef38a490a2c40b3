"""A code is shown as it was sent, unless it is a person who stands where a code should."""

import pytest

from connectors.shown_codes import may_be_shown

NAMES = ("Ashworth-Smith", "MIRA JO")


@pytest.mark.parametrize("code", ["C1", "YDH", "PAED ED", "224", "101001", "St Mary's", "O"])
def test_a_code_is_shown(code):
    assert may_be_shown(code, NAMES)


@pytest.mark.parametrize(
    "code",
    ["ASHWORTH", "Mira", "ED ASHWORTH", "smith", "999 000 0018", "9990000018", "x9990000018"],
)
def test_a_name_or_a_persons_number_is_not(code):
    assert not may_be_shown(code, NAMES)
