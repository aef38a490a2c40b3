"""Which NHS number a person has now, after some were replaced."""

from hypothesis import given
from hypothesis import strategies as st

from hub.core.superseded import Supersession, at_odds, current_numbers


def pairs(text):
    """``"ab bc"``: a was replaced by b, b by c."""
    return [Supersession(former=one[0], now=one[1]) for one in text.split()]


def test_a_chain_is_followed_to_its_end():
    assert current_numbers(pairs("bc ab")) == {"a": "c", "b": "c"}


def test_two_numbers_may_be_replaced_by_one():
    assert current_numbers(pairs("ac bc")) == {"a": "c", "b": "c"}


def test_a_number_replaced_by_two_is_followed_to_neither():
    assert at_odds(pairs("ab ac")) == frozenset(pairs("ab ac"))
    assert current_numbers(pairs("ab ac")) == {}


def test_what_leads_to_a_contradiction_is_followed_up_to_it():
    assert current_numbers(pairs("xa ab ac")) == {"x": "a"}


def test_numbers_that_replace_each_other_in_the_end_are_not_followed():
    assert current_numbers(pairs("ab bc ca")) == {}
    assert current_numbers(pairs("xa ab ba")) == {"x": "a"}


def test_a_number_replaced_by_itself_is_not_followed():
    assert current_numbers(pairs("aa")) == {}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"))))
def test_whatever_is_told_the_present_number_is_one_that_is_not_replaced(told):
    given_pairs = [Supersession(former=a, now=b) for a, b in told]
    current = current_numbers(given_pairs)
    assert not set(current.values()) & set(current)
    assert current == current_numbers(reversed(given_pairs))


def test_no_number_shows_where_it_is_printed():
    assert "9990000018" not in repr(Supersession(former="9990000018", now="9990000026"))
