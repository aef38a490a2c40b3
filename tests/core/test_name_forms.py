"""Every name that is written is one: bracketed, known-as and former names are further names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.name_forms import family_forms, given_forms


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Amina", [("amina",)]),
        ("Zoë Anne-Marie", [("zoe", "anne", "marie")]),
        ("Penelope (known as Penny)", [("penelope",), ("penny",)]),
        ("Mohammed (Mo)", [("mohammed",), ("mo",)]),
        ("MOHAMMAD TARIQ AKA TARIQ", [("mohammad", "tariq"), ("tariq",)]),
        ("Tobias Austin known as Toby", [("tobias", "austin"), ("toby",)]),
        ("Penelope (kn", [("penelope",)]),
        ("Arif (known as Arif)", [("arif",)]),
        ("Master Leo", [("leo",)]),
        ("Alias", [("alias",)]),
        ("", []),
    ],
)
def test_a_given_name_holds_every_name_that_is_written(written, names):
    assert list(given_forms(written).names) == names
    assert not given_forms(written).placeholder


@pytest.mark.parametrize(
    "written", ["Baby", "Babygirl", "Twin 1", "Male infant", "CHILD (BOY)", "Unknown", "Not known"]
)
def test_a_stand_in_is_no_name_but_is_known_to_have_been_written(written):
    forms = given_forms(written)
    assert forms.names == ()
    assert forms.placeholder


@pytest.mark.parametrize(
    ("written", "wholes"),
    [
        ("Smith (Jones)", ["smith", "jones"]),
        ("Smith née Jones", ["smith", "jones"]),
        ("Haynes (Hamcroft-Turner)", ["haynes", "hamcroftturner"]),
        ("O'Brien", ["obrien"]),
        ("O Brien", ["obrien"]),
        ("Unknown", []),
    ],
)
def test_a_family_name_holds_the_former_one_too(written, wholes):
    assert [form.whole for form in family_forms(written)] == wholes


def test_a_double_name_has_two_parts_and_a_particle_none_of_its_own():
    (double,) = family_forms("Hamcroft-Turner")
    assert double.parts == {"hamcroft", "turner"}
    (led,) = family_forms("de la Cruz")
    assert led.parts == {"cruz", "delacruz"}


@given(st.text(max_size=40))
def test_names_in_normal_form_hold_themselves(written):
    for words in given_forms(written).names:
        again = given_forms(" ".join(words))
        assert again.names in ((words,), ()) or words in again.names


def test_forms_show_no_name():
    assert "Amina" not in repr(given_forms("Amina"))
    assert "smith" not in repr(family_forms("Smith"))
